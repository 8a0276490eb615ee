"""One way to render a public page: the frame around it, and where the reader stands."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from actionplan.exports.pdf import can_make_pdf
from actionplan.selectors.editions import page_frame


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    label: str
    address: str = ""


def crumb(label: str, name: str, *args) -> Crumb:
    """A step that leads to a named page."""
    return Crumb(label, reverse(name, args=args))


def page(
    request: HttpRequest, template: str, *, page_id: str, crumbs: list[Crumb], front: dict | None = None, **facts
) -> HttpResponse:
    """The page, rendered. page_id: the short number printed on it, which stays the same for good.

    front: the front matter of what the page shows, where no `edition` among the facts says it: the page bears the
    names that were published with it, and none that came later.
    """
    edition = facts.get("edition")
    frame = page_frame(edition.front_matter if edition else front)
    context = {"frame": frame, "page_id": page_id, "crumbs": crumbs, "can_make_pdf": can_make_pdf(), **facts}
    response = render(request, f"actionplan/{template}.html", context)
    # A store between us and the reader asks each time: an edition may have been withdrawn since.
    response["Cache-Control"] = "no-cache"
    return response
