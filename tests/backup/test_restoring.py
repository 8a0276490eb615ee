"""The way back: all is checked first, what is there is kept, and a refusal has changed nothing."""

import hashlib
import json
import sqlite3
import threading
import zipfile
from contextlib import closing

import pytest

from script.lib.backup import sealed
from script.lib.backup.archive import BackupRefused, opened
from script.lib.backup.place import at_rest, hold
from script.lib.backup.restoring import restore
from script.lib.first import is_marked
from tests.backup.small import KEYS, KNOWN, PICTURE, Place, back_up, make_place, picture_name, rows, wishes

WORDS = b"a passphrase of some length"


@pytest.fixture
def place(tmp_path):
    return make_place(tmp_path / "var")


@pytest.fixture
def new(tmp_path):
    """A place where nothing lies."""
    return Place(tmp_path / "new", "sqlite", tmp_path / "new" / "portal.sqlite3", {})


@pytest.fixture
def backup(place, tmp_path):
    return back_up(place, tmp_path / "one.backup").path


def everything(place):
    """What lies in the place, byte for byte, the lock aside."""
    return {
        path.relative_to(place.var): path.read_bytes()
        for path in place.var.rglob("*")
        if path.is_file() and path.name != "in-use" and not path.name.endswith("-shm")
    }


@pytest.mark.parametrize("passphrase", [None, WORDS])
def test_an_empty_place_becomes_what_was_backed_up(place, new, tmp_path, monkeypatch, passphrase):
    monkeypatch.setattr(sealed, "COST", 4)
    path = back_up(place, tmp_path / "one.backup", passphrase).path
    assert (KEYS.secret_key.encode() in path.read_bytes()) == (passphrase is None)
    said = restore(path, new, passphrase, wishes(tmp_path))
    assert rows(new) == rows(place)
    assert (new.evidence / picture_name()).read_bytes() == PICTURE
    assert (new.var / "secret_key").read_text() == KEYS.secret_key
    assert (new.var / "secret_key").stat().st_mode & 0o777 == 0o600
    assert new.file.stat().st_mode & 0o777 == 0o600
    assert is_marked(new.var)
    # The former keys of an installation stand in its environment: somebody has to put them there.
    assert any("SECRET_KEY_FALLBACKS" in each for each in said) is False
    assert not [path for path in new.var.iterdir() if path.name.startswith(".")]


def test_former_keys_that_this_place_does_not_know_are_written_out(backup, new, tmp_path):
    keys = type(KEYS)("another" * 10, [])
    said = restore(backup, new, None, wishes(tmp_path, keys=keys, key_of_setting=True))
    assert "SECRET_KEY を" in "".join(said)
    assert "SECRET_KEY_FALLBACKS" in "".join(said)
    assert (new.var / "restored_keys").read_text().split() == [KEYS.secret_key, *KEYS.former]
    assert not (new.var / "secret_key").exists()


def test_a_place_with_data_is_replaced_only_when_asked_and_kept_before(backup, tmp_path):
    there = make_place(tmp_path / "there", editions=5)
    before = rows(there)
    with pytest.raises(BackupRefused, match="--replace"):
        restore(backup, there, None, wishes(tmp_path))
    assert rows(there) == before
    (there.var / "pages").mkdir()
    (there.var / "pages" / "public.json").write_text("of before")
    restore(backup, there, None, wishes(tmp_path, replace=True))
    assert len(rows(there)) < len(before)
    # Pages that were kept of what stood there are not shown of what stands there now.
    assert not (there.var / "pages").exists()
    [kept] = tmp_path.glob("before-restore-*.backup")
    with opened(kept, None) as archive:
        assert archive.manifest.database.counts["actionplan_edition"] == 5


def test_nothing_of_the_former_log_is_read_into_the_new_file(backup, place, tmp_path):
    there = make_place(tmp_path / "there", editions=5)
    with closing(sqlite3.connect(there.file)) as open_before:
        open_before.execute("SELECT count(*) FROM actionplan_edition").fetchall()
        log = there.file.with_name("portal.sqlite3-wal")
    # As a killed portal leaves it: changes in the log alone.
    log.write_bytes(b"left over" * 1000)
    restore(backup, there, None, wishes(tmp_path, replace=True))
    assert not log.exists()
    assert rows(there) == rows(place)


def test_a_broken_database_is_put_aside_as_it_is(backup, place, tmp_path):
    there = make_place(tmp_path / "there")
    there.file.write_bytes(b"no database" * 500)
    said = restore(backup, there, None, wishes(tmp_path, replace=True))
    [aside] = there.var.glob("broken-*")
    assert (aside / "portal.sqlite3").read_bytes() == b"no database" * 500
    assert str(aside) in "".join(said)
    assert rows(there) == rows(place)


def test_a_database_with_nothing_in_it_is_replaced_and_leaves_no_backup(backup, place, tmp_path):
    there = make_place(tmp_path / "there", editions=0)
    restore(backup, there, None, wishes(tmp_path, replace=True))
    assert rows(there) == rows(place)
    assert list(tmp_path.glob("before-restore-*")) == []


def test_nothing_is_replaced_where_what_is_there_cannot_be_kept(backup, tmp_path):
    there = make_place(tmp_path / "there")
    before = everything(there)
    with pytest.raises(BackupRefused, match="復元していません"):
        restore(backup, there, None, wishes(tmp_path / "not there", replace=True))
    assert everything(there).keys() == before.keys()
    assert rows(there)


def rewritten(path, change):
    """The backup with another manifest, its digests right."""
    with zipfile.ZipFile(path) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    said = json.loads(parts["manifest.json"])
    change(said, parts)
    parts["manifest.json"] = json.dumps(said).encode()
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.comment = b"0" * 64
        for name, content in parts.items():
            zipped.writestr(name, content)
    data = path.read_bytes()[:-64]
    path.write_bytes(data + hashlib.sha256(data).hexdigest().encode())


FOREIGN = {
    "newer": (lambda said, parts: said["database"]["migrations"].append("actionplan.0999_later"), "0999_later"),
    "of a newer format": (lambda said, parts: said.update(format=2), "新しい版"),
    "of the other kind": (lambda said, parts: said["database"].update(kind="postgresql"), "同じ種類のデータベース"),
    "of other counts": (lambda said, parts: said["database"]["counts"].update(actionplan_edition=9), "件数"),
    "with a part too many": (lambda said, parts: parts.update(more=b"x"), "一覧と中身"),
    "without a part": (lambda said, parts: parts.pop(f"evidence/{picture_name()}"), "一覧と中身"),
    "with a part of another content": (lambda said, parts: parts.update({"keys.json": b"{}"}), "keys.json が壊れて"),
    "without a manifest's word": (lambda said, parts: said.pop("database"), "中身を読めません"),
    "with a path that leads out": (
        lambda said, parts: (
            parts.update({"evidence/../../out.png": b"x"}),
            said["parts"].update({"evidence/../../out.png": {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}}),
        ),
        "名前",
    ),
}


@pytest.mark.parametrize(("change", "words"), FOREIGN.values(), ids=FOREIGN.keys())
def test_a_backup_that_does_not_fit_is_refused_before_anything_is_touched(backup, tmp_path, change, words):
    there = make_place(tmp_path / "there")
    before = everything(there)
    rewritten(backup, change)
    with pytest.raises(BackupRefused, match=words):
        restore(backup, there, None, wishes(tmp_path, replace=True))
    assert everything(there) == before
    assert not (tmp_path / "out.png").exists()


def test_any_byte_that_changed_and_any_end_that_is_missing_is_seen(backup):
    data = backup.read_bytes()
    for place in [*range(0, len(data), len(data) // 40), len(data) - 1]:
        backup.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BackupRefused, match="バックアップとして使えません"), opened(backup, None):
            pass
        backup.write_bytes(data[:place])
        with pytest.raises(BackupRefused, match="バックアップとして使えません"), opened(backup, None):
            pass


@pytest.mark.parametrize("content", [b"", b"no zip", b"x" * 4096])
def test_what_is_no_backup_is_said_to_be_none(tmp_path, content):
    (tmp_path / "x.backup").write_bytes(content)
    with pytest.raises(BackupRefused, match="バックアップとして使えません"), opened(tmp_path / "x.backup", None):
        pass


@pytest.mark.parametrize(("name", "words"), [("none.backup", "ありません"), ("", "読めません")])
def test_a_file_that_is_not_there_is_named(tmp_path, name, words):
    with pytest.raises(BackupRefused, match=words), opened(tmp_path / name, None):
        pass


def test_a_sealed_one_needs_its_passphrase(place, new, tmp_path, monkeypatch):
    monkeypatch.setattr(sealed, "COST", 4)
    path = back_up(place, tmp_path / "one.backup", WORDS).path
    for given, words in ((None, "--passphrase-file"), (b"another one of length", "合言葉が違う")):
        with pytest.raises(BackupRefused, match=words):
            restore(path, new, given, wishes(tmp_path))
    assert not new.var.exists()


def test_nothing_is_restored_under_a_portal_that_runs(backup, tmp_path, monkeypatch):
    there = make_place(tmp_path / "there")
    before = rows(there)
    held: list[int] = []
    monkeypatch.setattr("script.lib.backup.place._held", held)
    hold(there.var)
    with pytest.raises(BackupRefused, match="ポータルが動いています"):
        restore(backup, there, None, wishes(tmp_path, replace=True))
    assert rows(there) == before
    import os

    os.close(held[0])
    restore(backup, there, None, wishes(tmp_path, replace=True))


def test_a_portal_that_starts_meanwhile_waits_and_says_so(tmp_path, capsys, monkeypatch):
    there = make_place(tmp_path / "there")
    monkeypatch.setattr("script.lib.backup.place._held", [])
    starting = threading.Thread(target=hold, args=[there.var])
    with at_rest(there):
        starting.start()
        starting.join(0.2)
        assert starting.is_alive()
    starting.join(5)
    assert not starting.is_alive()
    assert "復元が終わるのを待っています" in capsys.readouterr().out


def test_a_read_only_disk_keeps_no_portal_from_starting(tmp_path):
    hold(tmp_path / "not there")


def test_an_older_backup_is_taken(backup, new, tmp_path):
    restore(backup, new, None, wishes(tmp_path, known=KNOWN | {"actionplan.0002_later"}))
    assert rows(new)
