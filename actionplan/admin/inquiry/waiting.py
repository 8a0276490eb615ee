"""What the list tells of a workbook that waits: what it would change, and which others wait with other words for it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from actionplan.admin.inquiry.files import WaitingInquiry
from actionplan.inquiry.changes import CONFLICT, EMPTIED, CellChange, Comparison


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
        """How many cells somebody else changed meanwhile."""
        return self.comparison.count(CONFLICT)

    @property
    def emptied(self) -> int:
        """How many cells would lose their words."""
        return self.comparison.count(EMPTIED)

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
