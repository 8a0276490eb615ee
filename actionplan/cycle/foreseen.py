"""Reads what opening a year would do: which items come, which stay away, and for which department."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from actionplan.cycle.opening import Coming, Opening
from actionplan.cycle.plan_items import PlanItem, plan_items
from actionplan.cycle.sheet import CONTINUED, MERGED, NEW
from actionplan.models import AnnualReport, Plan, Succession


def opening_of(plan: Plan, fiscal_year: int, answers_due: date | None = None, day: date | None = None) -> Opening:
    """What opening the year does if it is done now (on another day if told); reads only."""
    day = day or timezone.localdate()
    report, before = _this_year_and_the_last(plan, fiscal_year)
    items = plan_items(plan)
    present = _departments(report)
    last = _departments(before)
    sources = _sources(items)
    gone = [item for item in items if item.is_gone]
    succession = Succession()
    missing = [item for item in items if item.pk not in present and not item.is_gone]
    return Opening(
        plan=plan,
        fiscal_year=fiscal_year,
        report=report,
        old_due=report.answers_due if report else None,
        answers_due=answers_due,
        day=day,
        coming=tuple(_coming(item, sources[item.pk], last, succession, day) for item in missing),
        present=len(present),
        ended=tuple(item for item in gone if item.pk in last and item.pk not in present),
        kept=tuple(item for item in gone if item.pk in present),
    )


def _this_year_and_the_last(plan: Plan, fiscal_year: int) -> tuple[AnnualReport | None, AnnualReport | None]:
    """The year's report, and the newest real one before it."""
    reports = list(AnnualReport.objects.filter(plan=plan, fiscal_year__lte=fiscal_year).order_by("-fiscal_year"))
    report = next((each for each in reports if each.fiscal_year == fiscal_year), None)
    return report, next((each for each in reports if each.fiscal_year < fiscal_year and not each.sample), None)


def _departments(report: AnnualReport | None) -> dict[int, int | None]:
    """The department of each item that has an answer in the year."""
    return dict(report.statuses.values_list("item", "department").order_by()) if report else {}


def _sources(items: Iterable[PlanItem]) -> dict[int, list[int]]:
    """By item: itself, and the items that were merged into it."""
    sources = {item.pk: [item.pk] for item in items}
    for item in items:
        if item.successor_id in sources:
            sources[item.successor_id].append(item.pk)
    return sources


def _coming(
    item: PlanItem, sources: list[int], last: dict[int, int | None], succession: Succession, day: date
) -> Coming:
    known = [source for source in sources if source in last]
    kind = NEW if not known else CONTINUED if known == [item.pk] else MERGED
    before = item.lead_department or next((last[source] for source in known if last[source]), None)
    by_pk = succession.by_pk
    return Coming(item, kind, by_pk.get(before), by_pk.get(succession.current(before, day)))
