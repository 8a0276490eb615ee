"""Settings, one file, read from the environment: secure unless told that this is development.

Variables (docs/operations.md has the table): SECRET_KEY, SECRET_KEY_FALLBACKS, DATABASE_URL, DATABASE_REPLICA_URL,
ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, STAFF_NETWORKS, HTTPS, HSTS_PRELOAD, TRUST_PROXY, DEBUG, VAR_DIR, SHARED_DIR,
PUBLIC_ONLY, CLAMAV, CLAMAV_AWAY, LOG_REQUESTS, LOG_ADDRESSES, SYSLOG, METRICS_BIND, SITE_URL, those of e-mail
(EMAIL_…), of single sign-on (OIDC_…) and those of the log-in.
"""

import os
from datetime import timedelta
from pathlib import Path

from tsushima_portal import environment
from tsushima_portal.environment import mail_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / (os.environ.get("VAR_DIR") or "var")
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# What every computer of the portal must see: photographs, waiting files. Never made here: it may not be mounted.
SHARED_DIR = environment.folder("SHARED_DIR", BASE_DIR)

DEBUG = environment.flag("DEBUG", default=False)
HTTPS = environment.flag("HTTPS", default=True)
SECRET_KEY = environment.secret_key(VAR_DIR)
# Former keys: what was signed with them, such as the inquiry workbooks of an open round, is still known.
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Who may open /admin/, by the client's own address; empty for everybody.
STAFF_NETWORKS = environment.networks("STAFF_NETWORKS")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

# Citizens' pages and nothing else, from a database that is only read: for a computer outside of the closed network.
PUBLIC_ONLY = environment.flag("PUBLIC_ONLY", default=False)

INSTALLED_APPS = [
    "actionplan.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "import_export",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "actionplan.apps.ActionPlanConfig",
]

MIDDLEWARE = [
    "tsushima_portal.watching.watched",
    "tsushima_portal.middleware.head_without_body",
    "tsushima_portal.middleware.sealed",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tsushima_portal.middleware.PublicGZip",
    "tsushima_portal.middleware.within_staff_networks",
    "actionplan.views.kept.KeptPages",
    "tsushima_portal.middleware.StaffSession",
    "django.middleware.common.CommonMiddleware",
    "tsushima_portal.middleware.StaffCsrf",
    "tsushima_portal.middleware.StaffAuthentication",
    "tsushima_portal.middleware.StaffSecondFactor",
    "tsushima_portal.middleware.StaffMessages",
    "tsushima_portal.receiving.Receiving",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

if PUBLIC_ONLY:  # the second factor stays: a model of ours is one of its own
    for staffs in ("PortalAdminConfig", "sessions", "messages", "import_export", "axes"):
        INSTALLED_APPS = [app for app in INSTALLED_APPS if staffs not in app]
    for staffs in ("networks", "Staff", "Receiving", "HistoryRequest"):
        MIDDLEWARE = [layer for layer in MIDDLEWARE if staffs not in layer]

# W003 looks for the token middleware by its own name; StaffCsrf is it (tests/test_middleware.py asks it for a refusal).
# axes.W002 looks for a middleware that turns answers into its own page; the log-in does so itself, and sooner.
# W021: a name on the browsers' preload list is hard to take off it again; HSTS_PRELOAD=on is for who wants that.
SILENCED_SYSTEM_CHECKS = ["security.W021", "security.W003", "axes.W002"]
ROOT_URLCONF = "tsushima_portal.public_urls" if PUBLIC_ONLY else "tsushima_portal.urls"
WSGI_APPLICATION = "tsushima_portal.wsgi.application"
STAFFS_CONTEXT = [
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                *([] if PUBLIC_ONLY else STAFFS_CONTEXT),
            ],
        },
    },
]

DATABASES = environment.databases(VAR_DIR, read_only=PUBLIC_ONLY)
if PUBLIC_ONLY and SHARED_DIR is None:
    # manage.py public_copy lays the photographs beside the database.
    SHARED_DIR = environment.folder_of(DATABASES["default"])
DATABASE_ROUTERS = ["tsushima_portal.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The first says no without looking at the password; see actionplan/login/limits.py.
AUTHENTICATION_BACKENDS = ["actionplan.login.limits.LimitsBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "actionplan.login.passwords.NotTooLong"},
    {"NAME": "actionplan.login.passwords.NoOwnName"},
    {"NAME": "actionplan.login.passwords.NoCityName"},
    {"NAME": "actionplan.login.passwords.NoYear"},
    {"NAME": "actionplan.login.passwords.NoCommonWords"},
]
# The city's name as people type it, besides what the plans call it.
PASSWORD_CITY_WORDS = environment.words("PASSWORD_CITY_WORDS", "tsushima")
FIRST_PASSWORD_DAYS = environment.number("FIRST_PASSWORD_DAYS", 14)
PASSWORD_RESET_TIMEOUT = 60 * 60

# Failures are kept this long; how many are too many, and what follows, is said in actionplan/login/limits.py.
AXES_HANDLER = "actionplan.login.limits.LimitsHandler"
AXES_COOLOFF_TIME = timedelta(hours=24)
AXES_FAILURE_LIMIT = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "actionplan.login.limits.key_in"
AXES_CLIENT_IP_CALLABLE = "actionplan.login.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# The city's OpenID Connect provider, where OIDC_ISSUER names one; None otherwise.
OIDC = environment.single_sign_on()
# needed: 事務局, 公表権者 and superusers have to; offered: whoever wants; off. Needed where the portal is a real one.
SECOND_FACTOR = environment.choice(
    "SECOND_FACTOR", ("needed", "offered", "off"), "needed" if HTTPS and not DEBUG else "offered"
)
STEP_UP_MINUTES = environment.number("STEP_UP_MINUTES", 15)
# The log-in's own limits stand before every code, too.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0
OTP_TOTP_ISSUER = "アクションプラン管理"

LOGIN_REDIRECT_URL = "admin:index"
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tsushima_portal.static.JoinedStaticFilesStorage"},
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 30
FILE_UPLOAD_TEMP_DIR = VAR_DIR
# ClamAV examines what is sent, where it is named: /run/clamav/clamd.ctl or host:3310. Away: files are refused.
CLAMAV = environment.text("CLAMAV")
CLAMAV_AWAY = environment.choice("CLAMAV_AWAY", ("refuse", "accept"), "refuse")
# A page of a hundred long answers: a Japanese character takes three bytes, and a post that is too large loses words.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

# Who asks for a publication is not who grants it (起案 → 決裁).
FOUR_EYES = environment.flag("FOUR_EYES", default=False)

# Letters that open the year or return answers go out by e-mail with the department's workbook.
WORKBOOK_MAILS = environment.flag("WORKBOOK_MAILS", default=False)
# A head may hand in by a link in an e-mail, once, without logging in.
HEAD_LINKS = environment.flag("HEAD_LINKS", default=False)

# Rendered public pages and files stay in VAR_DIR/pages and answer while the database is away.
KEPT_PAGES = environment.flag("KEPT_PAGES", default=not DEBUG)
KEPT_PAGES_BYTES = environment.number("KEPT_PAGES_MB", 500) * 1024 * 1024

SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# A name in browsers' lists cannot be taken back within months: that is for the city to decide.
SECURE_HSTS_PRELOAD = environment.flag("HSTS_PRELOAD", default=False)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Who watches asks the process itself, in plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Only a proxy that overwrites this header may be trusted with it, so it is asked for by name.
TRUST_PROXY = environment.flag("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
# A log-in ends after so long without a page, and after so long anyhow.
SESSION_IDLE_MINUTES = environment.number("SESSION_IDLE_MINUTES", 120)
# 事務局, 公表権者 and superusers: who can do the most.
OFFICE_IDLE_MINUTES = environment.number("OFFICE_IDLE_MINUTES", 30)
SESSION_HOURS = environment.number("SESSION_HOURS", 10)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
if HTTPS:
    # Browsers take such a name only over https, for this very host and every path.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "actionplan.admin.rescue.csrf_failure"
# No page asks another host: the browser is told so too. The one style inside a page is named by its hash.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", *environment.style_hashes(BASE_DIR / "templates" / "plain.html")],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# E-mail: reminders to departments. SITE_URL is for links in mails that no browser asked for (cron).
MAIL = mail_settings()
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.tls, MAIL.ssl
EMAIL_TIMEOUT = 10  # Seconds: a person waits for the page that sends.
DEFAULT_FROM_EMAIL = MAIL.sender
SITE_URL = environment.site_url()

# A line of JSON for each request and each event of security. LOG_ADDRESSES: full, short (citizens' cut) or off.
LOG_REQUESTS = environment.flag("LOG_REQUESTS", default=not DEBUG)
LOG_ADDRESSES = environment.choice("LOG_ADDRESSES", ("short", "full", "off"), "short")
LOGGING = environment.logging(environment.text("SYSLOG"))

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
