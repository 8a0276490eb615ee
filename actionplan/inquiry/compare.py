"""An uploaded workbook held against the answers, cell by cell: as issued, as they stand now, as the file says."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from actionplan.answers.saving import CLOSED, FAULTY, Answer, judge
from actionplan.cells import BY_NAME
from actionplan.inquiry.current_answers import CurrentAnswers, Revision, writer
from actionplan.inquiry.layout import (
    ANSWER_COLUMNS,
    AnswerLine,
    Doubt,
    InquiryFile,
    Trouble,
)
from actionplan.inquiry.locked_cells import LockedChange, changes_of_locked, locked_notes
from actionplan.inquiry.read_workbook import WaitingInquiry
from actionplan.models import State, Voice, YearlyStatus
from actionplan.seen import fingerprint
from actionplan.voices.saving import Sent, mark_of
from actionplan.voices.saving import judge as judge_voice

# A cell that others changed meanwhile; one that can be read in two ways, or not to the letter; one whose words were
# taken out; one that was written in. Gravest first.
CONFLICT, DOUBT, EMPTIED, CHANGED = KINDS = ("conflict", "doubt", "emptied", "changed")
# Of these one of the readings is chosen.
ASKED = (CONFLICT, DOUBT)


def _short(*facts: object) -> str:
    return fingerprint(*facts, length=12)


@dataclass(frozen=True)
class CellChange:
    """A cell of the file that says something else: its words as issued, as they stand now, as the file has them.

    place: G7. issued: None when there is no record of what was issued. empties: whether the file's cell says nothing.
    doubt: why it is asked about. other: what it says in the other way of reading it.
    saved: the record with which a cell in conflict came to say what it says now, where there is one.
    """

    key: str
    field: str
    place: str
    issued: str | None
    now: str
    file: str
    kind: str
    empties: bool
    saved: Revision | None = None
    doubt: str = ""
    other: str | None = None

    @property
    def label(self) -> str:
        """実施状況."""
        return ANSWER_COLUMNS[self.field]

    @property
    def digest(self) -> str:
        """Tells whether a choice was made about these very words."""
        return _short(self.issued, self.now, self.file, *([self.doubt, self.other] if self.doubt else []))


@dataclass(frozen=True)
class ItemChange:
    """An item with cells that say something else."""

    status: YearlyStatus | Voice
    cells: tuple[CellChange, ...]

    @property
    def kind(self) -> str:
        """The gravest kind among its cells."""
        return min((cell.kind for cell in self.cells), key=KINDS.index)

    @property
    def digest(self) -> str:
        """Tells whether the item was saved since, or anything that is shown of it has changed."""
        return _short(self.status.revision, self.status.state, [cell.digest for cell in self.cells])


@dataclass(frozen=True)
class Comparison:
    """What a file would change.

    unchanged: how many of its items say nothing new; absent: items that have no row in it;
    locked: cells that are only there to be read, in which the file says something else.
    """

    file: InquiryFile
    items: tuple[ItemChange, ...]
    unchanged: int
    troubles: tuple[Trouble, ...]
    absent: tuple[YearlyStatus | Voice, ...]
    locked: tuple[LockedChange, ...] = ()

    def count(self, kind: str) -> int:
        """How many cells are of this kind."""
        return sum(cell.kind == kind for item in self.items for cell in item.cells)

    @property
    def sure(self) -> int:
        """How many items change without anything being chosen or ticked."""
        return sum(any(cell.kind == CHANGED for cell in item.cells) for item in self.items)

    @property
    def submitted(self) -> list[str]:
        """The codes of handed-in answers that it changes: their head has not seen the new words."""
        return [item.status.item.code for item in self.items if item.status.state == State.SUBMITTED]

    @property
    def says_nothing(self) -> bool:
        """Whether nothing would change, and nothing is at fault."""
        return not self.items and not self.troubles

    @property
    def notes(self) -> list[str]:
        """Harmless sentences: what was noticed about the file, and where it differs from the year's list."""
        found = [*self.file.notes, *self.file.unread, *(locked_notes(self.locked) if self.locked else ())]
        if self.absent:
            codes = [status.item.code for status in self.absent]
            found.append(f"この照会票に行のない項目：{'、'.join(codes)}。その項目の回答は変わりません。")
        return found

    @property
    def is_plain(self) -> bool:
        """Whether it may be taken as it is: something changes, nothing is at fault, nothing asks for a look."""
        asks = self.troubles or self.submitted
        return bool(self.items) and not asks and all(item.kind == CHANGED for item in self.items)

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each item by its key, and under 0 that of the troubles."""
        troubles = [str(trouble) for trouble in self.troubles]
        return {"0": _short(troubles)} | {str(item.status.pk): item.digest for item in self.items}

    @property
    def seen(self) -> str:
        """All that is shown, in short: 0:3f… 12:0a…."""
        return " ".join(f"{key}:{digest}" for key, digest in self.digests.items())

    @property
    def seal(self) -> str:
        """One digest of all that is shown."""
        return fingerprint(self.seen)

    def moved_since(self, seen: str) -> list[ItemChange]:
        """The items that are not what they were when this was shown."""
        before = dict(part.split(":", 1) for part in seen.split() if ":" in part)
        return [item for item in self.items if before.get(str(item.status.pk)) != item.digest]


GONE = "この項目は、この年度の一覧にもうありません。この行は取り込めません。"
NOT_ASKED = "この項目は、この年度にこの相手方に頼む項目ではなくなっています。この行は取り込めません。"
OTHER_YEAR = "この行は、ほかの年度の照会票のものです。行を元に戻してください。"
TWICE = "この項目は{first}行目にもあります。どちらかの行を元に戻してください。"
ELSEWHERE = "この項目は、この照会票の課の担当ではありません。この行は取り込めません。担当課を事務局に確認してください。"
SPLIT = "組織改正のあと、この項目は「{department}」の担当です。この行は、その課か事務局が取り込みます。"
NOT_OPEN: dict[str, str] = {
    State.SUBMITTED: "「提出」した項目なので、書き直せません。提出を取り消すか差戻しを受けてから取り込んでください。",
    State.CONFIRMED: "「確定」した項目なので、書き直せません。直すときは、先に事務局が確定を取り消します。",
}
# The office alone may take a partner's workbook, and only what is confirmed is closed to it.
CONFIRMED_VOICE = (
    "確定した文なので、書き直せません。直すときは、先に「関係課と相手方」の画面で確定を取り消してください。"
)


def compare(file: InquiryFile, answers: CurrentAnswers) -> Comparison:
    """The comparison; asks the database nothing. Raises UploadError for a file of another year or department."""
    answers.check(file)
    items: list[ItemChange] = []
    locked: list[LockedChange] = []
    first: dict[int, int] = {}
    troubles, unchanged = list(file.troubles), 0
    good = set(map(id, file.good_lines))
    for line in file.lines:
        item = _item(line, file, answers)
        locked += _locked(line, item, file, answers)
        if id(line) not in good:
            continue
        found = list(_troubles(line, item, file, answers, first.setdefault(line.status_id, line.line)))
        troubles += found
        if item is None or found:
            continue
        if item.cells:
            items.append(item)
        unchanged += not item.cells
    return Comparison(file, tuple(items), unchanged, tuple(troubles), _absent(file, answers), tuple(locked))


def _item(line: AnswerLine, file: InquiryFile, answers: CurrentAnswers) -> ItemChange | None:
    status = answers.row(file, line.status_id)
    if status is None:
        return None
    return ItemChange(status, tuple(_cells(line, status, file, answers)))


NO_DOUBT = Doubt("")


def _cells(
    line: AnswerLine, status: YearlyStatus | Voice, file: InquiryFile, answers: CurrentAnswers
) -> Iterator[CellChange]:
    known = answers.records_for(file)
    record = known.get((status.pk, line.revision))
    for field, raw in line.cells.items():
        words, doubt = status.tidied({field: raw})[field], line.doubts.get(field, NO_DOUBT)
        other = None if doubt.other is None else status.tidied({field: doubt.other})[field]
        now, issued = getattr(status, field), record.cells.get(field) if record else None
        if words in (now, issued) and other in (None, now, issued):
            continue
        empties = BY_NAME[field].is_blank(words)
        kind = CONFLICT if now != issued else DOUBT if doubt.sentence else EMPTIED if empties else CHANGED
        # A text of a partner may bear the number of an answer: in a list of workbooks they are told apart.
        key = f"{'p' if file.partner_id else ''}{status.pk}-{field}"
        saved = writer(known, status, field) if kind == CONFLICT else None
        yield CellChange(
            key, field, file.place(line, field), issued, now, words, kind, empties, saved, doubt.sentence, other
        )


def _locked(
    line: AnswerLine, item: ItemChange | None, file: InquiryFile, answers: CurrentAnswers
) -> Iterator[LockedChange]:
    """What was written into the line's other cells; of another department's nothing is shown."""
    if item is None or (isinstance(item.status, YearlyStatus) and _stranger(item, file, answers)):
        return
    today = partial(answers.locked_text, item.status)
    if keys := line.differing(today):
        yield from changes_of_locked(line, keys, file, today)


def _troubles(
    line: AnswerLine, item: ItemChange | None, file: InquiryFile, answers: CurrentAnswers, first: int
) -> Iterator[Trouble]:
    """What keeps the line from being taken; asks most to least: whose it is, whether it is open, what it says."""
    if first != line.line:
        yield Trouble(f"A{line.line}", TWICE.format(first=first))
    elif item is None:
        yield Trouble(f"A{line.line}", NOT_ASKED if file.partner_id else GONE)
    elif isinstance(item.status, Voice):
        yield from _refused_voice(item, item.status, answers)
    elif sentence := _stranger(item, file, answers):
        yield Trouble(f"A{line.line}", sentence)
    else:
        yield from _refused(item, item.status, answers)


def _stranger(item: ItemChange, file: InquiryFile, answers: CurrentAnswers) -> str:
    if item.status.report_id != answers.report.pk:
        return OTHER_YEAR
    own = answers.standing.may_answer_for(item.status.department_id)
    home, homes = answers.current(item.status.department_id), answers.homes(file)
    if home in homes and len(homes) > 1:
        return "" if own or not item.cells else SPLIT.format(department=answers.name(home))
    return "" if own and (home in homes or not item.cells) else ELSEWHERE


def _refused(item: ItemChange, status: YearlyStatus, answers: CurrentAnswers) -> Iterator[Trouble]:
    """Why saving would refuse the cells, were all of them taken."""
    wanted = {cell.field: cell.file for cell in item.cells}
    judged = judge(Answer(status.pk, status.revision, wanted), status, answers.standing.may_answer)
    if judged.why == CLOSED:
        yield from (Trouble(cell.place, NOT_OPEN.get(status.state, ELSEWHERE)) for cell in item.cells)
    elif judged.why == FAULTY:
        for cell in item.cells:
            yield from (Trouble(cell.place, sentence) for sentence in judged.errors.get(cell.field, ()))


def _refused_voice(item: ItemChange, voice: Voice, answers: CurrentAnswers) -> Iterator[Trouble]:
    for cell in item.cells:
        refused = judge_voice(Sent(voice.pk, mark_of(voice.text), cell.file), voice, answers.standing.may_answer)
        if refused:
            yield from (Trouble(cell.place, sentence) for sentence in refused.sentences or (CONFIRMED_VOICE,))


def _absent(file: InquiryFile, answers: CurrentAnswers) -> tuple[YearlyStatus | Voice, ...]:
    if "" in file.unknown:
        return ()  # any item may be meant by a row that says nothing of itself
    named, homes = {line.status_id for line in file.lines}, answers.homes(file)
    if file.partner_id:
        own = (row for row in answers.voices.values() if row.partner_id == file.partner_id)
        return tuple(row for row in own if row.pk not in named and not _names(row) & file.unknown)
    at_home = (
        row
        for row in answers.rows.values()
        if row.report_id == answers.report.pk and answers.current(row.department_id) in homes
    )
    return tuple(row for row in at_home if row.pk not in named and not _names(row) & file.unknown)


def _names(row: YearlyStatus | Voice) -> set[str]:
    return {row.item.code, row.item.plain_code}


@dataclass(frozen=True)
class Waiting:
    """A workbook that waits: whose it is, what it would change; problem: why it can no longer be taken.

    rivals: the names of other workbooks in the list that say something else in one of the same cells.
    """

    file: WaitingInquiry
    address: str
    department: str = ""
    comparison: Comparison | None = None
    problem: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def conflicts(self) -> int:
        """In how many cells something has to be chosen."""
        return sum(map(self.comparison.count, ASKED)) if self.comparison else 0

    @property
    def emptied(self) -> int:
        """How many cells would lose their words."""
        return self.comparison.count(EMPTIED) if self.comparison else 0

    @property
    def is_plain(self) -> bool:
        """Whether it may be taken as it is."""
        return self.comparison is not None and self.comparison.is_plain and not self.rivals

    @property
    def cells(self) -> Iterator[CellChange]:
        """The cells that it would change."""
        for item in self.comparison.items if self.comparison else ():
            yield from item.cells


def with_rivals(queue: Sequence[Waiting]) -> list[Waiting]:
    """The same list, each workbook with its rivals: nobody takes one of two answers without knowing of the other."""
    said: dict[str, dict[str, str]] = defaultdict(dict)  # by cell: the words of each workbook
    for each in queue:
        for cell in each.cells:
            said[cell.key][each.file.name] = cell.file
    titles = {each.file.name: each.file.title for each in queue}
    return [replace(each, rivals=tuple(titles[name] for name in _rivals(each, said))) for each in queue]


def _rivals(each: Waiting, said: dict[str, dict[str, str]]) -> list[str]:
    found = {name: None for cell in each.cells for name, words in said[cell.key].items() if words != cell.file}
    return list(found)
