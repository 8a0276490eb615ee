"""What script/server does between installing and serving: everything once, nothing twice."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.processes import run_python

PASSWORD = re.compile(r"\b[a-z2-9]{5}(?:-[a-z2-9]{5}){3}\b")
WITHDRAW = """
import django
django.setup()
from actionplan.models import Edition
from actionplan.publishing.publish import withdraw
withdraw(Edition.objects.get(), by=None, reason="誤りがあったため")
"""


def prepare(var: Path, **variables: str) -> CompletedProcess:
    """One run of the preparation, as script/server --first asks for it where nothing lies yet."""
    asked = {} if (var / "installation.json").exists() else {"FIRST_INSTALLATION": "on"}
    return run_python(var, "-m", "script.lib.prepare", **asked, **variables)


def contents(var: Path) -> list[str]:
    """Every row of the database, as SQL."""
    with closing(sqlite3.connect(var / "portal.sqlite3")) as connection:
        return list(connection.iterdump())


def count(var: Path, question: str) -> int:
    """The number that the question finds in the database."""
    with closing(sqlite3.connect(var / "portal.sqlite3")) as connection:
        return connection.execute(f"SELECT count(*) FROM {question}").fetchone()[0]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> tuple[Path, str]:
    """A folder prepared once, and what was said."""
    var = tmp_path_factory.mktemp("first start") / "var"
    done = prepare(var)
    assert done.returncode == 0, done.stderr
    return var, done.stdout + done.stderr


def test_a_first_start_publishes_the_whole_report(prepared):
    var, _ = prepared
    assert count(var, "actionplan_edition") == 1
    assert count(var, "actionplan_editionrow") == 38


def test_a_first_start_makes_a_daily_and_a_sealed_account_and_shows_their_passwords(prepared):
    var, said = prepared
    assert count(var, "auth_user WHERE is_staff") == 2
    assert count(var, "auth_user WHERE is_staff AND is_superuser") == 1
    assert len(PASSWORD.findall(said)) == 2


def test_no_line_of_the_log_stands_between_the_sentences_of_a_first_start(prepared):
    _, said = prepared
    assert [line for line in said.splitlines() if line.startswith("{")] == []


def test_what_is_made_is_its_owners_alone(prepared):
    var, _ = prepared
    assert var.stat().st_mode & 0o777 == 0o700
    for name in ("portal.sqlite3", "secret_key"):
        assert (var / name).stat().st_mode & 0o777 == 0o600


def test_static_files_are_collected_under_names_that_change_with_their_content(prepared):
    var, _ = prepared
    assert (var / "static" / "staticfiles.json").exists()


def test_a_second_start_says_no_password_and_changes_no_row_and_no_static_file(prepared):
    var, _ = prepared
    rows, collected = contents(var), (var / "static" / "staticfiles.json").stat().st_mtime_ns
    done = prepare(var)
    assert done.returncode == 0, done.stderr
    assert not PASSWORD.search(done.stdout)
    assert contents(var) == rows
    assert (var / "static" / "staticfiles.json").stat().st_mtime_ns == collected


def test_a_report_that_staff_withdrew_is_not_published_again(prepared, tmp_path):
    var = shutil.copytree(prepared[0], tmp_path / "var")
    assert run_python(var, "-c", WITHDRAW).returncode == 0
    assert count(var, "actionplan_editionwithdrawal") == 1
    assert prepare(var).returncode == 0
    assert count(var, "actionplan_edition") == 1


def test_a_chosen_place_is_not_filled_unasked(tmp_path):
    done = run_python(tmp_path / "var", "-m", "script.lib.prepare")
    assert done.returncode == 1
    assert "script/server --first" in done.stderr
    assert not PASSWORD.search(done.stdout)
    assert count(tmp_path / "var", "sqlite_master") == 0


def test_a_place_that_lost_its_database_is_not_filled_even_when_asked(prepared, tmp_path):
    var = shutil.copytree(prepared[0], tmp_path / "var")
    (var / "portal.sqlite3").unlink()
    done = run_python(var, "-m", "script.lib.prepare", FIRST_INSTALLATION="on")
    assert done.returncode == 1
    assert "manage.py restore" in done.stderr
    assert not PASSWORD.search(done.stdout)
    assert count(var, "sqlite_master") == 0


def test_a_place_whose_people_are_gone_gets_no_account_unasked(prepared, tmp_path):
    var = shutil.copytree(prepared[0], tmp_path / "var")
    with closing(sqlite3.connect(var / "portal.sqlite3")) as connection:
        connection.execute("DELETE FROM auth_user")
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('actionplan', '0999_later', 0)")
        connection.commit()
    done = run_python(var, "-m", "script.lib.prepare")
    assert done.returncode == 1
    assert "0999_later を、この版は知りません" in done.stderr
    with closing(sqlite3.connect(var / "portal.sqlite3")) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name = '0999_later'")
        connection.commit()
    done = run_python(var, "-m", "script.lib.prepare")
    assert done.returncode == 0, done.stderr
    assert not PASSWORD.search(done.stdout)
    assert "manage.py first_account" in done.stdout
    assert count(var, "auth_user") == 0


def test_a_database_that_does_not_answer_is_named_without_the_password(tmp_path):
    done = prepare(tmp_path / "var", DATABASE_URL="postgres://portal:geheim@127.0.0.1:1/plan", DATABASE_WAIT="1")
    assert done.returncode == 1
    assert "postgresql" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "geheim" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_said_so_without_a_traceback(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    (var / "portal.sqlite3").write_bytes(b"not a database, whatever its name says" * 100)
    done = prepare(var)
    assert done.returncode == 1
    assert "データベースを使えません" in done.stderr
    assert "Traceback" not in done.stderr
    assert (var / "portal.sqlite3").read_bytes().startswith(b"not a database")


def test_a_setting_that_cannot_be_read_is_said_in_one_sentence(tmp_path):
    done = prepare(tmp_path / "var", HTTPS="maybe")
    assert done.returncode == 1
    assert "HTTPS=maybe" in done.stderr
    assert "Traceback" not in done.stderr
