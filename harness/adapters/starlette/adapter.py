import sys

sys.path.append("../lib")

from protocol import refusing, speak
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette_cors import options, respond

import application
import serve


def build(policy, subject):
    def echo(request):
        return respond(subject.echo(request.url.query))

    def status(request):
        return respond(subject.status(request.url.query, request.path_params["code"]))

    def redirect(request):
        return respond(subject.redirect(request.url.query))

    def panic(request):
        subject.panic(request.url.query)

    paths = {"/echo": echo, "/status/{code}": status, "/redirect": redirect, "/panic": panic}
    taken = [*application.routed(policy), "OPTIONS"]
    routes = [Route(path, endpoint, methods=taken) for path, endpoint in paths.items()]
    with refusing():
        return Starlette(routes=routes, middleware=[Middleware(CORSMiddleware, **options(policy))])


speak(
    name="Starlette",
    package="starlette",
    homepage="https://www.starlette.io/middleware/#corsmiddleware",
    issues="https://github.com/encode/starlette/issues",
    unsupported={"methods.any": "`*` in `allow_methods` is documented to mean all standard methods"},
    build=build,
    serve=serve.asgi,
)
