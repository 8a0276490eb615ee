"""manage.py restore FILE: the way back, whole or not at all."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.migrations.loader import MigrationLoader

from actionplan.management.commands.backup import default_folder, keys, names
from script.lib.backup.archive import BackupRefused
from script.lib.backup.place import place_of_notes, record, this_place
from script.lib.backup.restoring import Wishes, restore
from script.lib.backup.sealed import Unsealable, passphrase_from
from script.lib.installation import accept, has_note, is_alone
from tsushima_portal import environment

DONE = """復元しました：{path}
script/server で起動すると、データベースの形を、いまの版に合わせてから公開します。"""


class Command(BaseCommand):
    """Restores a backup into an empty place, or over what is there when that is asked for."""

    help = "バックアップを確かめてから復元します。壊れたもの、新しい版のものは、何も変えずに断ります。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, how it is sealed, and whether it may replace what is there."""
        parser.add_argument("file", type=Path, help="バックアップのファイル")
        parser.add_argument("--passphrase-file", type=Path, help="1行目に合言葉を書いたファイル")
        parser.add_argument("--replace", action="store_true", help="いまのデータを残してから置き換える")

    def handle(self, **options) -> None:
        """Restores, and says what there is left to do."""
        path = options["file"]
        wishes = Wishes(
            known=known_migrations(),
            keys=keys(),
            key_of_setting=bool(environment.text("SECRET_KEY")),
            before=default_folder(),
            replace=options["replace"],
            named=names,
        )
        try:
            said = restore(path, this_place(), passphrase_from(options["passphrase_file"]), wishes)
        except (BackupRefused, Unsealable) as error:
            raise CommandError(str(error)) from error
        _accept()
        record(place_of_notes(), "restore", ok=True, file=str(path), sentence="")
        for sentence in [*said, DONE.format(path=path)]:
            self.stdout.write(sentence)


def _accept() -> None:
    """What was put back is this portal's, wherever it was made; a version of before keeps no note of it."""
    if not is_alone() and has_note():
        accept()


def known_migrations() -> set[str]:
    """Every migration of this program, app.name, those that others have replaced among them."""
    found = MigrationLoader(None).disk_migrations
    replaced = {name for each in found.values() for name in each.replaces}
    return {f"{app}.{name}" for app, name in found.keys() | replaced}
