"""Addresses by era, /reports/h21/…, lead to those by year."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from actionplan.fiscal_year import parse_fiscal_year


def era_redirect(request: HttpRequest, era: str, rest: str) -> HttpResponse:
    """A permanent redirect to the same place by year; 404 for an era year that never was."""
    try:
        year = parse_fiscal_year(era)
    except ValueError as error:
        raise Http404(str(error)) from error
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(f"/reports/{year}{rest}{query}")
