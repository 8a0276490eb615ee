"""The one way in which the texts of related departments and partners change, and their steps through the round.

A text is one box. What was sent is judged row by row under lock, in one transaction; what holds is stored with one
record of change each, and what does not is handed back with its words.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from actionplan import permissions
from actionplan.cells import OPEN_STATES
from actionplan.models import Person, State, Succession, Voice
from actionplan.seen import Moved, fingerprint
from actionplan.text import as_stored, tidy_line_breaks
from actionplan.voices.asked import BATCH, REPORT_ORDER

# Why a text is not taken: somebody else wrote into the same box; not open any more; not ours or gone; not storable.
CLASH, CLOSED, GONE, FAULTY = "clash", "closed", "gone", "faulty"
BOX = re.compile(r"text-([0-9]{1,15})-([0-9a-f]{16})")
STORED = [field.name for field in Voice._meta.concrete_fields if not field.primary_key]


def mark_of(words: str) -> str:
    """The fingerprint of a text, as the name of its box carries it."""
    return fingerprint(words, length=16)


def box_name(voice: Voice) -> str:
    """The name of the text's box; another one as soon as the stored text is another."""
    return f"text-{voice.pk}-{mark_of(voice.text)}"


@dataclass(frozen=True)
class Sent:
    """What stood in a box; shown: the mark of what the page showed there."""

    pk: int
    shown: str
    words: str

    @property
    def is_touched(self) -> bool:
        """Whether it does not say what was shown."""
        return mark_of(self.words) != self.shown


def read_sent(post: Mapping[str, str]) -> list[Sent]:
    """Everything that was sent, in the page's order."""
    found = ((BOX.fullmatch(name), words) for name, words in post.items())
    return [Sent(int(box[1]), box[2], tidy_line_breaks(words)) for box, words in found if box]


@dataclass(frozen=True)
class Refused:
    """A text that is not stored: why, its row as it stands (None when there is none for the writer), the words."""

    why: str
    sent: Sent
    voice: Voice | None = None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """What became of a page that was sent: rows stored, texts refused by primary key, rows handed in."""

    saved: Sequence[Voice]
    refused: Mapping[int, Refused]
    submitted: Sequence[Voice] = ()


def lock(rows: QuerySet[Voice]) -> list[Voice]:
    """The rows with what names them, in report order, locked until the transaction ends."""
    named = rows.select_related("report__plan", "department", "partner", "item__measure__policy")
    return list(named.order_by(*REPORT_ORDER, "pk").select_for_update(of=("self",)))


def judge(sent: Sent, voice: Voice | None, may_write: Callable[[Voice], bool]) -> Refused | None:
    """Why the text cannot be stored; None when it can, or says what stands already. Changes and asks nothing."""
    if voice is None:
        return Refused(GONE, sent)
    words = as_stored(sent.words)
    if words == voice.text:
        return None
    if not may_write(voice):
        return Refused(CLOSED, sent, voice)
    if sent.shown != mark_of(voice.text):
        return Refused(CLASH, sent, voice)
    try:
        Voice._meta.get_field("text").clean(words, voice)
    except ValidationError as error:
        return Refused(FAULTY, sent, voice, tuple(error.messages))
    return None


def write(
    rows: Sequence[Voice],
    sent: Iterable[Sent],
    may_write: Callable[[Voice], bool],
    *,
    by: Person | None,
    reason: str,
    source: str = "",
) -> Written:
    """What became of the texts that were touched. rows: locked, all that the writer may reach.

    by: None for a partner, whom the reason names. source: the name of the file that they came in.
    """
    known, refused, changed = {row.pk: row for row in rows}, {}, []
    for each in sent:
        if not each.is_touched:
            continue
        voice = known.get(each.pk)
        if found := judge(each, voice, may_write):
            refused[each.pk] = found
        elif voice is not None and voice.text != (words := as_stored(each.words)):
            voice.text, voice.answered_by, voice.answered_at = words, by, timezone.now()
            if voice.state == State.NOT_STARTED and voice.says_something:
                voice.state = State.DRAFT
            changed.append(voice)
    store(changed, by=by, reason=reason, source=source)
    return Written(changed, refused)


def store(rows: Sequence[Voice], *, by: Person | None, reason: str, source: str = "") -> None:
    """Stores locked rows, each one revision on with its record of change."""
    for row in rows:
        row.revision += 1
    if rows:
        told = {"default_user": by, "default_change_reason": reason}
        file = {"source_file": source[:255]}
        bulk_update_with_history(rows, Voice, STORED, batch_size=BATCH, **told, custom_historical_attrs=file)


def hand_in(rows: Iterable[Voice], *, by: Person | None, reason: str) -> list[Voice]:
    """The locked rows that were handed in: open ones that say something."""
    found = [row for row in rows if row.state in OPEN_STATES and row.says_something]
    _step(found, State.SUBMITTED, by, reason, submitted_by=by, submitted_at=timezone.now())
    return found


def take_back(rows: Iterable[Voice], *, by: Person) -> list[Voice]:
    """The locked rows that were handed in and are drafts again."""
    found = [row for row in rows if row.state == State.SUBMITTED]
    _step(found, State.DRAFT, by, "提出の取消し", submitted_by=None, submitted_at=None)
    return found


def _step(rows: Sequence[Voice], state: State, by: Person | None, reason: str, **facts: Any) -> None:
    for row in rows:
        row.state = state
        for name, value in facts.items():
            setattr(row, name, value)
    store(rows, by=by, reason=reason)


class StepImpossible(ValueError):
    """Raised when a step of the office cannot be taken; the message is for the person. Nothing is stored then."""


def _ready(seen: Mapping[int, int], by: Person, starts: Iterable[str], step: str) -> list[Voice]:
    """The rows that were seen, locked. Raises PermissionDenied, Moved, StepImpossible."""
    permissions.require(permissions.may_coordinate(by))
    rows = lock(Voice.objects.filter(pk__in=seen))
    if len(rows) < len(seen) or any(row.revision != seen[row.pk] for row in rows):
        raise Moved
    if others := [row for row in rows if row.state not in starts]:
        names = "、".join(f"{row.item.code} {row.source}（{row.get_state_display()}）" for row in others)
        raise StepImpossible(f"いまの状態では「{step}」ができない文があります：{names}")
    return rows


@transaction.atomic
def confirm(seen: Mapping[int, int], *, by: Person) -> int:
    """How many texts were confirmed, each under the name that its writer bears today. seen: revision by primary key."""
    rows, succession, day = _ready(seen, by, [State.SUBMITTED], "確定"), Succession(), timezone.localdate()
    for row in rows:
        row.name = row.source if row.partner_id else str(succession.by_pk[succession.current(row.department_id, day)])
    _step(rows, State.CONFIRMED, by, "確定", confirmed_by=by, confirmed_at=timezone.now())
    return len(rows)


@transaction.atomic
def give_back(seen: Mapping[int, int], *, by: Person, reason: str) -> int:
    """How many texts went back to their writers with the reason."""
    if not reason.strip():
        raise StepImpossible("差戻しの理由を書いてください。書いた課や相手方に表示されます。")
    rows = _ready(seen, by, [State.SUBMITTED, State.CONFIRMED], "差戻し")
    facts = {"return_reason": reason.strip(), "returned_by": by, "returned_at": timezone.now(), "name": ""}
    nobody = {"submitted_by": None, "submitted_at": None, "confirmed_by": None, "confirmed_at": None}
    _step(rows, State.RETURNED, by, f"差戻し：{reason.strip()}", **facts, **nobody)
    return len(rows)


@transaction.atomic
def reopen(seen: Mapping[int, int], *, by: Person, reason: str) -> int:
    """How many confirmed texts are merely handed in again."""
    if not reason.strip():
        raise StepImpossible("確定を取り消す理由を書いてください。")
    rows = _ready(seen, by, [State.CONFIRMED], "確定の取消し")
    facts = {"confirmed_by": None, "confirmed_at": None, "name": ""}
    _step(rows, State.SUBMITTED, by, f"確定の取消し：{reason.strip()}", **facts)
    return len(rows)
