"""What waits for the publisher: years that nobody has seen, editions that are scheduled, corrections that are ready."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from actionplan.cycle.deadline import day_words
from actionplan.models import AnnualReport, Edition, EditionRow, State, YearlyStatus

# The cells that departments write, by their names in an edition.
CELLS = {
    "status": "text",
    "progress": "progress",
    "outcome": "outcome",
    "challenge": "challenge",
    "next_step": "next_step",
}


@dataclass(frozen=True)
class Last:
    """The newest edition of a year that has not been withdrawn."""

    pk: int
    number: int
    public_from: datetime


def waiting_years() -> list[tuple[AnnualReport, str]]:
    """Each year for which there is something to do or to know, and the sentence that says what; three queries."""
    confirmed = Count("statuses", filter=Q(statuses__state=State.CONFIRMED))
    years = AnnualReport.objects.filter(sample=False).annotate(asked=Count("statuses"), ready=confirmed)
    last = _last_editions()
    corrected = _corrected(last.values()) if last else {}
    found = [(year, _words(year, last.get(year.pk), corrected.get(year.pk, 0))) for year in years if year.asked]
    return [(year, words) for year, words in found if words]


def _last_editions() -> dict[int, Last]:
    """By report."""
    editions = Edition.objects.standing().filter(report__sample=False).order_by("number")
    return {report: Last(*facts) for report, *facts in editions.values_list("report", "pk", "number", "public_from")}


def _corrected(editions: Iterable[Last]) -> dict[int, int]:
    """By report, how many confirmed answers its newest edition does not have as they are now."""
    rows = EditionRow.objects.filter(edition__in=[each.pk for each in editions])
    same = {cell: OuterRef(name) for cell, name in CELLS.items()}
    printed = rows.filter(edition__report=OuterRef("report"), item=OuterRef("item"), **same)
    answers = YearlyStatus.objects.filter(state=State.CONFIRMED, report__in=rows.values("edition__report"))
    counts = answers.filter(~Exists(printed)).order_by().values_list("report")
    return dict(counts.annotate(found=Count("pk")))


def _words(year: AnnualReport, last: Last | None, corrected: int) -> str:
    if last is None:
        return f"{year.asked}項目のうち{year.ready}項目が確定しています。"
    if last.public_from > timezone.now():
        moment = timezone.localtime(last.public_from)
        when = f"{day_words(moment)}{moment.hour}時{moment.minute:02}分"
        changed = f"予約のあとに変わった項目が{corrected}件あります。" if corrected else ""
        return f"第{last.number}版が{when}に公表されます（予約）。{changed}"
    if corrected:
        return f"公表したあとに直して確定した項目が{corrected}件あります。訂正版を公表できます。"
    left = year.asked - year.ready
    return f"公表済みですが、確定していない項目が{left}件あります。" if left else ""
