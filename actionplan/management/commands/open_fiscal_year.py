"""manage.py open_fiscal_year 令和8年度: gives a year its items, from the command line."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from actionplan.fiscal_year import parse_fiscal_year
from actionplan.models import Plan
from actionplan.round.opening import Opening, PlanItem, cautions, opening_of
from actionplan.round.years import OpeningRefused, open_year, refuse_year
from actionplan.words import day_words


class Command(BaseCommand):
    """Opens the year; a second time it changes nothing."""

    help = "年度を開きます。計画の項目ごとに、空の回答を用意します。2回実行しても、2回目は何も変わりません。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The year as people write it, and the due date."""
        parser.add_argument("year", help="年度（例：令和8年度、R8、2026）")
        parser.add_argument("--due", default="", help="回答の締切（例：2026-05-20）。省くと、いまの締切のまま")
        parser.add_argument("--plan", default="", help="計画名。計画が一つだけなら省けます")
        parser.add_argument("--dry-run", action="store_true", help="何が変わるかを表示するだけで、何も保存しない")

    def handle(self, *args, **options) -> None:
        """Opens the year and tells what was done, or why not."""
        try:
            plan, year, due = _plan(options["plan"]), parse_fiscal_year(options["year"]), _due(options["due"])
            if options["dry_run"]:
                refuse_year(plan, year)
                opening = opening_of(plan, year, due)
            else:
                opening = open_year(plan, year, answers_due=due, by=None)
        except (ValueError, OpeningRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["dry_run"]:
            self.stdout.write("確認だけです。何も保存していません。")
            for sentence in cautions(opening):
                self.stdout.write(f"注意：{sentence}")
        for line in report_lines(opening):
            self.stdout.write(line)


def _plan(title: str) -> Plan:
    found = list(Plan.objects.filter(title=title) if title else Plan.objects.all())
    if len(found) == 1:
        return found[0]
    names = "、".join(f"「{plan}」" for plan in Plan.objects.all())
    if not names:
        raise CommandError("計画がまだありません。先に計画を登録してください。")
    raise CommandError(f"計画を --plan で一つ指定してください。いまある計画：{names}")


def _due(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(f"締切「{text}」が読めません。2026-05-20 のように書いてください。") from error


def report_lines(opening: Opening) -> Iterator[str]:
    """What opening the year does, a line a fact."""
    if opening.changes_nothing:
        yield f"{opening.label}はすでに開いています（{opening.present}項目）。変わるところはありません。"
        return
    due = f"回答の締切：{day_words(opening.answers_due)}" if opening.answers_due else ""
    if opening.only_due:
        yield from (f"{opening.label}の締切だけを変えます。", due)
        return
    counts = "、".join(f"{label}{len(rows)}件" for label, rows in opening.kinds)
    yield f"{opening.label}：空の回答 {len(opening.coming)}件（{counts}）"
    yield f"すでにある回答：{opening.present}件（変わりません）"
    if opening.sets_due:
        yield due
    for move in opening.moves:
        yield f"旧：{move.before} → {move.after}（{move.items}件）"
    yield from _items("新しい項目", [row.item for row in opening.added])
    yield from _items("終わった項目", opening.ended)
    yield from _items("終わった項目ですが、この年度の回答があるため残すもの", opening.kept)
    yield from _items("注意：担当課がない項目", [row.item for row in opening.without_department])
    yield from _items("注意：担当課が廃止され、引き継いだ課がない項目", [row.item for row in opening.stranded])


def _items(heading: str, items: Sequence[PlanItem]) -> Iterator[str]:
    if items:
        yield f"{heading}（{len(items)}件）：{'、'.join(_named(item) for item in items)}"


def _named(item: PlanItem) -> str:
    return f"{item.code}→{item.next_code}に統合" if item.next_code else item.code
