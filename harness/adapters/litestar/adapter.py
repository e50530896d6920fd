import sys

sys.path.append("../lib")

from litestar import Litestar, Request, route
from litestar.config.cors import CORSConfig
from litestar.response.base import ASGIResponse
from policy import max_age, methods, names, origins, patterns
from protocol import refusing, speak

import application
import serve


def build(policy, subject):
    # Litestar knows these methods only, and answers OPTIONS by itself.
    taken = list(application.METHODS)

    @route("/echo", http_method=taken, sync_to_thread=False)
    def echo(request: Request) -> ASGIResponse:
        return respond(request, subject.echo(query(request)))

    @route("/status/{code:str}", http_method=taken, sync_to_thread=False)
    def status(request: Request, code: str) -> ASGIResponse:
        return respond(request, subject.status(query(request), code))

    @route("/redirect", http_method=taken, sync_to_thread=False)
    def redirect(request: Request) -> ASGIResponse:
        return respond(request, subject.redirect(query(request)))

    @route("/panic", http_method=taken, sync_to_thread=False)
    def panic(request: Request) -> ASGIResponse:
        return subject.panic(query(request))

    with refusing():
        config = CORSConfig(**options(policy))
        return Litestar(route_handlers=[echo, status, redirect, panic], cors_config=config)


def options(policy):
    given = {
        "allow_origins": origins(policy),
        "allow_methods": methods(policy),
        "allow_headers": names(policy["request_headers"]),
        "expose_headers": names(policy["response_headers"]),
        "allow_credentials": policy["credentials"],
    }
    if patterns(policy):
        given["allow_origin_regex"] = "|".join(patterns(policy))
    if policy["max_age"] is not None:
        given["max_age"] = max_age(policy)
    return given


def query(request):
    return request.scope["query_string"].decode()


def respond(request, answer):
    status, headers, body = answer
    head = request.method == "HEAD"
    return ASGIResponse(
        status_code=status, headers=headers, body=b"" if head else body, is_head_response=head
    )


speak(
    name="Litestar",
    package="litestar",
    homepage="https://docs.litestar.dev/latest/usage/middleware/builtin-middleware.html#cors",
    issues="https://github.com/litestar-org/litestar/issues",
    unsupported={"methods.any": "`*` in `allow_methods` means the methods that Litestar knows"},
    build=build,
    serve=serve.asgi,
)
