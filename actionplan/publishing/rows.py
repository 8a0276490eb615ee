"""Rows of an edition, built from the live tables and not yet saved."""

from collections.abc import Collection, Iterable
from typing import Any

from actionplan.models import Edition, EditionRow, Progress
from actionplan.publishing.ground import Answer, Ground
from actionplan.text import fold_all

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
YEAR = ("status", "progress", "progress_label", "outcome", "challenge", "next_step")
DEPARTMENT = ("department_name", "department_contact")
CONTENT = WORDING + YEAR + DEPARTMENT
# What a row is known and kept by, besides its content.
KEYS = ("item_id", "department_id")
DEFAULTS = [(field.attname, field.get_default()) for field in EditionRow._meta.concrete_fields]
PROGRESS_LABELS = dict(Progress.choices)
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
        status=answer.text,
        progress=answer.progress,
        progress_label=PROGRESS_LABELS.get(answer.progress, answer.progress),
        outcome=answer.outcome,
        challenge=answer.challenge,
        next_step=answer.next_step,
    )


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
        row.status,
        row.outcome,
        row.challenge,
        row.next_step,
        row.progress_label,
        row.department_name,
    )
