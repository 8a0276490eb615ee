"""Which rows a correction touches: the note stands at those rows, and stays with them in later editions."""

from collections.abc import Iterable

from actionplan.models import Edition, EditionRow
from actionplan.publishing.rows import content_of


def note_corrections(rows: Iterable[EditionRow], shown: Edition | None, number: int, note: str) -> None:
    """Writes the note at every row that differs from the edition that citizens see; unchanged rows keep theirs.

    Nothing is written before citizens have seen an edition of the year: what they have not read is not corrected.
    """
    if shown is None:
        return
    before = {row.item_id: row for row in shown.rows.all()}
    for row in rows:
        old = before.get(row.item_id)
        unchanged = old is not None and content_of(old) == content_of(row)
        row.correction_note = old.correction_note if unchanged else f"第{number}版で訂正：{note}"
