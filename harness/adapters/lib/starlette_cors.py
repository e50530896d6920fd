"""What Starlette and FastAPI have in common."""

from policy import max_age, methods, names, origins, patterns
from starlette.responses import Response


def options(policy):
    """The options of `CORSMiddleware`."""
    given = {
        "allow_origins": origins(policy),
        "allow_methods": methods(policy),
        "allow_headers": names(policy["request_headers"]),
        "expose_headers": names(policy["response_headers"]),
        "allow_credentials": policy["credentials"],
    }
    if patterns(policy):
        # Documented, and so written here, without anchors: the whole origin is what must match.
        given["allow_origin_regex"] = "|".join(pattern[1:-1] for pattern in patterns(policy))
    if policy["max_age"] is not None:
        given["max_age"] = max_age(policy)
    return given


def respond(answer):
    """A route's answer as a response."""
    status, headers, body = answer
    response = Response(body, status)
    for name, value in headers:
        response.headers.append(name, value)
    return response
