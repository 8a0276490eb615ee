"""The embedded database: copied while the portal writes, checked, and put in the place of another."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from script.lib.backup.archive import BackupRefused, Contents

BESIDE = ("-wal", "-shm", "-journal")
UNREADABLE = "データベースのファイル {path} が壊れています（{why}）。"
ABSENT = (
    "データベースのファイル {path} がありません。VAR_DIR が正しいか、ディスクがつながっているかを確かめてください。"
)


def copy(source: Path, target: Path) -> Contents:
    """What the copy holds: one moment of the database, and a whole file. Raises BackupRefused."""
    if not source.is_file():
        raise BackupRefused(ABSENT.format(path=source))
    try:
        # Only what is there: a plain connect would make an empty file.
        with closing(_connect(source, "rw")) as live, closing(sqlite3.connect(target)) as taken:
            live.execute("PRAGMA busy_timeout=20000")
            live.backup(taken)
            taken.execute("PRAGMA journal_mode=DELETE")
        return contents(target, said=source)
    except sqlite3.DatabaseError as error:
        if "full" in str(error):
            raise OSError(28, "ディスクに空きがありません") from error
        raise BackupRefused(UNREADABLE.format(path=source, why=error)) from error


def contents(path: Path, said: Path | None = None) -> Contents:
    """What the file holds, checked page by page. said: the path to name.

    Raises BackupRefused, sqlite3.DatabaseError.
    """
    with closing(_connect(path, "rw")) as database:
        faults = [line for [line] in database.execute("PRAGMA integrity_check")]
        if faults != ["ok"]:
            raise BackupRefused(UNREADABLE.format(path=said or path, why="、".join(faults[:3])))
        names = [name for [name] in database.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        counts = {name: _count(database, name) for name in names if not name.startswith("sqlite_")}
        applied = (
            database.execute("SELECT app, name FROM django_migrations ORDER BY id")
            if "django_migrations" in names
            else []
        )
        return Contents("sqlite", sqlite3.sqlite_version, [f"{app}.{name}" for app, name in applied], counts)


def holds_tables(path: Path) -> bool:
    """Whether the file is there and holds anything; true for one that cannot be read."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with closing(_connect(path, "rw")) as database:
            return bool(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError:
        return True


def put(new: Path, place: Path) -> None:
    """Puts the new file in the place of the database, at once; nothing of the former one's log is left beside it.

    Raises BackupRefused when somebody is writing there.
    """
    _finish_log(place)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(new, place)
    sync_folder(place.parent)


def put_aside(place: Path, folder: Path) -> None:
    """Moves a broken database with all that lies beside it into the folder."""
    for path in [Path(f"{place}{ending}") for ending in (*BESIDE, "")]:
        if path.exists():
            os.replace(path, folder / path.name)


def sync_folder(folder: Path) -> None:
    """Makes sure that new names in the folder outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _finish_log(place: Path) -> None:
    # A log that stayed would be read into the new file: what it holds goes into the old one first, and it goes.
    if place.is_file():
        try:
            with closing(_connect(place, "rw")) as former:
                former.execute("PRAGMA busy_timeout=5000")
                former.execute("PRAGMA journal_mode=DELETE")
                former.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupRefused(
                f"データベース {place} を、ほかのプログラムが使っているため、復元していません（{error}）。"
            ) from error
    for ending in BESIDE:
        Path(f"{place}{ending}").unlink(missing_ok=True)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, isolation_level=None)


def _count(database: sqlite3.Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    return int(database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608  # quoted above
