"""Caddy as a reverse proxy, with header matchers in a Caddyfile."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from configured import speak
from policy import max_age, methods, names, origins, patterns

CONFIGURATION = """
{{
	admin off
	auto_https off
	storage file_system {folder}
	log {{
		output stderr
		level ERROR
	}}
}}

http://:{port} {{
	bind {address}
	@hits path /__crosscheck/*
	handle @hits {{
		reverse_proxy {behind}
	}}

{cors}

	reverse_proxy {behind}
}}
"""

# One block for each origin, as the usual snippet is imported once for each.
BLOCK = """
	@origin{number} {matcher}
	header @origin{number} {{
{both}{exposed}		defer
	}}
	@preflight{number} {{
		method OPTIONS
		{matcher}
	}}
	handle @preflight{number} {{
		header {{
{preflight}		}}
		respond 204
	}}
"""


def render(policy, listen, behind, folder):
    if policy["origins"] == "*":
        blocks = [_block(0, policy, "header Origin *", "*")]
    else:
        matchers = [f'header Origin "{origin}"' for origin in origins(policy)]
        matchers += [f"header_regexp Origin {pattern}" for pattern in patterns(policy)]
        blocks = [
            _block(number, policy, matcher, "{header.Origin}") for number, matcher in enumerate(matchers)
        ]
        blocks.append("\theader +Vary Origin")
    address, port = listen.split(":")
    return CONFIGURATION.format(
        folder=folder, address=address, port=port, behind=behind, cors="\n".join(blocks)
    )


def _block(number, policy, matcher, origin):
    both = {"Access-Control-Allow-Origin": origin}
    if policy["credentials"]:
        both["Access-Control-Allow-Credentials"] = "true"
    exposed = {"Access-Control-Expose-Headers": ", ".join(names(policy["response_headers"]))}
    preflight = {
        "Access-Control-Allow-Methods": ", ".join(methods(policy)),
        "Access-Control-Allow-Headers": ", ".join(names(policy["request_headers"])),
    }
    if max_age(policy) is not None:
        preflight["Access-Control-Max-Age"] = max_age(policy)
    return BLOCK.format(
        number=number, matcher=matcher, both=_lines(both), exposed=_lines(exposed), preflight=_lines(preflight)
    )


def _lines(headers):
    return "".join(f'\t\t\t{name} "{value}"\n' for name, value in headers.items() if value != "")


speak(
    name="Caddy",
    homepage="https://caddyserver.com",
    issues="https://github.com/caddyserver/caddy/issues",
    render=render,
    command=lambda file, folder: ["caddy", "run", "--adapter", "caddyfile", "--config", file],
)
