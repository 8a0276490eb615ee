"""Reading the process environment: the only place that touches os.environ."""

import base64
import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from tsushima_portal import environment

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN, so two writers queue instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    # FULL: what was acknowledged has reached the disk, also when the power goes.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


SHORTEST_KEY = 50
POSTGRESQL = "django.db.backends.postgresql"


def flag(name: str, default: bool) -> bool:
    """True or false as the variable says, the default when unset or empty; raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    if value:
        raise ImproperlyConfigured(f"{name}={value} は読めません。on か off を指定してください。")
    return default


def text(name: str, default: str = "") -> str:
    """The variable without blanks around it, the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    """The variable as a whole number, the default when unset or empty; raises ImproperlyConfigured otherwise."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value} は読めません。数字を指定してください。")
    return int(value)


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """The variable, one of the choices; the default when unset or empty; raises ImproperlyConfigured otherwise."""
    value = text(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value} は読めません。{'・'.join(choices)} のどれかを指定してください。")
    return value


def site_url() -> str:
    """SITE_URL without the slash at its end, for links in mails; empty when unset."""
    value = text("SITE_URL")
    if value and not value.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"SITE_URL={value} は読めません。https://plan.example.jp の形で指定してください。")
    return value.rstrip("/")


def folder(name: str, base: Path) -> Path | None:
    """The folder that the variable names, a relative one seen from the base; None when unset or empty."""
    value = text(name)
    return base / value if value else None


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated values of the variable, blanks removed."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """The comma-separated networks of the variable; raises ImproperlyConfigured for one that is none."""
    return [_network(name, word) for word in words(name)]


def _network(name: str, word: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(word)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} の {word} は、ネットワークとして読めません。10.0.0.0/8 や 192.168.1.0/24 の形で"
            "（/ より後ろに当たる部分は 0 にして）、コンマで区切って並べてください。"
        ) from None


def secret_key(var: Path) -> str:
    """SECRET_KEY from the environment, else from var/secret_key, which is generated once with mode 0600."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = var / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    key = path.read_text().strip() if path.is_file() else ""
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(
            f"{path} が壊れています（短すぎるか、ファイルではありません）。削除すると作り直します。"
        )
    return key


def _write_once(path: Path, text: str) -> None:
    # A whole file appears at once under its name: of two first starts, neither reads half a key, and one key wins.
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)


def databases(var: Path, *, read_only: bool = False) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: the portal's, and where DATABASE_REPLICA_URL names one a replica that citizens read from."""
    found = {"default": _for_reading(database(var)) if read_only else database(var)}
    if not text("DATABASE_REPLICA_URL"):
        return found
    replica = _parsed("DATABASE_REPLICA_URL", text("DATABASE_REPLICA_URL"))
    if {found["default"]["ENGINE"], replica["ENGINE"]} != {POSTGRESQL}:
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL は、DATABASE_URL と DATABASE_REPLICA_URL の両方が PostgreSQL のときだけ使えます。"
        )
    return found | {"replica": {**replica, "TEST": {"MIRROR": "default"}}}


def _for_reading(entry: dict[str, Any]) -> dict[str, Any]:
    """The same database, which refuses every writing. A file is opened anew by each request: it may be replaced."""
    if entry["ENGINE"] == POSTGRESQL:
        entry["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
        return entry
    options = {"timeout": entry["OPTIONS"]["timeout"]}
    return entry | {"NAME": f"file:{quote(entry['NAME'])}?mode=ro", "OPTIONS": options, "CONN_MAX_AGE": 0}


def folder_of(entry: dict[str, Any]) -> Path | None:
    """The folder of an embedded database that is only read; None for a server."""
    if entry["ENGINE"] == POSTGRESQL:
        return None
    return Path(unquote(entry["NAME"].removeprefix("file:").removesuffix("?mode=ro"))).parent


def database(var: Path) -> dict[str, Any]:
    """Django's DATABASES entry: SQLite in var/ unless DATABASE_URL names another.

    Raises ImproperlyConfigured for a URL that is empty: a forgotten value must not open an empty portal.
    """
    url = os.environ.get("DATABASE_URL", f"sqlite:///{quote(str(var / 'portal.sqlite3'))}").strip()
    if not url:
        raise ImproperlyConfigured(
            "DATABASE_URL が空です。データベースを指定するか、SQLite を使うなら、この変数をなくしてください。"
        )
    entry = _parsed("DATABASE_URL", url)
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        entry["OPTIONS"] = {**SQLITE_OPTIONS, "timeout": _lock_wait()}
        # A file, not memory: the tests of simultaneous writers need a database that threads share.
        entry["TEST"] = {"NAME": str(var / "test.sqlite3")}
    return entry


def _parsed(name: str, url: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError:
        # The URL may hold a password, so it is not repeated here.
        raise ImproperlyConfigured(
            f"{name} が読めません。postgres://利用者:パスワード@番地:5432/データベース名 の形で指定してください。"
        ) from None
    if entry["ENGINE"] == POSTGRESQL:
        options = entry.setdefault("OPTIONS", {})
        options.setdefault("options", f"-c lock_timeout={_lock_wait()}s")
        options.setdefault("connect_timeout", 5)
    return entry


def _lock_wait() -> int:
    """Seconds: whoever waits for a lock is told so and keeps their words; the server's workers wait for less."""
    return environment.number("LOCK_WAIT", 20)


CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class MailSettings(NamedTuple):
    """Where mails go: to the server, or only to the process's output."""

    backend: str
    host: str
    port: int
    user: str
    password: str
    tls: bool
    ssl: bool
    sender: str


def mail_settings() -> MailSettings:
    """What the EMAIL_ variables say; without EMAIL_HOST mails are only printed.

    Encrypted by STARTTLS unless told otherwise: EMAIL_USE_SSL from the first byte, EMAIL_USE_TLS=off not at all.
    Raises ImproperlyConfigured for what does not go together.
    """
    host, sender = environment.text("EMAIL_HOST"), environment.text("EMAIL_FROM")
    ssl = environment.flag("EMAIL_USE_SSL", default=False)
    tls = environment.flag("EMAIL_USE_TLS", default=not ssl)
    if tls and ssl:
        raise ImproperlyConfigured("EMAIL_USE_TLS と EMAIL_USE_SSL は、どちらか一つだけ on にしてください。")
    if host and not sender:
        raise ImproperlyConfigured("EMAIL_HOST を指定したときは、差出人のアドレスを EMAIL_FROM に指定してください。")
    return MailSettings(
        backend=SMTP if host else CONSOLE,
        host=host,
        port=environment.number("EMAIL_PORT", 465 if ssl else 587 if tls else 25),
        user=environment.text("EMAIL_HOST_USER"),
        password=environment.text("EMAIL_HOST_PASSWORD"),
        tls=tls,
        ssl=ssl,
        sender=sender or "portal@localhost",
    )


class SingleSignOn(NamedTuple):
    """The city's OpenID Connect provider and what the portal is to it.

    claim: what of a person is their name here (preferred_username, or email). acr, amr: words by which the provider
    says that it saw a second factor. only: nobody but superusers logs in by a password of ours.
    """

    issuer: str
    client: str
    secret: str
    claim: str
    acr: list[str]
    amr: list[str]
    only: bool


def single_sign_on() -> SingleSignOn | None:
    """What the OIDC_ variables say; None without OIDC_ISSUER. Raises ImproperlyConfigured for what cannot be."""
    issuer, client = environment.text("OIDC_ISSUER"), environment.text("OIDC_CLIENT_ID")
    secret, only = environment.text("OIDC_CLIENT_SECRET"), environment.flag("OIDC_ONLY", default=False)
    if not issuer:
        if only:
            raise ImproperlyConfigured("OIDC_ONLY=on には、OIDC_ISSUER の指定が必要です。")
        return None
    if not re.fullmatch(r"https?://[^\s?#]+", issuer):
        raise ImproperlyConfigured(f"OIDC_ISSUER={issuer} は読めません。https://… の形で指定してください。")
    if not client or not secret:
        raise ImproperlyConfigured("OIDC_ISSUER には、OIDC_CLIENT_ID と OIDC_CLIENT_SECRET も必要です。")
    claim = environment.text("OIDC_CLAIM", "preferred_username")
    acr, amr = environment.words("OIDC_ACR"), environment.words("OIDC_AMR")
    return SingleSignOn(issuer, client, secret, claim, acr, amr, only)


def style_hashes(template: Path) -> list[str]:
    """How a policy names the styles that stand inside the template, which must hold nothing that changes."""
    source = template.read_text(encoding="utf-8") if template.is_file() else ""
    styles = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles]


def logging(syslog: str) -> dict[str, Any]:
    """Django's LOGGING: errors with their traceback and our lines of JSON to stderr, and to syslog where it is named.

    syslog: /dev/log, or host:port. Raises ImproperlyConfigured for what is neither.
    """
    formatters: dict[str, dict[str, Any]] = {
        "lines": {"()": "tsushima_portal.logs.Lines"},
        "dated": {
            "()": "tsushima_portal.logs.Dated",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    }
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "dated", "filters": ["one_line_a_minute"]},
        "lines": {"class": "logging.StreamHandler", "formatter": "lines"},
        "refusals": {"class": "tsushima_portal.logs.Refusals"},
    }
    if syslog:
        sent = {"class": "logging.handlers.SysLogHandler", "address": _syslog_address(syslog), "facility": "local0"}
        handlers["syslog"] = {**sent, "formatter": "dated", "filters": ["one_line_a_minute"]}
        handlers["syslog_lines"] = {**sent, "formatter": "lines", ".": {"ident": "portal: "}}
    errors, lines = (["stderr", "syslog"], ["lines", "syslog_lines"]) if syslog else (["stderr"], ["lines"])
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "filters": {"one_line_a_minute": {"()": "tsushima_portal.logs.OneLineAMinute"}},
        "handlers": handlers,
        "root": {"handlers": errors, "level": "WARNING"},
        "loggers": {
            # Not its warnings: every mistyped address would be one.
            "django": {"handlers": errors, "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["refusals"], "level": "ERROR", "propagate": False},
            # What it has to say is said by portal.security.
            "axes": {"handlers": errors, "level": "ERROR", "propagate": False},
            # It warns of every font that leaves a detail out.
            "pdfminer": {"level": "ERROR"},
            "portal": {"handlers": lines, "level": "INFO", "propagate": False},
        },
    }


def _syslog_address(value: str) -> str | tuple[str, int]:
    if value.startswith("/"):
        return value
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal():
        raise ImproperlyConfigured(f"SYSLOG={value} は読めません。/dev/log か 192.0.2.5:514 の形で指定してください。")
    return host.strip("[]"), int(port)
