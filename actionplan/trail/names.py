"""What the rows are called that records point to, deleted ones too: items as they are asked for, the others at once."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import Group, Permission, User
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject

from actionplan.models import (
    ActionItem,
    ActorType,
    AlikeWords,
    AnnualReport,
    Area,
    Department,
    Measure,
    Partner,
    Plan,
    PlanCategory,
    Policy,
    Succession,
    Tag,
)
from actionplan.words import own_name

Row = TypeVar("Row", bound=Model)
# The columns by which a row is named. What stands above comes first: an item's code is made of its measure's.
NAMED_BY: dict[type[Model], tuple[str, ...]] = {
    Plan: ("title", "short_name"),
    Policy: ("plan_id", "number", "printed_number", "title"),
    Measure: ("policy_id", "number", "printed_number", "title"),
    ActionItem: ("measure_id", "number", "printed_number", "name"),
    ActorType: ("symbol", "label", "order"),
    Area: ("name", "order"),
    Tag: ("name",),
    AlikeWords: ("words",),
    PlanCategory: ("plan_id", "code", "label"),
    AnnualReport: ("plan_id", "key", "fiscal_year", "label_override"),
    Department: ("name", "unit", "order", "in_force_from", "in_force_until", "successor_id", "split_from_id"),
    Partner: ("name",),
    User: ("username", "last_name", "first_name"),
    Group: ("name",),
}
ABOVE: dict[type[Model], tuple[str, type[Model]]] = {
    Policy: ("plan", Plan),
    Measure: ("policy", Policy),
    ActionItem: ("measure", Measure),
    AnnualReport: ("plan", Plan),
}
VERBS = {"add": "追加", "change": "変更", "delete": "削除", "view": "閲覧"}
GONE = "（削除済み）"


class Names:
    """Rows by model and key, each as far as its name goes; of items those that were learnt."""

    def __init__(self) -> None:
        models: list[type[Model]] = [*NAMED_BY, Permission]
        self.rows: dict[type[Model], dict[int | None, Any]] = {model: {} for model in models}
        self.live: set[tuple[type[Model], int]] = set()
        self.asked: set[int] = set()
        facts = list(_facts())
        for model in self.rows:
            self._take(model, facts)

    def learn_items(self, pks: Iterable[int] | None) -> None:
        """Reads the items with these keys, every one when None, unless they have been asked for before; one query."""
        new = None if pks is None else set(pks) - self.asked
        if new is None or new:
            living, dead = _both(ActionItem, new)
            self._take(ActionItem, list(living.union(dead, all=True)))
            self.asked |= new or set()

    def _take(self, model: type[Model], facts: Iterable[tuple]) -> None:
        # The living after the dead: a key that was deleted and given again is the living row's.
        for alive, pk, cells in sorted(facts_of(model, facts), key=lambda fact: fact[0]):
            self.rows[model][pk] = self._row(model, pk, cells)
            if alive:
                self.live.add((model, pk))

    def _row(self, model: Any, pk: int, cells: dict[str, Any]) -> Model:
        if model is Permission:
            return Permission(pk=pk, name=right_label(**cells))
        values = {name: model._meta.get_field(name).to_python(value) for name, value in cells.items()}
        if above := ABOVE.get(model):
            name, upper = above
            # A row whose parent left no trace stands below an empty one.
            values[name] = self.rows[upper].get(values.pop(f"{name}_id")) or self._nobody(upper)
        return model(pk=pk, **values)

    def _nobody(self, model: type[Model]) -> Model:
        blank = {name: 0 if name == "number" else None for name in NAMED_BY[model]}
        return self._row(model, 0, blank)

    def find(self, model: type[Row], pk: int | None) -> Row | None:
        """The row, or None when it left no trace."""
        return self.rows[model].get(pk)

    def of(self, model: type[Model], pk: int | None) -> str:
        """The row's name; nothing for no key, and a word for a row that left no trace."""
        if pk is None:
            return ""
        row = self.find(model, pk)
        if isinstance(row, User):
            return person(row)
        if isinstance(row, Permission):
            return row.name
        return str(row) if row else GONE

    def category(self, report_id: int | None, code: str) -> str:
        """What the report's plan calls a category, or called it before it was deleted; empty when it left no trace."""
        report = self.find(AnnualReport, report_id)
        plan = report.plan_id if report else None
        return self._categories.get((plan, code)) or ""

    @cached_property
    def _categories(self) -> dict[tuple[int | None, str], str]:
        rows = sorted(self.rows[PlanCategory].items(), key=lambda row: (PlanCategory, row[0]) in self.live)
        return {(row.plan_id, row.code): row.label for _, row in rows}

    def living(self, model: type[Row]) -> list[Row]:
        """The rows that are there now."""
        return [row for pk, row in self.rows[model].items() if (model, pk) in self.live]

    def succession(self) -> Succession:
        """The departments and who stands for whom, without asking again."""
        return Succession(self.living(Department))


def person(user: User) -> str:
    """山田 太郎（yamada）; the log-in name alone for an account without a name."""
    whole = own_name(user)
    return f"{whole}（{user.username}）" if whole else user.username


def right_label(codename: str, name: str, app: str, model: str) -> str:
    """項目：変更; a right of the portal's own under its own name."""
    from django.apps import apps

    verb = VERBS.get(codename.partition("_")[0])
    try:
        return f"{apps.get_model(app, model)._meta.verbose_name}：{verb}" if verb else name
    except LookupError:
        return name


def facts_of(model: type[Model], facts: Iterable[tuple]) -> list[tuple[bool, int, dict]]:
    """Whether alive, key and cells of the model's rows."""
    return [(bool(alive), pk, cells) for label, alive, pk, cells in facts if label == model._meta.label]


def _facts() -> QuerySet:
    parts = [part for model in NAMED_BY if model is not ActionItem for part in _both(model)]
    rights = {"codename": "codename", "name": "name", "app": "content_type__app_label", "model": "content_type__model"}
    parts.append(_part(Permission.objects.all(), Permission, 1, "pk", JSONObject(**rights)))
    return parts[0].union(*parts[1:], all=True)


def _both(model: Any, pks: Iterable[int] | None = None) -> tuple[QuerySet, QuerySet]:
    """The model's living and its deleted rows; those with the keys only, unless None."""
    cells = JSONObject(**{name: F(name) for name in NAMED_BY[model]})
    living, dead = model.objects.all(), model.history.filter(history_type="-")
    if pks is not None:
        living, dead = living.filter(pk__in=pks), dead.filter(id__in=pks)
    return _part(living, model, 1, "pk", cells), _part(dead, model, 0, "id", cells)


def _part(rows: QuerySet, model: type[Model], alive: int, key: str, cells: JSONObject) -> QuerySet:
    label = Value(model._meta.label, output_field=CharField())
    facts = {"sort": label, "alive": Value(alive), "place": F(key), "cells": cells}
    return rows.order_by().annotate(**facts).values_list("sort", "alive", "place", "cells")
