"""Taking a workbook's answers after they were looked at: compared once more under lock, then all that was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from actionplan.answers.saving import Answer, save_answers
from actionplan.inquiry.compare import ASKED, CHANGED, CellChange, Comparison, ItemChange, compare
from actionplan.inquiry.current_answers import CurrentAnswers, read_current_answers
from actionplan.inquiry.layout import InquiryFile
from actionplan.models import AnnualReport, Person
from actionplan.seen import Moved
from actionplan.voices.saving import Sent, mark_of, write

REASON = "照会票から取り込み"
FROM_PARTNER = "相手方の照会票から取り込み（{}）"
KEEP, TAKE, OTHER = "keep", "take", "other"


@dataclass(frozen=True)
class Decision:
    """What the person decided, looking at a comparison.

    seal: of what was shown. choices: by CellChange.key, keep or take with the digest of the cell (take:3f…).
    good_only: to take the items that are not at fault, although others are.
    """

    seal: str
    choices: Mapping[str, str] = field(default_factory=dict)
    good_only: bool = False

    def about(self, cell: CellChange) -> str:
        """The choice, keep, take or other; empty when nothing was chosen, or when the choice was about other words."""
        choice, _, digest = self.choices.get(cell.key, "").partition(":")
        return choice if choice in (KEEP, TAKE, OTHER) and digest == cell.digest else ""

    def takes(self, cell: CellChange) -> str | None:
        """The words of the file that are to be stored: only those of a plain change are without being chosen."""
        if self.about(cell) == OTHER:
            return cell.other
        return cell.file if cell.kind == CHANGED or self.about(cell) == TAKE else None

    @property
    def keeps_any(self) -> bool:
        """Whether anything was chosen to stay as it is."""
        return any(choice.partition(":")[0] == KEEP for choice in self.choices.values())


class Undecided(RuntimeError):
    """Raised when something still has to be chosen: the fate of cells, or whether to leave out what is at fault.

    comparison: how things stand now.
    """

    def __init__(self, comparison: Comparison) -> None:
        super().__init__("何も保存していません。")
        self.comparison = comparison


@dataclass(frozen=True)
class Taken:
    """What was stored. kept: cells of the file that were not taken, by choice; left_out: troubles left aside.

    read: all answer cells of the file that could be read; taken: those that were stored.
    beside: what else was noticed about the file.
    """

    saved: int
    kept: int
    left_out: int
    read: int = field(default=0, compare=False)
    taken: int = field(default=0, compare=False)
    beside: tuple[str, ...] = field(default=(), compare=False)

    @property
    def receipt(self) -> str:
        """読んだ欄12、保存した欄3、変わらない欄9."""
        left = f"、残した欄{self.kept}" if self.kept else ""
        same = self.read - self.taken - self.kept
        return f"読んだ欄{self.read}、保存した欄{self.taken}{left}、変わらない欄{same}"


@transaction.atomic
def apply_answers(file: InquiryFile, decision: Decision, *, report: AnnualReport, name: str, by: Person) -> Taken:
    """What was stored of the file, in one go. name: the file's own, for the history.

    Raises Moved (now: the comparison as it stands), Undecided, UploadError (another year or department),
    PermissionDenied; then nothing is stored.
    """
    current = read_current_answers(report, [file], by, to_write=True)
    comparison = compare(file, current)
    if comparison.seal != decision.seal:
        raise Moved(now=comparison)
    if undecided(comparison, decision) or (comparison.troubles and not decision.good_only):
        raise Undecided(comparison)
    answers = list(_answers(comparison, decision))
    if file.partner_id:
        saved = _save_voices(file, answers, current, name, by)
    else:
        saved = len(save_answers(answers, by=by, reason=REASON, source=name, rows=current.rows))
    wanted = sum(len(item.cells) for item in comparison.items)
    taken = sum(len(answer.cells) for answer in answers)
    read = sum(len(line.cells) for line in file.good_lines)
    return Taken(saved, wanted - taken, len(comparison.troubles), read, taken, tuple(comparison.notes))


def _save_voices(file: InquiryFile, answers: list[Answer], current: CurrentAnswers, name: str, by: Person) -> int:
    """How many texts of a partner were stored: judged once already, in this transaction."""
    rows = current.voices
    sent = [Sent(each.pk, mark_of(rows[each.pk].text), words) for each in answers for words in each.cells.values()]
    reason = FROM_PARTNER.format(current.title(file))
    may_write = current.standing.may_answer
    return len(write([*rows.values()], sent, may_write, by=by, reason=reason, source=name).saved)


def undecided(comparison: Comparison, decision: Decision) -> list[tuple[ItemChange, CellChange]]:
    """The cells that are asked about and of which nothing was chosen."""
    cells = ((item, cell) for item in comparison.items for cell in item.cells)
    return [(item, cell) for item, cell in cells if cell.kind in ASKED and not decision.about(cell)]


def _answers(comparison: Comparison, decision: Decision) -> Iterator[Answer]:
    for item in comparison.items:
        if cells := {cell.field: words for cell in item.cells if (words := decision.takes(cell)) is not None}:
            yield Answer(item.status.pk, item.status.revision, cells)
