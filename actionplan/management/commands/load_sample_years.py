"""manage.py load_sample_years: puts two fictitious years into the portal, to try how years look beside each other."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from actionplan.sample_plan import load_sample_plan
from actionplan.samples import NoRealReport, holds_real_reports, load_sample_years, sample_reports

HOLDS_REAL = """このデータベース（{name}）には実際の報告が入っているため、見本データを入れませんでした。
市民の皆さんが見るサイトでは使わないでください。
承知のうえで入れるときは、データベースの名前を指定して実行してください：
    manage.py load_sample_years --on {name}"""
OTHER = "つながっているデータベースは「{name}」です。「{given}」ではないため、何も変えていません。"
LOADED = "見本データはすでに入っています（{years}）。何も変えていません。"
DONE = """見本データを入れました：{years}。すべてのページに「見本データ」と表示されます。
取り除くときは、manage.py remove_sample_years を実行してください。"""


class Command(BaseCommand):
    """Loads both years or nothing; a database that has sample years stays as it is."""

    help = (
        "架空の2年度と、架空の次の計画の見本データを入れて公表します（すべてのページに「見本データ」と表示されます）。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The database by name, for a portal in service."""
        parser.add_argument("--on", default="", metavar="データベース名", help="見本データを入れるデータベースの名前")

    def handle(self, *args, **options) -> None:
        """Loads, or says why not."""
        if years := _loaded_years():
            self.stdout.write(LOADED.format(years=years))
            return
        refuse_in_service(options["on"])
        try:
            with transaction.atomic():
                load_sample_years()
                load_sample_plan()
        except NoRealReport as error:
            raise CommandError(str(error)) from error
        self.stdout.write(DONE.format(years=_loaded_years()))


def _loaded_years() -> str:
    return "、".join(str(report) for report in sample_reports().select_related("plan").order_by("fiscal_year", "plan"))


def database_name() -> str:
    """The name of the database: its file's name, or its name on the server."""
    return Path(connection.settings_dict["NAME"]).name


def refuse_in_service(given: str) -> None:
    """Raises CommandError for a database in service that holds real reports, unless it is asked for by name."""
    name = database_name()
    if given and given != name:
        raise CommandError(OTHER.format(name=name, given=given))
    if not given and not settings.DEBUG and holds_real_reports():
        raise CommandError(HOLDS_REAL.format(name=name))
