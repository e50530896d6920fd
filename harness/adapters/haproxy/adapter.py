"""HAProxy, with `http-request return` for preflights and `http-response set-header`."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from policy import max_age, methods, names, origins, patterns

CONFIGURATION = """
global
    maxconn 512

defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s

frontend subject
    bind {listen}
    acl is_hits path_beg /__crosscheck/
    http-request set-var(txn.origin) req.hdr(Origin)
{acls}
{preflight}
{actual}
    default_backend application

backend application
    server application {behind}
"""


def render(policy, listen, behind, folder):
    if policy["origins"] == "*":
        acls, condition, origin, vary = [], "!is_hits", "*", []
    else:
        acls = [f'acl cors var(txn.origin) -m str "{origin}"' for origin in origins(policy)]
        # Within quotes a backslash needs another.
        escaped = [pattern.replace("\\", "\\\\").replace("$", "\\$") for pattern in patterns(policy)]
        acls += [f'acl cors var(txn.origin) -m reg "{pattern}"' for pattern in escaped]
        acls = acls or ["acl cors always_false"]
        condition, origin, vary = "cors", "%[var(txn.origin)]", [("Vary", "Origin")]
    both = [("Access-Control-Allow-Origin", origin)]
    if policy["credentials"]:
        both.append(("Access-Control-Allow-Credentials", "true"))
    preflight = [*vary, *both, ("Access-Control-Allow-Methods", ", ".join(methods(policy)))]
    if policy["request_headers"]:
        preflight.append(("Access-Control-Allow-Headers", ", ".join(names(policy["request_headers"]))))
    if max_age(policy) is not None:
        preflight.append(("Access-Control-Max-Age", max_age(policy)))
    if policy["response_headers"]:
        both.append(("Access-Control-Expose-Headers", ", ".join(names(policy["response_headers"]))))
    granted = " ".join(f'hdr {name} "{value}"' for name, value in preflight)
    actual = [f'http-response set-header {name} "{value}" if {condition}' for name, value in both]
    actual += [f"http-response add-header {name} {value}" for name, value in vary]
    return CONFIGURATION.format(
        listen=listen, behind=behind, acls=_lines(acls), actual=_lines(actual),
        preflight=f"    http-request return status 204 {granted} if METH_OPTIONS {condition}",
    )  # fmt: skip


def _lines(lines):
    return "\n".join(f"    {line}" for line in lines)


speak(
    name="HAProxy",
    homepage="https://www.haproxy.org",
    issues="https://github.com/haproxy/haproxy/issues",
    render=render,
    command=lambda file, folder: ["haproxy", "-db", "-f", file],
)
