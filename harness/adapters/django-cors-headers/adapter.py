import sys

sys.path.append("../lib")

import django
from django.conf import settings
from django.core import checks
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from policy import max_age, methods, names, origins, patterns
from protocol import Refused, speak

import serve

# The settings name the module that holds `urlpatterns`: this one.
sys.modules["subject"] = sys.modules[__name__]
urlpatterns = []


def build(policy, subject):
    settings.configure(
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["corsheaders"],
        MIDDLEWARE=["corsheaders.middleware.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF="subject",
        SECRET_KEY="not one",
        USE_TZ=True,
        **options(policy),
    )
    django.setup()
    # What `manage.py` refuses to start with.
    problems = [problem.msg for problem in checks.run_checks() if problem.is_serious()]
    if problems:
        raise Refused("; ".join(problems))
    urlpatterns.extend(routes(subject))
    return get_wsgi_application()


def options(policy):
    return {
        "CORS_ALLOW_ALL_ORIGINS": policy["origins"] == "*",
        "CORS_ALLOWED_ORIGINS": [] if policy["origins"] == "*" else origins(policy),
        "CORS_ALLOWED_ORIGIN_REGEXES": patterns(policy),
        "CORS_ALLOW_METHODS": methods(policy),
        "CORS_ALLOW_HEADERS": names(policy["request_headers"]),
        "CORS_EXPOSE_HEADERS": names(policy["response_headers"]),
        "CORS_ALLOW_CREDENTIALS": policy["credentials"],
        # 0 means that nothing is said.
        "CORS_PREFLIGHT_MAX_AGE": max_age(policy) or 0,
    }


def routes(subject):
    def query(request):
        return request.META["QUERY_STRING"]

    return [
        path("echo", lambda request: respond(subject.echo(query(request)))),
        path("status/<code>", lambda request, code: respond(subject.status(query(request), code))),
        path("redirect", lambda request: respond(subject.redirect(query(request)))),
        path("panic", lambda request: subject.panic(query(request))),
    ]


def respond(answer):
    status, headers, body = answer
    response = HttpResponse(body, status=status)
    del response["Content-Type"]
    for name, value in headers:
        if name == "Set-Cookie":
            response.set_cookie("crosscheck", "1", secure=True, samesite="None")
        else:
            # Django keeps one line of each name.
            response[name] = f"{response[name]}, {value}" if name in response else value
    return response


if __name__ == "__main__":
    speak(
        name="django-cors-headers",
        package="django-cors-headers",
        homepage="https://github.com/adamchainz/django-cors-headers",
        issues="https://github.com/adamchainz/django-cors-headers/issues",
        build=build,
        serve=serve.wsgi,
    )
