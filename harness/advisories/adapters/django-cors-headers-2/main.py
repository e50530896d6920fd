"""django-cors-headers before 3.5, whose settings had other names; before 3.0 hosts were listed without a scheme.

Everything but the settings is that of the adapter for the present versions.
"""

import collections.abc
import importlib.metadata
import sys

# What these versions were made for. Django 2.2 itself needs a Python before 3.12.
collections.Sequence = collections.abc.Sequence
sys.path += ["../../../adapters/lib", "../../../adapters/django-cors-headers"]

import adapter
import serve
from policy import max_age, methods, names, origins, patterns
from protocol import speak

HOSTS_ALONE = importlib.metadata.version("django-cors-headers") < "3"


def options(policy):
    listed = [] if policy["origins"] == "*" else origins(policy)
    if HOSTS_ALONE:
        listed = [origin.split("://")[-1] for origin in listed]
    return {
        "CORS_ORIGIN_ALLOW_ALL": policy["origins"] == "*",
        "CORS_ORIGIN_WHITELIST": listed,
        "CORS_ORIGIN_REGEX_WHITELIST": patterns(policy),
        "CORS_ALLOW_METHODS": methods(policy),
        "CORS_ALLOW_HEADERS": names(policy["request_headers"]),
        "CORS_EXPOSE_HEADERS": names(policy["response_headers"]),
        "CORS_ALLOW_CREDENTIALS": policy["credentials"],
        "CORS_PREFLIGHT_MAX_AGE": max_age(policy) or 0,
    }


adapter.options = options
speak(
    name="django-cors-headers",
    package="django-cors-headers",
    homepage="https://github.com/adamchainz/django-cors-headers",
    issues="https://github.com/adamchainz/django-cors-headers/issues",
    build=adapter.build,
    serve=serve.wsgi,
)
