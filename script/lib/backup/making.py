"""One backup: everything of one moment in one file, whole under its name or not at all, and the generations."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from script.lib.backup.archive import (
    DATABASE,
    EVIDENCE,
    KEYS,
    ArchiveWriter,
    BackupRefused,
    Manifest,
    NothingThere,
    opened,
    writing,
)
from script.lib.backup.place import Place, now
from script.lib.backup.sqlite import sync_folder
from script.lib.backup.words import reason

ROOT = Path(__file__).resolve().parents[3]
ENDING = ".backup"
GENERATION = re.compile(r"portal-(\d{8}T\d{6})Z\.backup")
DRAFT = ".backup-"
KEPT = re.compile(r"[0-9a-f]{64}\.[a-z]{3,4}")
# With days, a clock that went wrong must not leave one generation alone.
FEWEST = 3
EMPTY = (
    "{place} には、まだ何も入っていません。"
    "VAR_DIR と DATABASE_URL が正しいか、ディスクがつながっているかを確かめてください。"
)
NO_FOLDER = (
    "フォルダ {folder} がありません。バックアップ先のディスクがつながっているかを確かめ、"
    "はじめて使うフォルダなら作ってから、もう一度実行してください。"
)
NOTHING_DONE = "バックアップは作れませんでした。いままでのバックアップは、そのまま残っています。"
MISSING = (
    "写真・資料のファイルが{count}個、{folder} にないか壊れています（{names}）。"
    "それ以外のバックアップは {path} に作りました。古い世代は消していません。"
)
FEWER = (
    "公表した版が、前のバックアップ（{before}件）より少なくなっています（いま{after}件）。"
    "データが失われていないか確かめてください。バックアップは {path} に作りました。古い世代は消していません。"
)


@dataclass(frozen=True)
class Keys:
    """The secret key in use, and the former ones that are still known."""

    secret_key: str
    former: list[str]


@dataclass(frozen=True)
class Keep:
    """How long generations are kept: as many of them, or those of so many days."""

    generations: int = 14
    days: int = 0


@dataclass(frozen=True)
class Made:
    """A finished backup. alarm: what somebody should look into, empty when all is well; removed: older generations."""

    path: Path
    manifest: Manifest
    alarm: str
    removed: list[Path]


def make_backup(
    place: Place,
    to: Path,
    keys: Keys,
    named: Callable[[], Collection[str]],
    passphrase: bytes | None,
    keep: Keep | None,
) -> Made:
    """The backup, read back whole.

    named: asked for the kept files that must be in it; keep: None removes no older generation.
    Raises BackupRefused with a sentence; then there is no file of that name that was not there before.
    """
    path, folder = _target(to)
    try:
        with drafts_in(folder, DRAFT) as drafts:
            _write(drafts, place, keys, named, passphrase)
            with opened(drafts / "draft", passphrase) as archive:
                manifest = archive.manifest
            before = _editions_before(folder, passphrase)
            os.replace(drafts / "draft", path)
            sync_folder(folder)
    except OSError as error:
        raise BackupRefused(f"{folder} に書き込めません（{reason(error)}）。{NOTHING_DONE}") from error
    alarm = _alarm(place, path, manifest, before)
    return Made(path, manifest, alarm, _remove_old(folder, keep) if keep and path != to and not alarm else [])


def keep_from(value: str) -> Keep:
    """What BACKUP_KEEP says: 14 for generations, 30d for days. Raises ValueError with a sentence."""
    if match := re.fullmatch(r"([1-9]\d{0,3})(d?)", value):
        number = int(match[1])
        return Keep(days=number) if match[2] else Keep(generations=number)
    raise ValueError(f"BACKUP_KEEP={value} は読めません。残す世代の数（14）か、日数（30d）を指定してください。")


def generations(folder: Path) -> list[Path]:
    """The generations in the folder, newest first."""
    return sorted((path for path in folder.iterdir() if GENERATION.fullmatch(path.name)), reverse=True)


def _target(to: Path) -> tuple[Path, Path]:
    """The file to write and its folder. Raises BackupRefused."""
    if to.is_dir():
        return to / f"portal-{datetime.now(UTC):%Y%m%dT%H%M%S}Z{ENDING}", to
    if to.suffix != ENDING or not to.parent.is_dir():
        folder = to.parent if to.suffix == ENDING else to
        raise BackupRefused(f"{NO_FOLDER.format(folder=folder)}{NOTHING_DONE}")
    return to, to.parent


@contextmanager
def drafts_in(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder of our own in the folder, gone afterwards; those that a killed run left a day ago go too."""
    for left in folder.glob(f"{prefix}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > 24 * 60 * 60:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as drafts:
        yield Path(drafts)


def _write(
    drafts: Path, place: Place, keys: Keys, named: Callable[[], Collection[str]], passphrase: bytes | None
) -> None:
    copy = drafts / "database"
    try:
        contents = place.copy(copy)
    except BackupRefused as refusal:
        raise BackupRefused(f"{refusal}\n{NOTHING_DONE}") from refusal
    if not any(contents.counts.get(name) for name in ("actionplan_plan", "actionplan_edition", "auth_user")):
        raise NothingThere(f"{EMPTY.format(place=place.name)}{NOTHING_DONE}")
    descriptor = os.open(drafts / "draft", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w+b") as file:
        with writing(file, passphrase) as archive:
            with copy.open("rb") as source:
                archive.add(DATABASE, source)
            said = {"secret_key": keys.secret_key, "former_keys": keys.former}
            archive.add(KEYS, io.BytesIO(json.dumps(said).encode()))
            # Asked after the copy was taken: a file whose last row went meanwhile is not missed.
            wanted = set(named())
            added = {name for name in sorted(wanted | _lying(place)) if _add_evidence(archive, place, name)}
            missing = sorted(wanted - added)
            archive.finish(Manifest(now(), _commit(), contents, missing))
        file.flush()
        os.fsync(file.fileno())


def _lying(place: Place) -> set[str]:
    """Every kept file that lies there, also of a database that waits for its migrations."""
    try:
        return {path.name for path in place.evidence.iterdir() if KEPT.fullmatch(path.name)}
    except FileNotFoundError:
        return set()


def _add_evidence(archive: ArchiveWriter, place: Place, name: str) -> bool:
    """Whether the kept file is there and is what its name says; only then it is added."""
    try:
        content = (place.evidence / name).read_bytes()
    except OSError:
        return False
    if hashlib.sha256(content).hexdigest() != name.partition(".")[0]:
        return False
    archive.add(f"{EVIDENCE}{name}", io.BytesIO(content))
    return True


def _commit() -> str:
    """The program's commit, empty where it is no checkout."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _editions_before(folder: Path, passphrase: bytes | None) -> int:
    """How many editions the newest generation holds; 0 when there is none that can be read."""
    for path in generations(folder):
        with suppress(BackupRefused), opened(path, passphrase, whole=False) as archive:
            return archive.manifest.database.counts.get("actionplan_edition", 0)
    return 0


def _alarm(place: Place, path: Path, manifest: Manifest, before: int) -> str:
    found = []
    if manifest.missing:
        names = "、".join(manifest.missing[:3])
        found.append(MISSING.format(count=len(manifest.missing), folder=place.evidence, names=names, path=path))
    if (after := manifest.database.counts.get("actionplan_edition", 0)) < before:
        found.append(FEWER.format(before=before, after=after, path=path))
    return "\n".join(found)


def _remove_old(folder: Path, keep: Keep) -> list[Path]:
    """The generations that were removed; the newest ones are never among them."""
    found = generations(folder)
    if keep.days:
        oldest = f"portal-{datetime.now(UTC) - timedelta(days=keep.days):%Y%m%dT%H%M%S}Z"
        old = [path for path in found[FEWEST:] if path.name < oldest]
    else:
        old = found[keep.generations :]
    for path in old:
        path.unlink(missing_ok=True)
    return old
