"""An adapter in one file: copy it, and put your own server where `server` is."""

import json
import sys
from functools import partial
from threading import Thread
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

# The answer to `hello`: what your server can be asked for, and what it has no option for.
HELLO = """{"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "python",
    "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
        "request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
    "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}"""


def server(policy, request, start_response):
    # Replace this half by your own server's CORS, configured as the policy says.
    origin, anyone, max_age = request.get("HTTP_ORIGIN"), policy["origins"] == "*", policy["max_age"]
    asks = origin and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request
    is_preflight = asks and request["REQUEST_METHOD"] == "OPTIONS"
    headers = [] if anyone else [("Vary", "Origin")]
    if anyone or origin in policy["origins"]:
        granted = {
            "Allow-Origin": "*" if anyone else origin,
            "Allow-Credentials": policy["credentials"] and "true",
            "Allow-Methods": is_preflight and ", ".join(policy["methods"]),
            "Allow-Headers": is_preflight and ", ".join(policy["request_headers"]),
            "Max-Age": is_preflight and max_age is not None and str(max_age).replace("disable", "0"),
            "Expose-Headers": not is_preflight and ", ".join(policy["response_headers"]),
        }
        headers += [(f"Access-Control-{name}", value) for name, value in granted.items() if value]
    # This half is the application that the suite visits: yours must answer so, too.
    if is_preflight or request["PATH_INFO"] != "/echo":
        start_response("204 No Content" if is_preflight else "404 Not Found", headers)
        return []
    query = parse_qs(request["QUERY_STRING"])
    headers.append(("X-Crosscheck-Handled", query.get("id", [""])[0]))
    headers.extend(tuple(line.split(":", 1)) for line in query.get("h", []))
    if "cookie" in query:
        headers.append(("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/"))
    start_response("200 OK", [*headers, ("Content-Type", "application/json")])
    return [b'{"ok":true}']


servers = {}
for line in sys.stdin:
    message = json.loads(line)
    id, policy = message.get("id"), message.get("policy")
    match message["type"]:
        case "hello":
            answer = json.loads(HELLO)
        case "serve" if any(not isinstance(origin, str) for origin in policy["origins"]):
            answer = {"type": "unsupported", "id": id, "feature": "origins.subdomains", "reason": "no patterns"}
        case "serve" if policy["credentials"] and "*" in policy.values():
            answer = {"type": "refused", "id": id, "reason": "`*` means nothing with credentials"}
        case "serve":
            servers[id] = make_server(message["bind"], 0, partial(server, policy))
            Thread(target=servers[id].serve_forever, args=[0.05], daemon=True).start()
            answer = {"type": "ready", "id": id, "base_url": f"http://{message['bind']}:{servers[id].server_port}"}
        case "stop":
            servers[id].shutdown()
            servers[id].server_close()
            answer = {"type": "stopped", "id": id}
        case "bye":
            break
    print(json.dumps(answer), flush=True)
