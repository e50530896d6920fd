"""A whole adapter in one file: copy it, and put your own server where `Subject` is."""

import http.server
import json
import sys
import threading
import urllib.parse

HELLO = {
    "type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "python",
    "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
        "request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
    "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8,
}  # fmt: skip


class Subject(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        policy, origin = self.server.policy, self.headers.get("Origin")
        anyone = policy["origins"] == "*"
        headers = [] if anyone else [("Vary", "Origin")]
        if allowed := anyone or origin in policy["origins"]:
            headers.append(("Access-Control-Allow-Origin", "*" if anyone else origin))
            headers.extend([("Access-Control-Allow-Credentials", "true")] * policy["credentials"])
        if self.command == "OPTIONS" and origin and "Access-Control-Request-Method" in self.headers:
            if not allowed:
                return self.send(403, headers)
            headers.append(("Access-Control-Allow-Methods", ", ".join(policy["methods"])))
            headers.append(("Access-Control-Allow-Headers", ", ".join(policy["request_headers"])))
            if policy["max_age"] is not None:
                headers.append(("Access-Control-Max-Age", str(policy["max_age"]).replace("disable", "0")))
            return self.send(204, headers)
        if allowed and policy["response_headers"]:
            headers.append(("Access-Control-Expose-Headers", ", ".join(policy["response_headers"])))
        path, _, query = self.path.partition("?")
        parameters = urllib.parse.parse_qs(query)
        if path != "/echo":
            return self.send(404, headers)
        headers.append(("X-Crosscheck-Handled", parameters.get("id", [""])[0]))
        headers.extend(line.split(":", 1) for line in parameters.get("h", []))
        headers.extend([("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/")] * ("cookie" in parameters))
        return self.send(200, [*headers, ("Content-Type", "application/json")], b'{"ok":true}')

    def send(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers + [("Content-Length", len(body))] * (status != 204):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body * (self.command != "HEAD"))

    def __getattr__(self, name):  # `do_GET`, `do_PATCH` and so on: every method is taken
        return self.answer if name.startswith("do_") else super().__getattribute__(name)


def serve(id, bind, policy):
    if not all(isinstance(origin, str) for origin in policy["origins"]):
        feature, reason = "origins.subdomains", HELLO["unsupported"]["origins.subdomains"]
        return {"type": "unsupported", "id": id, "feature": feature, "reason": reason}
    if policy["credentials"] and "*" in policy.values():
        return {"type": "refused", "id": id, "reason": "`*` means nothing with credentials"}
    servers[id] = server = http.server.ThreadingHTTPServer((bind, 0), Subject)
    server.policy = policy
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    return {"type": "ready", "id": id, "base_url": f"http://{bind}:{server.server_port}"}


def stop(id):
    server = servers.pop(id)
    server.shutdown()
    server.server_close()
    return {"type": "stopped", "id": id}


servers = {}
answers = {"hello": lambda **_: HELLO, "serve": serve, "stop": stop, "bye": lambda: sys.exit()}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps(answers[message.pop("type")](**message)), flush=True)
