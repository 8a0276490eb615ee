"""Where a portal keeps what must not be lost: its database, and its folder with key and files."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from script.lib.backup import postgres, sqlite
from script.lib.backup.archive import BackupRefused, Contents

RUNS = (
    "ポータルが動いています。復元のあいだに書き込まれたものは失われるため、止めてから、もう一度実行してください"
    "（systemctl stop portal、または Ctrl+C）。何も変えていません。"
)
OTHERS = (
    "データベースに、ほかの接続が{count}本あります（別のコンピューターのポータルなど）。"
    "止めてから、もう一度実行してください。何も変えていません。"
)


@dataclass(frozen=True)
class Place:
    """A portal's place. kind: sqlite or postgresql; file: of the embedded database; params: for psycopg2.connect.

    shared: the folder that several computers see; None where there is one computer.
    """

    var: Path
    kind: str
    file: Path
    params: Mapping[str, Any]
    shared: Path | None = None

    def copy(self, target: Path) -> Contents:
        """What the copy of the database holds. Raises BackupRefused."""
        return sqlite.copy(self.file, target) if self.kind == "sqlite" else postgres.copy(self.params, target)

    def holds_tables(self) -> bool:
        """Whether the database holds anything."""
        return sqlite.holds_tables(self.file) if self.kind == "sqlite" else postgres.holds_tables(self.params)

    def put(self, new: Path, expected: Contents, drafts: Path) -> None:
        """Puts the copy in the database's place, at once or not at all. Raises BackupRefused."""
        if self.kind == "sqlite":
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sqlite.put(new, self.file)
        else:
            postgres.put(new, expected, self.params, drafts)

    @property
    def evidence(self) -> Path:
        """The folder of the kept files."""
        return (self.shared or self.var) / "evidence"

    @property
    def name(self) -> str:
        """The database in words, without a password."""
        if self.kind == "sqlite":
            return str(self.file)
        host, name = self.params.get("host") or "localhost", self.params.get("dbname") or self.params.get("database")
        return f"postgresql {host}/{name}"


def this_place() -> Place:
    """The place that the settings name. Django's own connection is closed: it may be in the way."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    if connection.vendor == "sqlite":
        return Place(settings.VAR_DIR, "sqlite", Path(connection.settings_dict["NAME"]), {}, settings.SHARED_DIR)
    params = {**connection.get_connection_params()}
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    return Place(settings.VAR_DIR, "postgresql", Path(), params, settings.SHARED_DIR)


@contextmanager
def at_rest(place: Place) -> Iterator[None]:
    """While the block runs no portal starts here. Raises BackupRefused when one runs."""
    with _lock_file(place.var) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(RUNS) from None
        if place.kind == "postgresql" and (count := postgres.others(place.params)):
            raise BackupRefused(OTHERS.format(count=count))
        yield


_held: list[int] = []


def hold(var: Path) -> None:
    """From now on, until this process and those that it forked end, the place is in use.

    Waits while it is being restored. A disk that nobody can write to keeps nobody from reading.
    """
    with suppress(OSError):
        descriptor = os.open(var / "in-use", os.O_RDONLY | os.O_CREAT, 0o600)
        _held.append(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            print("▶ 復元が終わるのを待っています。", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def _lock_file(var: Path) -> Iterator[int]:
    descriptor = os.open(var / "in-use", os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def place_of_notes() -> Path:
    """Where every computer of the portal sees how the last runs ended."""
    from django.conf import settings

    return Path(settings.SHARED_DIR or settings.VAR_DIR)


def record(var: Path, what: str, **facts: Any) -> None:
    """Notes in VAR_DIR/state/backup.json how the last run ended, and keeps the last one that went well.

    what: backup, verify_backup or restore. facts: ok, file, sentence. A note that cannot be written is left out: the
    command has said what happened.
    """
    path = var / "state" / "backup.json"
    run = {"at": now(), **facts}
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        known = last_runs(var)
        good = run if facts["ok"] else known.get(what, {}).get("last_good")
        write_whole(path, json.dumps({**known, what: {"last": run, "last_good": good}}, ensure_ascii=False, indent=1))


def last_runs(var: Path) -> dict[str, Any]:
    """What the notes say: {"backup": {"last": {"at", "ok", "file", "sentence"}, "last_good": …}, …}; {} without any."""
    try:
        found = json.loads((var / "state" / "backup.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def now() -> str:
    """The moment, as the manifest and the notes write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_whole(path: Path, text: str) -> None:
    """Writes the file: whole at once under its name, for its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
