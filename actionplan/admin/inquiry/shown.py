"""A comparison as its page shows it: three texts to a cell, gravest items first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from actionplan.admin.inquiry.marks import NO_RECORD, marked_pair, marked_word, plain
from actionplan.inquiry.apply_answers import KEEP, TAKE, Decision
from actionplan.inquiry.changes import CHANGED, CONFLICT, EMPTIED, CellChange, Comparison, ItemChange
from actionplan.models import Progress

# So many bytes are shown in full and marked; a page of more would be slow to make, to load and to read.
FULL_TEXT = 1_200_000
FRAME_OF_A_CELL = 500


@dataclass(frozen=True)
class ShownCell:
    """A cell with its three texts in HTML. same: whether nobody changed it since the workbook was issued."""

    change: CellChange
    issued: SafeString
    now: SafeString
    file: SafeString
    same: bool
    keep: str
    take: str
    chosen: str


@dataclass(frozen=True)
class ShownItem:
    """An item with its cells; moved: whether it has changed since the person last looked."""

    item: ItemChange
    cells: Sequence[ShownCell]
    moved: bool


@dataclass(frozen=True)
class ShownComparison:
    """The items by what they ask of the person; brief: plain changes past what one page shows in full."""

    conflicts: Sequence[ShownItem]
    emptied: Sequence[ShownItem]
    changed: Sequence[ShownItem]
    brief: Sequence[ItemChange]


def shown(
    comparison: Comparison, decision: Decision, moved: Iterable[ItemChange] = (), *, full: bool = False
) -> ShownComparison:
    """The comparison for its page. decision: what the person chose so far; full: everything, however much."""
    changed_since = {item.status.pk for item in moved}
    groups: dict[str, list[ShownItem]] = {CONFLICT: [], EMPTIED: [], CHANGED: []}
    brief: list[ItemChange] = []
    left = FULL_TEXT
    for item in sorted(comparison.items, key=lambda item: item.kind == CHANGED):
        left -= sum(FRAME_OF_A_CELL + 3 * len(cell.now + cell.file) for cell in item.cells)
        if left < 0 and item.kind == CHANGED and not full:
            brief.append(item)
            continue
        cells = [_cell(cell, decision, marked=left >= 0) for cell in item.cells]
        groups[item.kind].append(ShownItem(item, cells, item.status.pk in changed_since))
    return ShownComparison(groups[CONFLICT], groups[EMPTIED], groups[CHANGED], brief)


def _cell(cell: CellChange, decision: Decision, *, marked: bool) -> ShownCell:
    issued, now, file = _progress(cell) if cell.field == "progress" else _texts(cell, fine=marked)
    return ShownCell(
        cell,
        NO_RECORD if cell.issued is None else issued,
        now,
        file,
        cell.now == cell.issued,
        f"{KEEP}:{cell.digest}",
        f"{TAKE}:{cell.digest}",
        decision.about(cell),
    )


def _progress(cell: CellChange) -> tuple[SafeString, SafeString, SafeString]:
    base, against = _base(cell), cell.kind == CONFLICT
    return (
        _category(base, "same" if against else "removed"),
        _category(cell.now, "same" if cell.now == base else "added"),
        _category(cell.file, "same" if cell.file == base else "added"),
    )


def _category(value: str, kind: str) -> SafeString:
    label = dict(Progress.choices).get(value, value)
    return marked_word(label, "same" if value == Progress.UNSET else kind)


def _texts(cell: CellChange, *, fine: bool) -> tuple[SafeString, SafeString, SafeString]:
    base = _base(cell)
    before, file = marked_pair(base, cell.file, fine=fine)
    now = marked_pair(base, cell.now, fine=fine)[1]
    return plain(base) if cell.kind == CONFLICT else before, now, file


def _base(cell: CellChange) -> str:
    """What the others are held against: the words as issued, or as they stand where there is no record of those."""
    return cell.now if cell.issued is None else cell.issued
