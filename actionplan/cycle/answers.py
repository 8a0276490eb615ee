"""Writing answers, one or a thousand at once: under lock, all or nothing, never over what the writer has not seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.cycle.rows import Overtaken, lock, store
from actionplan.models import State, YearlyStatus

CELLS = ("text", "progress", "outcome", "challenge", "next_step")
WRITTEN = (*CELLS, "state", "answered_by", "answered_at")


@dataclass(frozen=True)
class Answer:
    """What somebody wants an answer to say.

    revision: of the row that the writer has seen. cells: new values by field; a cell that is not named stays.
    """

    status_id: int
    revision: int
    cells: dict[str, str] = field(default_factory=dict)


class AnswersRefused(ValueError):
    """Raised when cells cannot be stored; errors: sentences by field by primary key of the row."""

    def __init__(self, errors: dict[int, dict[str, list[str]]]) -> None:
        super().__init__("保存できない欄があります。")
        self.errors = errors


@transaction.atomic
def save_answers(
    answers: Sequence[Answer], *, by: AbstractBaseUser, reason: str, source: str = ""
) -> list[YearlyStatus]:
    """The rows that changed, stored with one record of change each; rows that say what is stored are left alone.

    reason: why, for the history (自課の回答で保存). source: the file's name, when the answers came in a file.
    Raises Overtaken, AnswersRefused, PermissionDenied; then nothing is stored.
    """
    wanted = {answer.status_id: answer for answer in answers}
    rows = {row.pk: row for row in lock(wanted)}
    changed = [row for row in rows.values() if differs(row, wanted[row.pk].cells)]
    standing = permissions.standing_of(by)
    permissions.require(all(standing.may_answer_for(row.department_id) for row in rows.values()))
    newer = [row for row in changed if row.revision != wanted[row.pk].revision]
    if newer or len(rows) < len(wanted):
        raise Overtaken(newer, wanted.keys() - rows.keys())
    permissions.require(all(standing.may_answer(row) for row in changed), CLOSED)
    _write(changed, wanted, by)
    _refuse_faults(changed)
    store(changed, WRITTEN, by=by, reason=reason, source=source)
    return changed


CLOSED = "提出または確定された項目が含まれているため、保存していません。画面を開き直して確かめてください。"


def differs(row: YearlyStatus, cells: dict[str, str]) -> bool:
    """Whether one of the cells says something else than the stored row."""
    return any(getattr(row, name) != value for name, value in cells.items())


def _write(rows: Iterable[YearlyStatus], wanted: dict[int, Answer], by: AbstractBaseUser) -> None:
    now = timezone.now()
    for row in rows:
        for name, value in wanted[row.pk].cells.items():
            setattr(row, name, value)
        row.answered_by, row.answered_at = by, now
        if row.state == State.NOT_STARTED:
            row.state = State.DRAFT


def _refuse_faults(rows: Iterable[YearlyStatus]) -> None:
    errors = {row.pk: found for row in rows if (found := faults(row))}
    if errors:
        raise AnswersRefused(errors)


def faults(row: YearlyStatus) -> dict[str, list[str]]:
    """The sentences about cells that cannot be stored, by field; empty when all can."""
    try:
        row.clean_fields(exclude={each.name for each in row._meta.concrete_fields} - set(CELLS))
    except ValidationError as error:
        return error.message_dict
    return {}
