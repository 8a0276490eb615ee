"""Live tables → an edition not yet saved: the same function feeds preview, publish and the differences."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import orjson

from actionplan.cells import CELLS, NAMES, PUBLISHED
from actionplan.models import ActionItem, AnnualReport, Department, Edition, EditionRow, Measure
from actionplan.publishing.front_matter import contact_facts, live_front_matter, with_missing_actors
from actionplan.text import fold_all


class Answer(NamedTuple):
    """An answer and its item; words: what its cells say, in the order of the list of cells."""

    pk: int
    state: str
    department: int | None
    item: int
    number: int
    name: str
    content: str
    measure: int
    words: tuple[str, ...]


ANSWER_CELLS = ("pk", "state", "department_id")
ITEM_CELLS = ("item_id", "item__number", "item__name", "item__content", "item__measure_id")


@dataclass(frozen=True)
class Ground:
    """The year's answers in page order, and what hangs on them by primary key.

    measures: the cells of an edition's row that a measure and its policy word. departments: as they are called now.
    contacts: their contact blocks. marks: symbols in the legend's order, by item. merged: the items that were merged
    into an item, by that item. items: the primary keys that were asked for, None for the whole year.
    """

    answers: Sequence[Answer]
    measures: Mapping[int, dict[str, Any]]
    departments: Mapping[int | None, str]
    contacts: Mapping[int | None, dict]
    marks: Mapping[int, str]
    merged: Mapping[int, list[dict]]
    items: Collection[int] | None = None

    def code(self, answer: Answer) -> str:
        """The code of the answer's item: 3-2-1."""
        measure = self.measures[answer.measure]
        return f"{measure['policy_number']}-{measure['measure_number']}-{answer.number}"


def ground_of(report: AnnualReport, items: Collection[int] | None = None) -> Ground:
    """The ground of the report as the live tables have it now; items: of these primary keys alone, None for all."""
    measures = {row.pk: _measure_cells(row) for row in Measure.objects.select_related("policy")}
    among = {} if items is None else {"item__in": items}
    found = report.statuses.filter(**among).order_by().values_list(*ANSWER_CELLS, *ITEM_CELLS, *NAMES)
    read = (Answer(*facts[: -len(NAMES)], facts[-len(NAMES) :]) for facts in found)
    answers = sorted(read, key=lambda answer: _place(measures[answer.measure], answer))
    departments = {row.pk: row for row in Department.objects.filter(pk__in={answer.department for answer in answers})}
    return Ground(
        answers,
        measures,
        {pk: str(row) for pk, row in departments.items()},
        {pk: contact_facts(row) for pk, row in departments.items()},
        _marks(report, items),
        _merged(report, items),
        items,
    )


def _measure_cells(measure: Measure) -> dict[str, Any]:
    return {
        "policy_number": measure.policy.number,
        "policy_title": measure.policy.title,
        "measure_number": measure.number,
        "measure_title": measure.title,
        "measure_relisted": measure.relisted,
        "status_heading": measure.status_heading,
    }


def _place(measure: Mapping[str, Any], answer: Answer) -> tuple[int, ...]:
    return (measure["policy_number"], measure["measure_number"], answer.number, answer.item)


def _marks(report: AnnualReport, items: Collection[int] | None) -> Mapping[int, str]:
    marks: dict[int, str] = defaultdict(str)
    chosen = ActionItem.actors.through.objects.filter(**_which("actionitem", report, items))
    for item, symbol in chosen.order_by("actortype__order").values_list("actionitem_id", "actortype__symbol"):
        marks[item] += symbol
    return marks


def _merged(report: AnnualReport, items: Collection[int] | None) -> Mapping[int, list[dict]]:
    merged: dict[int, list[dict]] = defaultdict(list)
    for old in ActionItem.objects.filter(**_which("successor", report, items)).select_related("measure__policy"):
        merged[old.successor_id].append({"item": old.pk, "code": old.code, "name": old.name})
    return merged


def _which(path: str, report: AnnualReport, items: Collection[int] | None) -> dict[str, Any]:
    return {f"{path}__statuses__report": report} if items is None else {f"{path}__in": items}


# What the plan words, and what the year adds: a correction keeps the first as published unless asked otherwise.
WORDING = (
    "policy_number",
    "policy_title",
    "measure_number",
    "measure_title",
    "measure_relisted",
    "status_heading",
    "item_number",
    "item_name",
    "content",
    "actor_symbols",
    "merged_from",
)
YEAR = PUBLISHED
DEPARTMENT = ("department_name", "department_contact")
CONTENT = WORDING + YEAR + DEPARTMENT
# What a row is known and kept by, besides its content.
KEYS = ("item_id", "department_id")
DEFAULTS = [(field.attname, field.get_default()) for field in EditionRow._meta.concrete_fields]
# The cells of a row by field name: KEYS and CONTENT. A year is compared and hashed as these, without a model a row.
Cells = dict[str, Any]


def live_cells(answer: Answer, ground: Ground) -> Cells:
    """One row as the live tables word it now; the answer is one of the ground's."""
    return dict(
        ground.measures[answer.measure],
        item_id=answer.item,
        item_number=answer.number,
        item_name=answer.name,
        content=answer.content,
        actor_symbols=ground.marks.get(answer.item, ""),
        merged_from=ground.merged.get(answer.item, []),
        department_id=answer.department,
        department_name=ground.departments.get(answer.department, ""),
        department_contact=ground.contacts.get(answer.department, {}),
        **_published(answer),
    )


def _published(answer: Answer) -> dict[str, str]:
    pairs = zip(CELLS, answer.words, strict=True)
    return {field: words for cell, value in pairs for field, words in cell.as_published(value).items()}


def printed_cells(edition: Edition, items: Collection[int] | None = None) -> dict[int, Cells]:
    """The edition's rows by item, in page order; items: of these primary keys alone, None for all."""
    rows = edition.rows.all() if items is None else edition.rows.filter(item__in=items)
    return {cells["item_id"]: cells for cells in rows.order_by("position").values(*KEYS, *CONTENT)}


def keep_published_wording(cells: Cells, published: Cells) -> None:
    """Words the row as it was published; the department too, unless another one has taken the item over."""
    kept = WORDING + DEPARTMENT if cells["department_id"] == published["department_id"] else WORDING
    cells.update((field, published[field]) for field in kept)


def page_place(cells: Cells) -> tuple[int, ...]:
    """Where the row stands among the others."""
    return (cells["policy_number"], cells["measure_number"], cells["item_number"], cells["item_id"])


def unsaved_rows(rows: Iterable[Cells], first: int = 1) -> list[EditionRow]:
    """The rows as models, numbered in this order from `first`; every other field at its default."""
    return [_unsaved(position=position, **cells) for position, cells in enumerate(rows, first)]


def _unsaved(**cells: Any) -> EditionRow:
    # By position, which Django builds three times faster than by name.
    return EditionRow(*(cells.get(name, default) for name, default in DEFAULTS))


def content_of(cells: Cells) -> Cells:
    """The row's public content by field name, in one order: what is hashed and compared."""
    return {name: cells[name] for name in CONTENT}


def search_text(row: EditionRow) -> str:
    """The folded shadow of everything a citizen would search the row by."""
    return fold_all(
        row.policy_title,
        row.measure_title,
        row.item_name,
        row.content,
        *(getattr(row, cell.published_words) for cell in CELLS),
        row.department_name,
    )


Wording = Literal["published", "current"]


@dataclass(frozen=True)
class Draft:
    """An edition not yet saved: its front matter, its rows as cells in page order, and the ground they are made of."""

    front_matter: dict
    cells: Sequence[Cells]
    ground: Ground

    @cached_property
    def rows(self) -> Sequence[EditionRow]:
        """The rows as models not yet saved, made when they are asked for first."""
        return unsaved_rows(self.cells)

    @cached_property
    def content_sha256(self) -> str:
        """The hash of the public content."""
        return content_sha256(self.front_matter, self.cells)


def last_edition(report: AnnualReport) -> Edition | None:
    """The highest-numbered edition of the report that has not been withdrawn, scheduled ones included."""
    return report.editions.standing().order_by("-number").first()


def shown_edition(report: AnnualReport) -> Edition | None:
    """The edition of the report that citizens see at this moment."""
    return report.editions.public().order_by("-number").first()


def newest(editions: Sequence[Edition]) -> Edition | None:
    """The last edition among those of one year."""
    return max(editions, key=lambda edition: edition.number, default=None)


def compose(
    report: AnnualReport, wording: Wording = "published", *, editions: Sequence[Edition] | None = None
) -> Draft:
    """The draft of the report's next edition.

    editions: those of the year that have not been withdrawn, when the caller has read them already.

    wording: "published" keeps the plan's text as the last edition printed it, so that later edits of the plan do not
    leak into an old year; "current" takes the plan as it stands now. Items new to the year are worded as now.
    """
    base = base_of(report, wording, editions)
    ground = ground_of(report)
    return Draft(compose_front_matter(report, base), compose_cells(ground, base), ground)


def base_of(report: AnnualReport, wording: Wording, editions: Sequence[Edition] | None = None) -> Edition | None:
    """The edition whose wording of the plan is kept, None for the plan's own; editions: as for compose()."""
    if wording != "published":
        return None
    return last_edition(report) if editions is None else newest(editions)


def compose_front_matter(report: AnnualReport, base: Edition | None) -> dict:
    """The front matter as the base printed it, or as the plan has it now."""
    return with_missing_actors(base.front_matter) if base else live_front_matter(report)


def compose_cells(ground: Ground, base: Edition | None) -> list[Cells]:
    """The ground's rows, worded as in the base and in page order; of the base, its items' rows alone are read."""
    published = printed_cells(base, ground.items) if base else {}
    rows = [live_cells(answer, ground) for answer in ground.answers]
    for cells in rows:
        if cells["item_id"] in published:
            keep_published_wording(cells, published[cells["item_id"]])
    return sorted(rows, key=page_place)


def content_sha256(front_matter: dict, rows: Iterable[Cells]) -> str:
    """The SHA-256, as hex, of the public content: canonical JSON of the front matter and the rows in order.

    Canonical: UTF-8, keys sorted, no blanks; json.dumps with sort_keys, ensure_ascii=False and the shortest separators
    gives the same.
    """
    content = {"front_matter": front_matter, "rows": [content_of(cells) for cells in rows]}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


LIVE = ("item__measure__policy__number", "item__measure__number", "item__number", "item_id")
PRINTED = ("policy_number", "measure_number", "item_number", "item_id")


class DraftRows(Sequence):
    """The rows of the report's next edition; those that are asked for are composed when they are.

    A slice (without a step) reads the order of all items and the cells of its own; Django's paginator takes it as it
    is. Its rows are those of compose(), to the letter.
    """

    def __init__(self, report: AnnualReport, wording: Wording) -> None:
        self._report, self._base = report, base_of(report, wording)
        self._items = self._order()

    @property
    def front_matter(self) -> dict:
        """The draft's front matter."""
        return compose_front_matter(self._report, self._base)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, part: slice) -> list[EditionRow]:
        ground = ground_of(self._report, self._items[part])
        return unsaved_rows(compose_cells(ground, self._base), (part.start or 0) + 1)

    def _order(self) -> list[int]:
        """Every item in page order; one that the base printed stands where it stood there."""
        places = {place[-1]: place for place in self._report.statuses.order_by().values_list(*LIVE)}
        if self._base:
            printed = self._base.rows.order_by().values_list(*PRINTED)
            places |= {place[-1]: place for place in printed if place[-1] in places}
        return sorted(places, key=places.__getitem__)
