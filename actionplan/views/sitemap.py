"""Every page on one page."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.editions import latest_public_edition
from actionplan.selectors.report import report_outline
from actionplan.views.page import Crumb, page


def sitemap(request: HttpRequest) -> HttpResponse:
    """The tree of pages: the years, and the latest year's policies and items."""
    edition = latest_public_edition()
    report = report_outline(edition.front_matter, edition.rows.all()) if edition else None
    return page(request, "sitemap", page_id="A-4", crumbs=[Crumb("サイトマップ")], edition=edition, report=report)
