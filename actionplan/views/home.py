"""The front page: the latest year at a glance."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.editions import latest_public_edition
from actionplan.selectors.summary import year_summary
from actionplan.views.page import page


def home(request: HttpRequest) -> HttpResponse:
    """The latest public year with its counts, or a sentence that nothing is published yet."""
    edition = latest_public_edition()
    summary = year_summary(edition.front_matter, edition.rows.all()) if edition else None
    return page(request, "home", page_id="A-1", crumbs=[], edition=edition, summary=summary)
