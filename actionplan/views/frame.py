"""One way to render a public page: the frame around it, and where the reader stands."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.encoding import escape_uri_path

from actionplan.exports.pdf import can_make_pdf
from actionplan.selectors.editions import Frame, page_frame


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    label: str
    address: str = ""


def crumb(label: str, name: str, *args) -> Crumb:
    """A step that leads to a named page."""
    return Crumb(label, reverse(name, args=args))


def _steps(frame: Frame, crumbs: list[Crumb]) -> list[Crumb]:
    """The way to the page; below its plan, unless that is the first one, whose pages were there before others were."""
    if not frame.slug or (crumbs and crumbs[0].label == frame.plan_title):
        return crumbs
    return [crumb(frame.plan_title, "plan", frame.slug), *crumbs]


def site_of(request: HttpRequest) -> str:
    """https://plan.example.jp: SITE_URL, else what the reader asked, which kept pages are then kept by."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def address_of(request: HttpRequest) -> str:
    """The page's whole address, without what is asked of it."""
    return site_of(request) + escape_uri_path(request.path)


def _found(request: HttpRequest, edition: Any) -> dict:
    """What is told of the page to whoever links to it: its address, its picture.

    A page without a picture of its own has its report's, one that shows no report the front page's. A search that
    asks something is nobody's to link to.
    """
    site, place = site_of(request), escape_uri_path(request.path)
    picture = f"{place}share.png"
    if not is_valid_path(picture):
        picture = reverse("report_share", args=[edition.key]) if edition else reverse("share")
    asked = request.GET and place == reverse("search")
    return {"site": site, "canonical": "" if asked else site + place, "picture": site + picture}


def page(
    request: HttpRequest, template: str, *, page_id: str, crumbs: list[Crumb], shown: Any = None, **facts
) -> HttpResponse:
    """The page, rendered. page_id: the short number printed on it, which stays the same for good.

    shown: the edition that the page shows, where no `edition` among the facts says it: the page bears the names that
    were published with it, and none that came later.
    """
    edition = facts.get("edition") or shown
    frame = page_frame(edition)
    crumbs = _steps(frame, crumbs) if edition else crumbs
    context = {
        "frame": frame,
        "of_edition": edition,
        "page_id": page_id,
        "crumbs": crumbs,
        "can_make_pdf": can_make_pdf(),
    }
    context |= _found(request, edition) | facts
    response = render(request, f"actionplan/{template}.html", context)
    # A store between us and the reader asks each time: an edition may have been withdrawn since.
    response["Cache-Control"] = "no-cache"
    return response
