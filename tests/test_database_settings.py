"""The database that a process meets: embedded SQLite as it should be, or PostgreSQL by one variable."""

import json
import re

import pytest

from tests.processes import SHOW, run_python, settings_with

PRAGMAS = """
import django, json, sqlite3
from django.conf import settings
django.setup()
from django.db import connection, transaction
def ask(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]
facts = {name: ask(name) for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")}
other = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0)
with transaction.atomic():
    try:
        other.execute("BEGIN IMMEDIATE")
        facts["second_writer"] = "let in"
    except sqlite3.OperationalError as error:
        facts["second_writer"] = str(error)
print(json.dumps(facts))
"""


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


@pytest.mark.parametrize("name", ["plain", "with blank", "hash#mark", "per%20cent", "question?", "対馬"])
def test_the_embedded_database_lies_in_var_whatever_its_name(tmp_path, name):
    entry = settings_with(tmp_path / name)["DATABASE"]
    assert entry["ENGINE"] == "django.db.backends.sqlite3"
    assert entry["NAME"] == str(tmp_path / name / "portal.sqlite3")


def test_a_postgres_url_is_taken_apart(var):
    entry = settings_with(var, DATABASE_URL="postgres://portal:p%40ss@db.example:5433/plan")["DATABASE"]
    assert entry["ENGINE"] == "django.db.backends.postgresql"
    parts = {key: entry[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert parts == {"USER": "portal", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": 5433, "NAME": "plan"}
    assert "transaction_mode" not in entry.get("OPTIONS", {})


@pytest.mark.parametrize("url", ["oracel://portal:geheim@db/plan", "postgres://portal:ge/heim@db:5432/plan", "geheim"])
def test_an_unreadable_database_url_is_refused_without_repeating_the_password(var, url):
    done = run_python(var, "-c", SHOW, DATABASE_URL=url)
    assert done.returncode != 0
    assert "DATABASE_URL が読めません" in done.stderr
    assert not re.search("ge/?heim", done.stderr)


def test_sqlite_connections_wait_log_ahead_and_keep_references_whole(var):
    done = run_python(var, "-c", PRAGMAS)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["journal_mode"] == "wal"
    assert facts["busy_timeout"] == 20_000
    assert facts["foreign_keys"] == 1
    assert facts["synchronous"] == 2
    # The write lock is taken at BEGIN, before the first write: that is IMMEDIATE.
    assert facts["second_writer"] == "database is locked"
