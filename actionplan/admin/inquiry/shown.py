"""A comparison as its page shows it: three texts to a cell, marked where they differ, gravest items first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from actionplan.inquiry.apply_answers import KEEP, TAKE, Decision
from actionplan.inquiry.changes import CHANGED, CONFLICT, EMPTIED, CellChange, Comparison, ItemChange
from actionplan.models import Progress
from actionplan.selectors.wording import Run, wording_changes

# So many bytes are shown in full and marked; a page of more would be slow to make, to load and to read.
FULL_TEXT = 1_200_000
FRAME_OF_A_CELL = 500
BLANK = format_html('<span class="quiet">{}</span>', "（空欄）")
NO_RECORD = format_html('<span class="quiet">{}</span>', "記録なし")
# What a run of text becomes; the words around it are for those who do not see the line through or under it.
MARKS = {
    "same": "{}",
    "added": '<ins><span class="visually-hidden">（追加：</span>{}<span class="visually-hidden">）</span></ins>',
    "removed": '<del><span class="visually-hidden">（削除：</span>{}<span class="visually-hidden">）</span></del>',
}


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
    base = cell.now if cell.issued is None else cell.issued
    texts = _progress(cell) if cell.field == "progress" else _texts(cell, base, marked=marked)
    issued, now, file = texts
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
    labels = dict(Progress.choices)
    return tuple(escape(labels.get(value or "", value or "")) for value in (cell.issued, cell.now, cell.file))


def _texts(cell: CellChange, base: str, *, marked: bool) -> tuple[SafeString, SafeString, SafeString]:
    if not marked:
        return _plain(base), _plain(cell.now), _plain(cell.file)
    theirs, mine = wording_changes(base, cell.now), wording_changes(base, cell.file)
    issued = _plain(base) if mine.rewritten or cell.kind == CONFLICT else _runs(mine.before_runs)
    return (
        issued,
        _plain(cell.now) if theirs.rewritten else _runs(theirs.after_runs),
        _plain(cell.file) if mine.rewritten else _runs(mine.after_runs),
    )


def _plain(text: str) -> SafeString:
    return escape(text) if text.strip() else BLANK


def _runs(runs: Sequence[Run]) -> SafeString:
    if not any(run.text.strip() for run in runs):
        return BLANK
    return format_html_join("", "{}", ((format_html(MARKS[run.kind], run.text),) for run in runs))
