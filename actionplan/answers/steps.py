"""The steps of an answer through the round: submitted, taken back, confirmed, reopened, returned with a reason.

Every step takes the revisions that the person looked at, locks the rows, and moves all of them or none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.answers.store import Overtaken, lock_seen, send_home, store
from actionplan.models import State, YearlyStatus
from actionplan.permissions import OPEN_STATES, Standing

Seen = Mapping[int, int]


class StepRefused(ValueError):
    """Raised when rows cannot take the step; the message is the Japanese sentence for the person."""


@dataclass(frozen=True)
class Step:
    """One step: its name in the history, the states it starts from, the state it leads to, and who may take it."""

    name: str
    starts: frozenset[str]
    target: str
    allowed: Callable[[Standing, YearlyStatus], bool]


def _submitter(standing: Standing, status: YearlyStatus) -> bool:
    return standing.may_submit_for(status.department_id)


def _head(standing: Standing, status: YearlyStatus) -> bool:
    return standing.may_take_back_for(status.department_id)


def _coordinator(standing: Standing, status: YearlyStatus) -> bool:
    return standing.coordinates


SUBMIT = Step("提出", OPEN_STATES, State.SUBMITTED, _submitter)
TAKE_BACK = Step("提出の取消し", frozenset({State.SUBMITTED}), State.DRAFT, _head)
IN_PLACE = "課に代わって提出"
CONFIRM = Step("確定", frozenset({State.SUBMITTED}), State.CONFIRMED, _coordinator)
REOPEN = Step("確定の取消し", frozenset({State.CONFIRMED}), State.SUBMITTED, _coordinator)
RETURN = Step("差戻し", frozenset({State.SUBMITTED, State.CONFIRMED}), State.RETURNED, _coordinator)


def submit(seen: Seen, *, by: AbstractBaseUser) -> int:
    """How many answers were submitted.

    seen: revision by primary key of each row, as the person saw it.
    Raises StepRefused (also for answers that are not complete), Overtaken, PermissionDenied.
    """
    return _take(SUBMIT, seen, by, check=refuse_incomplete, marks=_by_and_at("submitted"))


def take_back(seen: Seen, *, by: AbstractBaseUser) -> int:
    """How many submitted answers are drafts again, or returned ones where nobody mended them. Raises as submit()."""
    return _take(TAKE_BACK, seen, by, marks=_nobody("submitted"))


def is_unmended(status: YearlyStatus) -> bool:
    """Whether the answer came back at some time and nobody has written it since."""
    returned, answered = status.returned_at, status.answered_at
    return bool(returned and (answered is None or answered <= returned))


def confirm(seen: Seen, *, by: AbstractBaseUser) -> int:
    """How many submitted answers were confirmed. Raises as submit()."""
    return _take(CONFIRM, seen, by, check=refuse_incomplete, marks=_by_and_at("confirmed"))


def reopen(seen: Seen, *, by: AbstractBaseUser, reason: str) -> int:
    """How many confirmed answers are merely submitted again, so that the office may correct them."""
    _require_reason(reason, "確定を取り消す理由を書いてください。")
    return _take(REOPEN, seen, by, marks=_nobody("confirmed"), reason=reason)


def return_answers(seen: Seen, *, by: AbstractBaseUser, reason: str) -> int:
    """How many answers were handed back to their department, with the reason that it reads."""
    _require_reason(reason, "差戻しの理由を書いてください。課の担当者に表示されます。")

    def marks(user: AbstractBaseUser, now: datetime) -> dict:
        back = {"return_reason": reason.strip(), "returned_by": user, "returned_at": now}
        return back | _nobody("confirmed")(user, now) | _nobody("submitted")(user, now)

    return _take(RETURN, seen, by, marks=marks, reason=reason)


def _require_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise StepRefused(sentence)


def _by_and_at(step: str) -> Callable[[AbstractBaseUser, datetime], dict]:
    return lambda user, now: {f"{step}_by": user, f"{step}_at": now}


def _nobody(step: str) -> Callable[[AbstractBaseUser, datetime], dict]:
    return lambda user, now: {f"{step}_by": None, f"{step}_at": None}


def missing_parts(status: YearlyStatus) -> list[str]:
    """What an answer still lacks before it can be submitted, by the names of the cells."""
    return [cell.label for cell in status.missing_cells()]


def refuse_incomplete(rows: list[YearlyStatus]) -> None:
    """Raises StepRefused that names every cell that is still empty."""
    gaps = [f"{row.item.code}（{'・'.join(missing)}）" for row in rows if (missing := missing_parts(row))]
    if gaps:
        raise StepRefused(f"まだ書かれていないところがあるため、何も変えていません：{'、'.join(gaps)}")


@transaction.atomic
def _take(step: Step, seen: Seen, by: AbstractBaseUser, *, marks: Callable, check=None, reason: str = "") -> int:
    rows = lock_seen(seen)
    standing = permissions.standing_of(by)
    permissions.require(all(step.allowed(standing, row) for row in rows))
    if strangers := [row for row in rows if row.state not in step.starts]:
        names = "、".join(f"{row.item.code}（{row.get_state_display()}）" for row in strangers)
        raise StepRefused(f"いまの状態では「{step.name}」ができない項目があります：{names}")
    if check:
        check(rows)
    facts = {"state": step.target, **marks(by, timezone.now())}
    for row in rows:
        for name, value in facts.items():
            setattr(row, name, value)
        if step is TAKE_BACK and is_unmended(row):
            row.state = State.RETURNED
    if step in (RETURN, REOPEN):
        send_home(rows)
    stood_in = step is SUBMIT and any(standing.stands_in(row.department_id) for row in rows)
    name = f"{step.name}：{reason.strip()}" if reason else IN_PLACE if stood_in else step.name
    store(rows, [*facts, "department"], by=by, reason=name)
    return len(rows)


__all__ = ["Overtaken", "StepRefused", "confirm", "missing_parts", "reopen", "return_answers", "submit", "take_back"]
