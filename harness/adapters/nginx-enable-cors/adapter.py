"""nginx as enable-cors.org has it: one origin in so many words, several by a pattern in `if`.

What is there but once is combined: credentials, say, with several origins.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from frames import nginx
from policy import max_age, methods, names, origins

LOCATION = """
{origins}
            add_header Access-Control-Allow-Methods "{methods}" always;
            add_header Access-Control-Allow-Headers "{headers}" always;
{more}
            if ($request_method = OPTIONS) {{
                add_header Access-Control-Max-Age "{age}";
                add_header Content-Type "text/plain; charset=utf-8";
                add_header Content-Length 0;
                return 204;
            }}
"""

PATTERN = """
            set $cors_origin "";
            if ($http_origin ~* ({pattern})) {{
                set $cors_origin $http_origin;
            }}
            add_header Access-Control-Allow-Origin $cors_origin always;
            add_header Vary Origin always;
"""


def render(policy, listen, behind, folder):
    listed = origins(policy)
    if len(listed) == 1:
        allowed = f"            add_header Access-Control-Allow-Origin {listed[0]} always;"
        allowed += "\n            add_header Vary Origin always;" * (listed != ["*"])
    else:
        # Neither begin nor end of the origin is in the pattern, there as here.
        allowed = PATTERN.format(pattern="|".join(map(re.escape, listed)) or "^$")
    more = []
    if policy["credentials"]:
        more.append('            add_header Access-Control-Allow-Credentials "true" always;')
    if policy["response_headers"]:
        exposed = ", ".join(names(policy["response_headers"]))
        more.append(f'            add_header Access-Control-Expose-Headers "{exposed}" always;')
    age = 86400 if max_age(policy) is None else max_age(policy)
    location = LOCATION.format(
        origins=allowed, methods=", ".join([*methods(policy), "OPTIONS"]), more="\n".join(more),
        headers=", ".join(names(policy["request_headers"])), age=age,
    )  # fmt: skip
    return nginx(listen, behind, folder, location=location)


speak(
    name="nginx (enable-cors.org)",
    homepage="https://enable-cors.org/server_nginx.html",
    issues="https://github.com/monsur/enable-cors.org/issues",
    unsupported={
        "origins.null": "not among the examples",
        "origins.subdomains": "not among the examples",
    },
    render=render,
    command=lambda file, folder: ["nginx", "-c", file, "-p", folder, "-e", "stderr"],
)
