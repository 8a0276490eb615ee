"""Opening what somebody uploads as an inquiry workbook; every other kind of file is told what it is."""

import re
from collections.abc import Sequence
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from actionplan.uploads import NOT_XLSX, OLD_CONTAINER, UploadError, check_archive, check_size, open_exactly

Cells = Sequence[ReadOnlyCell | EmptyCell]

AGAIN = "ダウンロードした照会票（.xlsx）に記入して、取り込んでください。"
CSV = f"CSVファイルは照会票として取り込めません。{AGAIN}"
OTHERS = {
    b"%PDF": f"PDFは照会票として取り込めません。{AGAIN}",
    b"PK\x05\x06": f"zipの中が空です。{AGAIN}",
}
ODS = "LibreOfficeの形式（.ods）です。「名前を付けて保存」で「Excel 2007-365（.xlsx）」を選んで、保存し直してください。"
BINARY = "バイナリ形式（.xlsb）のブックです。「Excelブック（.xlsx）」の形式で保存し直してください。"
WIDE = (
    "シート「{title}」で、とても広い範囲のセルが結合されているか、リンクになっています。解除して保存し直してください。"
)
SEVERAL = (
    "照会票をまとめたzipのままでは取り込めません。"
    "zipを開き、中のブック（.xlsx）を選んでください。いくつかまとめて選べます。"
)
RANGES = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*["']([A-Z0-9:$]+)["']""")
# The numbers of rows, and those in the places of cells: <row r="5">, <c r="A5">.
PLACES = re.compile(rb"""<(?:\w+:)?(?:row|c)\s(?:[^>]*?\s)?r\s*=\s*["'][A-Za-z$]*([0-9]+)["']""")
MOST_ROWS = 20_000
FAR_BELOW = "表からずっと下の行に文字があります。使っていない行を削除して保存し直してください。"
MOST_RANGED_CELLS = 100_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


def open_workbook(data: bytes, name: str) -> Workbook:
    """The workbook for reading. name: of the file, as the person called it. Raises UploadError."""
    check_size(data)
    _refuse_other_kinds(data, name)
    check_archive(data)
    try:
        book = open_exactly(data)
        refuse_wide_ranges(book)
        refuse_far_rows(book)
        return book
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


def refuse_wide_ranges(book: Workbook) -> None:
    """Raises UploadError for merges and links over so many cells that marking them would take all memory."""
    for sheet in book.worksheets:
        ranges = (found.decode() for found in RANGES.findall(sheet._get_source().read()))
        if sum(_area(each) for each in ranges) > MOST_RANGED_CELLS:
            raise UploadError(WIDE.format(title=sheet.title))


def refuse_far_rows(book: Workbook) -> None:
    """Raises UploadError for a row or a cell below the last row that Excel has: every row up to it would be made."""
    for sheet in book.worksheets:
        if any(len(number) > 7 or int(number) > LAST_ROW for number in PLACES.findall(sheet._get_source().read())):
            raise UploadError(FAR_BELOW)


def _area(cells: str) -> int:
    first, top, last, bottom = range_boundaries(cells)
    return ((last or LAST_COLUMN) - (first or 1) + 1) * ((bottom or LAST_ROW) - (top or 1) + 1)


def _refuse_other_kinds(data: bytes, name: str) -> None:
    for start, sentence in OTHERS.items():
        if data.startswith(start):
            raise UploadError(sentence)
    if data.startswith(b"PK"):
        _refuse_other_zips(data)
    elif name.lower().endswith((".csv", ".tsv", ".txt")) and not data.startswith(OLD_CONTAINER):
        raise UploadError(CSV)


def _refuse_other_zips(data: bytes) -> None:
    try:
        names = ZipFile(BytesIO(data)).namelist()
    except BadZipFile:
        return
    if "xl/workbook.bin" in names:
        raise UploadError(BINARY)
    if "[Content_Types].xml" not in names and "content.xml" in names:
        raise UploadError(ODS)
    if any(name.lower().endswith(".xlsx") for name in names):
        raise UploadError(SEVERAL)
