import re
import sys

sys.path.append("../lib")

from flask import Flask, Response, request
from flask_cors import CORS
from policy import max_age, methods, names, origins, patterns
from protocol import refusing, speak

import application
import serve


def build(policy, subject):
    app = Flask("subject")
    with refusing():
        CORS(app, **options(policy))
    # Flask answers OPTIONS by itself, and Flask-CORS adds to that, unless a route takes it.
    taken = application.routed(policy)

    @app.route("/echo", methods=taken)
    def echo():
        return respond(subject.echo(query()))

    @app.route("/status/<code>", methods=taken)
    def status(code):
        return respond(subject.status(query(), code))

    @app.route("/redirect", methods=taken)
    def redirect():
        return respond(subject.redirect(query()))

    @app.route("/panic", methods=taken)
    def panic():
        subject.panic(query())

    return app


def options(policy):
    given = {
        "origins": origins(policy) + [re.compile(pattern) for pattern in patterns(policy)],
        "methods": methods(policy),
        "allow_headers": policy["request_headers"],
        "expose_headers": names(policy["response_headers"]),
        "supports_credentials": policy["credentials"],
        "max_age": max_age(policy),
    }
    return given | ({"origins": "*"} if policy["origins"] == "*" else {})


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
    name="Flask-CORS",
    package="flask-cors",
    homepage="https://flask-cors.readthedocs.io/",
    issues="https://github.com/corydolphin/flask-cors/issues",
    unsupported={"methods.any": "`methods` is a list, without a wildcard"},
    build=build,
    serve=serve.wsgi,
)
