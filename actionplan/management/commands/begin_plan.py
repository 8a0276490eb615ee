"""manage.py begin_plan 第2次計画 --after 第1次計画 --copy: begins a plan from the command line."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from actionplan.models import ActionItem, Plan
from actionplan.plan.begin import BeginningRefused, Table, UploadError, begin_plan, read_table


class Command(BaseCommand):
    """Begins a plan; everything or nothing is stored."""

    help = "新しい計画を始めます。空のまま、前の計画の写し（--copy）、項目の一覧のファイル（--file）から選べます。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The plan's names, and what it begins with."""
        parser.add_argument("title", help="計画名")
        parser.add_argument("--short-name", default="", help="短い名前（例：第2次計画）")
        parser.add_argument("--slug", default="", help="アドレスの名前（例：dai2）。省くと番号になる")
        parser.add_argument("--from-year", type=int, help="始まりの年度（西暦）")
        parser.add_argument("--to-year", type=int, help="終わりの年度（西暦）")
        parser.add_argument("--after", default="", help="前の計画の計画名かアドレスの名前")
        parser.add_argument("--copy", action="store_true", help="前の計画の施策・取組・項目を写す")
        parser.add_argument("--file", type=Path, help="項目の一覧（.csv か .xlsx）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Begins the plan and says how many items it has, or why not."""
        plan = Plan(
            title=options["title"],
            short_name=options["short_name"],
            slug=options["slug"],
            start_year=options["from_year"],
            end_year=options["to_year"],
            predecessor=_before(options["after"]),
        )
        try:
            table = _table(options["file"])
            name = options["file"].name if table else ""
            begin_plan(plan, copy=options["copy"], table=table, by=None, file=name)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except (UploadError, BeginningRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        count = ActionItem.objects.filter(measure__policy__plan=plan).count()
        self.stdout.write(f"計画「{plan}」を始めました（{count}項目）。アドレスの名前は「{plan.slug}」です。")


def _before(named: str) -> Plan | None:
    if not named:
        return None
    if found := Plan.objects.filter(Q(title=named) | Q(slug=named)).first():
        return found
    names = "、".join(f"「{plan}」" for plan in Plan.objects.all())
    raise CommandError(f"「{named}」という計画はありません。いまある計画：{names}")


def _table(path: Path | None) -> Table | None:
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} を開けません。ファイルの場所と名前を確かめてください。") from error
    return read_table(path.name, data)
