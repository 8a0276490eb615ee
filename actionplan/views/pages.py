"""Every page on one page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from actionplan.fiscal_year import parse_fiscal_year
from actionplan.selectors.charts import actor_chart
from actionplan.selectors.editions import latest_public_edition
from actionplan.selectors.report import report_outline
from actionplan.views.page import Crumb, page


def about(request: HttpRequest) -> HttpResponse:
    """The guideline as the latest public edition prints it."""
    edition = latest_public_edition()
    front_matter = edition.front_matter if edition else None
    return page(
        request,
        "about",
        page_id="A-3",
        crumbs=[Crumb("指針と計画")],
        edition=edition,
        front_matter=front_matter,
        actor_chart=actor_chart(front_matter, edition.rows.all()) if edition else None,
    )


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility page: its sentences stand in the template."""
    return page(request, "accessibility", page_id="A-5", crumbs=[Crumb("アクセシビリティ")])


def era_redirect(request: HttpRequest, era: str, rest: str) -> HttpResponse:
    """A permanent redirect to the same place by year; 404 for an era year that never was."""
    try:
        year = parse_fiscal_year(era)
    except ValueError as error:
        raise Http404(str(error)) from error
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(f"/reports/{year}{rest}{query}")


def healthz(request: HttpRequest) -> HttpResponse:
    """200 and "ok" when the database answers; the 500 page otherwise."""
    latest_public_edition()
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def sitemap(request: HttpRequest) -> HttpResponse:
    """The tree of pages: the years, and the latest year's policies and items."""
    edition = latest_public_edition()
    report = report_outline(edition.front_matter, edition.rows.all()) if edition else None
    return page(request, "sitemap", page_id="A-4", crumbs=[Crumb("サイトマップ")], edition=edition, report=report)
