"""A policy in the terms in which most middlewares are configured."""

import re


def methods(policy):
    """Methods to allow: a policy names those beyond the ones that a page may always use."""
    if policy["methods"] == "*":
        return ["*"]
    return list(dict.fromkeys(["GET", "HEAD", "POST", *policy["methods"]]))


def names(listing):
    """A list of header names, `*` as one of them."""
    return [listing] if listing == "*" else listing


def origins(policy):
    """The origins that are written out, or `["*"]`."""
    return [origin for origin in names(policy["origins"]) if isinstance(origin, str)]


def patterns(policy):
    """An anchored regular expression for each pattern among the origins."""
    return [_subdomains(origin["subdomains_of"]) for origin in policy["origins"] if isinstance(origin, dict)]


def max_age(policy):
    """Seconds, 0 to disable, or `None` to say nothing."""
    return 0 if policy["max_age"] == "disable" else policy["max_age"]


def _subdomains(apex):
    scheme, authority = apex.split("://")
    return rf"^{scheme}://([a-z0-9_-]+\.)+{re.escape(authority)}$"
