"""Alive and ready are two questions: what ends the service is a 503, what somebody has to see to is a line."""

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from tsushima_portal import health

Usage = namedtuple("Usage", "free")


@pytest.fixture
def looked(client, db, settings, tmp_path):
    """The status of /readyz, and its lines by name."""
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").touch()

    def look(**headers):
        answer = client.get("/readyz", **headers)
        lines = [line.split(" ", 2) for line in answer.content.decode().splitlines()]
        return answer.status_code, {name: (state, words) for state, name, words in lines}

    return look


def test_alive_needs_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_who_watches_is_asked_for_no_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200


def note(var, look, said):
    """Writes what the last run noted: a text as it is, or when and how it went."""
    place, told = {
        "backup": ("state/backup.json", {"backup": {"last": said}}),
        "verify": ("verified.json", {**said, "fits": said["ok"]} if isinstance(said, dict) else said),
    }[look]
    (var / "state").mkdir(exist_ok=True)
    (var / place).write_text(said if isinstance(said, str) else json.dumps(told))


def test_a_portal_in_order_is_ready(looked, tmp_path):
    for look in ("backup", "verify"):
        note(tmp_path, look, {"at": datetime.now(UTC).isoformat(), "ok": True})
    status, lines = looked()
    assert status == 200
    assert {name: state for name, (state, _) in lines.items()} == dict.fromkeys(dict(health.LOOKS), "ok")


def test_missing_static_files_are_told_and_end_nothing(looked, settings):
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    status, lines = looked()
    assert (status, lines["static"][0]) == (200, "warn")


def test_a_database_that_does_not_answer_ends_the_service(looked, monkeypatch):
    def away(*args):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        status, lines = looked()
    assert status == 503
    assert lines["database"] == ("fail", "データベースを読めません（connection refused）。")


@pytest.mark.parametrize(
    ("said", "state"),
    [("disk is full", "fail"), ("in a read-only transaction", "fail"), ("database is locked", "warn")],
)
def test_a_database_that_reads_and_takes_no_writing_is_told_and_readers_stay(looked, said, state):
    def refuse(execute, sql, *rest):
        if sql in health.PROBES.values():
            raise OperationalError(said)
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        status, lines = looked()
    assert (status, lines["writing"]) == (200, (state, f"データベースに書き込めません（{said}）。"))


def test_asking_whether_the_database_takes_writing_leaves_nothing(looked):
    before = MigrationRecorder.Migration.objects.order_by("pk").first()
    looked()
    looked()
    assert MigrationRecorder.Migration.objects.order_by("pk").first().name == before.name
    assert "readiness" not in connection.introspection.table_names()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_takes_no_writing_is_told(looked):
    refuse, allow = {
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
        "sqlite": ("PRAGMA query_only = on", "PRAGMA query_only = off"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(refuse)
        try:
            assert looked()[1]["writing"][0] == "fail"
        finally:
            cursor.execute(allow)
    assert looked()[1]["writing"][0] == "ok"


def test_a_database_of_before_an_upgrade_ends_the_service(looked):
    MigrationRecorder(connection).record_unapplied("actionplan", "0001_initial")
    status, lines = looked()
    assert (status, lines["migrations"][0]) == (503, "fail")


def test_a_place_that_cannot_be_written_to_ends_the_service(looked, monkeypatch):
    def full(**kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(health.tempfile, "TemporaryFile", full)
    status, lines = looked()
    assert (status, lines["disk"][0]) == (503, "fail")


@pytest.mark.parametrize(
    ("free", "status", "state"), [(10**7, 503, "fail"), (5 * 10**8, 200, "warn"), (10**11, 200, "ok")]
)
def test_little_room_is_told_before_there_is_none(looked, monkeypatch, free, status, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(free))
    found, lines = looked()
    assert (found, lines["disk"][0]) == (status, state)


@pytest.mark.parametrize("said", ["{", "[]", "{}", '{"at": "yesterday", "ok": true}'])
@pytest.mark.parametrize("look", ["backup", "verify"])
def test_a_note_that_cannot_be_read_is_told(looked, tmp_path, look, said):
    assert "まだ一度も行われていません" in looked()[1][look][1]
    note(tmp_path, look, said)
    status, lines = looked()
    assert (status, lines[look][0]) == (200, "warn")
    assert "読めません" in lines[look][1]


@pytest.mark.parametrize(
    ("ok", "age", "state", "words"),
    [(True, 3, "ok", "3時間前"), (True, 400, "warn", "400時間前"), (False, 0, "fail", "合わないものか失敗")],
)
@pytest.mark.parametrize("look", ["backup", "verify"])
def test_the_last_backup_and_the_last_check_are_told(looked, tmp_path, look, ok, age, state, words):
    note(tmp_path, look, {"at": (datetime.now(UTC) - timedelta(hours=age)).isoformat(), "ok": ok})
    status, lines = looked()
    assert (status, lines[look][0]) == (200, state)
    assert words in lines[look][1]


def test_a_clock_that_is_behind_is_told(looked, monkeypatch):
    monkeypatch.setattr(health.watch, "late_clock", True)
    monkeypatch.setattr(health, "public_state", lambda: None)
    status, lines = looked()
    assert (status, lines["clock"][0]) == (200, "warn")


def test_a_look_that_breaks_off_is_told_and_the_others_look_on(monkeypatch):
    monkeypatch.setattr(health, "LOOKS", (("odd", lambda: 1 / 0), ("even", lambda: ("ok", "よい。"))))
    assert [str(each) for each in health.findings()] == [
        "fail odd 確かめられません（ZeroDivisionError）。",
        "ok even よい。",
    ]


def test_others_learn_only_whether_it_is_ready(client, db):
    answer = client.get("/readyz", REMOTE_ADDR="8.8.8.8")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
