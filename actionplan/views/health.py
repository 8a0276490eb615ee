"""Whether the portal can answer: for the machine that watches it."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.editions import latest_public_edition


def healthz(request: HttpRequest) -> HttpResponse:
    """200 and "ok" when the database answers; the 500 page otherwise."""
    latest_public_edition()
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
