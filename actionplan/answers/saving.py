"""Saving a page of answers: what was touched is laid over what stands there now; what cannot be saved comes back.

An item is saved or refused as a whole. The other items of the page are saved all the same, in one transaction.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from django.db import transaction

from actionplan.admin.rescue import Text
from actionplan.answers import steps
from actionplan.answers.place import Place
from actionplan.answers.steps import missing_parts
from actionplan.answers.store import Answer, faults, lock, save_answers
from actionplan.answers.tally import is_untouched
from actionplan.cells import BY_NAME, NAMES
from actionplan.models import State, YearlyStatus
from actionplan.permissions import OPEN_STATES
from actionplan.text import tidy_line_breaks

STAMP, OTHERS = "seen", "others"
BOX = re.compile(rf"({'|'.join(NAMES)})-([0-9]{{1,15}})-[0-9]+")


def digest(words: str) -> str:
    """A short fingerprint of a cell."""
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def stamp_of(row: YearlyStatus) -> str:
    """What a page that shows this row remembers of it."""
    return "|".join([row.item.code, str(row.revision), *(digest(getattr(row, name)) for name in NAMES)])


def box_name(row: YearlyStatus, cell: str) -> str:
    """The name of a cell's box. It changes with the row: a browser that comes back or reloads fills in what had been
    typed only where the page still shows the row that it was typed over.
    """
    return f"{cell}-{row.pk}-{row.revision}"


@dataclass(frozen=True)
class Sent:
    """What was sent about one item.

    revision: that the page showed; 0 when its stamp is unreadable. shown: digests by cell. cells: words by cell.
    """

    pk: int
    code: str
    revision: int
    shown: dict[str, str]
    cells: dict[str, str]

    @property
    def touched(self) -> dict[str, str]:
        """The cells that do not say what the page showed."""
        return {name: words for name, words in self.cells.items() if self.shown.get(name) != digest(words)}

    def newer(self, row: YearlyStatus) -> list[str]:
        """The cells of the stored row that do not say what the page showed."""
        return [name for name in NAMES if self.shown.get(name) != digest(getattr(row, name))]

    def clashes(self, row: YearlyStatus) -> list[str]:
        """The cells that somebody else and this person have both changed, to different words."""
        return [name for name in self.newer(row) if name in self.touched and self.differs(row, name)]

    def differs(self, row: YearlyStatus, name: str) -> bool:
        """Whether the cell was sent with other words than the stored ones."""
        return name in self.cells and self.cells[name] != getattr(row, name)


def read_sent(post: Mapping[str, str]) -> dict[int, Sent]:
    """Everything that was sent, by the primary key of the item's answer, in the page's order."""
    cells: dict[int, dict[str, str]] = {}
    for name, words in post.items():
        if box := BOX.fullmatch(name):
            cells.setdefault(int(box[2]), {})[box[1]] = tidy_line_breaks(words)
    return {pk: _sent(pk, post.get(f"{STAMP}-{pk}", ""), found) for pk, found in cells.items()}


def _sent(pk: int, stamp: str, cells: dict[str, str]) -> Sent:
    """What was sent about one item; with a stamp that is missing or broken, every cell counts as changed by others."""
    whole = stamp.count("|") == len(NAMES) + 1
    code, revision, *digests = stamp.split("|") if whole else (str(pk), "0")
    known = int(revision) if re.fullmatch(r"[0-9]{1,9}", revision) else 0
    return Sent(pk, code, known, dict(zip(NAMES, digests, strict=False)), cells)


def others_of(rows: list[YearlyStatus]) -> str:
    """The revisions of the rows that stand on other pages, in one field."""
    return " ".join(f"{row.pk}:{row.revision}" for row in rows)


def read_revisions(post: Mapping[str, str]) -> dict[int, int]:
    """The revisions that the page knew of, by primary key: of the items on it, and of those on its other pages."""
    elsewhere = re.findall(r"(?<![0-9])([0-9]{1,15}):([0-9]{1,9})(?![0-9])", post.get(OTHERS, ""))
    here = [(pk[1], stamp) for name, stamp in post.items() if (pk := re.fullmatch(rf"{STAMP}-([0-9]{{1,15}})", name))]
    return {int(pk): int(number) for pk, number in elsewhere} | {
        int(pk): _sent(int(pk), stamp, {}).revision for pk, stamp in here
    }


def sent_texts(post: Mapping[str, str]) -> Iterator[Text]:
    """Every cell that its user wrote or changed, to be given back (see rescue.py)."""
    return texts_of(read_sent(post).values())


def texts_of(sent: Iterable[Sent]) -> Iterator[Text]:
    """The words that were written or changed, named by item and cell."""
    for each in sent:
        for name, words in each.touched.items():
            if words.strip():
                yield Text(f"{each.code} {BY_NAME[name].label}", BY_NAME[name].words(words))


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
    return [BY_NAME[name].label for name in sent.newer(row) if name not in sent.touched]


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
