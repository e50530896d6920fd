"""Apache httpd as a reverse proxy, with SetEnvIf and `Header always set`."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from policy import max_age, methods, names, origins, patterns

MODULES = "/usr/lib/apache2/modules"

CONFIGURATION = """
ServerRoot {folder}
ServerName subject
PidFile {folder}/pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
LogLevel error
Listen {listen}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule setenvif_module {modules}/mod_setenvif.so

StartServers 1
ServerLimit 2
ThreadsPerChild 16
MinSpareThreads 1
MaxSpareThreads 32
MaxRequestWorkers 32
MaxConnectionsPerChild 0

ProxyPass / http://{behind}/
ProxyPassReverse / http://{behind}/

<Location "/">
{cors}
    RewriteEngine On
    RewriteCond %{{REQUEST_METHOD}} OPTIONS
    RewriteRule .* - [R=204,L]
</Location>
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
    return CONFIGURATION.format(
        folder=folder, listen=listen, behind=behind, modules=MODULES,
        user="User www-data\nGroup www-data" if os.getuid() == 0 else "",
        cors="\n".join(f"    {line}" for line in cors),
    )  # fmt: skip


speak(
    name="Apache httpd",
    homepage="https://httpd.apache.org",
    issues="https://bz.apache.org/bugzilla/enter_bug.cgi?product=Apache%20httpd-2",
    render=render,
    command=lambda file, folder: ["apache2", "-X", "-f", file],
)
