"""Apache httpd as a reverse proxy, with SetEnvIf and `Header always set`."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from frames import apache
from policy import max_age, methods, names, origins, patterns

# What answers preflights, whatever asks.
PREFLIGHT = """
    RewriteEngine On
    RewriteCond %{REQUEST_METHOD} OPTIONS
    RewriteRule .* - [R=204,L]
"""


def render(policy, listen, behind, folder):
    if policy["origins"] == "*":
        cors = ['Header always set Access-Control-Allow-Origin "*"']
    else:
        allowed = [re.escape(origin) for origin in origins(policy)]
        allowed += [pattern.removeprefix("^").removesuffix("$") for pattern in patterns(policy)]
        cors = [f'SetEnvIf Origin "^({"|".join(allowed)})$" CORS_ORIGIN=$0'] if allowed else []
        cors.append('Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN')
        cors.append('Header always merge Vary "Origin"')
    if policy["credentials"]:
        cors.append('Header always set Access-Control-Allow-Credentials "true"')
    cors.append(f'Header always set Access-Control-Allow-Methods "{", ".join(methods(policy))}"')
    for name, listing in [("Allow", "request_headers"), ("Expose", "response_headers")]:
        if policy[listing]:
            value = ", ".join(names(policy[listing]))
            cors.append(f'Header always set Access-Control-{name}-Headers "{value}"')
    if max_age(policy) is not None:
        cors.append(f'Header always set Access-Control-Max-Age "{max_age(policy)}"')
    location = "\n".join(f"    {line}" for line in cors) + PREFLIGHT
    return apache(listen, behind, folder, location=location)


speak(
    name="Apache httpd",
    homepage="https://httpd.apache.org",
    issues="https://bz.apache.org/bugzilla/enter_bug.cgi?product=Apache%20httpd-2",
    render=render,
    command=lambda file, folder: ["apache2", "-X", "-f", file],
)
