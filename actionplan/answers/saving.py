"""The one way in which answers change: what is written into them, and their steps through the round.

Every way in hands over the same: who, what they have seen, what they say, why, from which file. The rows are locked and
read once, each answer is judged by itself, and what holds is stored, one revision on, with one record of change each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from actionplan import permissions
from actionplan.cells import BY_NAME, NAMES, OPEN_STATES, State, missing_cells, state_once_written
from actionplan.models import Person, Succession, YearlyStatus, record_deletions, sharing_reports
from actionplan.permissions import Standing
from actionplan.seen import Moved, mark_of

WRITTEN = (*NAMES, "state", "answered_by", "answered_at", "copied")
BATCH = 500
# Why an answer is not taken: nothing new; both changed a cell; not open to this person; gone; not storable.
SAME, CLASH, CLOSED, GONE, FAULTY = "same", "clash", "closed", "gone", "faulty"
HANDED_IN = "提出または確定された項目が含まれているため、保存していません。画面を開き直して確かめてください。"
Seen = Mapping[int, int]  # the revision that the person saw, by primary key


@dataclass(frozen=True)
class Answer:
    """What somebody wants an answer to say.

    revision: of the row that they saw. cells: words by cell; one that is not named stays. shown: by cell the mark of
    what they saw; None for a form that shows whole rows. code: what it was called. department: another's, or empty.
    copied: the mark of last year's text, where that was put into it.
    """

    pk: int
    revision: int
    cells: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] | None = None
    code: str = ""
    department: tuple[int | None, ...] = ()
    copied: str = ""

    @property
    def touched(self) -> dict[str, str]:
        """The cells that do not say what was shown."""
        shown = self.shown
        return {name: words for name, words in self.cells.items() if shown is None or shown.get(name) != mark_of(words)}

    def moves(self, row: YearlyStatus) -> bool:
        """Whether it gives the row to another department."""
        return self.department not in ((), (row.department_id,))

    def newer(self, row: YearlyStatus) -> list[str]:
        """The cells of the stored row that do not say what was shown."""
        if self.shown is None:
            return [] if row.revision == self.revision else list(NAMES)
        return [name for name in NAMES if self.shown.get(name) != mark_of(getattr(row, name))]


@dataclass(frozen=True)
class Judgement:
    """What becomes of an answer: what is to be written into its row, or why nothing is.

    row: as it stands; None when gone. why: empty when it is to be stored. clashes: cells that both have changed.
    errors: sentences by cell.
    """

    answer: Answer
    row: YearlyStatus | None
    cells: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    clashes: tuple[str, ...] = ()
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Whether something was asked for that is not stored."""
        return self.why not in ("", SAME)

    @property
    def kept(self) -> list[str]:
        """The labels of the cells that somebody else has changed and that stay as they are."""
        if self.row is None:
            return []
        return [BY_NAME[name].label for name in self.answer.newer(self.row) if name not in self.answer.touched]


def judge(answer: Answer, row: YearlyStatus | None, may_write: Callable[[YearlyStatus], bool]) -> Judgement:
    """What would become of the answer. Changes and asks nothing: a preview is a judgement alone."""
    if row is None:
        return Judgement(answer, None, why=GONE)
    cells = {name: words for name, words in row.tidied(answer.touched).items() if words != getattr(row, name)}
    if not cells and not answer.moves(row):
        return Judgement(answer, row, cells, SAME)
    if not may_write(row):
        return Judgement(answer, row, cells, CLOSED)
    if clashes := [name for name in answer.newer(row) if name in cells or answer.moves(row)]:
        return Judgement(answer, row, cells, CLASH, tuple(clashes))
    errors = faults(row, cells)
    return Judgement(answer, row, cells, FAULTY if errors else "", errors=errors)


def faults(row: YearlyStatus, cells: Mapping[str, str]) -> dict[str, list[str]]:
    """The sentences about words that cannot be stored in the row's cells, by cell; empty when all can."""
    wanted = copy(row)
    for name, words in cells.items():
        setattr(wanted, name, words)
    try:
        wanted.clean_cells(cells)
    except ValidationError as error:
        return error.message_dict
    return {}


class AnswersRefused(ValueError):
    """Raised when cells cannot be stored; errors: sentences by field by primary key of the row."""

    def __init__(self, errors: dict[int, Mapping[str, list[str]]]) -> None:
        super().__init__("保存できない欄があります。")
        self.errors = errors


@transaction.atomic
def save_answers(
    answers: Sequence[Answer],
    *,
    by: Person,
    reason: str,
    source: str = "",
    rows: Mapping[int, YearlyStatus] | None = None,
    may_write: Callable[[YearlyStatus], bool] | None = None,
) -> list[YearlyStatus]:
    """The rows that changed; either everything that was asked for is stored, or nothing.

    reason: why, for the history (照会票から取り込み). source: the file's name, when the answers came in a file.
    rows: by primary key, where the caller has locked them. may_write: the caller's rule; the round's unless told.
    Raises Moved, AnswersRefused, PermissionDenied; then nothing is stored.
    """
    rows = {row.pk: row for row in lock(answer.pk for answer in answers)} if rows is None else rows
    may_write = may_write or permissions.standing_of(by).may_answer
    judged = [judge(answer, rows.get(answer.pk), may_write) for answer in answers]
    _refuse(judged)
    return write(judged, by=by, reason=reason, source=source)


def _refuse(judged: Sequence[Judgement]) -> None:
    closed = [each.row.state for each in judged if each.row is not None and each.why == CLOSED]
    permissions.require(not closed, HANDED_IN if set(closed) - OPEN_STATES else permissions.NOT_ALLOWED)
    newer = [each.row for each in judged if each.row is not None and each.why == CLASH]
    gone = [each.answer.pk for each in judged if each.why == GONE]
    if newer or gone:
        raise rows_moved(newer, gone)
    if errors := {each.answer.pk: each.errors for each in judged if each.errors}:
        raise AnswersRefused(errors)


def write(judged: Iterable[Judgement], *, by: Person, reason: str, source: str = "") -> list[YearlyStatus]:
    """The rows that changed, stored: of each judgement that holds, what it says. Only for locked rows."""
    now, changed = timezone.now(), []
    for each in judged:
        if each.row is None or each.why:
            continue
        for name, words in each.cells.items():
            setattr(each.row, name, words)
        if each.cells:
            each.row.answered_by, each.row.answered_at = by, now
            each.row.copied = each.answer.copied or each.row.copied
        for pk in each.answer.department:
            each.row.department_id = pk
        each.row.state = state_once_written(each.row, each.row.state)
        changed.append(each.row)
    if changed:
        store(changed, [*WRITTEN, "department"], by=by, reason=reason, source=source)
    return changed


def rows_of(pks: Iterable[int], chosen: Q | None = None) -> QuerySet[YearlyStatus]:
    """The stored rows with what names them, always in the same order. chosen: other rows that are wanted besides."""
    wanted = Q(pk__in=list(pks)) if chosen is None else Q(pk__in=list(pks)) | chosen
    rows = YearlyStatus.objects.filter(wanted).order_by("pk")
    return rows.select_related("report__plan", "department", "item__measure__policy")


def lock(pks: Iterable[int], chosen: Q | None = None) -> list[YearlyStatus]:
    """The same, locked until the transaction ends."""
    return sharing_reports(rows_of(pks, chosen).select_for_update(of=("self",)))


def lock_seen(seen: Seen) -> list[YearlyStatus]:
    """The rows, locked; raises Moved when one is gone or has another revision than was seen."""
    rows = lock(seen)
    newer = [row for row in rows if row.revision != seen[row.pk]]
    gone = set(seen) - {row.pk for row in rows}
    if newer or gone:
        raise rows_moved(newer, gone)
    return rows


def rows_moved(newer: Sequence[YearlyStatus], gone: Iterable[int] = ()) -> Moved:
    """The refusal that names the rows which somebody saved or deleted after they were seen."""
    names = "、".join(row.item.code for row in newer)
    return Moved(f"確認していただいた後に、内容が変わりました：{names or '削除された項目'}", now=list(newer), gone=gone)


def store(
    rows: Sequence[YearlyStatus], fields: Iterable[str], *, by: Person | None, reason: str, source: str = ""
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


def remove(rows: Sequence[YearlyStatus], *, by: Person | None, reason: str) -> None:
    """Deletes locked rows of a year that was never published, each with the record of its deletion."""
    record_deletions(rows, by=by, reason=reason)
    # A plain queryset: one question for all rows, where the guarded one asks for each whether an edition rests on it.
    QuerySet(YearlyStatus).filter(pk__in=[row.pk for row in rows])._raw_delete(DEFAULT_DB_ALIAS)


class StepRefused(ValueError):
    """Raised when rows cannot take the step; the message is for the person."""


@dataclass(frozen=True)
class Step:
    """One step: its name in the history, the states it starts from and the one it leads to, and who may take it."""

    name: str
    starts: frozenset[str]
    target: str
    allowed: Callable[[Standing, YearlyStatus], bool]


SUBMIT = Step("提出", OPEN_STATES, State.SUBMITTED, lambda who, row: who.may_submit_for(row.department_id))
TAKE_BACK = Step(
    "提出の取消し", frozenset({State.SUBMITTED}), State.DRAFT, lambda who, row: who.may_take_back_for(row.department_id)
)
IN_PLACE = "課に代わって提出"
CONFIRM = Step("確定", frozenset({State.SUBMITTED}), State.CONFIRMED, lambda who, row: who.coordinates)
REOPEN = Step("確定の取消し", frozenset({State.CONFIRMED}), State.SUBMITTED, lambda who, row: who.coordinates)
RETURN = Step("差戻し", frozenset({State.SUBMITTED, State.CONFIRMED}), State.RETURNED, lambda who, row: who.coordinates)


@transaction.atomic
def submit(seen: Seen, *, by: Person) -> int:
    """How many answers were submitted.

    seen: revision by primary key of each row, as the person saw it.
    Raises StepRefused (also for answers that are not complete), Moved, PermissionDenied.
    """
    return submit_rows(lock_seen(seen), by=by, standing=permissions.standing_of(by))


# Sent by a step when it is stored. rows: the keys of the answers. by: who took it.
step_taken = Signal()


def submit_rows(rows: Sequence[YearlyStatus], *, by: Person, standing: Standing, how: str = "") -> int:
    """The same for rows that the caller has locked. how: for the history, where it was not by the answers page."""
    marks = _by_and_at("submitted")
    return _take(SUBMIT, rows, by, standing, check=refuse_incomplete, marks=marks, reason=how)


@transaction.atomic
def take_back(seen: Seen, *, by: Person) -> int:
    """How many submitted answers are drafts again, or returned ones where nobody mended them. Raises as submit()."""
    return take_back_rows(lock_seen(seen), by=by, standing=permissions.standing_of(by))


def take_back_rows(rows: Sequence[YearlyStatus], *, by: Person, standing: Standing) -> int:
    """The same for rows that the caller has locked."""
    return _take(TAKE_BACK, rows, by, standing, marks=_nobody("submitted"))


@transaction.atomic
def confirm(seen: Seen, *, by: Person, lacked: Sequence[str] = ()) -> int:
    """How many submitted answers were confirmed. Raises as submit(). lacked: parts that they may lack, as before."""
    check, marks = partial(refuse_incomplete, lacked=lacked), _by_and_at("confirmed")
    return _take(CONFIRM, lock_seen(seen), by, permissions.standing_of(by), check=check, marks=marks)


@transaction.atomic
def reopen(seen: Seen, *, by: Person, reason: str) -> int:
    """How many confirmed answers are merely submitted again, so that the office may correct them."""
    if not reason.strip():
        raise StepRefused("確定を取り消す理由を書いてください。")
    return _take(REOPEN, lock_seen(seen), by, permissions.standing_of(by), marks=_nobody("confirmed"), reason=reason)


@transaction.atomic
def return_answers(seen: Seen, *, by: Person, reason: str) -> int:
    """How many answers were handed back to their department, with the reason that it reads."""
    if not reason.strip():
        raise StepRefused("差戻しの理由を書いてください。課の担当者に表示されます。")

    def marks(user: Person, now: datetime) -> dict:
        back = {"return_reason": reason.strip(), "returned_by": user, "returned_at": now}
        return back | _nobody("confirmed")(user, now) | _nobody("submitted")(user, now)

    return _take(RETURN, lock_seen(seen), by, permissions.standing_of(by), marks=marks, reason=reason)


def _by_and_at(step: str) -> Callable[[Person, datetime], dict]:
    return lambda user, now: {f"{step}_by": user, f"{step}_at": now}


def _nobody(step: str) -> Callable[[Person, datetime], dict]:
    return lambda user, now: {f"{step}_by": None, f"{step}_at": None}


def missing_parts(status: YearlyStatus) -> list[str]:
    """What an answer still lacks before it can be submitted, by the names of the cells."""
    return [cell.label for cell in missing_cells(status)]


def refuse_incomplete(rows: Sequence[YearlyStatus], lacked: Sequence[str] = ()) -> None:
    """Raises StepRefused that names every cell that is still empty, those that it may lack aside."""
    parts = [(row.item.code, [part for part in missing_parts(row) if part not in lacked]) for row in rows]
    gaps = [f"{code}（{'・'.join(missing)}）" for code, missing in parts if missing]
    if gaps:
        raise StepRefused(f"まだ書かれていないところがあるため、何も変えていません：{'、'.join(gaps)}")


def is_unmended(status: YearlyStatus) -> bool:
    """Whether the answer came back at some time and nobody has written it since."""
    returned, answered = status.returned_at, status.answered_at
    return bool(returned and (answered is None or answered <= returned))


def is_untouched(status: YearlyStatus) -> bool:
    """Whether the answer came back, is still open, and nobody has written it since."""
    return status.state == State.RETURNED and is_unmended(status)


def _take(
    step: Step,
    rows: Sequence[YearlyStatus],
    by: Person,
    standing: Standing,
    *,
    marks: Callable[[Person, datetime], dict],
    check: Callable[[Sequence[YearlyStatus]], None] = lambda rows: None,
    reason: str = "",
) -> int:
    permissions.require(all(step.allowed(standing, row) for row in rows))
    if strangers := [row for row in rows if row.state not in step.starts]:
        names = "、".join(f"{row.item.code}（{row.get_state_display()}）" for row in strangers)
        raise StepRefused(f"いまの状態では「{step.name}」ができない項目があります：{names}")
    check(rows)
    facts = {"state": step.target, **marks(by, timezone.now())}
    for row in rows:
        _move(row, step, facts)
    if step in (RETURN, REOPEN):
        send_home(rows)
    stood_in = step is SUBMIT and any(standing.stands_in(row.department_id) for row in rows)
    name = f"{step.name}：{reason.strip()}" if reason else IN_PLACE if stood_in else step.name
    store(rows, [*facts, "department"], by=by, reason=name)
    transaction.on_commit(lambda: step_taken.send(step, rows=[row.pk for row in rows], by=by), robust=True)
    return len(rows)


def _move(row: YearlyStatus, step: Step, facts: Mapping[str, object]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    if step is TAKE_BACK and is_unmended(row):
        row.state = State.RETURNED


def send_home(rows: Iterable[YearlyStatus]) -> None:
    """Gives answers that are open again to the department that leads their item now, where theirs was split up.

    rows: locked, with department and item; stored by the caller. What was confirmed or published before keeps the
    name under which it was, in the editions and in the record of changes.
    """
    day = timezone.localdate()
    ended = [row for row in rows if row.department and (row.department.in_force_until or day) < day]
    succession = Succession() if ended else Succession([])
    for row in ended:
        row.department_id = succession.home_of(row.department_id, row.item.lead_department_id, day)
