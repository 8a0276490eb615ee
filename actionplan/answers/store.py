"""Yearly statuses in bulk: locked as they were seen, stored with one revision more and one record of change each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from actionplan import permissions
from actionplan.cells import NAMES
from actionplan.models import Succession, YearlyStatus

WRITTEN = (*NAMES, "state", "answered_by", "answered_at")


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
        row.begin()


def _refuse_faults(rows: Iterable[YearlyStatus]) -> None:
    errors = {row.pk: found for row in rows if (found := faults(row))}
    if errors:
        raise AnswersRefused(errors)


def faults(row: YearlyStatus) -> dict[str, list[str]]:
    """The sentences about cells that cannot be stored, by field; empty when all can."""
    try:
        row.clean_fields(exclude={each.name for each in row._meta.concrete_fields} - set(NAMES))
    except ValidationError as error:
        return error.message_dict
    return {}


def send_home(rows: Iterable[YearlyStatus]) -> None:
    """Gives answers that are open again to the department that leads their item now, where theirs was split up.

    rows: locked, with department and item; stored by the caller. What was confirmed or published before keeps the
    name under which it was, in the editions and in the record of changes.
    """
    day = timezone.localdate()
    ended = [row for row in rows if row.department and row.department.in_force_until]
    ended = [row for row in ended if row.department.in_force_until < day and row.item.lead_department_id]
    if not ended:
        return
    succession = Succession()
    for row in ended:
        lead = succession.current(row.item.lead_department_id, day)
        if lead != succession.current(row.department_id, day) and lead in succession.heirs(row.department_id, day):
            row.department_id = lead


BATCH = 500


class Overtaken(RuntimeError):
    """Raised when somebody saved rows after they were seen; `rows` are the newer ones, `gone` the deleted keys."""

    def __init__(self, rows: Sequence[YearlyStatus], gone: Iterable[int] = ()) -> None:
        self.rows, self.gone = list(rows), sorted(gone)
        names = "、".join(row.item.code for row in self.rows)
        super().__init__(f"確認していただいた後に、内容が変わりました：{names or '削除された項目'}")


def lock(pks: Iterable[int]) -> list[YearlyStatus]:
    """The stored rows with what names them, locked until the transaction ends, always in the same order."""
    rows = YearlyStatus.objects.select_for_update(of=("self",)).filter(pk__in=list(pks)).order_by("pk")
    return list(rows.select_related("report", "department", "item__measure__policy"))


def lock_seen(seen: Mapping[int, int]) -> list[YearlyStatus]:
    """The rows, locked; raises Overtaken when one is gone or has another revision than was seen."""
    rows = lock(seen)
    newer = [row for row in rows if row.revision != seen[row.pk]]
    gone = set(seen) - {row.pk for row in rows}
    if newer or gone:
        raise Overtaken(newer, gone)
    return rows


def store(
    rows: Sequence[YearlyStatus], fields: Iterable[str], *, by: AbstractBaseUser | None, reason: str, source: str = ""
) -> None:
    """Stores the fields of locked rows in bulk, each row one revision on, each with its record of change.

    source: the name of the file that the change came from. Only for rows that lock() gave in this transaction.
    """
    for row in rows:
        row.revision += 1
    bulk_update_with_history(
        rows,
        YearlyStatus,
        [*fields, "revision"],
        batch_size=BATCH,
        default_user=by,
        default_change_reason=reason,
        custom_historical_attrs={"source_file": source[:255]},
    )


def remove(rows: Sequence[YearlyStatus], *, by: AbstractBaseUser | None, reason: str) -> None:
    """Deletes locked rows of a year that was never published, each with the record of its deletion."""
    records = YearlyStatus.history.bulk_history_create(
        rows, batch_size=BATCH, update=True, default_user=by, default_change_reason=reason
    )
    YearlyStatus.history.filter(pk__in=[record.pk for record in records]).update(history_type="-")
    # A plain queryset: one question for all rows, where the guarded one asks for each whether an edition rests on it.
    QuerySet(YearlyStatus).filter(pk__in=[row.pk for row in rows])._raw_delete(DEFAULT_DB_ALIAS)
