"""manage.py send_reminders: reminds departments of answers that are not handed in; made for cron."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actionplan.cells import OPEN_STATES
from actionplan.models import AnnualReport
from actionplan.round.reminders import (
    ALREADY,
    CHANGED,
    FAILED,
    NO_ADDRESS,
    SENT,
    Letter,
    RemindersRefused,
    letters,
    send,
)
from actionplan.round.years import asked_report
from actionplan.words import days_late

WEEK = 7
OUTCOMES = {
    SENT: "送りました",
    FAILED: "送れませんでした",
    NO_ADDRESS: "メールアドレスがないため、送れません",
    ALREADY: "今日はもう送っています",
    CHANGED: "送る直前に回答が変わったため、送っていません",
}


class Command(BaseCommand):
    """Sends the reminders of a year, each department at most one a day."""

    help = "未提出の項目がある課に、督促のメールを送ります。提出が済んだ課には送りません。1課につき1日1通までです。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The year, and when to be quiet."""
        parser.add_argument("year", nargs="?", default="", help="年度。省くと、締切の7日前からの、未提出がある全年度")
        parser.add_argument("--plan", default="", help="計画名（その年度の報告がいくつかの計画にあるとき）")
        parser.add_argument("--dry-run", action="store_true", help="宛先と文を表示するだけで、送らない")
        parser.add_argument("--only-late", action="store_true", help="締切を過ぎたときだけ送る")
        parser.add_argument("--before", type=int, metavar="日数", help="締切の何日前から送るか（締切の後も送る）")

    def handle(self, *args, **options) -> None:
        """Sends or shows the letters; ends with an error when one of them could not be sent."""
        failed = 0
        if not (reports := _reports(options["year"], options["plan"])):
            self.stdout.write("締切が決まっていて、未提出の項目がある年度はありません。")
        for report in reports:
            if _is_time(report, options):
                failed += self._remind(report, options["dry_run"])
            else:
                self.stdout.write(f"{report}：まだ送る時期ではないため、送っていません。")
        if failed:
            raise CommandError(f"{failed}課に送れませんでした。メールサーバーの設定を確かめてください。")

    def _remind(self, report: AnnualReport, dry_run: bool) -> int:
        try:
            found = letters(report)
        except RemindersRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not found:
            self.stdout.write(f"{report}：未提出の項目がある課はありません。")
        done = found if dry_run else send(report, found, by=None)
        for letter in done:
            self.stdout.write("\n".join(_shown(letter) if dry_run else [_line(letter)]))
        return sum(letter.outcome == FAILED for letter in done)


def _reports(text: str, plan: str) -> list[AnnualReport]:
    """The year's report; without a year every one that has a due date and open answers, never a sample."""
    if not text:
        asked = AnnualReport.objects.filter(sample=False, answers_due__isnull=False, statuses__state__in=OPEN_STATES)
        return list(asked.select_related("plan").distinct().order_by("answers_due"))
    try:
        return [asked_report(text, plan)]
    except ValueError as error:
        raise CommandError(str(error)) from error


def _is_time(report: AnnualReport, options: dict) -> bool:
    late = days_late(report.answers_due, timezone.localdate())
    if options["only_late"] and (late is None or late <= 0):
        return False
    # Whoever names a year wants it reminded of now; cron, which names none, begins a week before.
    before = options["before"] if options["before"] is not None or options["year"] else WEEK
    return before is None or (late is not None and late >= -before)


def _line(letter: Letter) -> str:
    addresses = "、".join(letter.to.addresses)
    return f"{letter.response.name}：{OUTCOMES[letter.outcome]}" + (
        f"（{letter.failure}）" if letter.failure else f"（{addresses}）" if letter.outcome == SENT else ""
    )


def _shown(letter: Letter) -> list[str]:
    if letter.outcome:
        return [_line(letter)]
    heading = [f"宛先：{'、'.join(letter.to.addresses)}（{letter.to.whose}）", f"件名：{letter.words.subject}"]
    return ["-" * 60, letter.response.name, *heading, "", letter.words.body]
