"""What a staff list's box of search finds: texts read as the public search reads them, and numbers of any dash."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from actionplan.admin import ForModelAdmin
from actionplan.folding import KANJI, MARK, fold
from actionplan.models import Plan
from actionplan.selectors.search import read_words
from actionplan.shadow import TO_HIRAGANA, as_number, reading, shadow
from actionplan.spellings import Word
from actionplan.words import shown_number

NUMBER = re.compile("[0-9]+(-[0-9]+)*")
LONGEST = 200
# Rows up to which the dictionary is asked: a text takes it most of a millisecond, once a process.
MOST_READ = 3_000
# A list of 20,000 items folds 40,000 texts once a process.
folded = lru_cache(maxsize=50_000)(fold)
Finds = Callable[[str], bool]


@lru_cache(maxsize=50_000)
def read(text: str) -> str:
    """The shadow that the public search matches on: the folded text, and what a dictionary knows of its words."""
    return shadow([text])


def finder(word: Word, *, numbered: bool) -> Finds:
    """Whether a haystack has the word. Where rows are numbered 1-1 is no part of 11-1; letters are found anywhere."""
    spellings, loose = word.spellings, fold(word.typed).replace(MARK, "")
    if numbered and NUMBER.fullmatch(loose):
        return lambda texts: any(spelling in texts for spelling in spellings)
    return lambda texts: loose in texts.replace(MARK, "") or any(spelling in texts for spelling in spellings)


def is_near(words: Iterable[Word]) -> Finds:
    """Whether a dictionary may know one of the words in a haystack: it has a kanji of it, or all of it in hiragana."""
    near = {letter for word in words for spelling in word.spellings for letter in _telling(spelling)}
    near |= {fold(reading(word.typed).translate(TO_HIRAGANA)) for word in words}
    return lambda texts: any(each in texts for each in near if each)


def _telling(spelling: str) -> Sequence[str]:
    """The kanji of a word; without any the letter that it begins with."""
    return re.findall(f"[{KANJI}]", spelling) or spelling.strip(MARK)[:1]


def haystack(texts: Iterable[Any], numbers: Sequence[int], reads: Callable[[str], str] = folded) -> str:
    """All that a row may be found by, as `reads` has it, a line each."""
    lines = [reads(str(text)) for text in texts if text]
    return "\n".join([*lines, as_number(shown_number("", *numbers))] if numbers else lines)


class FindsFolded(ForModelAdmin):
    """A list that is searched in what its search_fields hold, and by its rows' number; choosers search by it too.

    numbers: the paths of the numbers that make up a row's own, 3-2-1; empty for rows without.
    """

    numbers: tuple[str, ...] = ()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """The rows in which every word is found, none of them twice; two queries before the list's own."""
        typed, paths = search_term[:LONGEST].split(), tuple(self.get_search_fields(request))
        if not typed or not paths:
            return queryset, False
        words = read_words(typed)
        if len(words) < len(typed):  # a sign alone is nowhere
            return queryset.none(), False
        finders = [finder(word, numbered=bool(self.numbers)) for word in words]
        plain = queryset.order_by().prefetch_related(None).select_related(None)
        rows = list(plain.values_list("pk", *self.numbers, *paths))
        first, near = 1 + len(self.numbers), is_near(words)

        def has_all(row: Sequence[Any], reads: Callable[[str], str]) -> bool:
            texts = haystack(row[first:], row[1:first], reads)
            if all(finds(texts) for finds in finders):
                return True
            return reads is folded and len(rows) <= MOST_READ and near(texts) and has_all(row, read)

        found = {row[0] for row in rows if has_all(row, folded)}
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
