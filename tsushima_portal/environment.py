"""Reading the process environment: the only place that touches os.environ."""

import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN, so two writers queue instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def flag(name: str, default: bool) -> bool:
    """True or false as the variable says; raises ImproperlyConfigured for any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: use on or off.")


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated values of the variable, blanks removed."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(var: Path) -> str:
    """SECRET_KEY from the environment, else from var/secret_key, which is generated once with mode 0600."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = var / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def database(var: Path) -> dict:
    """Django's DATABASES entry: SQLite in var/ unless DATABASE_URL names another."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{var / 'portal.sqlite3'}"
    entry = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        entry["OPTIONS"] = SQLITE_OPTIONS
        # A file, not memory: the tests of simultaneous writers need a database that threads share.
        entry["TEST"] = {"NAME": str(var / "test.sqlite3")}
    return entry
