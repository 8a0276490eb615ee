"""The person's own workbook given back: what has to be mended is coloured, commented on, and listed in front."""

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from actionplan.apart import read_apart
from actionplan.inquiry.find_sheet import SEARCHED_ROWS, has_number_header
from actionplan.inquiry.layout import AUTHOR, FAULTS, Trouble
from actionplan.inquiry.styles import FONT, GREY, YELLOW
from actionplan.uploads import ExactReader, checked_workbook

COLOUR = "FFC266"  # orange: red is for what came back
COMMENT_SIZE = (380, 120)  # pixels
LIST_WIDTHS = (12, 110)
LEAD = "次のところを直し、保存してから、もう一度取り込んでください。橙色のセルにも、同じことがコメントで付いています。"


def annotated(data: bytes, troubles: Sequence[Trouble]) -> bytes:
    """The workbook with the troubles marked in it, all else as it was; it can be mended and uploaded again.

    data: a workbook that read_inquiry could read. Marks of an earlier time are taken off. Raises UploadError.
    """
    return read_apart(_annotated, data, tuple(troubles))


def _annotated(data: bytes, troubles: Sequence[Trouble]) -> bytes:
    book = _open(data)
    if FAULTS in book.sheetnames:
        del book[FAULTS]
    sheet = next((sheet for sheet in book.worksheets if _is_inquiry(sheet)), None)
    if sheet:
        _take_marks_off(sheet)
        _mark(sheet, troubles)
    if troubles:
        _list_in_front(book, troubles, sheet)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _open(data: bytes) -> Workbook:
    reader = ExactReader(BytesIO(checked_workbook(data)), read_only=False, data_only=False, keep_links=True)
    reader.keeps_runs = True
    reader.read()
    return reader.wb


def _is_inquiry(sheet: Worksheet) -> bool:
    return has_number_header([cell for cell in _cells(sheet) if cell.row <= SEARCHED_ROWS])


def _cells(sheet: Worksheet) -> list[Cell]:
    """The cells that the file names, but those that a merge covers. iter_rows would make every cell of the area:
    millions, for one stray cell."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]


def _take_marks_off(sheet: Worksheet) -> None:
    for cell in _cells(sheet):
        if cell.comment and cell.comment.author == AUTHOR:
            cell.comment = None
            cell.fill = _filled(GREY if cell.protection.locked else YELLOW)


def _mark(sheet: Worksheet, troubles: Sequence[Trouble]) -> None:
    sentences = defaultdict(list)
    for trouble in troubles:
        if trouble.cell:
            sentences[trouble.cell].append(trouble.sentence)
    for place, found in sentences.items():
        cell = sheet[place]
        if not isinstance(cell, MergedCell):
            _mark_cell(cell, "\n".join(found))


def _mark_cell(cell: Cell, sentence: str) -> None:
    own_words = f"\n\n{cell.comment.text}" if cell.comment else ""
    width, height = COMMENT_SIZE
    cell.comment = Comment(sentence + own_words, AUTHOR, height, width)
    cell.fill = _filled(COLOUR)


def _filled(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour.removeprefix("#"))


def _list_in_front(book: Workbook, troubles: Sequence[Trouble], sheet: Worksheet | None) -> None:
    for other in book.worksheets:
        other.sheet_view.tabSelected = False  # two selected sheets would both take what is typed into one
    page = book.create_sheet(FAULTS, 0)
    page.sheet_view.tabSelected = True
    book.active = 0
    page.append([LEAD])
    page.append(["場所", "直すところ"])
    for number, trouble in enumerate(troubles, 3):
        for column, text in enumerate((trouble.cell or "シート全体", trouble.sentence), 1):
            cell = page.cell(number, column)
            cell.value, cell.data_type = text, "s"  # the sentence quotes what people wrote: never a formula
        if trouble.cell and sheet:
            way = Hyperlink(ref="", location=f"{_quoted(sheet.title)}!{trouble.cell}")
            page.cell(number, 1).hyperlink = way
    _dress(page)


def _quoted(title: str) -> str:
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def _dress(page: Worksheet) -> None:
    for letter, width in zip("AB", LIST_WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    for number, row in enumerate(page.iter_rows(), 1):
        for cell in row:
            cell.font = Font(name=FONT, size=11, bold=number <= 2, underline="single" if cell.hyperlink else None)
            cell.alignment = Alignment(wrap_text=number > 1, vertical="top")
    page.freeze_panes = "A3"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
