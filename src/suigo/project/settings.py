"""Settings, read from the environment. ``project/production.py`` refuses an unsafe production."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]


def secret(name: str, default: str = "") -> str:
    """``NAME`` from the environment, or the contents of the file that ``NAME_FILE`` names."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name, default)


SUIGO_ENV = os.environ.get("SUIGO_ENV", "demo")
if SUIGO_ENV not in {"demo", "test", "production"}:
    raise ImproperlyConfigured("SUIGO_ENV must be demo, test or production")
PRODUCTION = SUIGO_ENV == "production"

SUIGO_DATA = Path(os.environ.get("SUIGO_DATA", ROOT / "var")).resolve()
SUIGO_CITY = Path(
    os.environ.get("SUIGO_CITY", ROOT / "cities" / ("example" if SUIGO_ENV == "test" else "itako"))
).resolve()
SUIGO_BASE_URL = os.environ.get("SUIGO_BASE_URL", "http://127.0.0.1:8000")
# One node ("", as most run), or one of two that share nothing: "outer" for residents on the
# internet, "inner" for staff. What crosses between them goes through folders (services/bridge).
SUIGO_ZONE = os.environ.get("SUIGO_ZONE", "")
if SUIGO_ZONE not in {"", "outer", "inner"}:
    raise ImproperlyConfigured("SUIGO_ZONE must be empty, outer or inner")
# What residents are sent to: on the inner node, the address of the outer one.
SUIGO_RESIDENTS_URL = os.environ.get("SUIGO_RESIDENTS_URL", SUIGO_BASE_URL)
SUIGO_BRIDGE_OUT = os.environ.get("SUIGO_BRIDGE_OUT", "")  # packets are written into this folder
SUIGO_BRIDGE_IN = os.environ.get("SUIGO_BRIDGE_IN", "")  # and read from this one
SUIGO_BRIDGE_KEYS = secret("SUIGO_BRIDGE_KEYS")  # this node's; ./suigo bridge keys makes them
SUIGO_BRIDGE_PEER_KEYS = secret("SUIGO_BRIDGE_PEER_KEYS")  # the other node's public ones
SUIGO_HOT_RELOAD = not PRODUCTION
# How old the list of procedures published in the browser may be in the memory of a process. Tests
# count queries, so there only the process that publishes knows of it.
SUIGO_PUBLISHED_SECONDS = None if SUIGO_ENV == "test" else 2.0
SUIGO_DEMO_CASES = int(os.environ.get("SUIGO_DEMO_CASES", "300"))  # how many are made
SUIGO_RESIDENT_SIGN_IN_URL = "/sign-in/"
SUIGO_STAFF_SIGN_IN_URL = "/staff/sign-in/"
SUIGO_CONFIRM_URL = "/confirm/"  # asks again who is there, before something dangerous
SUIGO_MESSAGE_DAYS = 90  # a message that was delivered or given up is removed after these days
# Mails wait until these hours are over. A demonstration's mail goes to its own catcher and wakes
# nobody, and whoever shows it in the evening wants to see it.
SUIGO_QUIET_HOURS = os.environ.get(
    "SUIGO_QUIET_HOURS", "" if SUIGO_ENV == "demo" else "21:00-07:00"
)
SUIGO_DRAFT_DAYS = 30  # a draft is removed this many days after it was last saved
SUIGO_TALLY_SECONDS = 0 if SUIGO_ENV == "test" else 20  # how often counted views are written
SUIGO_FACT_DAYS = 730  # a kept fact is erased this many days after it was last confirmed
SUIGO_INTAKE_DAYS = 90  # files that arrived by other ways are removed this long after their end
SUIGO_INTAKE_FOLDER = os.environ.get("SUIGO_INTAKE_FOLDER", "")  # watched; nothing when empty
SUIGO_TIMESTAMP_URL = os.environ.get("SUIGO_TIMESTAMP_URL", "")  # empty: no time stamps
SUIGO_TIMESTAMP_CA = os.environ.get("SUIGO_TIMESTAMP_CA", "")
SUIGO_PROOF_FOLDER = os.environ.get("SUIGO_PROOF_FOLDER", "")  # data folder when empty
SUIGO_FILE_BYTES = 20 * 1024 * 1024  # the largest single attachment
# where the four items of a card are read: an address, or fake: outside production
SUIGO_CARD_READER = os.environ.get("SUIGO_CARD_READER", "" if PRODUCTION else "fake:")
# Who proves who somebody is (docs/settings.md); none when empty. The private keys are a JWK Set.
SUIGO_CARD_PROVIDER = os.environ.get("SUIGO_CARD_PROVIDER", "")
SUIGO_CARD_CLIENT_ID = os.environ.get("SUIGO_CARD_CLIENT_ID", "")
SUIGO_SIGN_IN_KEYS = secret("SUIGO_SIGN_IN_KEYS")
SUIGO_GBIZID_PROVIDER = os.environ.get("SUIGO_GBIZID_PROVIDER", "")
SUIGO_GBIZID_CLIENT_ID = os.environ.get("SUIGO_GBIZID_CLIENT_ID", "")
SUIGO_GBIZID_SECRET = secret("SUIGO_GBIZID_SECRET")
SUIGO_STAFF_PROVIDER = os.environ.get("SUIGO_STAFF_PROVIDER", "")
SUIGO_STAFF_CLIENT_ID = os.environ.get("SUIGO_STAFF_CLIENT_ID", "")
SUIGO_STAFF_SECRET = secret("SUIGO_STAFF_SECRET")
SUIGO_STAFF_ALGORITHM = os.environ.get("SUIGO_STAFF_ALGORITHM", "RS256")
SUIGO_STAFF_HOSTS = frozenset(h for h in os.environ.get("SUIGO_STAFF_HOSTS", "").split(",") if h)
# whose second factor counts: ours (always asked for here), or provider (believed when it says so)
SUIGO_STAFF_SECOND_FACTOR = os.environ.get("SUIGO_STAFF_SECOND_FACTOR", "ours")
SUIGO_PROOF_MINUTES = int(os.environ.get("SUIGO_PROOF_MINUTES", "60"))  # how long a card counts
# who plays the card that signs, fake: outside production; a provider of identity needs nothing here
SUIGO_SIGNER = os.environ.get("SUIGO_SIGNER", "fake:" if SUIGO_ENV == "demo" else "")
SUIGO_REHEARSAL_FOLDER = SUIGO_DATA / "rehearsal"  # the key of certificates that prove nothing
SUIGO_TRUST_FOLDER = os.environ.get("SUIGO_TRUST_FOLDER", str(SUIGO_CITY / "trust"))
SUIGO_REVOCATION = os.environ.get("SUIGO_REVOCATION", "" if PRODUCTION else "disabled-dev:")
SUIGO_SCANNER = os.environ.get("SUIGO_SCANNER", "")  # clamd://host:port or clamd:///socket
# hosts that may be fetched from over https, see kernel/fetching.py; nothing when empty
SUIGO_OUTGOING_HOSTS = os.environ.get("SUIGO_OUTGOING_HOSTS", "")
# whom to tell of a weakness, and the day until which that is valid: /.well-known/security.txt
SUIGO_SECURITY_CONTACT = os.environ.get("SUIGO_SECURITY_CONTACT", "")
SUIGO_SECURITY_EXPIRES = os.environ.get("SUIGO_SECURITY_EXPIRES", "")

DEMO_SECRET = "demonstration-only-" + "0" * 40
SECRET_KEY = secret("SUIGO_SECRET_KEY", DEMO_SECRET)


def encryption_keys(configured: str) -> dict[str, str]:
    """``id:base64key,id:base64key``; the first seals, all open. Keys are 32 bytes."""
    if not configured:
        demo = hashlib.sha256(DEMO_SECRET.encode()).digest()
        return {"demo": base64.urlsafe_b64encode(demo).decode()}
    return dict(part.split(":", 1) for part in configured.replace("\n", ",").split(",") if part)


SUIGO_ENCRYPTION_KEYS = encryption_keys(secret("SUIGO_ENCRYPTION_KEYS"))

DEBUG = os.environ.get("SUIGO_DEBUG", "") == "1"
ALLOWED_HOSTS = [h for h in os.environ.get("SUIGO_ALLOWED_HOSTS", "").split(",") if h] or (
    [] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = [SUIGO_BASE_URL] if SUIGO_BASE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "ninja",  # only for the files of its documentation page
    "django_htmx",
    "suigo.kernel.content",
    "suigo.kernel.audit",
    "suigo.kernel.limits",
    "suigo.kernel.ui",
    "suigo.engines.identity",
    "suigo.engines.forms",
    "suigo.engines.documents",
    "suigo.engines.notices",
    "suigo.engines.search",
    "suigo.engines.facts",
    "suigo.engines.signing",
    "suigo.engines.delegation",
    "suigo.engines.cases",
    "suigo.engines.guidance",
    "suigo.engines.insight",
    "suigo.services.builder",
    "suigo.services.intake",
    "suigo.services.counter",
    "suigo.services.ledger",
    "suigo.services.bridge",
    "suigo.services.mydata",
    "suigo.project",
]
AUTH_USER_MODEL = "identity.Account"
ROOT_URLCONF = "suigo.project.urls"
WSGI_APPLICATION = "suigo.project.wsgi.application"

MIDDLEWARE = [
    "suigo.project.middleware.protected",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Above whatever may answer by itself, so that its pages are protected and in the right language
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "suigo.project.api.problems",
    "suigo.project.middleware.errors",
    "suigo.project.zones.faces",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "suigo.engines.identity.middleware.actor",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "suigo.kernel.ui.templatetags.words",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "suigo.kernel.ui.context.page",
            ],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Django's connection settings for ``postgresql://user:password@host:port/name?options``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("SUIGO_DATABASE_URL must start with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    options.setdefault("application_name", "suigo")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A statement is planned once per connection, from its fifth use on: a third less work for
        # PostgreSQL. (A pooler in transaction mode is out of question anyway: it breaks LISTEN.)
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **options},
        "TEST": {"TEMPLATE": "template1"},
    }


SUIGO_DATABASE_URL = secret("SUIGO_DATABASE_URL", "postgresql://suigo@127.0.0.1/suigo")
DATABASES = {"default": database(SUIGO_DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("ja-easy", "やさしい日本語"), ("en", "English")]
LOCALE_PATHS = [ROOT / "src" / "suigo" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = SUIGO_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_ENGINE = "suigo.engines.identity.sessions"
SECURE_COOKIES = SUIGO_BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SUIGO_SESSION_MINUTES = {  # without use, and at most
    "anonymous": (24 * 60, SUIGO_DRAFT_DAYS * 24 * 60),
    "resident": (int(os.environ.get("SUIGO_RESIDENT_IDLE_MINUTES", "120")), 30 * 24 * 60),
    "staff": (int(os.environ.get("SUIGO_STAFF_IDLE_MINUTES", "60")), 12 * 60),
}
# How many of our own proxies stand in front: whose X-Forwarded-For entry to believe (0: none).
SUIGO_PROXY_HOPS = int(os.environ.get("SUIGO_PROXY_HOPS") or "0")
# How many applications may be begun, files sent and applications sent in an hour from one network
# (a school, a library) without an account, and by one resident's account.
SUIGO_HOURLY_WORK = {
    "start": int(os.environ.get("SUIGO_HOURLY_STARTS", "120")),
    "upload": int(os.environ.get("SUIGO_HOURLY_UPLOADS", "600")),
    "send": int(os.environ.get("SUIGO_HOURLY_SENDS", "120")),
}
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "suigo.project.middleware.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE_COOKIES else "language"
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# What no page of ours needs. Passkeys are left to this site alone, which is the browsers' default.
SUIGO_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)

# A form that begins a sign-in is answered by a redirect to the provider, and browsers ask for that.
_PROVIDERS = (SUIGO_CARD_PROVIDER, SUIGO_GBIZID_PROVIDER, SUIGO_STAFF_PROVIDER)
PROVIDER_ORIGINS = [f"{p.scheme}://{p.netloc}" for p in map(urlsplit, _PROVIDERS) if p.netloc] + [
    f"https://{host}" for host in sorted(SUIGO_STAFF_HOSTS)
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *dict.fromkeys(PROVIDER_ORIGINS)],
        "frame-ancestors": ["'self'"],
        "frame-src": ["'self'"],
        # the policies are in ui/trusted.js; nothing else may turn text into markup
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default", "suigo"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
SUIGO_REQUEST_BYTES = 60 * 1024 * 1024  # a whole request, refused before it is read

SUIGO_SMTP_URL = secret("SUIGO_SMTP_URL", "smtp://127.0.0.1:8025")
_smtp = urlsplit(SUIGO_SMTP_URL)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("SUIGO_MAIL_FROM", "no-reply@localhost")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "suigo.engines.identity.passwords.CityWordsValidator"},
]

SUIGO_API_DOCS = not PRODUCTION or os.environ.get("SUIGO_API_DOCS", "") == "1"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
