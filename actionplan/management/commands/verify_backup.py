"""manage.py verify_backup FILE|FOLDER: reads a backup whole, without restoring it; for cron."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from actionplan.management.commands.backup import default_folder
from actionplan.management.commands.restore import known_migrations
from script.lib.backup.archive import BackupRefused, Manifest, opened
from script.lib.backup.making import generations
from script.lib.backup.place import place_of_notes, record
from script.lib.backup.sealed import Unsealable, passphrase_from
from script.lib.backup.words import reason

GOOD = "バックアップは使えます：{path}（{made_at:%Y-%m-%d %H:%M} 作成、公表した版{editions}件、{tables}表）"
NONE = "{folder} に、バックアップ（portal-….backup）がありません。"
OLD = (
    "最も新しいバックアップ {path} は、{hours}時間前のものです（--newer-than {limit}）。cron の記録を確かめてください。"
)
AHEAD = "バックアップ {path} の日時が先になっています。コンピューターの時計を確かめてください。"
LACKS = "バックアップ {path} には、写真・資料のファイルが{count}個欠けています（{names}）。"
NEWER = "バックアップ {path} は、このポータルより新しい版のものです（{name}）。その版で復元してください。"
AGE = re.compile(r"([1-9]\d{0,4})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    """Says that a backup can be restored, or ends with status 1 and says why not."""

    help = "バックアップが復元できるものかを、復元せずに確かめます。フォルダなら、最も新しい世代を確かめます。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file or folder, how it is sealed, and how old it may be."""
        parser.add_argument("path", type=Path, nargs="?", help="ファイルかフォルダ（省くと VAR_DIR/backups）")
        parser.add_argument("--passphrase-file", type=Path, help="1行目に合言葉を書いたファイル")
        parser.add_argument(
            "--newer-than", default="", metavar="26h", help="これより古ければ失敗とする（30m、26h、2d）"
        )

    def handle(self, **options) -> None:
        """Checks it, and notes how it went for whoever watches."""
        path = options["path"] or default_folder()
        try:
            limit = _limit(options["newer_than"])
            path = _newest(path)
            with opened(path, passphrase_from(options["passphrase_file"])) as archive:
                manifest = archive.manifest
            if faults := _faults(path, manifest, limit, options["newer_than"]):
                raise BackupRefused("\n".join(faults))
        except (BackupRefused, Unsealable) as error:
            record(place_of_notes(), "verify_backup", ok=False, file=str(path), sentence=str(error))
            raise CommandError(str(error)) from error
        record(place_of_notes(), "verify_backup", ok=True, file=str(path), sentence="")
        counts = manifest.database.counts
        self.stdout.write(
            GOOD.format(
                path=path,
                made_at=datetime.fromisoformat(manifest.made_at).astimezone(),
                editions=counts.get("actionplan_edition", 0),
                tables=len(counts),
            )
        )


def _limit(value: str) -> timedelta | None:
    if not value:
        return None
    if not (match := AGE.fullmatch(value)):
        raise BackupRefused(
            f"--newer-than {value} は読めません。30m（分）、26h（時間）、2d（日）の形で指定してください。"
        )
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _newest(path: Path) -> Path:
    if not path.is_dir():
        return path
    try:
        found = generations(path)
    except OSError as error:
        raise BackupRefused(f"フォルダ {path} を読めません（{reason(error)}）。") from error
    if not found:
        raise BackupRefused(NONE.format(folder=path))
    return found[0]


def _faults(path: Path, manifest: Manifest, limit: timedelta | None, written: str) -> list[str]:
    found = []
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.made_at)
    if limit and age > limit:
        found.append(OLD.format(path=path, hours=int(age.total_seconds() // 3600), limit=written))
    if limit and age < -timedelta(hours=1):
        found.append(AHEAD.format(path=path))
    if manifest.missing:
        names = "、".join(manifest.missing[:3])
        found.append(LACKS.format(path=path, count=len(manifest.missing), names=names))
    if newer := [name for name in manifest.database.migrations if name not in known_migrations()]:
        found.append(NEWER.format(path=path, name=newer[0]))
    return found
