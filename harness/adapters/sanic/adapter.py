import re
import sys

sys.path.append("../lib")

from policy import max_age, methods, names, origins, patterns
from protocol import refusing, speak
from sanic import HTTPResponse, Sanic
from sanic.compat import Header
from sanic_ext import Extend

import application
import serve


def build(policy, subject):
    app = Sanic("subject", configure_logging=False)
    app.config.update(options(policy))
    with refusing():
        Extend(app)
    # Sanic Extensions answers OPTIONS by itself; Sanic knows no other methods but TRACE and CONNECT.
    taken = application.METHODS

    @app.route("/echo", methods=taken)
    async def echo(request):
        return respond(subject.echo(request.query_string))

    @app.route("/status/<code>", methods=taken)
    async def status(request, code):
        return respond(subject.status(request.query_string, code))

    @app.route("/redirect", methods=taken)
    async def redirect(request):
        return respond(subject.redirect(request.query_string))

    @app.route("/panic", methods=taken)
    async def panic(request):
        subject.panic(request.query_string)

    return app


def options(policy):
    return {
        "CORS_ORIGINS": allowed(policy),
        "CORS_METHODS": methods(policy),
        "CORS_ALLOW_HEADERS": names(policy["request_headers"]),
        "CORS_EXPOSE_HEADERS": names(policy["response_headers"]),
        "CORS_SUPPORTS_CREDENTIALS": policy["credentials"],
        "CORS_MAX_AGE": max_age(policy),
    }


def allowed(policy):
    if policy["origins"] == "*":
        return "*"
    return origins(policy) + [re.compile(pattern) for pattern in patterns(policy)]


def respond(answer):
    status, headers, body = answer
    return HTTPResponse(body, status, Header(headers), content_type=None)


speak(
    name="Sanic Extensions",
    package="sanic-ext",
    homepage="https://sanic.dev/en/plugins/sanic-ext/http/cors.html",
    issues="https://github.com/sanic-org/sanic-ext/issues",
    unsupported={"methods.any": "a route takes only the methods that Sanic knows"},
    build=build,
    serve=serve.asgi,
)
