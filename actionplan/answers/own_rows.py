"""実施状況 in the admin for a department's people: their own answers, written while they are open, as on their page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from actionplan import permissions
from actionplan.admin.base import ForModelAdmin
from actionplan.admin.site import standing_in
from actionplan.models import YearlyStatus


def sees_all(request: HttpRequest) -> bool:
    """Whether the person reads every department's answers."""
    return permissions.may_view(request.user, YearlyStatus)


def may_write_in(request: HttpRequest) -> Callable[[YearlyStatus], bool]:
    """The rule for one row: that of who may change answers here, else the round's own for a department's people."""
    if permissions.may_change(request.user, YearlyStatus):
        return lambda row: permissions.may_change(request.user, YearlyStatus, row)
    return standing_in(request).may_answer


def fixed_in(request: HttpRequest, row: YearlyStatus | None) -> list[str]:
    """What the form only shows: report and item once they are chosen; whose answer it is, to who is not the office."""
    chosen = ["report", "item"] if row else []
    return chosen if permissions.may_change(request.user, YearlyStatus) else [*chosen, "department"]


class OwnRows(ForModelAdmin):
    """Stands before PortalAdmin: narrows list and form to the person's own departments where they read no others."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The rows that the person may read."""
        rows = super().get_queryset(request)
        return rows if sees_all(request) else rows.filter(department__in=standing_in(request).departments)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The row; raises PermissionDenied for another department's: whether it is there is not told either."""
        row = super().get_object(request, *args, **kwargs)
        permissions.require(row is not None or sees_all(request))
        return row

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who reads all; a department's people in the list, and at their own rows."""
        return super().has_view_permission(request, obj) or self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The same for writing; a row that was handed in is closed to them."""
        if super().has_change_permission(request, obj):
            return True
        if isinstance(obj, YearlyStatus):
            return may_write_in(request)(obj)
        return permissions.may_answer_somewhere(request.user)

    def _is_own(self, request: HttpRequest, obj: Model | None) -> bool:
        # Every page asks whether the list is to be named: that goes by the rights, without asking for departments.
        if not permissions.may_answer_somewhere(request.user):
            return False
        return not isinstance(obj, YearlyStatus) or standing_in(request).is_own(obj.department_id)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        """The form of a row, which knows which rows are closed to the person."""
        form: Any = super().get_changelist_form(request, **kwargs)
        form.may_write = staticmethod(may_write_in(request))
        return form
