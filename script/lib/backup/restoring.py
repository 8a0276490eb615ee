"""The way back: a backup is checked whole, laid ready beside the data, and only then put in its place."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from script.lib.backup import sqlite
from script.lib.backup.archive import DATABASE, EVIDENCE, KEYS, Archive, BackupRefused, NothingThere, opened
from script.lib.backup.making import ENDING, Keys, drafts_in, make_backup
from script.lib.backup.place import Place, at_rest, write_whole
from script.lib.backup.words import reason
from script.lib.first import mark

NOTHING_CHANGED = "何も変えていません。"
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
OTHER_KIND = (
    "バックアップは{there}のもので、いまのデータベースは{here}です。同じ種類のデータベースへ復元してください"
    f"（DATABASE_URL）。{NOTHING_CHANGED}"
)
NEWER = (
    "バックアップは、このポータルより新しい版で作られました（{names} を、この版は知りません）。"
    f"その版のポータルで復元してください。{NOTHING_CHANGED}"
)
HOLDS = (
    "{place} には、もうデータがあります。置き換えるときは --replace を付けてください"
    f"（置き換える前に、いまのデータのバックアップを作ります）。{NOTHING_CHANGED}"
)
KEY_OF_SETTING = (
    "秘密鍵は環境変数 SECRET_KEY で決まっているため、バックアップの鍵は {path} に書き出しました。"
    "SECRET_KEY を、この鍵に直してください"
    "（直さないと、配った照会票、相手方のリンク、二段階の確認のアプリが使えません）。"
)
FORMER_KEYS = "以前の鍵も {path} に書き出しました。必要なら SECRET_KEY_FALLBACKS に指定してください。"


@dataclass
class Wishes:
    """How to restore. known: the migrations of this program, app.name; before: where what is there is backed up."""

    known: Collection[str]
    keys: Keys
    key_of_setting: bool
    before: Path
    replace: bool = False
    named: Callable[[], Collection[str]] = tuple
    said: list[str] = field(default_factory=list)


def restore(path: Path, place: Place, passphrase: bytes | None, wishes: Wishes) -> list[str]:
    """What there is to say afterwards. Raises BackupRefused; then database and key are what they were."""
    with opened(path, passphrase) as archive:
        _refuse_foreign(archive, place, wishes.known)
        try:
            place.var.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (
                at_rest(place),
                drafts_in(place.var, ".restore-") as drafts,
                # Another disk, where the folder is shared: a file is renamed on its own disk only.
                drafts_in(place.evidence.parent, ".restore-") as files,
            ):
                _lay_ready(archive, drafts, files)
                _clear_the_way(place, passphrase, wishes)
                _put(archive, place, drafts, files, wishes)
        except OSError as error:
            raise BackupRefused(f"{place.var} に書き込めません（{reason(error)}）。復元していません。") from error
    return wishes.said


def _refuse_foreign(archive: Archive, place: Place, known: Collection[str]) -> None:
    contents = archive.manifest.database
    if contents.kind != place.kind:
        raise BackupRefused(OTHER_KIND.format(there=KINDS.get(contents.kind, contents.kind), here=KINDS[place.kind]))
    if newer := [name for name in contents.migrations if name not in known]:
        raise BackupRefused(NEWER.format(names="、".join(newer[:3])))


def _lay_ready(archive: Archive, drafts: Path, files: Path) -> None:
    """Everything that takes room is written now; afterwards files only change their names."""
    archive.extract(DATABASE, drafts / "database")
    expected = archive.manifest.database
    if expected.kind == "sqlite":
        try:
            found = sqlite.contents(drafts / "database", said=archive.path)
        except sqlite3.DatabaseError as error:
            raise BackupRefused(
                f"{archive.path} の中のデータベースを開けません（{error}）。{NOTHING_CHANGED}"
            ) from error
        if (found.counts, found.migrations) != (expected.counts, expected.migrations):
            raise BackupRefused(f"{archive.path} の中のデータベースの件数が、一覧と合いません。{NOTHING_CHANGED}")
    for name in archive.evidence:
        archive.extract(f"{EVIDENCE}{name}", files / Path(name).name)


def _clear_the_way(place: Place, passphrase: bytes | None, wishes: Wishes) -> None:
    """Backs up what is there. Raises BackupRefused when something is there and nobody asked to replace it."""
    if not place.holds_tables():
        return
    if not wishes.replace:
        raise BackupRefused(HOLDS.format(place=place.name))
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}Z"
    target = wishes.before / f"before-restore-{stamp}{ENDING}"
    try:
        made = make_backup(place, target, wishes.keys, wishes.named, passphrase, keep=None)
    except NothingThere:
        wishes.said.append("いまのデータベースには何も入っていなかったため、残すものはありませんでした。")
    except BackupRefused as refusal:
        _set_aside(place, stamp, refusal, wishes)
    else:
        wishes.said.append(f"置き換える前のデータを {made.path} に残しました。")


def _set_aside(place: Place, stamp: str, refusal: BackupRefused, wishes: Wishes) -> None:
    """A broken file is kept as it is; of a database that answers and cannot be copied, nothing is replaced."""
    if place.kind != "sqlite" or not _is_broken(place.file):
        raise BackupRefused(f"いまのデータのバックアップを作れないため、復元していません。\n{refusal}") from refusal
    aside = place.var / f"broken-{stamp}"
    aside.mkdir(mode=0o700)
    sqlite.put_aside(place.file, aside)
    wishes.said.append(f"いまのデータベースは壊れていたため、そのまま {aside} に移しました。")


def _is_broken(file: Path) -> bool:
    try:
        return not sqlite.contents(file).counts
    except (BackupRefused, sqlite3.DatabaseError):
        return True


def _put(archive: Archive, place: Place, drafts: Path, files: Path, wishes: Wishes) -> None:
    place.evidence.mkdir(mode=0o700, exist_ok=True)
    # A kept file never changes: one that is there already is the same, or damaged. What no row names is left alone.
    for kept in files.iterdir():
        os.replace(kept, place.evidence / kept.name)
    place.put(drafts / "database", archive.manifest.database, drafts)
    # Rendered from what stood here before, and what was public of it.
    shutil.rmtree(place.var / "pages", ignore_errors=True)
    keys = Keys(**_keys(archive))
    if not wishes.key_of_setting:
        write_whole(place.var / "secret_key", keys.secret_key)
    elif keys.secret_key != wishes.keys.secret_key:
        wishes.said.append(KEY_OF_SETTING.format(path=_write_keys(place, keys)))
    if set(keys.former) - set(wishes.keys.former):
        wishes.said.append(FORMER_KEYS.format(path=_write_keys(place, keys)))
    with suppress(OSError):
        mark(place.var, place.name)


def _keys(archive: Archive) -> dict:
    said = json.loads(archive.read(KEYS))
    return {"secret_key": said["secret_key"], "former": said["former_keys"]}


def _write_keys(place: Place, keys: Keys) -> Path:
    path = place.var / "restored_keys"
    write_whole(path, "\n".join([keys.secret_key, *keys.former]) + "\n")
    return path
