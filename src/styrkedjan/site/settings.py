"""Django settings. Everything that differs between installations is an environment variable named in the README."""

import hashlib
import os
import secrets
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from styrkedjan.core.refused import BadInput
from styrkedjan.site.home import PACKAGE, catalogue_folder, home

HOME = home()
STATISTICS_STORE = HOME / "statistics"
CATALOGUE = catalogue_folder()

DEBUG = os.environ.get("STYRKEDJAN_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("STYRKEDJAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")


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


def _database() -> dict:
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
DATABASES = {"default": _database()}
CODE_DIGEST = _code_digest()

INSTALLED_APPS = ["django.contrib.staticfiles", "styrkedjan.tables.apps.TablesConfig"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # public pages only: nothing secret is compressed beside what a user typed
    "styrkedjan.site.middleware.headers",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
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
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "sv"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = None
STATICFILES_DIRS = [PACKAGE / "pages" / "layout" / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "styrkedjan.pages.start.views.forged"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # an address that leads nowhere is the visitor's affair
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody can write any host
    },
}
