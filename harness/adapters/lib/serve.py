"""Serves an app on a listening socket, the count of handler runs outside of it."""

from application import HITS


def asgi(app, application, listener):
    """Serves an ASGI app with uvicorn."""
    import uvicorn

    async def outside(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != HITS:
            return await app(scope, receive, send)
        body = application.tell(scope["query_string"].decode("latin-1"))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(outside, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def wsgi(app, application, listener):
    """Serves a WSGI app with waitress."""
    import waitress

    def outside(environ, start_response):
        if environ["PATH_INFO"] != HITS:
            return app(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [application.tell(environ["QUERY_STRING"])]

    waitress.serve(outside, sockets=[listener], threads=8, clear_untrusted_proxy_headers=True)
