import os
import sys

sys.path.append("../lib")

from policy import names, origins
from protocol import refusing, speak

import application
import serve

ORIGINS = "`allow_origins` is a list of whole origins, without patterns"
HEADERS = "every request header that is asked for is allowed"


def build(policy, subject):
    taken = ["GET", "HEAD", "POST", *policy["methods"]]
    custom = [method for method in taken if method not in application.METHODS]
    # Read when Falcon is imported.
    os.environ["FALCON_CUSTOM_HTTP_METHODS"] = ",".join(custom)
    import falcon.asgi

    with refusing():
        app = falcon.asgi.App(middleware=[falcon.CORSMiddleware(**options(policy))])

    async def echo(request, response):
        respond(response, subject.echo(request.query_string))

    async def status(request, response, code):
        respond(response, subject.status(request.query_string, code))

    async def redirect(request, response):
        respond(response, subject.redirect(request.query_string))

    async def panic(request, _response):
        subject.panic(request.query_string)

    paths = {"/echo": echo, "/status/{code}": status, "/redirect": redirect, "/panic": panic}
    for path, handler in paths.items():
        # The methods that a resource has a responder for are the ones that are allowed.
        responders = {f"on_{method.lower()}": staticmethod(handler) for method in taken}
        app.add_route(path, type("Subject", (), responders)())
    return app


def options(policy):
    allowed = "*" if policy["origins"] == "*" else origins(policy)
    return {
        "allow_origins": allowed,
        "allow_credentials": allowed if policy["credentials"] else None,
        "expose_headers": names(policy["response_headers"]) or None,
    }


def respond(response, answer):
    status, headers, body = answer
    response.status = status
    response.content_type = None
    response.data = body
    for name, value in headers:
        if name == "Set-Cookie":
            response.set_cookie("crosscheck", "1", secure=True, same_site="None", path="/", http_only=False)
        elif name == "Content-Type":
            response.content_type = value
        else:
            response.append_header(name, value)


speak(
    name="Falcon",
    package="falcon",
    homepage="https://falcon.readthedocs.io/en/stable/api/cors.html",
    issues="https://github.com/falconry/falcon/issues",
    unsupported={
        "origins.subdomains": ORIGINS,
        "methods.any": "the methods of a resource are the ones it has a responder for",
        "request-headers.list": HEADERS,
        "max-age": "it is always a day",
    },
    build=build,
    serve=serve.asgi,
)
