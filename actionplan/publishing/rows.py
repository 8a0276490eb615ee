"""Rows of an edition, built from the live tables and not yet saved."""

from actionplan.models import Department, EditionRow, YearlyStatus
from actionplan.publishing.front_matter import contact_facts
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


def live_row(status: YearlyStatus) -> EditionRow:
    """One row as the live tables word it now; status comes with its item, measure, policy, actors and department."""
    item, measure = status.item, status.item.measure
    return EditionRow(
        item=item,
        policy_number=measure.policy.number,
        policy_title=measure.policy.title,
        measure_number=measure.number,
        measure_title=measure.title,
        measure_relisted=measure.relisted,
        status_heading=measure.status_heading,
        item_number=item.number,
        item_name=item.name,
        content=item.content,
        actor_symbols="".join(actor.symbol for actor in item.actors.all()),
        merged_from=[{"item": old.pk, "code": old.code, "name": old.name} for old in item.predecessors.all()],
        **_year_facts(status),
        **_department_facts(status.department),
    )


def _year_facts(status: YearlyStatus) -> dict:
    return {
        "status": status.text,
        "progress": status.progress,
        "progress_label": status.get_progress_display(),
        "outcome": status.outcome,
        "challenge": status.challenge,
        "next_step": status.next_step,
    }


def _department_facts(department: Department | None) -> dict:
    if department is None:
        return {"department": None, "department_name": "", "department_contact": {}}
    return {
        "department": department,
        "department_name": str(department),
        "department_contact": contact_facts(department),
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
    return {field: getattr(row, field) for field in CONTENT}
