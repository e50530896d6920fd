import sys

sys.path.append("../lib")

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from protocol import refusing, speak
from starlette_cors import options, respond

import application
import serve


def build(policy, subject):
    app = FastAPI()
    with refusing():
        app.add_middleware(CORSMiddleware, **options(policy))
    taken = [*application.routed(policy), "OPTIONS"]

    @app.api_route("/echo", methods=taken)
    def echo(request: Request):
        return respond(subject.echo(request.url.query))

    @app.api_route("/status/{code}", methods=taken)
    def status(request: Request, code: str):
        return respond(subject.status(request.url.query, code))

    @app.api_route("/redirect", methods=taken)
    def redirect(request: Request):
        return respond(subject.redirect(request.url.query))

    @app.api_route("/panic", methods=taken)
    def panic(request: Request):
        subject.panic(request.url.query)

    return app


speak(
    name="FastAPI",
    package="fastapi",
    homepage="https://fastapi.tiangolo.com/tutorial/cors/",
    issues="https://github.com/fastapi/fastapi/issues",
    unsupported={"methods.any": "`*` in `allow_methods` is documented to mean all standard methods"},
    build=build,
    serve=serve.asgi,
)
