"""Django settings, all from the environment (docs/settings.md)."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from fleetremote.environment.keys import read_fallbacks, read_field_keys, read_secret_key
from fleetremote.environment.mail import read_mail_url
from fleetremote.environment.maps import checked_map_link, tile_sources
from fleetremote.environment.people import issuer, origins, roles
from fleetremote.environment.reading import flag, header_name, items, networks, number, optional, proxies, required

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = read_secret_key(required("SECRET_KEY"))
# Former ones: what they have signed is good still.
SECRET_KEY_FALLBACKS = read_fallbacks(optional("SECRET_KEY_FALLBACKS") or "")
# Fernet keys, newest first: the first encrypts, all decrypt.
FIELD_KEYS = read_field_keys(required("FIELD_KEYS"))

DEBUG = flag("DEBUG")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
SIMULATOR_SPEED = float(os.environ.get("SIMULATOR_SPEED", "1"))
FLEETREMOTE_HOME = Path(os.environ.get("FLEETREMOTE_HOME", BASE_DIR / ".fleetremote"))

_public = urlsplit(PUBLIC_URL)
PUBLIC_HOST = _public.hostname or ""
ALLOWED_HOSTS = [*filter(None, [_public.hostname]), "127.0.0.1", "localhost", "[::1]", *items("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
_SECURE = _public.scheme == "https"
SESSION_ENGINE = "console.entrance.sessions"
# Proxies whose X-Forwarded-For says whose request it is (fleetremote/front/addresses.py).
TRUSTED_PROXIES = proxies("TRUSTED_PROXIES")
# The header in which they hand on a client certificate, or its fingerprint (fleetremote/front/certificates.py).
CLIENT_CERTIFICATE_HEADER = header_name("CLIENT_CERTIFICATE_HEADER")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "console.entrance.views.page_too_old"
# No other host of the domain can set a cookie of such a name.
_COOKIE = "__Host-" if _SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}sessionid", f"{_COOKIE}csrftoken"

# Pages alone lead on to https. A program that asks in clear must hear of it, not send its secret twice; and what looks
# whether we live asks inside.
SECURE_SSL_REDIRECT = _SECURE and flag("BEHIND_PROXY")
SECURE_REDIRECT_EXEMPT = [r"^health", r"^back/", r"^webhook/", r"^connectedcar/", r"^api/", r"^as/"]
SECURE_HSTS_SECONDS = number("HSTS_SECONDS", 31536000) if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD")
# 2026-11-30: the other hosts of the domain are not ours to bind to https, and browsers' lists are for ever, so both
# are asked for by who has the domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "js_lib_leaflet",
    "fleetremote",
    "fleets",
    "callbacks",
    "remotes",
    "campaigns",
    "alerts",
    "connections",
    "console",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "console.languages.PageLanguage",
    "console.zones.clocks_of_requests",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.entrance.visits.visits_of_requests",
    "fleetremote.doing.doing_of_requests",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.factors.needed.SecondFactorNeeded",
]

# Whoever logs in passes the first; sessions of earlier versions name the second, which is asked for nothing else.
AUTHENTICATION_BACKENDS = ["console.entrance.guard.Guard", "django.contrib.auth.backends.ModelBackend"]
# Seconds that a link for a new password is good for.
PASSWORD_RESET_TIMEOUT = 3600

# Accounts (console/accounts/): nobody signs up, names log in, and an address is whoever's account has it.
ACCOUNT_ADAPTER = "console.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "FleetRemote: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]

# Second factors (console/factors/). What is asked again, and when, is ours: console/accounts/second_factor.py.
MFA_ADAPTER = "console.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_REAUTHENTICATION_REQUIRED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1
# Whoever has one of these roles, in any fleet, gets nowhere without a second factor.
SECOND_FACTOR_ROLES = roles("SECOND_FACTOR_ROLES")

# Single sign-on by OpenID Connect (console/sign_on/), where there is an issuer.
OIDC_ISSUER = issuer("OIDC_ISSUER")
OIDC_CLIENT_ID = optional("OIDC_CLIENT_ID") or ""
OIDC_CLIENT_SECRET = optional("OIDC_CLIENT_SECRET") or ""
OIDC_NAME = os.environ.get("OIDC_NAME") or (urlsplit(OIDC_ISSUER).hostname or "")
# Whether a second factor that the provider has asked for counts as one.
OIDC_SECOND_FACTOR = flag("OIDC_SECOND_FACTOR")
SOCIALACCOUNT_ADAPTER = "console.sign_on.adapter.SignOnAdapter"

ROOT_URLCONF = "fleetremote.urls"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "fleets"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.entrance.typed.context",
            ],
            "builtins": ["console.frame.icons"],
        },
    },
]
FORM_RENDERER = "console.frame.widgets.WidgetRenderer"

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        required("DATABASE_URL"), engine="fleetremote.database", conn_max_age=600, conn_health_checks=True
    )
}
# So that an address can be told, and the password be a file.
DATABASES["default"]["PASSWORD"] = optional("DATABASE_PASSWORD") or DATABASES["default"]["PASSWORD"]
# Seconds until a database host that has vanished without a word counts as away; DATABASE_URL may say otherwise.
_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
DATABASES["default"]["OPTIONS"] = {**_PATIENCE, "tcp_user_timeout": 20_000, **DATABASES["default"].get("OPTIONS", {})}
# Whoever is promoted has all that was committed (docs/dispatch.md).
DATABASE_KEEPS_COMMITS = flag("DATABASE_KEEPS_COMMITS")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["fleetremote.formats"]
LANGUAGE_COOKIE_NAME = f"{_COOKIE}fleetremote_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = _SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
DENSITY_COOKIE_NAME = f"{_COOKIE}fleetremote_density"
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Maps: where the tiles come from, whose they are (HTML), and a map to open a place in. Empty: a grid, and geo: links.
TILE_URL = os.environ.get("TILE_URL", "")
TILE_ATTRIBUTION = os.environ.get("TILE_ATTRIBUTION", "")
MAP_LINK_URL = checked_map_link(os.environ.get("MAP_LINK_URL", ""))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:", *tile_sources(TILE_URL)],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A form of the login leads on to the provider.
        "form-action": [SELF, *origins(OIDC_ISSUER)],
    }
}
# fleetremote/front/ bounds bodies before Django sees them; none is written to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.rest.authentication.ApiClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "api.rest.renderers.HalRenderer",
        "api.rest.renderers.PlainJsonRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["api.rest.parsers.Utf8JsonParser"],
    "EXCEPTION_HANDLER": "api.rest.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "FleetRemote: the Fleet Owner API v3",
    "DESCRIPTION": "The remote part of the manufacturer's published API, with extensions that are marked as such.",
    "VERSION": "3.19.2",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["api.v3.docs.only_own"],
    "POSTPROCESSING_HOOKS": ["api.v3.docs.add_components"],
    "SCHEMA_PATH_PREFIX": "/connectedcar/v3",
}

# Streams of live pages that a process of the web server has at once, and those of one person among them.
STREAMS = number("STREAMS", 500)
STREAMS_PER_PERSON = number("STREAMS_PER_PERSON", 16)

REDIS_URL = required("REDIS_URL")  # redis://host:port/db, or unix:///path?db=0
CACHES = {"default": {"BACKEND": "console.accounts.cache.SharedCache"}}
_REDIS_PATIENCE = 2.0  # seconds; Redis only wakes, so nobody waits long for it

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": _REDIS_PATIENCE,
    "socket_timeout": _REDIS_PATIENCE * 1.5,  # longer than the second for which a worker waits for a message
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_DEFAULT_QUEUE = "sweeps"
CELERY_TASK_ROUTES = {
    "remotes.tasks.dispatch": {"queue": "commands"},
    "remotes.tasks.pace": {"queue": "commands"},
    "callbacks.tasks.deliver": {"queue": "deliveries"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# No task is the last for its database connection: fleetremote/celery.py looks after them.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "fleetremote.pulse.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": {"task": "remotes.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "run-schedules": {"task": "campaigns.tasks.run_schedules", "schedule": 10.0, "options": {"expires": 10}},
    "run-bulks": {"task": "campaigns.tasks.run_bulks", "schedule": 2.0, "options": {"expires": 10}},
    "check-registrations": {
        "task": "remotes.tasks.check_registrations",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "connections": {"task": "connections.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "calendar": {"task": "connections.tasks.look_at_calendar", "schedule": 300.0, "options": {"expires": 300}},
    "alerts": {"task": "alerts.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "read-due": {"task": "remotes.tasks.read_due", "schedule": 5.0, "options": {"expires": 5}},
    "refresh-outdated": {"task": "remotes.tasks.refresh_outdated", "schedule": 15.0, "options": {"expires": 15}},
    "sweep-rollups": {"task": "remotes.tasks.sweep_rollups", "schedule": 10.0, "options": {"expires": 10}},
    "sync": {"task": "fleets.tasks.sync", "schedule": 3600.0, "options": {"expires": 3600}},
    "refresh-capabilities": {
        "task": "fleets.tasks.refresh_capabilities",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "refresh-narrowed": {"task": "fleets.tasks.refresh_narrowed", "schedule": 60.0, "options": {"expires": 60}},
    "seal-audit": {"task": "fleets.tasks.seal_audit", "schedule": 3.0, "options": {"expires": 10}},
    "end-proposals": {"task": "fleets.tasks.end_proposals", "schedule": 300.0, "options": {"expires": 300}},
    "prune-fleets": {"task": "fleets.tasks.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "prune": {"task": "remotes.tasks.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "prune-bulks": {"task": "campaigns.tasks.prune_bulks", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-deliveries": {"task": "callbacks.tasks.sweep_deliveries", "schedule": 1.0, "options": {"expires": 5}},
    "prune-deliveries": {
        "task": "callbacks.tasks.prune_deliveries",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

# A gateway's address must begin with https://, but for the simulator's.
GATEWAY_ALLOW_HTTP = flag("GATEWAY_ALLOW_HTTP")
SIMULATOR_URL = os.environ.get("SIMULATOR_URL", "").rstrip("/")

# Seconds: to connect, between two bytes, and for a whole request. The lease is longer, so that no second worker takes
# an action while a request runs.
GATEWAY_CONNECT_TIMEOUT = 5.0
GATEWAY_READ_TIMEOUT = 15.0
GATEWAY_TIMEOUT = 20.0
DISPATCH_LEASE = 30.0
# Worker processes that send commands: while Redis is lost, each takes its share of a gateway's requests a second.
DISPATCH_PROCESSES = number("DISPATCH_PROCESSES", 1)

# Delivery to subscribers' callbacks: seconds a request may take in all, requests under way for one callback and for
# one worker process, and days that batches and attempts are kept.
CALLBACK_TIMEOUT = float(os.environ.get("CALLBACK_TIMEOUT", "15"))
CALLBACK_IN_FLIGHT = number("CALLBACK_IN_FLIGHT", 50)
CALLBACK_CONNECTIONS = number("CALLBACK_CONNECTIONS", 1000)
DELIVERY_DAYS = number("DELIVERY_DAYS", 30)
# Callbacks that an API client may have in a fleet, and a fleet in all.
CALLBACKS_PER_CLIENT = number("CALLBACKS_PER_CLIENT", 20)
CALLBACKS_PER_FLEET = number("CALLBACKS_PER_FLEET", 200)

# Events a request that FleetRemote asks of upstream for its own callback: 0 is one event a request, at once.
UPSTREAM_BATCH_SIZE = number("UPSTREAM_BATCH_SIZE", 0)
UPSTREAM_BATCH_WINDOW = number("UPSTREAM_BATCH_WINDOW", 5)

# Minutes between two readings of a vehicle's state, 0 for none by itself.
STATE_READ_MINUTES = number("STATE_READ_MINUTES", 30)

# Days that the raw bodies of notifications are kept.
INBOUND_REQUEST_DAYS = number("INBOUND_REQUEST_DAYS", 30)
# Days that positions are kept, wherever they stand: of vehicles, and where these were sent to; 0 is without an end.
POSITION_DAYS = number("POSITION_DAYS", 30)

# Minutes that a token of an API client is good for.
API_TOKEN_MINUTES = number("API_TOKEN_MINUTES", 60)

# Subscribers' addresses (callbacks/delivery/addresses.py). In an allowed network http and any port are fine.
CALLBACK_ALLOW_HTTP = flag("CALLBACK_ALLOW_HTTP")
CALLBACK_ALLOWED_PORTS = [int(port) for port in items("CALLBACK_ALLOWED_PORTS")] or (
    [443, 8443, 80, 8080] if CALLBACK_ALLOW_HTTP else [443, 8443]
)
CALLBACK_ALLOWED_NETWORKS = networks("CALLBACK_ALLOWED_NETWORKS")

# E-mails about alerts (alerts/): without a server they are written into files. Seconds each answer may take.
_mail = read_mail_url(optional("EMAIL_URL") or "")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail.backend, _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
EMAIL_FILE_PATH = str(FLEETREMOTE_HOME / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or f"FleetRemote <fleetremote@{_public.hostname}>"

# Minutes in which a cause is told once.
ALERT_SPAN_MINUTES = number("ALERT_SPAN_MINUTES", 60)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # At DEBUG it writes out each token that it gives.
        "authlib": {"level": "WARNING"},
        # At DEBUG it writes out each address, with what v3's clients are known by.
        "urllib3": {"level": "WARNING"},
    },
}
