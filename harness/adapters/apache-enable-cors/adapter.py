"""Apache httpd as enable-cors.org has it: `SetEnvIf`, `Header set`, and preflights in an `<If>`.

What is there but once is combined: credentials, say, with preflights.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from frames import apache
from policy import max_age, methods, names, origins

LOCATION = """
{origin}
    <If "%{{REQUEST_METHOD}} == 'OPTIONS'">
        Header set Access-Control-Allow-Methods "{methods}"
        Header set Access-Control-Allow-Headers "{headers}"
        Header set Access-Control-Max-Age "{age}"
        RewriteEngine On
        RewriteCond %{{REQUEST_METHOD}} OPTIONS
        RewriteRule ^(.*)$ $1 [R=204,L]
    </If>
"""

MATCH = """
    SetEnvIf Origin "^({pattern})$" ORIGIN_MATCH=$0
    Header set Access-Control-Allow-Origin "%{{ORIGIN_MATCH}}e" env=ORIGIN_MATCH
    Header set Vary "Origin" env=ORIGIN_MATCH
"""


def render(policy, listen, behind, folder):
    if policy["origins"] == "*":
        origin, only = '    Header set Access-Control-Allow-Origin "*"', ""
    else:
        pattern = "|".join(map(re.escape, origins(policy))) or "(?!)"
        origin, only = MATCH.format(pattern=pattern), " env=ORIGIN_MATCH"
    if policy["credentials"]:
        origin += f'\n    Header set Access-Control-Allow-Credentials "true"{only}'
    if policy["response_headers"]:
        exposed = ", ".join(names(policy["response_headers"]))
        origin += f'\n    Header set Access-Control-Expose-Headers "{exposed}"'
    location = LOCATION.format(
        origin=origin, methods=", ".join([*methods(policy), "OPTIONS"]),
        headers=", ".join(names(policy["request_headers"])),
        age=86400 if max_age(policy) is None else max_age(policy),
    )  # fmt: skip
    return apache(listen, behind, folder, location=location)


speak(
    name="Apache httpd (enable-cors.org)",
    homepage="https://enable-cors.org/server_apache.html",
    issues="https://github.com/monsur/enable-cors.org/issues",
    unsupported={
        "origins.null": "not among the examples",
        "origins.subdomains": "not among the examples",
    },
    render=render,
    command=lambda file, folder: ["apache2", "-X", "-f", file],
)
