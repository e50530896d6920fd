import re
import sys

sys.path.append("../lib")

from policy import max_age, methods, names, origins, patterns
from protocol import refusing, speak
from quart import Quart, Response, request
from quart_cors import cors

import application
import serve


def build(policy, subject):
    app = Quart("subject")
    with refusing():
        app = cors(app, **options(policy))
    # Quart answers OPTIONS by itself, and Quart-CORS adds to that, unless a route takes it.
    taken = application.routed(policy)

    @app.route("/echo", methods=taken)
    async def echo():
        return respond(subject.echo(query()))

    @app.route("/status/<code>", methods=taken)
    async def status(code):
        return respond(subject.status(query(), code))

    @app.route("/redirect", methods=taken)
    async def redirect():
        return respond(subject.redirect(query()))

    @app.route("/panic", methods=taken)
    async def panic():
        subject.panic(query())

    return app


def options(policy):
    return {
        "allow_origin": origins(policy) + [re.compile(pattern) for pattern in patterns(policy)],
        "allow_methods": methods(policy),
        "allow_headers": names(policy["request_headers"]),
        "expose_headers": names(policy["response_headers"]),
        "allow_credentials": policy["credentials"],
        "max_age": max_age(policy),
    }


def query():
    return request.query_string.decode()


def respond(answer):
    status, headers, body = answer
    response = Response(body, status)
    response.headers.remove("Content-Type")
    for name, value in headers:
        response.headers.add(name, value)
    return response


speak(
    name="Quart-CORS",
    package="quart-cors",
    homepage="https://github.com/pgjones/quart-cors",
    issues="https://github.com/pgjones/quart-cors/issues",
    build=build,
    serve=serve.asgi,
)
