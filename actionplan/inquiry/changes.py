"""What an uploaded workbook would change: cells that say something else, items with such cells, the whole file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from actionplan.inquiry.current_answers import Revision
from actionplan.inquiry.layout import ANSWER_COLUMNS, MOST_NAMED, InquiryFile, Trouble
from actionplan.models import State, YearlyStatus
from actionplan.seen import fingerprint

# A cell that others changed meanwhile; one whose words were taken out; one that was written in. Gravest first.
CONFLICT, EMPTIED, CHANGED = KINDS = ("conflict", "emptied", "changed")


def _short(*facts: object) -> str:
    return fingerprint(*facts, length=12)


def _listed(places: Sequence[str]) -> str:
    more = len(places) - MOST_NAMED
    return "、".join(places[:MOST_NAMED]) + (f"ほか{more}つの欄" if more > 0 else "")


@dataclass(frozen=True)
class CellChange:
    """A cell of the file that says something else: its words as issued, as they stand now, as the file has them.

    place: G7. issued: None when there is no record of what was issued. empties: whether the file's cell says nothing.
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

    @property
    def label(self) -> str:
        """実施状況."""
        return ANSWER_COLUMNS[self.field]

    @property
    def digest(self) -> str:
        """Tells whether a choice was made about these very words."""
        return _short(self.issued, self.now, self.file)


@dataclass(frozen=True)
class ItemChange:
    """An item with cells that say something else."""

    status: YearlyStatus
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
    locked: cells that are not read, in which the file says something else, as D5（項目）.
    """

    file: InquiryFile
    items: tuple[ItemChange, ...]
    unchanged: int
    troubles: tuple[Trouble, ...]
    absent: tuple[YearlyStatus, ...]
    locked: tuple[str, ...] = ()

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
        found = list(self.file.notes)
        if self.locked:
            found.append(f"{_listed(self.locked)}は、いまの一覧と違います。この欄は確認用なので、読み込みません。")
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
