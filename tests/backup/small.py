"""A small place with an embedded database, made by hand: what backups do does not depend on what it says."""

import sqlite3
from contextlib import closing
from pathlib import Path

from actionplan.kept_files import name_of
from script.lib.backup import sealed
from script.lib.backup.making import Keep, Keys, make_backup
from script.lib.backup.place import Place
from script.lib.backup.restoring import Wishes

PICTURE = b"a picture, for all that anybody knows"
KEYS = Keys("key" * 20, ["former" * 10])
KNOWN = {"actionplan.0001_initial"}
assert sealed.COST > 14


def picture_name() -> str:
    import hashlib

    return name_of(hashlib.sha256(PICTURE).hexdigest(), "image/png")


def make_place(var: Path, editions: int = 2) -> Place:
    """A place that holds as many editions, a key and a picture."""
    (var / "evidence").mkdir(parents=True)
    (var / "evidence" / picture_name()).write_bytes(PICTURE)
    (var / "secret_key").write_text(KEYS.secret_key)
    file = var / "portal.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "PRAGMA journal_mode=WAL;"
            "CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT);"
            "INSERT INTO django_migrations (app, name) VALUES ('actionplan', '0001_initial');"
            "CREATE TABLE actionplan_edition (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT);"
        )
        database.executemany("INSERT INTO actionplan_edition (words) VALUES (?)", [("版",)] * editions)
        database.commit()
    return Place(var, "sqlite", file, {})


def rows(place: Place) -> list[str]:
    """Everything in the database, as SQL."""
    with closing(sqlite3.connect(place.file)) as database:
        return list(database.iterdump())


def back_up(place: Place, to: Path, passphrase: bytes | None = None, keep: Keep | None = None, named=None):
    """A backup of the place with its picture."""
    return make_backup(place, to, KEYS, named or (lambda: {picture_name()}), passphrase, keep or Keep())


def wishes(before: Path, **changes) -> Wishes:
    """How to restore, as the command does where the key lies in its file."""
    known = {"known": KNOWN, "keys": KEYS, "key_of_setting": False, "before": before}
    return Wishes(**{**known, **changes})
