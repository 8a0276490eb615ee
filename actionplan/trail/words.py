"""Cells in words: choices by their labels, rows by their names, times in the portal's own time; old beside new."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    JSONField,
    ManyToManyField,
    TextField,
)
from django.utils import timezone

from actionplan.models import CategoryField, label_of
from actionplan.scale import DEFAULT
from actionplan.text import as_words
from actionplan.trail.kinds import DELETED, Kind
from actionplan.trail.names import Names
from actionplan.trail.stored import Cells, Stored
from actionplan.wording import Wording, wording_changes
from actionplan.words import plain_day, plain_moment

# From here on a text is folded, and only what differs is shown at first.
LONG = 60
# For each text of a page that may hold fifty of them.
SECONDS = 0.01


@dataclass(frozen=True)
class CellRecord:
    """A cell that changed, by its name on the screen; before and after are whole."""

    label: str
    before: str
    after: str
    running: bool = False

    @property
    def is_long(self) -> bool:
        """Whether the texts are too long to stand side by side in a list."""
        return self.running and max(len(self.before), len(self.after)) > LONG

    @cached_property
    def wording(self) -> Wording:
        """The readable difference of the two texts."""
        return wording_changes(self.before, self.after, SECONDS)

    @property
    def whole(self) -> str:
        """In words, that the text came, went or became another one as a whole; empty when parts of it stayed."""
        if not self.before:
            return f"新しく書かれました（{len(self.after)}字）。"
        if not self.after:
            return f"消されました（{len(self.before)}字）。"
        return "全体が書き換えられました。" if self.wording.rewritten else ""


def changes_of(record: Stored, names: Names) -> tuple[CellRecord, ...]:
    """Every cell that the record changed, in the order of the form; of a new or deleted row, every filled one."""
    return tuple(_changes(record, names))


def _changes(record: Stored, names: Names) -> Iterator[CellRecord]:
    old, new = _both(record)
    for name in (*record.kind.cells, *record.kind.marks):
        if old.get(name) != new.get(name):
            model: Any = record.kind.table if name in record.kind.cells else record.kind.model
            field = model._meta.get_field(name)
            before, after = (_of_row(field, cells, names) for cells in (old, new))
            if before != after:
                yield CellRecord(cell_label(record.kind, name), before, after, isinstance(field, TextField))


def _of_row(field: Field, cells: Cells, names: Names) -> str:
    """The row's cell in words: a category as the plan of its report calls it."""
    value = cells.get(field.attname)
    if isinstance(field, CategoryField) and value:
        return names.category(cells.get("report_id"), value) or DEFAULT.label(value)
    return words(field, value, names)


def _both(record: Stored) -> tuple[Cells, Cells]:
    if record.action == DELETED:
        return record.cells, {}
    if record.before is None and record.action == "~":
        return {}, {}
    return record.before or {}, record.cells


def cell_label(kind: Kind, name: str) -> str:
    """The cell's name on the screen."""
    return label_of(kind.model, name.removesuffix("_id"))


def words(field: Field, value: Any, names: Names) -> str:
    """The cell as a reader knows it; an empty one is an empty text."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, ManyToManyField):
        return "、".join(names.of(field.related_model, pk) for pk in value)
    if isinstance(field, ForeignKey):
        return names.of(field.related_model, value)
    if isinstance(field, BooleanField):
        return as_words(bool(value))
    if isinstance(field, DateTimeField):
        return moment(field.to_python(value))
    if isinstance(field, DateField):
        return plain_day(field.to_python(value))
    if isinstance(field, JSONField):
        return facts(value)
    return str(dict(field.flatchoices).get(value, value))


def facts(value: Any) -> str:
    """A list of words or of facts, each in one piece, by the order of their keys: 3-2-1 市民協働課 項目の名前 記入中.

    PostgreSQL keeps the keys of an object in an order of its own.
    """
    # Inside an object, SQLite hands a list on as the text that it is stored as.
    listed = json.loads(value) if isinstance(value, str) else value
    return "、".join(_fact(each) for each in listed)


def _fact(each: str | dict[str, Any]) -> str:
    return each if isinstance(each, str) else " ".join(str(each[key]) for key in sorted(each) if each[key])


def moment(value: datetime) -> str:
    """2026年4月1日 9時05分, in the portal's own time."""
    # SQLite's JSON writes times without their zone, which is UTC.
    local = timezone.localtime(value if timezone.is_aware(value) else value.replace(tzinfo=UTC))
    return plain_moment(local)
