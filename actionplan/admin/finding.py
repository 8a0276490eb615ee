"""What a staff list's box of search finds: texts folded as the public search folds them, and numbers of any dash."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from actionplan.admin import ForModelAdmin
from actionplan.folding import MARK, fold
from actionplan.models import Plan
from actionplan.shadow import as_number
from actionplan.spellings import read_word
from actionplan.words import shown_number

NUMBER = re.compile("[0-9]+(-[0-9]+)*")
LONGEST = 200
# A list of 20,000 items folds 40,000 texts once a process.
folded = lru_cache(maxsize=50_000)(fold)
Finds = Callable[[str], bool]


def finder(typed: str, *, numbered: bool) -> Finds:
    """Whether a haystack has the word. Where rows are numbered 1-1 is no part of 11-1; letters are found anywhere."""
    spellings, core = read_word(typed).spellings, fold(typed)
    loose = core.replace(MARK, "")
    if numbered and NUMBER.fullmatch(loose):
        return lambda texts: any(spelling in texts for spelling in spellings)
    return lambda texts: (
        bool(loose) and (loose in texts.replace(MARK, "") or any(spelling in texts for spelling in spellings))
    )


def haystack(texts: Iterable[Any], numbers: Sequence[int]) -> str:
    """All that a row may be found by, folded, a line each."""
    lines = [folded(str(text)) for text in texts if text]
    return "\n".join([*lines, as_number(shown_number("", *numbers))] if numbers else lines)


class FindsFolded(ForModelAdmin):
    """A list that is searched in what its search_fields hold, and by its rows' number; choosers search by it too.

    numbers: the paths of the numbers that make up a row's own, 3-2-1; empty for rows without.
    """

    numbers: tuple[str, ...] = ()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """The rows in which every word is found, none of them twice; one query before the list's own."""
        finders = [finder(word, numbered=bool(self.numbers)) for word in search_term[:LONGEST].split()]
        paths = tuple(self.get_search_fields(request))
        if not finders or not paths:
            return queryset, False
        plain = queryset.order_by().prefetch_related(None).select_related(None)
        rows = list(plain.values_list("pk", *self.numbers, *paths))
        first = 1 + len(self.numbers)
        found = {
            pk
            for pk, texts in ((row[0], haystack(row[first:], row[1:first])) for row in rows)
            if all(finds(texts) for finds in finders)
        }
        return (queryset.filter(pk__in=found) if len(found) < len(rows) else queryset), False


def has_several_plans(request: HttpRequest) -> bool:
    """Whether lists have to tell plans apart; asked once a request."""
    if "_several_plans" not in vars(request):
        vars(request)["_several_plans"] = len(Plan.objects.values_list("pk")[:2]) > 1
    return vars(request)["_several_plans"]


class PlanFilter(admin.SimpleListFilter):
    """Rows of one plan; there is nothing to choose where there is one plan."""

    title, parameter_name = "計画", "plan"
    # The way from a row to its plan.
    path = "plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The plans by name, none where there is one."""
        return [(str(plan.pk), plan.name) for plan in Plan.objects.all()] if has_several_plans(request) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the plan; all unless one is chosen."""
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(**{f"{self.path}_id": self.value()}) if self.value() in known else queryset


def plan_filter(path: str) -> type[PlanFilter]:
    """The filter for rows whose plan is at the path."""
    return type("PlanFilterBy", (PlanFilter,), {"path": path})


class OfPlans(ForModelAdmin):
    """A list with a column and a filter of the plan, both only where there are several plans.

    plan_path: the way from a row to its plan.
    """

    plan_path = "plan"

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns, the plan first where there are several."""
        return [*(["plan_name"] if has_several_plans(request) else []), *super().get_list_display(request)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The filters, the plan first."""
        several = has_several_plans(request)
        return [*([plan_filter(self.plan_path)] if several else []), *super().get_list_filter(request)]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """What a row shows, its plan among it."""
        shown: Any = super().get_list_select_related(request)
        return [*shown, self.plan_path]

    @admin.display(description="計画")
    def plan_name(self, row: Model) -> str:
        """What the row's plan is called."""
        found: Any = row
        for name in self.plan_path.split("__"):
            found = getattr(found, name)
        return found.name
