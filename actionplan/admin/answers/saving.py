"""Saving a page of answers: what was touched is laid over what stands there now; what cannot be saved comes back.

An item is saved or refused as a whole. The other items of the page are saved all the same, in one transaction.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace

from django.db import transaction

from actionplan.admin.answers.place import Place
from actionplan.admin.answers.sent import LABELS, Sent
from actionplan.admin.answers.tally import is_untouched
from actionplan.cycle import steps
from actionplan.cycle.answers import Answer, faults, save_answers
from actionplan.cycle.rows import lock
from actionplan.cycle.steps import missing_parts
from actionplan.models import State, YearlyStatus
from actionplan.permissions import OPEN_STATES

REASON = "自課の回答で保存"
CLASH, CLOSED, GONE, FAULTY = "clash", "closed", "gone", "faulty"


@dataclass(frozen=True)
class Refused:
    """An item that was not saved: why, what was sent, and the row as it stands (None when the page has it no more).

    clashes: cells that both have changed. errors: sentences by cell.
    """

    why: str
    sent: Sent
    row: YearlyStatus | None
    clashes: tuple[str, ...] = ()
    errors: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a page: the answers that changed, the items that were refused, and, by code, the cells that
    somebody else had changed and that stand beside ours now.

    unseen: open answers that stand otherwise than the page showed. lacking: those that miss a part.
    untouched: those that came back and that nobody has written anew.
    submitted: how many were handed in.
    """

    saved: list[YearlyStatus]
    refused: dict[int, Refused]
    merged: dict[str, list[str]]
    unseen: tuple[YearlyStatus, ...] = ()
    lacking: tuple[YearlyStatus, ...] = ()
    untouched: tuple[YearlyStatus, ...] = ()
    submitted: int = 0


@transaction.atomic
def save(place: Place, sent: Iterable[Sent]) -> Outcome:
    """What became of the items whose boxes were touched."""
    touched = {each.pk: each for each in sent if each.touched}
    rows = {row.pk: row for row in lock(touched)}
    refused = {pk: why for pk, each in touched.items() if (why := _refusal(each, rows.get(pk), place))}
    written = [each for pk, each in touched.items() if pk not in refused and _says_more(each, rows[pk])]
    answers = [Answer(each.pk, rows[each.pk].revision, each.touched) for each in written]
    saved = save_answers(answers, by=place.user, reason=REASON) if answers else []
    merged = {each.code: names for each in written if (names := _kept(each, rows[each.pk]))}
    return Outcome(saved, refused, merged)


def _says_more(sent: Sent, row: YearlyStatus) -> bool:
    return any(sent.differs(row, name) for name in sent.touched)


def _refusal(sent: Sent, row: YearlyStatus | None, place: Place) -> Refused | None:
    """Why the item cannot be saved; None when it can, or when everything that was written stands there already."""
    if row is None or not place.holds(row):
        return Refused(GONE, sent, None)
    if not _says_more(sent, row):
        return None
    if not place.standing.may_answer(row):
        return Refused(CLOSED, sent, row)
    if clashes := sent.clashes(row):
        return Refused(CLASH, sent, row, tuple(clashes))
    errors = faults(_with_words(row, sent.touched))
    return Refused(FAULTY, sent, row, errors=errors) if errors else None


def _with_words(row: YearlyStatus, cells: Mapping[str, str]) -> YearlyStatus:
    wanted = copy(row)
    for name, words in cells.items():
        setattr(wanted, name, words)
    return wanted


def _kept(sent: Sent, row: YearlyStatus) -> list[str]:
    """The names of the cells that somebody else changed and that this save leaves as they are."""
    return [LABELS[name] for name in sent.newer(row) if name not in sent.touched]


@transaction.atomic
def save_and_submit(place: Place, sent: Iterable[Sent], known: Mapping[int, int], *, anyway: bool = False) -> Outcome:
    """What became of the page and of handing it in: all open answers of the department, or none of them.

    known: the revisions that the page showed, of every item. anyway: answers that came back go in untouched, too.
    Whatever stands in the way, the draft is saved.
    """
    sent = list(sent)
    found = lock({*place.rows(), *(each.pk for each in sent)})
    before = {row.pk: row.revision for row in found if place.holds(row) and row.state in OPEN_STATES}
    outcome = save(place, sent)
    rows = lock(before)
    unseen = tuple(row for row in rows if known.get(row.pk) != before[row.pk])
    lacking = tuple(row for row in rows if missing_parts(row))
    untouched = () if anyway else tuple(row for row in rows if is_untouched(row))
    if outcome.refused or unseen or lacking or untouched or not rows:
        return replace(outcome, unseen=unseen, lacking=lacking, untouched=untouched)
    return replace(outcome, submitted=steps.submit({row.pk: row.revision for row in rows}, by=place.user))


@transaction.atomic
def take_back(place: Place, only: int | None = None) -> int:
    """How many submitted answers of the department (or this one alone) are drafts again. Raises PermissionDenied."""
    rows = [row for row in lock(place.rows()) if row.state == State.SUBMITTED and only in (None, row.pk)]
    return steps.take_back({row.pk: row.revision for row in rows}, by=place.user) if rows else 0
