"""What the person behind a request may do, asked once a request however many parts of a page want to know."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from actionplan.admin.site import NAMES
from actionplan.models import Succession
from actionplan.permissions import Standing, standing_of
from actionplan.words import full_name

Row = TypeVar("Row", bound=Model)


def found_or_404(rows: QuerySet[Row], **which: object) -> Row:
    """The row. Raises Http404 with a sentence that names what is missing: この担当課はありません。"""
    if (row := rows.filter(**which).first()) is None:
        raise Http404(f"この{NAMES.get(rows.model.__name__, rows.model._meta.verbose_name)}はありません。")
    return row


def named(model: type[Model], field: str) -> Callable:
    """A column or read-only box for the model's admin: 山田 太郎, the admin's own word where there is nobody."""

    @admin.display(description=str(model._meta.get_field(field).verbose_name))
    def shown(admin_of_model: admin.ModelAdmin, row: Model) -> str:
        person = getattr(row, field)
        return full_name(person) if person else admin_of_model.get_empty_value_display()

    return shown


def own_page(
    request: HttpRequest, template: str, *, title: str, crumbs: Sequence[tuple[str, str]] = (), **facts
) -> TemplateResponse:
    """The page; template extends admin/portal/own_page.html. crumbs: (words, address) of the pages above it.

    facts: what the template shows; `status` sets the HTTP status.
    """
    status = facts.pop("status", 200)
    context = admin.site.each_context(request) | {"title": title, "crumbs": crumbs, **facts}
    return TemplateResponse(request, template, context, status=status)


def succession_in(request: HttpRequest) -> Succession:
    """The departments and who stands for whom, read once a request; for pages that only read."""
    if not hasattr(request, "_succession"):
        request._succession = Succession()
    return request._succession


def standing_in(request: HttpRequest) -> Standing:
    """What the person may do in the round, read once a request. A write asks permissions.standing_of() anew."""
    if not hasattr(request, "_standing"):
        request._standing = standing_of(request.user, succession=succession_in(request))
    return request._standing
