"""Departments in the list by whether they exist today: in words, in order, and as a filter."""

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone

# In the order of the list.
STANDS, TO_COME, ENDED = range(3)
LABELS = {STANDS: "今ある課", TO_COME: "これからできる課", ENDED: "廃止された課"}


def existence_today() -> Case:
    """STANDS, TO_COME or ENDED today, for the database."""
    day = timezone.localdate()
    ended, to_come = When(in_force_until__lt=day, then=Value(ENDED)), When(in_force_from__gt=day, then=Value(TO_COME))
    return Case(ended, to_come, default=Value(STANDS))


class ExistenceFilter(SimpleListFilter):
    """Departments that stand, that are to come, or that have ended; over rows annotated with their existence."""

    title, parameter_name = "今あるかどうか", "existence"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The three kinds."""
        return [(str(kind), label) for kind, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The departments of the kind; all unless one is chosen."""
        kinds = {str(kind): kind for kind in LABELS}
        return queryset.filter(existence=kinds[self.value()]) if self.value() in kinds else queryset
