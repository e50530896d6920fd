"""Configurations of servers as reverse proxies, without what concerns CORS."""

import os

MODULES = "/usr/lib/apache2/modules"

APACHE = """
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
{location}
</Location>
"""


NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections 512; }}

http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{http}
    server {{
        listen {listen};

        location /__crosscheck/ {{
            proxy_pass http://{behind};
        }}

        location / {{
{location}
            proxy_pass http://{behind};
        }}
    }}
}}
"""


def nginx(listen, behind, folder, *, location, http=""):
    return NGINX.format(listen=listen, behind=behind, folder=folder, location=location, http=http)


def apache(listen, behind, folder, *, location):
    return APACHE.format(
        listen=listen, behind=behind, folder=folder, location=location, modules=MODULES,
        user="User www-data\nGroup www-data" if os.getuid() == 0 else "",
    )  # fmt: skip
