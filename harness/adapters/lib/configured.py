"""Adapters for servers that are configured, not programmed.

A server of its own, with a configuration rendered for the policy, stands before a plain application
that knows nothing of CORS.
"""

import http.server
import json
import os
import pathlib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from application import HITS, Application
from protocol import CAPABILITIES, needs

class Misconfigured(Exception):
    """The server does not take what was rendered: our mistake, for it knows nothing of policies."""


def speak(*, name, homepage, issues, render, command, unsupported=None):
    """Answers until there is nothing more to read.

    `render` makes the configuration of a policy, the port to listen on, the application's address
    and a folder for whatever the server wants to write; `command` starts the server in the
    foreground with the file that holds it, in that folder.
    """
    unsupported = unsupported or {}
    version = pathlib.Path(os.environ["CROSSCHECK_ADAPTER_HOME"], "version").read_text()
    instances = {}
    for line in sys.stdin:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            answer = {
                "type": "hello", "protocol": 1, "name": name, "version": version,
                "language": "configuration", "homepage": homepage, "issues": issues,
                "capabilities": [item for item in CAPABILITIES if item not in unsupported],
                "unsupported": unsupported, "reconfigure": False, "one_shot": False,
                "concurrent_instances": 8,
            }  # fmt: skip
        elif kind == "serve":
            answer = _serve(message, unsupported, render, command, instances)
        elif kind == "stop":
            instances.pop(message["id"]).stop()
            answer = {"type": "stopped"}
        else:
            break
        if "id" in message:
            answer["id"] = message["id"]
        print(json.dumps(answer), flush=True)
    for instance in instances.values():
        instance.stop()


def _serve(message, unsupported, render, command, instances):
    policy, bind = message["policy"], message["bind"]
    try:
        for feature in needs(policy):
            if feature in unsupported:
                return {"type": "unsupported", "feature": feature, "reason": unsupported[feature]}
        instance = Instance(policy, bind, render, command)
    except (Misconfigured, ValueError) as cause:
        return {"type": "error", "message": str(cause)}
    instances[message["id"]] = instance
    return {"type": "ready", "base_url": f"http://{bind}:{instance.port}"}


class Instance:
    """A server under way, with the application behind it."""

    def __init__(self, policy, bind, render, command):
        self._folder = tempfile.TemporaryDirectory(prefix="crosscheck-")
        folder = pathlib.Path(self._folder.name)
        folder.chmod(0o755)
        self._backend = Backend((bind, 0), Handler)
        # Asked often whether to stop, for there are many instances.
        serve = threading.Thread(target=self._backend.serve_forever, args=(0.01,), daemon=True)
        serve.start()
        self.port = _free_port(bind)
        behind = f"{bind}:{self._backend.server_address[1]}"
        file = folder / "configuration"
        file.write_text(render(policy, f"{bind}:{self.port}", behind, folder))
        log = (folder / "log").open("w+")
        self._process = subprocess.Popen(
            command(file, folder), cwd=folder, env=os.environ | {"HOME": str(folder)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        self._await(bind, log)

    def _await(self, bind, log):
        until = time.monotonic() + 10
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((bind, self.port)) == 0:
                    return
            time.sleep(0.01)
        self.stop()
        log.seek(0)
        raise Misconfigured(log.read().strip()[-2000:] or "it does not listen")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._backend.shutdown()
        self._backend.server_close()
        self._folder.cleanup()


class Backend(socketserver.ThreadingTCPServer):
    """The application, over HTTP."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.application = Application()

    def handle_error(self, *_arguments):
        """Connections end when a server is stopped."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave together.
    wbufsize = -1

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self):
        length = int(self.headers.get("content-length", 0))
        self.rfile.read(length)
        path, _, query = self.path.partition("?")
        status, headers, body = self._route(urllib.parse.unquote(path), query)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status >= 200 and status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _route(self, path, query):
        application = self.server.application
        if path == "/echo":
            return application.echo(query)
        if path.startswith("/status/"):
            return application.status(query, path.removeprefix("/status/"))
        if path == "/redirect" and self.command in ("GET", "HEAD"):
            return application.redirect(query)
        if path == HITS:
            return 200, [("Content-Type", "application/json")], application.tell(query)
        if path == "/panic":
            try:
                return application.panic(query)
            except RuntimeError as error:
                return 500, [("Content-Type", "text/plain")], str(error).encode()
        return 404, [("Content-Type", "text/plain")], b"not found"

    def version_string(self):
        return "application"

    def log_message(self, *_arguments):
        pass


def _free_port(bind):
    with socket.create_server((bind, 0)) as probe:
        return probe.getsockname()[1]
