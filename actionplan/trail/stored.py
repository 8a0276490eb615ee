"""Records as they are stored: what a row said then, and what it had said before; whole pages of them by two queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import (
    CharField,
    F,
    IntegerField,
    JSONField,
    ManyToManyField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from actionplan.models import ActionItem
from actionplan.trail.kinds import KINDS, Key, Kind

NUMBER = "history_id"
Cells = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """One record. cells: the row's cells then; before: those of the record before it, None when there is none."""

    kind: Kind
    number: int
    object: int
    when: datetime
    who: int | None
    action: str
    reason: str
    source: str
    cells: Cells
    before: Cells | None


def stored_records(keys: Sequence[Key]) -> list[Stored]:
    """The records in the order of the keys, marks and members among their cells. Two queries, however many."""
    numbers = defaultdict(list)
    for kind, number in keys:
        numbers[kind].append(number)
    parts = [_part(KINDS[kind], found) for kind, found in numbers.items()]
    if not parts:
        return []
    rows = {(row[0], row[1]): row for row in parts[0].union(*parts[1:], all=True)}
    marks = _marks(rows.values())
    return [_stored(rows[key], marks) for key in keys if key in rows]


def items_of(records: Iterable[Stored]) -> set[int]:
    """The keys of every item that the records are about or point to."""
    found: set[int | None] = {record.object for record in records if record.kind.model is ActionItem}
    for record in records:
        pointers = [
            field.attname for field in record.kind.model._meta.concrete_fields if field.related_model is ActionItem
        ]
        # Of what only stands below an item, such as evidence, its key is told among the facts.
        names = {*pointers, "item_id"}
        found |= {told.get(name) for told in (record.cells, record.before or {}) for name in names}
    return {pk for pk in found if pk is not None}


def _part(kind: Kind, numbers: Iterable[int]) -> QuerySet:
    paths = {name: name for name in kind.cells} | dict(kind.facts)
    nothing = Value("", output_field=TextField())
    facts = {
        "sort": Value(kind.key, output_field=CharField()),
        "place": F(kind.number),
        "thing": F(kind.object),
        "moment": F(kind.when),
        "person": F(kind.who),
        "deed": kind.action,
        "why": Coalesce(F(kind.reason), nothing, output_field=TextField()),
        "file": F(kind.source) if kind.source else nothing,
        "then": JSONObject(**{name: F(path) for name, path in paths.items()}),
        "earlier": _before(kind) if kind.follows else Cast(Value(None), JSONField()),
    }
    return kind.table.objects.filter(pk__in=numbers).order_by().annotate(**facts).values_list(*facts)


def _before(kind: Kind) -> Subquery:
    earlier = kind.table.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    cells = JSONObject(history_id=F("history_id"), **{name: F(name) for name in kind.cells})
    return Subquery(earlier.order_by("-history_id").values(found=cells)[:1], output_field=JSONField())


def _marks(rows: Iterable[tuple]) -> Mapping[tuple[str, int], dict[str, list[int]]]:
    """The keys of marks and members by kind and number of the record, under the name of their relation."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, number, *_, before in rows:
        wanted[kind] |= {number, *([before[NUMBER]] if before else [])}
    parts = [_marks_part(KINDS[kind], name, numbers) for kind, numbers in wanted.items() for name in KINDS[kind].marks]
    found: dict = defaultdict(lambda: defaultdict(list))
    for kind, name, number, pk in parts[0].union(*parts[1:], all=True) if parts else ():
        found[kind, number][name].append(pk)
    return found


def _marks_part(kind: Kind, name: str, numbers: Iterable[int]) -> QuerySet:
    target = cast(ManyToManyField, kind.model._meta.get_field(name)).m2m_reverse_field_name()
    facts = {
        "sort": Value(kind.key, output_field=CharField()),
        "relation": Value(name, output_field=CharField()),
        "place": F("history_id"),
        "thing": Cast(F(f"{target}_id"), IntegerField()),
    }
    return kind.marks[name].objects.filter(history__in=numbers).order_by().annotate(**facts).values_list(*facts)


def _stored(row: tuple, marks: Mapping) -> Stored:
    key, number, thing, when, who, action, reason, source, cells, before = row
    kind = KINDS[key]
    if before is not None:
        before = _with_marks(kind, before, marks.get((key, before[NUMBER]), {}))
    # The marks of a deleted row are gone before its last record is written: they are those of the record before.
    own = marks.get((key, number), {}) if action != "-" else {name: (before or {}).get(name, []) for name in kind.marks}
    return Stored(kind, number, thing, when, who, action, reason, source, _with_marks(kind, cells, own), before)


def _with_marks(kind: Kind, cells: Cells, marks: Mapping[str, list[int]]) -> Cells:
    return cells | {name: sorted(marks.get(name, ())) for name in kind.marks}
