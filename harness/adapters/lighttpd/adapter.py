"""lighttpd as a reverse proxy, with mod_setenv in a condition for each origin."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from policy import max_age, methods, names, origins

CONFIGURATION = """
server.modules = ("mod_rewrite", "mod_setenv", "mod_proxy")
server.document-root = "{folder}"
server.bind = "{address}"
server.port = {port}
server.errorlog = "/dev/stderr"
# lighttpd answers OPTIONS by itself for any file that there is.
$HTTP["request-method"] == "OPTIONS" {{
    url.rewrite-once = ("" => "/preflight")
}}
$HTTP["request-method"] != "OPTIONS" {{
    proxy.server = ("" => (("host" => "{backend_address}", "port" => {backend_port})))
}}
{conditions}
"""

CONDITION = """
$REQUEST_HEADER["Origin"] =~ "^{pattern}$" {{
    setenv.add-response-header = ({headers})
}}
"""


def render(policy, listen, behind, folder):
    if policy["origins"] == "*":
        conditions = f"setenv.add-response-header = ({_headers(policy, '*')})"
    else:
        blocks = [
            CONDITION.format(pattern=re.escape(origin), headers=_headers(policy, origin))
            for origin in origins(policy)
        ]
        # Settings are replaced by those of a condition, not merged.
        conditions = "".join(['setenv.add-response-header = ("Vary" => "Origin")\n', *blocks])
    (folder / "preflight").touch()
    (address, port), (backend_address, backend_port) = listen.split(":"), behind.split(":")
    return CONFIGURATION.format(
        folder=folder, address=address, port=port, conditions=conditions,
        backend_address=backend_address, backend_port=backend_port,
    )  # fmt: skip


def _headers(policy, origin):
    headers = {"Access-Control-Allow-Origin": origin}
    if origin != "*":
        headers["Vary"] = "Origin"
    if policy["credentials"]:
        headers["Access-Control-Allow-Credentials"] = "true"
    headers["Access-Control-Allow-Methods"] = ", ".join(methods(policy))
    headers["Access-Control-Allow-Headers"] = ", ".join(names(policy["request_headers"]))
    headers["Access-Control-Expose-Headers"] = ", ".join(names(policy["response_headers"]))
    if max_age(policy) is not None:
        headers["Access-Control-Max-Age"] = str(max_age(policy))
    return ", ".join(f'"{name}" => "{value}"' for name, value in headers.items() if value)


speak(
    name="lighttpd",
    homepage="https://www.lighttpd.net",
    issues="https://redmine.lighttpd.net/projects/lighttpd/issues",
    unsupported={"origins.subdomains": "a response header cannot repeat what a request said"},
    render=render,
    command=lambda file, folder: ["lighttpd", "-D", "-f", file],
)
