"""A department's answers of a year in report order, last year's beside them: what page and workbook both show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, prefetch_related_objects

from actionplan.cells import BY_NAME
from actionplan.models import AnnualReport, YearlyStatus

NEW, CONTINUED, MERGED = "new", "continued", "merged"
KIND_LABELS = {NEW: "新規", CONTINUED: "継続", MERGED: "統合"}


@dataclass(frozen=True)
class SheetRow:
    """One item of the year: its answer, and what was answered the year before.

    last: last year's rows of the item itself, or of the items it was merged from; empty for a new item.
    """

    status: YearlyStatus
    last: tuple[YearlyStatus, ...]
    kind: str

    @property
    def code(self) -> str:
        """3-2-1."""
        return self.status.item.code

    @property
    def marks(self) -> str:
        """★◎, in legend order."""
        return "".join(actor.symbol for actor in sorted(self.status.item.actors.all(), key=lambda each: each.order))

    @property
    def kind_label(self) -> str:
        """新規, 継続 or 統合."""
        return KIND_LABELS[self.kind]

    def last_of(self, field: str) -> str:
        """Last year's cell; of a merged item every one, each under its own code."""
        words = [last.words_of(BY_NAME[field]) for last in self.last]
        if len(self.last) < 2:
            return "".join(words)
        return "\n".join(f"【{last.item.code}】{text}" for last, text in zip(self.last, words, strict=True) if text)


def previous_report(report: AnnualReport) -> AnnualReport | None:
    """The plan's latest report before this one; made-up words never stand beside a real year's boxes."""
    before = AnnualReport.objects.filter(plan=report.plan_id, fiscal_year__lt=report.fiscal_year)
    if not report.sample:
        before = before.filter(sample=False)
    return before.order_by("-fiscal_year").first()


def statuses(report: AnnualReport, departments: Iterable[int | None] | None = None) -> QuerySet[YearlyStatus]:
    """The year's statuses in report order with everything that names them; of these departments only, unless None."""
    rows = YearlyStatus.objects.filter(report=report)
    if departments is not None:
        chosen = set(departments)
        without = Q(department=None) if None in chosen else Q()
        rows = rows.filter(Q(department__in=chosen - {None}) | without)
    place = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
    return rows.select_related("report", "department", "item__measure__policy").order_by(*place)


def answer_sheet(report: AnnualReport, departments: Iterable[int | None] | None = None) -> list[SheetRow]:
    """The year's rows of these departments (of all when None); the number of queries does not grow with the rows."""
    return sheet_rows(report, list(statuses(report, departments)))


def sheet_rows(report: AnnualReport, rows: Sequence[YearlyStatus]) -> list[SheetRow]:
    """These answers of the report, their marks read and last year's answers beside them; four queries."""
    prefetch_related_objects(rows, "item__actors", "item__predecessors")
    wanted = {item for row in rows for item in _lineage(row)}
    before = previous_report(report)
    found = statuses(before).filter(item__in=wanted) if before and wanted else ()
    last = {row.item_id: row for row in found}
    return [_sheet_row(row, last) for row in rows]


def _lineage(status: YearlyStatus) -> list[int]:
    return [status.item_id, *(old.pk for old in status.item.predecessors.all())]


def _sheet_row(status: YearlyStatus, last: dict[int, YearlyStatus]) -> SheetRow:
    found = tuple(last[item] for item in _lineage(status) if item in last)
    merged = any(row.item_id != status.item_id for row in found)
    return SheetRow(status, found, MERGED if merged else CONTINUED if found else NEW)
