"""manage.py backup: one consistent file of database, kept files and key, while the portal runs."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, ProgrammingError, connection

from actionplan.evidence.taking import named_anywhere
from script.lib.backup.archive import BackupRefused
from script.lib.backup.making import NOTHING_DONE, Keys, keep_from, make_backup
from script.lib.backup.place import place_of_notes, record, this_place
from script.lib.backup.sealed import Unsealable, passphrase_from
from tsushima_portal import environment

DONE = "バックアップを作りました：{path}（{size:,}バイト、公表した版{editions}件、写真・資料{files}個）"
PLAIN = "  秘密鍵が入っています。ほかの人が読める場所に置くときは、--passphrase-file で封じてください。"
REMOVED = "  古い世代を{count}個消しました。"


class Command(BaseCommand):
    """Makes a backup, or says why not and leaves every older one alone."""

    help = "データベース、写真・資料、秘密鍵を、動かしたまま1つのファイルに写します。"
    # It must serve a database that waits for its migrations, and say why it cannot.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how sealed."""
        parser.add_argument("--to", type=Path, help="フォルダ（世代を残す）か、.backup で終わるファイル")
        parser.add_argument("--passphrase-file", type=Path, help="1行目に合言葉を書いたファイル")

    def handle(self, **options) -> None:
        """Makes it, notes how it went for whoever watches, and says so."""
        try:
            self._make(options["to"] or default_folder(), options["passphrase_file"])
        except (BackupRefused, Unsealable, ValueError) as error:
            record(place_of_notes(), "backup", ok=False, file="", sentence=str(error))
            raise CommandError(str(error)) from error

    def _make(self, to: Path, passphrase_file: Path | None) -> None:
        keep = keep_from(environment.text("BACKUP_KEEP", "14"))
        passphrase = passphrase_from(passphrase_file)
        made = make_backup(this_place(), to, keys(), names, passphrase, keep)
        parts, counts = made.manifest.parts, made.manifest.database.counts
        size, editions = made.path.stat().st_size, counts.get("actionplan_edition", 0)
        self.stdout.write(DONE.format(path=made.path, size=size, editions=editions, files=len(parts) - 2))
        if not passphrase:
            self.stdout.write(PLAIN)
        if made.removed:
            self.stdout.write(REMOVED.format(count=len(made.removed)))
        if made.alarm:
            raise BackupRefused(made.alarm)
        record(place_of_notes(), "backup", ok=True, file=str(made.path), sentence="")


def default_folder() -> Path:
    """VAR_DIR/backups, which is made: it lies beside the data, so nothing can be unplugged."""
    folder = Path(settings.VAR_DIR) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keys() -> Keys:
    """The keys that this portal signs with and knows."""
    return Keys(settings.SECRET_KEY, list(settings.SECRET_KEY_FALLBACKS))


def names() -> set[str]:
    """The kept files that the database names; none while its tables wait for their migrations. Raises BackupRefused."""
    try:
        return named_anywhere()
    except DatabaseError as error:
        if isinstance(error, ProgrammingError) or "no such" in str(error):
            return set()
        raise BackupRefused(f"データベースが答えません（{error}）。{NOTHING_DONE}") from error
    finally:
        # A connection of our own would be in the way of a restore.
        connection.close()
