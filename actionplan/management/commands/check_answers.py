"""manage.py check_answers 2012: what a reader of the year's answers should be asked about, on the command line."""

from collections import Counter
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError, CommandParser

from actionplan.checks.questions import UNWRITTEN, Check, Concern
from actionplan.checks.reading import check_answers, check_year
from actionplan.models import AnnualReport, Department
from actionplan.words import NO_DEPARTMENT


class Command(BaseCommand):
    """Prints what waits for an answer, a line each; ends with 1 while anything does. It changes nothing."""

    help = "年度の回答を点検し、確かめるところを表示します。まだ答えていないところがあれば、終了コード1で終わります。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The year's key, and the department where only its answers are wanted."""
        parser.add_argument("report", help="年度（例：2012。2つめからの計画は 2015-second のように）")
        parser.add_argument("--department", default="", help=f"課の名前。担当課のない項目は「{NO_DEPARTMENT}」")

    def handle(self, *, report: str, department: str, **options) -> None:
        """Prints the findings; raises CommandError while one of them waits."""
        found = AnnualReport.objects.select_related("plan").filter(key=report).first()
        if found is None:
            keys = "、".join(AnnualReport.objects.values_list("key", flat=True)) or "まだありません"
            raise CommandError(f"「{report}」の年次報告はありません。ある年度：{keys}")
        check = check_answers(found, _of(found, department)) if department else check_year(found)
        for line in (*_lines(check.listed), *_unwritten(check)):
            self.stdout.write(line)
        told = f"{found}：確かめるところ{check.count}か所、答えたところ{len(check.answered)}か所。"
        if check.count:
            raise CommandError(told, returncode=1)
        self.stdout.write(told)


def _of(report: AnnualReport, name: str) -> list:
    """The answers of the department with the name. Raises CommandError."""
    if name != NO_DEPARTMENT and not Department.objects.filter(name=name).exists():
        raise CommandError(f"「{name}」という課はありません。")
    which = {"department": None} if name == NO_DEPARTMENT else {"department__name": name}
    order = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
    return list(report.statuses.filter(**which).select_related("department", "item__measure__policy").order_by(*order))


def _unwritten(check: Check) -> Iterable[str]:
    counted = Counter(each.place.writer for each in check.unwritten)
    return (f"{department}　［{UNWRITTEN}］{count}か所" for department, count in counted.items())


def _lines(questions: Iterable[Concern]) -> Iterable[str]:
    for each in questions:
        place = each.place
        words = "".join(each.shown).replace("\n", " ")
        said = f"「{words}」" if words.strip() else ""
        yield f"{place.item.code}　{place.label}　{place.writer}　［{each.kind.label}］{each.finding.sentence}{said}"
