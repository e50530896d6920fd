import asyncio
import sys

sys.path.append("../lib")

import aiohttp_cors
from aiohttp import web
from policy import max_age, methods, origins
from protocol import refusing, speak

import application


def build(policy, subject):
    async def echo(request):
        return respond(subject.echo(request.query_string))

    async def status(request):
        return respond(subject.status(request.query_string, request.match_info["code"]))

    async def redirect(request):
        return respond(subject.redirect(request.query_string))

    async def panic(request):
        subject.panic(request.query_string)

    async def hits(request):
        return web.Response(body=subject.tell(request.query_string), content_type="application/json")

    app = web.Application()
    # Only what is added to `cors` is under the policy.
    app.router.add_get(application.HITS, hits)
    with refusing():
        cors = aiohttp_cors.setup(app, defaults={origin: options(policy) for origin in origins(policy)})
    paths = {"/echo": echo, "/status/{code}": status, "/redirect": redirect, "/panic": panic}
    for path, handler in paths.items():
        resource = cors.add(app.router.add_resource(path))
        for method in application.routed(policy):
            # aiohttp-cors has taken OPTIONS for itself.
            if method != "OPTIONS":
                resource.add_route(method, handler)
    return app


def options(policy):
    return aiohttp_cors.ResourceOptions(
        allow_methods="*" if policy["methods"] == "*" else methods(policy),
        allow_headers=policy["request_headers"],
        expose_headers=policy["response_headers"],
        allow_credentials=policy["credentials"],
        max_age=max_age(policy),
    )


def respond(answer):
    status, headers, body = answer
    response = web.Response(status=status, body=body)
    response.headers.popall("Content-Type", None)
    for name, value in headers:
        response.headers.add(name, value)
    return response


def serve(app, _subject, listener):
    web.run_app(app, sock=listener, print=None, access_log=None, loop=asyncio.new_event_loop())


speak(
    name="aiohttp-cors",
    package="aiohttp-cors",
    homepage="https://github.com/aio-libs/aiohttp-cors",
    issues="https://github.com/aio-libs/aiohttp-cors/issues",
    unsupported={"origins.subdomains": "origins are compared as whole strings, without patterns"},
    build=build,
    serve=serve,
)
