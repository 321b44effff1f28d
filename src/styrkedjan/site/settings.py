"""Django settings. Everything that differs between installations is an environment variable named in the README."""

import hashlib
import os
import secrets
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from styrkedjan.core.refused import BadInput
from styrkedjan.site.exposure import Exposure
from styrkedjan.site.federation import Federation
from styrkedjan.site.home import PACKAGE, catalogue_folder, home

HOME = home()
STATISTICS_STORE = HOME / "statistics"
CATALOGUE = catalogue_folder()

EXPOSURE = Exposure.read(os.environ)
# Both are off unless only this machine reaches the site, whatever is asked for. `serve` says where it is bound; under
# another server nobody does, so there they are always off.
DEBUG = EXPOSURE.debug
DEMO = EXPOSURE.demo  # signing in by picking a person from a list
# Where people reach the site. Links in letters are made from it, never from what a request claims.
SITE_ADDRESS = EXPOSURE.address
HTTPS = EXPOSURE.https
TRUSTED_PROXY = EXPOSURE.behind_proxy  # whether what X-Forwarded-For and X-Forwarded-Proto say last is our own proxy's
FEDERATION = Federation(HOME, SITE_ADDRESS)  # where else one can sign in; nothing is read until somebody asks
SMTP = os.environ.get("STYRKEDJAN_SMTP", "")  # smtp://user:password@host:port, smtps:// or smtp+starttls://
# Whom to ask about personal data and accessibility: an e-mail address or a sentence.
CONTACT = os.environ.get("STYRKEDJAN_CONTACT", "").strip()
MAIL_FROM = os.environ.get("STYRKEDJAN_MAIL_FROM", "styrkedjan@localhost")
MAIL_REPLY_TO = os.environ.get("STYRKEDJAN_MAIL_REPLY_TO", "") or MAIL_FROM  # somebody who reads what is answered
ALLOWED_HOSTS = list(EXPOSURE.hosts)


def _secret_key() -> str:
    """The key from the environment, or one made once and kept in the home folder (mode 0600)."""
    if chosen := os.environ.get("STYRKEDJAN_SECRET_KEY"):
        return chosen
    path = HOME / "secret_key"
    try:
        return path.read_text()
    except OSError:
        pass
    key = secrets.token_urlsafe(50)
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text() or key
    except OSError:
        return key  # a home that cannot be written is reported by the command that needs it
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def database() -> dict:
    """The database that DATABASE_URL names; commands set it to the embedded server when nobody has."""
    try:
        parts = conninfo_to_dict(os.environ.get("DATABASE_URL", "dbname=styrkedjan"))
    except ProgrammingError as error:  # its text repeats the address, with the password
        raise BadInput(
            "DATABASE_URL går inte att tolka. Skriv den som postgresql://användare@värd/databas eller som "
            "host=… dbname=… user=…"
        ) from error
    if not {"dbname", "service"} & parts.keys():
        raise BadInput("DATABASE_URL saknar databasens namn. Skriv det sist i adressen eller som dbname=…")
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database = {known[key]: str(value) for key, value in parts.items() if key in known}
    options = {key: value for key, value in parts.items() if key not in known}
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, "CONN_MAX_AGE": 60, **database}


def _code_digest() -> str:
    """Changes whenever the code, a template or a style does: part of every page's ETag."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".typ", ".js"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


SECRET_KEY = _secret_key()
DATABASES = {"default": database()}
CODE_DIGEST = _code_digest()

INSTALLED_APPS = ["django.contrib.staticfiles", "styrkedjan.tables.apps.TablesConfig"]
MIDDLEWARE = [
    "styrkedjan.site.middleware.headers",  # outermost: no answer goes out without them
    "styrkedjan.site.guarding.proxied",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "styrkedjan.site.guarding.compression",
    "django.middleware.common.CommonMiddleware",
    "styrkedjan.site.guarding.limits",  # before the next, which reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "styrkedjan.site.middleware.viewing",
    "styrkedjan.site.middleware.refusals",
]
ROOT_URLCONF = "styrkedjan.site.urls"
WSGI_APPLICATION = "styrkedjan.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "pages"],
        "OPTIONS": {
            "environment": "styrkedjan.pages.layout.environment.environment",
            "context_processors": ["styrkedjan.pages.layout.context.everywhere"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "sv"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True  # Django's own messages of forms, in Swedish

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = None
STATICFILES_DIRS = [PACKAGE / "pages" / "layout" / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False

SIGN_IN_COOKIE = "__Host-styrkedjan" if HTTPS else "styrkedjan"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# Lax and not Strict: a link in a letter would else come without the cookie, get a new one, and so make every form that
# stands open in another tab unknown. Neither is sent with another site's POST.
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = SITE_ADDRESS.removeprefix("https://") if HTTPS else None
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
CSRF_FAILURE_VIEW = "styrkedjan.pages.start.views.forged"
# The largest body of a form, and of the addresses that take files (by name), in bytes.
FORM_MOST = 1_000_000
UPLOADS = {
    "hand_in": 50_000_000,
    "organiser.assessment.import": 10_000_000,
    "unit.assessment.import": 10_000_000,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_MOST
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a huvudman with hundreds of units opens a self-assessment in one form
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # larger files are put on disk while they come in

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "styrkedjan.site.logs.MaskedFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING", "handlers": []},  # not Django's own handlers, which mask nothing
        "django.request": {"level": "ERROR"},  # an address that leads nowhere is the visitor's affair
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody can write any host
    },
}
