"""Settings of the bare application. ``BARE_MIDDLEWARE=full`` is setting B, anything else is A.

A has no middleware at all. B has what every Django site that people sign in to has: security
headers, sessions, cross-site request protection, and the user on the request.
"""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

FULL = os.environ.get("BARE_MIDDLEWARE") == "full"

SECRET_KEY = "the-bare-application-keeps-no-secrets-" + "0" * 20
ALLOWED_HOSTS = ["bench.example"]
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "bare.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "bare",
]
MIDDLEWARE = (
    [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
    if FULL
    else []
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]


def database(url: str) -> dict[str, Any]:
    """Connection settings for a ``postgresql://`` address; connections are kept."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.get("host", parts.hostname or ""),
        "PORT": options.get("port", str(parts.port or "")),
        "CONN_MAX_AGE": 600,
    }


DATABASES = {"default": database(os.environ["BARE_DATABASE_URL"])}
