"""Settings as a process meets them: each test starts one with its own environment."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHOW = """
import json
from tsushima_portal import settings
names = "DEBUG SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
shown = {name: getattr(settings, name) for name in [*names.split(), "SECRET_KEY", "ALLOWED_HOSTS"]}
shown["PROXY"] = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
shown["DATABASE"] = settings.DATABASES["default"]
print(json.dumps(shown))
"""
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
LOG = """
import django, logging
django.setup()
logging.getLogger("django.request").warning("a mistyped address")
logging.getLogger("actionplan").warning("a reminder could not be sent")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("django.request").exception("a broken page")
"""


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def run(code: str, var: Path, **variables: str) -> subprocess.CompletedProcess:
    """A fresh process with nothing of ours in its environment but these variables."""
    bare = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "tsushima_portal.settings"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**bare, "VAR_DIR": str(var), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(var: Path, **variables: str) -> dict:
    """The settings that such a process sees."""
    done = run(SHOW, var, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal(var: Path, **variables: str) -> str:
    """The last line with which such a process refuses to start."""
    done = run(SHOW, var, **variables)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_an_empty_environment_is_a_secure_one(var):
    seen = settings_with(var)
    assert seen["DEBUG"] is False
    assert seen["SECURE_SSL_REDIRECT"] is True
    assert seen["SESSION_COOKIE_SECURE"] is True
    assert seen["CSRF_COOKIE_SECURE"] is True
    assert seen["SECURE_HSTS_SECONDS"] > 0
    assert seen["PROXY"] is None
    assert "*" not in seen["ALLOWED_HOSTS"]


def test_variables_that_are_set_but_empty_weaken_nothing(var):
    assert settings_with(var, HTTPS="", DEBUG="", SECRET_KEY="", DATABASE_URL="", TRUST_PROXY="") == settings_with(var)


def test_https_off_serves_a_single_computer_over_http(var):
    seen = settings_with(var, HTTPS="off")
    assert seen["SECURE_SSL_REDIRECT"] is False
    assert seen["SESSION_COOKIE_SECURE"] is False
    assert seen["CSRF_COOKIE_SECURE"] is False
    assert seen["SECURE_HSTS_SECONDS"] == 0


@pytest.mark.parametrize("word", ["on", "1", "true", "YES", " On "])
def test_a_flag_is_switched_on_by_any_usual_word(var, word):
    assert settings_with(var, DEBUG=word)["DEBUG"] is True


@pytest.mark.parametrize("name", ["HTTPS", "DEBUG", "TRUST_PROXY"])
def test_a_flag_that_cannot_be_read_stops_the_start_and_says_what_to_write(var, name):
    said = refusal(var, **{name: "maybe"})
    assert f"{name}=maybe" in said
    assert "on か off" in said


def test_a_proxy_is_trusted_only_when_asked_for(var):
    assert settings_with(var, TRUST_PROXY="on")["PROXY"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_hosts_are_the_comma_separated_names(var):
    assert settings_with(var, ALLOWED_HOSTS="a.example, b.example ,")["ALLOWED_HOSTS"] == ["a.example", "b.example"]


def test_a_secret_key_is_made_once_and_only_its_owner_may_read_it(var):
    first = settings_with(var)["SECRET_KEY"]
    assert settings_with(var)["SECRET_KEY"] == first
    assert len(first) >= 50
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    assert var.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in var.iterdir()] == ["secret_key"]


def test_two_portals_have_different_secret_keys(var, tmp_path):
    assert settings_with(var)["SECRET_KEY"] != settings_with(tmp_path / "other")["SECRET_KEY"]


def test_first_starts_at_the_same_moment_agree_on_one_secret_key(var):
    from tsushima_portal import environment

    var.mkdir()
    environment._write_once(var / "secret_key", "winner")
    environment._write_once(var / "secret_key", "latecomer")
    assert environment.secret_key(var) == "winner"
    assert len(list(var.iterdir())) == 1


def test_a_secret_key_of_the_environment_is_used_and_not_written_down(var):
    assert settings_with(var, SECRET_KEY="given")["SECRET_KEY"] == "given"
    assert not (var / "secret_key").exists()


def test_a_relative_var_lies_in_the_project_whatever_the_current_directory(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "tsushima_portal", tmp_path / "project" / "tsushima_portal")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path / "elsewhere")
    entry = settings_with(Path("data"), PYTHONPATH=str(tmp_path / "project"))["DATABASE"]
    assert entry["NAME"] == str(tmp_path / "project" / "data" / "portal.sqlite3")


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
    done = run(SHOW, var, DATABASE_URL=url)
    assert done.returncode != 0
    assert "DATABASE_URL が読めません" in done.stderr
    assert not re.search("ge/?heim", done.stderr)


def test_sqlite_connections_wait_log_ahead_and_keep_references_whole(var):
    done = run(PRAGMAS, var)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["journal_mode"] == "wal"
    assert facts["busy_timeout"] == 20_000
    assert facts["foreign_keys"] == 1
    assert facts["synchronous"] == 1
    # The write lock is taken at BEGIN, before the first write: that is IMMEDIATE.
    assert facts["second_writer"] == "database is locked"


def test_what_breaks_in_production_is_written_to_stderr_with_its_traceback(var):
    written = run(LOG, var).stderr
    assert written.count("a broken page") == 1
    assert "ZeroDivisionError" in written
    assert "a reminder could not be sent" in written
    assert "a mistyped address" not in written
