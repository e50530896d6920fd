"""A site of which one path is open to everybody, and its neighbour, which is judged, is under the policy.

The argument says how the two differ.
"""

import sys

sys.path.append("../../../adapters/lib")

from flask import Flask, Response, request
from flask_cors import CORS
from policy import max_age, methods, names, origins
from protocol import speak

import application
import serve

# The rule for the open path, then the path that is judged.
PATHS = {
    "case": ("/ECHO", "/echo"),
    "plus": ("/a b/echo", "/a+b/echo"),
    # The rule of the judged path is the exact one, though the other is longer.
    "longer-pattern": ("/(echo|assets|downloads)", "/echo"),
}
OPEN, JUDGED = PATHS[sys.argv[1]]
ROUTES = "only one path is judged"


def build(policy, subject):
    app = Flask("subject")
    CORS(app, resources={OPEN: {"origins": "*"}, JUDGED: options(policy)})

    @app.route(JUDGED, methods=application.routed(policy))
    def echo():
        return respond(subject.echo(request.query_string.decode()))

    def mounted(environ, start_response):
        path = environ["PATH_INFO"]
        return app(environ | {"PATH_INFO": JUDGED if path == "/echo" else path}, start_response)

    return mounted


def options(policy):
    return {
        "origins": "*" if policy["origins"] == "*" else origins(policy),
        "methods": methods(policy),
        "allow_headers": policy["request_headers"],
        "expose_headers": names(policy["response_headers"]),
        "supports_credentials": policy["credentials"],
        "max_age": max_age(policy),
    }


def respond(answer):
    status, headers, body = answer
    response = Response(body, status)
    response.headers.remove("Content-Type")
    for name, value in headers:
        response.headers.add(name, value)
    return response


speak(
    name="Flask-CORS, one path of two",
    package="flask-cors",
    homepage="https://flask-cors.readthedocs.io/",
    issues="https://github.com/corydolphin/flask-cors/issues",
    unsupported={
        "origins.subdomains": ROUTES,
        "methods.any": "`methods` is a list, without a wildcard",
        "routes.status": ROUTES,
        "routes.redirect": ROUTES,
        "routes.panic": ROUTES,
    },
    build=build,
    serve=serve.wsgi,
)
