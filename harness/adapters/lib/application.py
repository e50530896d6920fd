"""The application behind the policy: what its routes answer, for any framework to send."""

import collections
import json
import re
import urllib.parse

HITS = "/__crosscheck/hits"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OTHERS = ("COPY", "LOCK", "MERGE", "MKCOL", "MOVE", "PROPFIND", "PURGE", "QUERY", "REPORT", "SEARCH", "UNLOCK")


class Application:
    """Each route gives a status, header pairs to be added (never to replace), and a body."""

    def __init__(self):
        self._hits = collections.Counter()

    def echo(self, query):
        return self._answer(query, 200)

    def status(self, query, code):
        if re.fullmatch("[2-5][0-9]{2}", code):
            return self._answer(query, int(code))
        return 404, [], b"there is no such status"

    def redirect(self, query):
        parameters = _parameters(query)
        code = int(parameters.get("code", ["302"])[0])
        if code not in (301, 302, 303, 307, 308):
            return self._answer(query, 400)
        return self._answer(query, code, [("Location", parameters.get("to", [""])[0])])

    def panic(self, query):
        self._count(query)
        raise RuntimeError("asked to panic")

    def tell(self, query):
        """How often a handler ran for the `id` parameter, as JSON."""
        return json.dumps({"hits": self._hits[_id(query)]}).encode()

    def _count(self, query):
        self._hits[_id(query)] += 1

    def _answer(self, query, status, more=()):
        self._count(query)
        parameters = _parameters(query)
        headers = [("x-crosscheck-handled", _id(query)), *more]
        for line in parameters.get("h", []):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        if parameters.get("cookie") == ["1"]:
            headers.append(("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/"))
        if status in (204, 205, 304):
            return status, headers, b""
        return status, [("Content-Type", "application/json"), *headers], b'{"ok":true}'


def routed(policy):
    """The methods that a route takes: the common ones and what the policy lists; many, if any."""
    listed = OTHERS if policy["methods"] == "*" else policy["methods"]
    return list(dict.fromkeys([*METHODS, *listed]))


def _parameters(query):
    return urllib.parse.parse_qs(query, keep_blank_values=True)


def _id(query):
    return _parameters(query).get("id", [""])[0]
