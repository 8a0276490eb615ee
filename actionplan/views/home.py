"""The front page: the latest year at a glance."""

from django.http import HttpRequest, HttpResponse

from actionplan.models import Edition
from actionplan.selectors.charts import ChangeChart, Summary, change_chart, progress_chart, year_summary
from actionplan.selectors.editions import latest_public_edition, previous_edition
from actionplan.views.page import page


def home(request: HttpRequest) -> HttpResponse:
    """The latest public year with its counts, or a sentence that nothing is published yet."""
    edition = latest_public_edition()
    summary = year_summary(edition.front_matter, edition.rows.all()) if edition else None
    charts = _charts(edition, summary) if edition else {}
    return page(request, "home", page_id="A-1", crumbs=[], edition=edition, summary=summary, **charts)


def _charts(edition: Edition, summary: Summary) -> dict:
    return {"chart": progress_chart(summary), "change_chart": _change_chart(edition, summary)}


def _change_chart(edition: Edition, summary: Summary) -> ChangeChart | None:
    """The change since the year before, or None for the first published year."""
    previous = previous_edition(edition)
    if previous is None:
        return None
    before = year_summary(previous.front_matter, previous.rows.all())
    return change_chart(previous.front_matter["era_label"], before, edition.front_matter["era_label"], summary)
