"""How the inquiry workbook looks: yellow is to be filled in, grey is not; words say the same as the colours."""

from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from actionplan.exports.tabular import ExactWorksheet

FONT = "BIZ UDGothic"
BODY, SMALL, HEADING, TITLE = 10, 8, 12, 15  # points
LINE, MARGIN, TALLEST = 1.4, 6, 409  # height of a line in sizes; points around the text; Excel's tallest row

YELLOW, STRONG_YELLOW, GREY, RED = "#FFF8DB", "#FFE999", "#F2F2F2", "#FDE7E9"
INK, PALE_INK, LINE_GREY, NAVY, WHITE = "#1A1A1A", "#595959", "#949494", "#00118F", "#FFFFFF"

BASE = {"font_name": FONT, "font_size": BODY, "font_color": INK, "valign": "top"}
CELL = {**BASE, "text_wrap": True, "border": 1, "border_color": LINE_GREY, "num_format": "@"}
BOXED = {**CELL, "valign": "vcenter"}
# Older spreadsheets show a long text in a cell formatted as text as ####; where nobody types, no format is needed.
READ_ONLY = {**CELL, "num_format": "General", "bg_color": GREY}
HEAD = {**CELL, "bold": True, "align": "center", "valign": "vcenter"}
TECHNICAL = {"font_size": SMALL, "font_color": PALE_INK, "text_wrap": False}
STYLES = {
    "title": {**BASE, "font_size": TITLE, "bold": True, "valign": "vcenter"},
    "line": {**BASE, "valign": "vcenter"},
    "call": {**BASE, "font_size": HEADING, "bold": True, "valign": "vcenter"},
    "group": {**BASE, "bold": True, "valign": "bottom"},
    "group_answer": {**BASE, "bold": True, "valign": "bottom", "font_color": NAVY},
    "head": {**HEAD, "bg_color": "#D9D9D9"},
    "head_answer": {**HEAD, "bg_color": NAVY, "font_color": WHITE},
    "shown": READ_ONLY,
    "centred": {**CELL, "bg_color": GREY, "align": "center"},
    "answer": {**CELL, "bg_color": YELLOW, "locked": False},
    "answer_centred": {**CELL, "bg_color": YELLOW, "align": "center", "locked": False},
    "returned": {**READ_ONLY, "bg_color": RED, "bold": True},
    "technical": {**CELL, **TECHNICAL, "bg_color": GREY, "align": "center"},
    "number": {**CELL, **TECHNICAL, "bg_color": GREY, "align": "fill"},
    "stamp": {**BASE, **TECHNICAL, "align": "fill", "num_format": "@"},
    "empty": {"bg_color": STRONG_YELLOW},
    "section": {**BASE, "font_size": HEADING, "bold": True, "bottom": 2, "valign": "vcenter"},
    "text_cell": BOXED,
    "text_head": {**BOXED, "bold": True, "bg_color": GREY},
    "text_yellow": {**BOXED, "bold": True, "bg_color": YELLOW},
    "text_red": {**BOXED, "bold": True, "bg_color": RED},
}


def formats_of(book: Workbook) -> Mapping[str, Format]:
    """The formats of a workbook by the names of their styles."""
    return {name: book.add_format(style) for name, style in STYLES.items()}


def height(lines: int, size: float = BODY) -> float:
    """The height in points of a row that shows so many lines."""
    return min(TALLEST, MARGIN + lines * size * LINE)


class GrowingWorksheet(ExactWorksheet):
    """A worksheet whose rows open at the height they are given, and grow while somebody types into them."""

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence = ()) -> None:
        # XlsxWriter marks every height as set by hand; a spreadsheet never changes such a row again.
        kept = [pair for pair in attributes if pair[0] != "customHeight"] if tag == "row" else attributes
        super()._xml_start_tag_unencoded(tag, kept)
