"""Which rows a correction touches: the note stands at those rows, and stays with them in later editions."""

from collections.abc import Sequence

from actionplan.models import Edition, EditionRow
from actionplan.publishing.rows import Cells, content_of, printed_cells


def note_corrections(
    rows: Sequence[EditionRow], cells: Sequence[Cells], shown: Edition | None, number: int, note: str
) -> None:
    """Writes the note at every row that differs from the edition that citizens see; unchanged rows keep theirs.

    cells: those of the rows, in the same order. Nothing is written before citizens have seen an edition of the year:
    what they have not read is not corrected.
    """
    if shown is None:
        return
    before = printed_cells(shown)
    notes = dict(shown.rows.values_list("item_id", "correction_note"))
    for row, now in zip(rows, cells, strict=True):
        old = before.get(row.item_id)
        unchanged = old is not None and content_of(old) == content_of(now)
        row.correction_note = notes[row.item_id] if unchanged else f"第{number}版で訂正：{note}"
