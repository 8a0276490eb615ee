"""manage.py publish_report 2009: publishes a year's report from the command line."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actionplan import permissions
from actionplan.models import AnnualReport, Edition
from actionplan.publishing.approval import publish_alone
from actionplan.publishing.publish import PublishRefused, publish
from actionplan.publishing.unconfirmed import unconfirmed
from actionplan.round.years import asked_report


class Command(BaseCommand):
    """Publishes now or at a set time (Japan time)."""

    help = "年度の報告を公表します。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The year as people write it, and what publish() takes."""
        parser.add_argument("year", help="年度（例：2009、平成21年度、H21）")
        parser.add_argument("--at", default="", help="公表日時（日本時間。例：2010-05-01T09:00）。省くと今すぐ")
        parser.add_argument("--note", default="", help="訂正の説明")
        parser.add_argument("--current-wording", action="store_true", help="計画の文も、いまのものにする")
        parser.add_argument(
            "--headings",
            choices=["published", "current"],
            help="公表した版といまの計画とで施策・取組の名前が違うとき、どちらにするか",
        )
        parser.add_argument(
            "--unconfirmed", nargs="*", default=[], metavar="CODE", help="確定しないまま公表する項目（例：3-2-1 4-1-2）"
        )
        parser.add_argument("--plan", default="", help="計画名（その年度の報告がいくつかの計画にあるとき）")
        parser.add_argument(
            "--without-four-eyes",
            default="",
            metavar="REASON",
            help="FOUR_EYES=on のとき、決裁を経ずに公表する理由（記録に残ります）",
        )
        parser.add_argument("--if-unpublished", action="store_true", help="版が一つもないときだけ公表する")

    def handle(self, *args, **options) -> None:
        """Publishes, or says why not."""
        report = _report(options["year"], options["plan"])
        if options["if_unpublished"] and report.editions.exists():
            self.stdout.write(f"{report}は公表済みです。何も変えていません。")
            return
        try:
            edition = _published(
                report,
                options["without_four_eyes"].strip(),
                public_from=_moment(options["at"]),
                note=options["note"],
                wording="current" if options["current_wording"] else "published",
                headings=options["headings"],
                named=_named(report, options["unconfirmed"]),
            )
        except PublishRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{edition}を作りました（{edition.rows.count()}項目）。")


def _published(report: AnnualReport, reason: str, **choice) -> Edition:
    """The edition. Raises PublishRefused, CommandError where neither a second person nor a reason is there."""
    if not permissions.four_eyes():
        return publish(report, by=None, **choice)
    if not reason:
        raise CommandError(
            "FOUR_EYES=on のときは、公表の画面で起案し、別の公表権者が決裁します。"
            "どうしてもこのコマンドで公表するときは、--without-four-eyes に理由を書いてください。"
            "理由は変更の記録に残ります。"
        )
    return publish_alone(report, reason=reason, **choice)


def _report(text: str, plan: str) -> AnnualReport:
    try:
        return asked_report(text, plan)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _named(report: AnnualReport, codes: list[str]) -> list[int]:
    """The answers that the codes name, each of them not confirmed; raises CommandError for any other code."""
    rows = unconfirmed(report)
    if unknown := [code for code in codes if code not in {row.code for row in rows}]:
        raise CommandError(f"確定していない項目に、{'、'.join(unknown)}はありません。")
    return [row.pk for row in rows if row.code in codes]


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError as error:
        raise CommandError(f"日時「{text}」が読めません。2010-05-01T09:00 のように書いてください。") from error
