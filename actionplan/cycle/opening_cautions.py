"""What is unusual about opening a year now: nothing of it forbids it, but a slip of the pen should be seen."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from actionplan.cycle.opening import Opening
from actionplan.fiscal_year import web_label
from actionplan.models import AnnualReport, Edition, State


def unfinished_years() -> QuerySet[AnnualReport]:
    """The real years that ask for answers and of which no edition stands, newest first; `open` counts what is not
    confirmed.
    """
    return _asked_years().filter(published=False)


def years_under_way() -> QuerySet[AnnualReport]:
    """Those, and the years that were published although something in them is not confirmed yet."""
    return _asked_years().filter(Q(published=False) | Q(open__gt=0))


def _asked_years() -> QuerySet[AnnualReport]:
    standing = Edition.objects.standing().filter(report=OuterRef("pk"))
    counts = {"asked": Count("statuses"), "open": Count("statuses", filter=~Q(statuses__state=State.CONFIRMED))}
    years = AnnualReport.objects.filter(sample=False).annotate(published=Exists(standing), **counts)
    return years.filter(asked__gt=0).order_by("-fiscal_year")


def cautions(opening: Opening) -> list[str]:
    """A sentence for each; none for a year that is there already."""
    if opening.report is not None:
        return []
    years = AnnualReport.objects.filter(plan=opening.plan, sample=False).order_by("fiscal_year")
    return [*_place(opening.fiscal_year, list(years)), *_unfinished(opening)]


def _place(year: int, years: list[AnnualReport]) -> Iterator[str]:
    """Whether the year follows the newest one."""
    if not years:
        return
    newest = years[-1].fiscal_year
    if year < newest:
        yield f"{years[-1]}より前の年度です。"
    elif year == newest + 2:
        yield f"{web_label(newest + 1)}を飛ばして開きます。"
    elif year > newest + 2:
        yield f"{web_label(newest + 1)}から{web_label(year - 1)}までの{year - newest - 1}年度を飛ばして開きます。"


def _unfinished(opening: Opening) -> Iterator[str]:
    for report in unfinished_years().filter(plan=opening.plan):
        yield f"{report}は、まだ公表していません（確定していない回答が{report.open}件あります）。"
