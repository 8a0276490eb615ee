"""The plan saved while a year is open: whoever saved is led to what the year's answers have to be asked."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from actionplan.models import ActionItem, Measure
from actionplan.round.plan_changes_page import tell_open_years


class AsksOpenYears:
    """For forms of items, and of measures with their items: a plain save leads to the question, others tell of it."""

    def response_add(self, request: HttpRequest, obj: Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """Django's answer, or the page that asks."""
        return asked(request, obj, super().response_add(request, obj, *args, **kwargs))  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same."""
        return asked(request, obj, super().response_change(request, obj, *args, **kwargs))  # type: ignore[misc]


def asked(request: HttpRequest, obj: Model, answer: HttpResponse) -> HttpResponse:
    """The answer, or the page that asks about the items that were saved, where one of the open years asks anything."""
    items = items_of(obj)
    if not items or "_popup" in request.POST:
        return answer
    place = tell_open_years(request, items)
    return HttpResponseRedirect(place) if place and "_save" in request.POST else answer


def items_of(obj: Model) -> set[int]:
    """The keys of the items that the form saves."""
    if isinstance(obj, ActionItem):
        return {obj.pk}
    return set(obj.items.values_list("pk", flat=True)) if isinstance(obj, Measure) else set()
