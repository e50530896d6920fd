"""nginx as a reverse proxy, with a map of origins and `add_header … always`."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from frames import nginx
from policy import max_age, methods, names, origins, patterns

MAP = """
    map $http_origin $cors_origin {{
        default "";
{map}
    }}
"""

LOCATION = """
            if ($request_method = OPTIONS) {{
{preflight}
                return 204;
            }}
{actual}
"""


def render(policy, listen, behind, folder):
    listed = policy["origins"] != "*"
    map_ = [f'"{origin}" $http_origin;' for origin in origins(policy) if listed]
    if listed:
        # A quoted pattern, since braces and semicolons end a bare one.
        map_ += [f'"~{pattern}" $http_origin;' for pattern in patterns(policy)]
    both = [("Access-Control-Allow-Origin", "$cors_origin" if listed else "*")]
    if listed:
        both.append(("Vary", "Origin"))
    if policy["credentials"]:
        both.append(("Access-Control-Allow-Credentials", "true"))
    preflight = [*both, ("Access-Control-Allow-Methods", ", ".join(methods(policy)))]
    preflight.append(("Access-Control-Allow-Headers", ", ".join(names(policy["request_headers"]))))
    if max_age(policy) is not None:
        preflight.append(("Access-Control-Max-Age", max_age(policy)))
    exposed = ("Access-Control-Expose-Headers", ", ".join(names(policy["response_headers"])))
    location = LOCATION.format(preflight=_add(preflight, 16), actual=_add([*both, exposed], 12))
    map_ = MAP.format(map="\n".join(f"        {line}" for line in map_))
    return nginx(listen, behind, folder, http=map_, location=location)


def _add(headers, indent):
    return "\n".join(f'{" " * indent}add_header {name} "{value}" always;' for name, value in headers)


speak(
    name="nginx",
    homepage="https://nginx.org",
    issues="https://github.com/nginx/nginx/issues",
    render=render,
    command=lambda file, folder: ["nginx", "-c", file, "-p", folder, "-e", "stderr"],
)
