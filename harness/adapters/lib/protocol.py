"""Speaks the adapter protocol on standard input and output.

An adapter is then only a function from a policy to an application and one that serves it. Every
instance is a process of its own, since some frameworks keep their settings in globals.
"""

import contextlib
import importlib.metadata
import json
import multiprocessing
import os
import socket
import sys
import traceback

from application import Application

CAPABILITIES = [
    "origins.list", "origins.any", "origins.null", "origins.subdomains", "credentials",
    "methods.list", "methods.any", "request-headers.list", "request-headers.any",
    "response-headers.list", "response-headers.any", "max-age",
    "routes.status", "routes.redirect", "routes.panic", "hits",
]  # fmt: skip


class Refused(Exception):
    """The implementation does not let itself be configured so: a result, not an accident."""


class Unsupported(Exception):
    """The policy needs a feature which `hello` declared to be missing."""


@contextlib.contextmanager
def refusing():
    """Takes what is raised inside as the implementation's refusal."""
    try:
        yield
    except Exception as error:
        raise Refused(str(error)) from error


def speak(*, name, package, homepage, issues, build, serve, unsupported=None):
    """Answers until there is nothing more to read.

    `build` makes an app of a policy and an `Application`; `serve` serves the app, the
    `Application` beside it, on a listening socket until the process ends. `unsupported` maps each
    feature that the implementation lacks to the reason.
    """
    unsupported = unsupported or {}
    instances = {}

    def hello(_message):
        return {
            "type": "hello", "protocol": 1, "name": name, "language": "python",
            "version": importlib.metadata.version(package), "homepage": homepage, "issues": issues,
            "capabilities": [item for item in CAPABILITIES if item not in unsupported],
            "unsupported": unsupported, "reconfigure": False, "one_shot": False,
            "concurrent_instances": 16,
        }  # fmt: skip

    def start(message):
        for feature in needs(message["policy"]):
            if feature in unsupported:
                raise Unsupported(feature, unsupported[feature])
        listener = socket.create_server((message["bind"], 0), backlog=128)
        port = listener.getsockname()[1]
        report, reported = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(
            target=_instance, args=(build, serve, message["policy"], listener, reported), daemon=True
        )
        child.start()
        listener.close()
        reported.close()
        answer = report.recv()
        if answer["type"] == "ready":
            instances[message["id"]] = child
            answer["base_url"] = f"http://{message['bind']}:{port}"
        return answer

    def stop(message):
        child = instances.pop(message["id"])
        child.kill()
        child.join()
        return {"type": "stopped"}

    answers = {"hello": hello, "serve": start, "stop": stop, "bye": lambda _message: sys.exit()}
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = answers[message["type"]](message)
        except Unsupported as lacking:
            feature, reason = lacking.args
            answer = {"type": "unsupported", "feature": feature, "reason": reason}
        except Exception as error:
            answer = _error(error)
        if "id" in message:
            answer["id"] = message["id"]
        print(json.dumps(answer), flush=True)


def _instance(build, serve, policy, listener, reported):
    # Standard output belongs to the protocol, whatever a framework likes to log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    application = Application()
    try:
        app = build(policy, application)
    except Refused as refused:
        reported.send({"type": "refused", "reason": str(refused)})
    except Exception as error:
        reported.send(_error(error))
    else:
        # The socket listens already, so nobody is turned away from here on.
        reported.send({"type": "ready"})
        serve(app, application, listener)


def _error(error):
    traceback.print_exception(error)
    return {"type": "error", "message": repr(error)}


def needs(policy):
    """The capabilities without which there is no way to express `policy`."""
    for name in ("methods", "request_headers", "response_headers"):
        if policy[name]:
            yield name.replace("_", "-") + (".any" if policy[name] == "*" else ".list")
    if policy["origins"] == "*":
        yield "origins.any"
    else:
        yield from map(_kind, policy["origins"])
    if policy["credentials"]:
        yield "credentials"
    if policy["max_age"] is not None:
        yield "max-age"


def _kind(origin):
    if origin == "null":
        return "origins.null"
    if isinstance(origin, str):
        return "origins.list"
    if "subdomains_of" in origin:
        return "origins.subdomains"
    raise ValueError(f"{origin} is no kind of origin that is known here")
