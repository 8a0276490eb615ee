"""Rows of an edition, built from the live tables and not yet saved."""

from operator import attrgetter

from actionplan.models import EditionRow, Progress, YearlyStatus
from actionplan.publishing.ground import Ground
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
cells_of = attrgetter(*CONTENT)
DEFAULTS = [(field.attname, field.get_default()) for field in EditionRow._meta.concrete_fields]
PROGRESS_LABELS = dict(Progress.choices)


def live_row(status: YearlyStatus, ground: Ground) -> EditionRow:
    """One row as the live tables word it now; the status is one of the ground's."""
    item, measure = status.item, status.item.measure
    return _unsaved(
        item_id=item.pk,
        policy_number=measure.policy.number,
        policy_title=measure.policy.title,
        measure_number=measure.number,
        measure_title=measure.title,
        measure_relisted=measure.relisted,
        status_heading=measure.status_heading,
        item_number=item.number,
        item_name=item.name,
        content=item.content,
        actor_symbols=ground.marks.get(item.pk, ""),
        merged_from=ground.merged.get(item.pk, []),
        department_id=status.department_id,
        department_name=str(status.department or ""),
        department_contact=ground.contacts.get(status.department_id, {}),
        **_year_facts(status),
    )


def _unsaved(**cells) -> EditionRow:
    """A row with these cells, every other one at its default; by position, which Django builds three times faster."""
    return EditionRow(*(cells.get(name, default) for name, default in DEFAULTS))


def _year_facts(status: YearlyStatus) -> dict:
    return {
        "status": status.text,
        "progress": status.progress,
        "progress_label": PROGRESS_LABELS.get(status.progress, status.progress),
        "outcome": status.outcome,
        "challenge": status.challenge,
        "next_step": status.next_step,
    }


def keep_published_wording(row: EditionRow, published: EditionRow) -> None:
    """Words the row as it was published; the department too, unless another one has taken the item over."""
    kept = WORDING + DEPARTMENT if row.department_id == published.department_id else WORDING
    for field in kept:
        setattr(row, field, getattr(published, field))


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


def content_of(row: EditionRow) -> dict:
    """The row's public content by field name, in one order: what is hashed and compared."""
    return dict(zip(CONTENT, cells_of(row), strict=True))
