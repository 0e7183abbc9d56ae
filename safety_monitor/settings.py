"""Settings of production. The environment has what differs between machines; everything else is set here.

A developer's machine uses `devserver/settings.py`, which builds on these.
"""

import os
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from safety_monitor.databases import databases_of, pooled
from safety_monitor.environment import variables

# The code subscripts generic forms and admin classes; Django's own are not subscriptable at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SAFETY_VAR_DIR") or BASE_DIR / "var").absolute()


_VARIABLES = variables()
SECRET_KEY = _VARIABLES["DJANGO_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "webkit",
    "safety_monitor.apps.SafetyMonitorConfig",
    "safety_monitor.apps.SafetyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "accounts",
    "audit",
    "trials",
    "assessments",
    "events",
    "product",
    "haemodynamics",
    "immunology",
    "pharmacovigilance",
    "reports",
    "interchange",
    "dsmb",
    "worklist",
    "data_management",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "safety_monitor.sessions.IdleMiddleware",
    "worklist.pages.navigation.TrialZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "safety_monitor.middleware.RequestIdMiddleware",
]

ROOT_URLCONF = "safety_monitor.urls"
WSGI_APPLICATION = "safety_monitor.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "safety_monitor" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "worklist.pages.navigation.frame",
            ],
        },
    },
]

# Two roles: `default` is the application's and owns nothing; `owner` only migrates.
DATABASES = databases_of(_VARIABLES, var=VAR_DIR)
if pool_size := int(os.environ.get("DATABASE_POOL_SIZE", "0")):
    DATABASES = pooled(DATABASES, size=pool_size)
PREPARES_EMPTY_DATABASE = False
"""Whether a command that finds no tables makes them. In production only `migrate` and `prepare_site` do."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # 15 characters: NIST SP 800-63B-4, 3.1.1.2, for a password that is the only factor.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.services.guessable.GuessablePasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
E2B_RECEIVED_DIR = VAR_DIR / "e2b_received"  # messages from outside, by their SHA-256
E2B_SCHEMA_DIR = VAR_DIR / "e2b_schemas"  # the operator's copy of the XSD set, with checksums

# Nothing from other sites, nothing inline. The API's documentation page ships its own files.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
HTTPS = os.environ.get("HTTPS", "") == "1"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift, also in constant use
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SHARED = timedelta(minutes=15)
"""A session on a shared station ends after this time without use.

Own choice, as usual on shared clinical stations.
"""
SESSION_IDLE_PERSONAL = timedelta(minutes=60)
"""On a personal device (NIST SP 800-63B-4, 2.2.3: one hour at most)."""
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
"""The lifetime of a one-time link in seconds. Later, the person requests another one on the sign-in page."""
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGIN_URL = "admin:login"
TRUSTED_PROXIES = [one for one in os.environ.get("TRUSTED_PROXIES", "").split(",") if one]
"""Addresses and networks of our own proxies ("unix": a socket). X-Forwarded-For counts from these alone."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["webkit.api.permissions.PermissionTablePermission"],
    "DEFAULT_PAGINATION_CLASS": "webkit.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "webkit.api.listing.NamedFilters",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["webkit.api.parsing.WholeTextParser"],
    "DEFAULT_SCHEMA_CLASS": "webkit.api.schema.RefusalSchema",
    "EXCEPTION_HANDLER": "webkit.api.problems.problem_response",
    "DEFAULT_VERSIONING_CLASS": None,
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Safety monitor API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # One name for each set of choices, or the generator renumbers them whenever one is added.
    "ENUM_NAME_OVERRIDES": {
        "SourceEnum": "trials.choices.Source",
        "ReceiptSourceEnum": "pharmacovigilance.choices.ReceiptSource",
        "GradeEnum": "events.choices.Grade",
        "ReceiptKindEnum": "pharmacovigilance.choices.ReceiptKind",
        "StepKindEnum": "pharmacovigilance.choices.StepKind",
        "LockKindEnum": "trials.choices.LockKind",
        "SensitiserKindEnum": "assessments.choices.SensitiserKind",
        "MedicationRouteEnum": "assessments.choices.MedicationRoute",
        "TimePrecisionEnum": "trials.choices.TimePrecision",
        "SaltEnum": "trials.choices.Salt",
        "ParticipantStatusEnum": "trials.choices.ParticipantStatus",
        "InfusionStatusEnum": "trials.choices.InfusionStatus",
        "EventStatusEnum": "events.choices.EventStatus",
        "SpecimenKindEnum": "immunology.choices.SpecimenKind",
        "ReportKindEnum": "reports.choices.ReportKind",
        "RecommendationEnum": "reports.choices.Recommendation",
        "DeviationCategoryEnum": "assessments.choices.DeviationCategory",
        "ProductDeviationCategoryEnum": "product.choices.ProductDeviationCategory",
        "UnblindingReasonEnum": "product.choices.UnblindingReason",
    },
}

CELERY_BROKER_URL = _VARIABLES["CELERY_BROKER_URL"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 9 * 60
CELERY_TASK_TIME_LIMIT = 10 * 60
# A message whose worker was killed is delivered again after this time. It is above the time limit, so that a long task
# does not run twice. It does not matter otherwise, because no task has an ETA. A sweep finds a killed job earlier, from
# its row. A request does not wait for a dead broker: the sweep finds unsent work from the rows. Without `max_retries`
# here each message takes 6 s to fail, whatever its own policy; workers count their connection attempts elsewhere.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 15 * 60,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = int(os.environ.get("WORKER_PROCESSES", "2"))
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
_LOADED_FIRST = "reports.services.making reports.services.sealed_making"
WORKER_LOADS_FIRST = tuple(os.environ.get("WORKER_LOADS_FIRST", _LOADED_FIRST).split())
"""Modules that a worker loads before it forks: pandas, scipy and typst take 2 s and 100 MB."""
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# The only beat schedule; due work is in tables.
CELERY_BEAT_SCHEDULE = {
    "seal-audit-trail": {"task": "audit.tasks.seal_entries", "schedule": crontab()},
    "send-trail-heads": {"task": "reports.tasks.send_heads", "schedule": crontab(minute="41")},
    "send-mails": {"task": "accounts.tasks.send_mails", "schedule": crontab()},
    "send-unblinding-notices": {"task": "product.tasks.send_notices", "schedule": crontab()},
    "forget-wrong-passwords": {"task": "accounts.tasks.forget", "schedule": crontab(hour="3", minute="41")},
    "sweep-cases": {"task": "pharmacovigilance.tasks.sweep_cases", "schedule": crontab()},
    "tell-web-hooks": {"task": "pharmacovigilance.tasks.tell_web_hooks", "schedule": crontab()},
    "remind-obligations": {"task": "pharmacovigilance.tasks.remind", "schedule": crontab(minute="*/30")},
    "sweep-proposals": {"task": "events.tasks.sweep_proposals", "schedule": crontab(minute="*/10")},
    "remind-of-serious-events": {
        "task": "events.tasks.remind_of_serious_events",
        "schedule": crontab(minute="*/30"),
    },
    "sweep-notices": {"task": "events.tasks.sweep_notices", "schedule": crontab()},
    "send-board-messages": {"task": "dsmb.tasks.send_messages", "schedule": crontab()},
    "sweep-looks": {"task": "reports.tasks.sweep", "schedule": crontab()},
    "sweep-boundaries": {"task": "reports.tasks.sweep_boundaries", "schedule": crontab(minute="*/10")},
    "remind-board": {"task": "dsmb.tasks.remind", "schedule": crontab(minute="23")},
    "sweep-infusions": {"task": "haemodynamics.tasks.sweep_infusions", "schedule": crontab(minute="*/10")},
    "sweep-findings": {"task": "immunology.tasks.sweep_findings", "schedule": crontab(minute="7")},
    "sweep-rules": {"task": "data_management.tasks.sweep_rules", "schedule": crontab(minute="*/15")},
}

WEB_HOOK_HOSTS = frozenset(filter(None, os.environ.get("WEB_HOOK_HOSTS", "").split()))
"""Hosts that web hooks may be sent to; none by default. By https, or by http to this machine itself."""
SAFETY_SENDER = os.environ.get("SAFETY_SENDER", "SPONSOR")
"""The organisation in the world-wide unique number of a safety case, letters and digits (E2B C.1.8.1)."""

_E2B_SENDER = {
    "sender": os.environ.get("E2B_SENDER", SAFETY_SENDER),
    "sender_type": os.environ.get("E2B_SENDER_TYPE", "1"),
    "organisation": os.environ.get("E2B_ORGANISATION", SAFETY_SENDER),
    "country": os.environ.get("E2B_COUNTRY", ""),
    "language": os.environ.get("E2B_LANGUAGE", "eng"),
    "registration_country": os.environ.get("E2B_REGISTRATION_COUNTRY", ""),
    "blinded_product": os.environ.get("E2B_BLINDED_PRODUCT", "Investigational product or control, blinded"),
    "method": "Reasonable possibility",
    "related": "Reasonable possibility",
    "not_related": "No reasonable possibility",
}
_EMA_RECEIVER = os.environ.get("E2B_EMA_RECEIVER", "EVTEST")
E2B_ROUTES = {
    "ich": _E2B_SENDER | {"batch_receiver": _EMA_RECEIVER, "message_receiver": _EMA_RECEIVER},
    "ema": _E2B_SENDER | {"batch_receiver": _EMA_RECEIVER, "message_receiver": _EMA_RECEIVER},
    "fda": _E2B_SENDER
    | {
        "batch_receiver": "ZZFDA_PREMKT",
        "message_receiver": os.environ.get("E2B_FDA_CENTER", "CBER_IND"),
        "ind_number": os.environ.get("E2B_IND_NUMBER", ""),
        "fda_report_type": os.environ.get("E2B_FDA_REPORT_TYPE", "1"),
        "fda_combination_product": "false",
        "fda_race": "UNK",
        "fda_ethnicity": "UNK",
        "fda_intervention": "NI",
        "cross_ind": "NA",
        "method": "FDA",
        "related": "Suspected",
        "not_related": "Not Suspected",
    },
}
"""Sender, receivers and words of E2B(R3) messages, by profile (docs/pharmacovigilance-messages.md)."""

HEALTH_PATIENCE_SECONDS = 2.0
"""The time limit of /healthz for the database, the broker and a worker."""

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 20
"""Seconds.

A message locks its row and a worker's process while it is sent: a silent server must not block them.
"""
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "safety-monitor@localhost")
TRAIL_HEADS_ADDRESSES = tuple(os.environ.get("TRAIL_HEADS_ADDRESSES", "").replace(",", " ").split())
"""Who gets the heads of the audit trail by mail besides a trial's data managers and auditors."""
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "safety_monitor.logs.LineWithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Otherwise each table of a font file that is read gives a line.
    "loggers": {"fontTools": {"level": "WARNING"}},
}
