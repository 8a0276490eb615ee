"""How a page of the staff wing that belongs to no model is shown: the site's frame, a title, the way back."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


def own_page(
    request: HttpRequest, template: str, *, title: str, crumbs: Sequence[tuple[str, str]] = (), **facts
) -> TemplateResponse:
    """The page; template extends admin/portal/own_page.html. crumbs: (words, address) of the pages above it.

    facts: what the template shows; `status` sets the HTTP status.
    """
    status = facts.pop("status", 200)
    context = admin.site.each_context(request) | {"title": title, "crumbs": crumbs, **facts}
    return TemplateResponse(request, template, context, status=status)
