"""Pages about several years: two of them compared, what goes on, what was promised and what came of it."""

from django.http import Http404, HttpRequest, HttpResponse

from actionplan.models import Edition
from actionplan.selectors.changes import year_changes
from actionplan.selectors.charts import change_chart, year_summary
from actionplan.selectors.editions import previous_edition, public_edition, year_of_plan
from actionplan.selectors.through_years import AHEAD, promises, streaks
from actionplan.views.frame import Crumb, crumb, page


def against(previous: Edition, edition: Edition) -> dict:
    """What the pages that hold one edition against another show: the changes, and the chart of the categories."""
    old, new = list(previous.rows.all()), list(edition.rows.all())
    found = year_changes(previous, old, edition, new)
    before, now = previous.front_matter, edition.front_matter
    labels = [
        f"{front['plan']['title']}　{front['era_label']}" if found.by_lineage else front["era_label"]
        for front in (before, now)
    ]
    facts = {"changes": found, "before_name": labels[0], "now_name": labels[1]}
    if found.by_lineage:
        return facts
    chart = change_chart(labels[0], year_summary(before, old), labels[1], year_summary(now, new))
    return {**facts, "change_chart": chart}


def compare_years(request: HttpRequest, key: str, year: int) -> HttpResponse:
    """The report against any earlier year of its plan. Raises Http404 where that is not public, or not earlier."""
    edition = public_edition(key)
    previous = year_of_plan(edition, year)
    if previous is None or year >= edition.fiscal_year:
        raise Http404("比べる年度は、同じ計画の、それより前の公表した年度から選んでください。")
    facts = against(previous, edition)
    title = f"{facts['before_name']}との比較"
    return _year_page(request, "compare", edition, f"B-{key}-C-{year}", title, previous=previous, **facts)


def streaks_page(request: HttpRequest, key: str) -> HttpResponse:
    """Items not done for years on end, and texts that stay the same."""
    edition = public_edition(key)
    return _year_page(request, "streaks", edition, f"B-{key}-S", "続いている未実施・同じ文", streaks=streaks(edition))


def promises_page(request: HttpRequest, key: str) -> HttpResponse:
    """What the plan's year before said would come, beside what the year says."""
    edition = public_edition(key)
    previous = previous_edition(edition)
    if previous and previous.report.plan_id != edition.report.plan_id:
        previous = None
    found = promises(edition, previous) if previous else []
    facts = {"previous": previous, "promises": found, "heading": AHEAD.label}
    return _year_page(request, "promises", edition, f"B-{key}-P", f"{AHEAD.label}と、その後", **facts)


def _year_page(
    request: HttpRequest, template: str, edition: Edition, page_id: str, title: str, **facts
) -> HttpResponse:
    label = edition.front_matter["label"]
    crumbs = [crumb("年度の一覧", "reports"), crumb(label, "annual_report", edition.key), Crumb(title)]
    return page(request, template, page_id=page_id, crumbs=crumbs, edition=edition, **facts)
