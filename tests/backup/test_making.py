"""A backup is whole under its name or not there at all, and the older ones stay until a good one has come."""

import errno
import json
import os
import sqlite3
import threading
from contextlib import closing

import pytest

from script.lib.backup import making
from script.lib.backup.archive import BackupRefused, opened
from script.lib.backup.making import Keep, generations, keep_from, make_backup
from script.lib.backup.place import Place, last_runs, record
from tests.backup.small import KEYS, PICTURE, back_up, make_place, picture_name


@pytest.fixture
def place(tmp_path):
    return make_place(tmp_path / "var")


@pytest.fixture
def folder(tmp_path):
    """A folder for backups."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def an_older_one(folder, name="portal-20200101T000000Z.backup"):
    """A generation of before; what it says is of no account."""
    (folder / name).write_bytes(b"an older one")
    return folder / name


def test_it_holds_database_files_and_keys_and_says_what_it_is(place, folder):
    made = back_up(place, folder)
    assert made.path.parent == folder
    assert made.path.stat().st_mode & 0o777 == 0o600
    with opened(made.path, None) as archive:
        assert archive.manifest.database.counts == {"actionplan_edition": 2, "django_migrations": 1}
        assert archive.manifest.database.migrations == ["actionplan.0001_initial"]
        assert archive.evidence == [picture_name()]
        assert archive.read(f"evidence/{picture_name()}") == PICTURE
        assert json.loads(archive.read("keys.json")) == {"secret_key": KEYS.secret_key, "former_keys": KEYS.former}
    assert [path.name for path in folder.iterdir()] == [made.path.name]


def test_it_is_of_one_moment_while_others_write(place, folder):
    stop = threading.Event()

    def write():
        with closing(sqlite3.connect(place.file, timeout=30, isolation_level=None)) as database:
            while not stop.is_set():
                database.execute("BEGIN IMMEDIATE")
                for _ in range(2):
                    database.execute("INSERT INTO actionplan_edition (words) VALUES (?)", ["x" * 5000])
                database.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [back_up(place, folder / f"{n}.backup").manifest.database.counts for n in range(3)]
    finally:
        stop.set()
        writer.join()
    # Whole transactions only.
    assert all(each["actionplan_edition"] % 2 == 0 for each in counts)


def broken(file):
    data = bytearray(file.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    file.write_bytes(bytes(data))


SOURCES = {
    "gone": lambda file: file.unlink(),
    "nothing in it": lambda file: file.write_bytes(b""),
    "an empty database": lambda file: (file.unlink(), sqlite3.connect(file).execute("PRAGMA journal_mode=WAL")),
    "no database": lambda file: file.write_bytes(b"whatever its name says" * 100),
    "a damaged page": broken,
}


@pytest.mark.parametrize("damage", SOURCES.values(), ids=SOURCES.keys())
def test_a_source_that_is_missing_empty_or_broken_leaves_the_older_ones(place, folder, damage):
    older = an_older_one(folder)
    damage(place.file)
    there = place.file.exists()
    with pytest.raises(BackupRefused, match="バックアップは作れませんでした"):
        back_up(place, folder, keep=Keep(generations=1))
    with pytest.raises(BackupRefused):
        back_up(place, older)
    assert [path.name for path in folder.iterdir()] == [older.name]
    assert older.read_bytes() == b"an older one"
    assert place.file.exists() == there


def test_a_place_without_any_plan_or_person_is_no_source(tmp_path, folder):
    with pytest.raises(BackupRefused, match="まだ何も入っていません"):
        back_up(make_place(tmp_path / "new", editions=0), folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("to", ["not/there", "not/there/x.backup", "a-name-without-ending"])
def test_a_folder_that_is_gone_is_never_made(place, folder, to):
    with pytest.raises(BackupRefused, match="ディスクがつながっているか"):
        back_up(place, folder / to)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "空きがありません"), (errno.EROFS, "読み取り専用"), (errno.EACCES, "権限がありません")],
)
def test_a_disk_that_takes_nothing_is_told_and_leaves_nothing_behind(place, folder, monkeypatch, number, words):
    older = an_older_one(folder)

    def full(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(making.os, "fsync", full)
    with pytest.raises(BackupRefused, match=words):
        back_up(place, folder)
    assert [path.name for path in folder.iterdir()] == [older.name]


def test_generations_are_kept_by_number_and_nothing_else_is_touched(place, folder):
    old = [an_older_one(folder, f"portal-202001{day:02}T000000Z.backup") for day in range(1, 6)]
    other = an_older_one(folder, "before-restore-20200101T000000Z.backup")
    made = back_up(place, folder, keep=Keep(generations=3))
    assert generations(folder) == [made.path, old[4], old[3]]
    assert sorted(made.removed) == old[:3]
    assert other.exists()


def test_generations_are_kept_by_days_and_never_fewer_than_three(place, folder):
    old = [an_older_one(folder, f"portal-202001{day:02}T000000Z.backup") for day in range(1, 6)]
    made = back_up(place, folder, keep=Keep(days=30))
    assert generations(folder) == [made.path, old[4], old[3]]


def test_a_file_of_its_own_name_is_replaced_and_no_generation_removed(place, folder):
    old = an_older_one(folder)
    for _ in range(2):
        back_up(place, folder / "only.backup", keep=Keep(generations=1))
    assert old.exists()


def test_a_lost_picture_is_told_and_no_generation_removed(place, folder):
    old = an_older_one(folder)
    (place.evidence / picture_name()).write_bytes(b"another content")
    made = back_up(place, folder, keep=Keep(generations=1))
    assert "1個" in made.alarm
    assert picture_name() in made.alarm
    assert made.manifest.missing == [picture_name()]
    assert old.exists()


def test_fewer_editions_than_before_are_told_and_no_generation_removed(place, folder, tmp_path):
    back_up(place, folder)
    made = back_up(make_place(tmp_path / "new", editions=1), folder, keep=Keep(generations=1))
    assert "少なくなっています" in made.alarm
    assert "（2件）" in made.alarm
    assert made.removed == []


def test_what_a_killed_run_left_goes_after_a_day(place, folder):
    for name, age in ((".backup-old", 2 * 24 * 60 * 60), (".backup-new", 60)):
        (folder / name).mkdir()
        past = os.stat(folder / name).st_mtime - age
        os.utime(folder / name, (past, past))
    back_up(place, folder)
    assert not (folder / ".backup-old").exists()
    assert (folder / ".backup-new").exists()


def test_a_database_that_waits_for_its_tables_still_brings_its_pictures(place, folder):
    made = make_backup(place, folder, KEYS, set, None, None)
    assert f"evidence/{picture_name()}" in made.manifest.parts


@pytest.mark.parametrize(("value", "kept"), [("14", Keep(generations=14)), ("30d", Keep(days=30))])
def test_one_setting_says_how_long(value, kept):
    assert keep_from(value) == kept


@pytest.mark.parametrize("value", ["0", "-1", "0d", "many", "14 days", "１４"])
def test_a_setting_that_keeps_none_is_refused(value):
    with pytest.raises(ValueError, match="BACKUP_KEEP="):
        keep_from(value)


def test_the_last_runs_are_noted_and_a_bad_one_does_not_hide_the_last_good_one(tmp_path):
    record(tmp_path, "backup", ok=True, file="a", sentence="")
    record(tmp_path, "verify_backup", ok=True, file="a", sentence="")
    record(tmp_path, "backup", ok=False, file="", sentence="空きがありません")
    runs = last_runs(tmp_path)
    assert runs["backup"]["last"]["sentence"] == "空きがありません"
    assert runs["backup"]["last_good"]["file"] == "a"
    assert runs["verify_backup"]["last"]["ok"]


def test_notes_that_cannot_be_written_or_read_stop_nothing(tmp_path):
    record(tmp_path / "not there", "backup", ok=True, file="a", sentence="")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "backup.json").write_text("{")
    assert last_runs(tmp_path) == {}
    record(tmp_path, "backup", ok=True, file="a", sentence="")
    assert last_runs(tmp_path)["backup"]["last"]["ok"]


def test_a_place_is_named_without_its_password():
    place = Place(None, "postgresql", None, {"host": "db", "dbname": "plan", "password": "geheim"})
    assert place.name == "postgresql db/plan"
