"""Where the answers stand in a workbook: by the stamp and by the words of the header, never by a fixed place."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl.cell.cell import Cell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from actionplan.inquiry.layout import (
    ANSWER,
    ANSWER_COLUMNS,
    FIGURES_COLUMN,
    HEADERS,
    AlteredError,
    Column,
    OldVersionError,
    Stamp,
    Trouble,
    known_columns,
    looks_stamped,
    read_stamp,
)
from actionplan.uploads import (
    MERGED,
    NOT_XLSX,
    OLD_CONTAINER,
    UploadError,
    check_size,
    checked_workbook,
    column_letters,
    open_exactly,
    plain_text,
)

Cells = Sequence[ReadOnlyCell | EmptyCell]

FILL_IN = "ダウンロードした照会票に記入し、Excelブック（.xlsx）かLibreOfficeの表（.ods）のまま取り込んでください。"
CSV = f"CSVファイルは照会票として取り込めません。{FILL_IN}"
OTHERS = {
    b"%PDF": f"PDFは照会票として取り込めません。{FILL_IN}",
    b"PK\x05\x06": f"zipの中が空です。{FILL_IN}",
}
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
    data = checked_workbook(data)
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
        ranges = (found.decode() for found in RANGES.findall(_source(sheet)))
        if sum(_area(each) for each in ranges) > MOST_RANGED_CELLS:
            raise UploadError(WIDE.format(title=sheet.title))


def refuse_far_rows(book: Workbook) -> None:
    """Raises UploadError for a row or a cell below the last row that Excel has: every row up to it would be made."""
    for sheet in book.worksheets:
        if any(len(number) > 7 or int(number) > LAST_ROW for number in PLACES.findall(_source(sheet))):
            raise UploadError(FAR_BELOW)


# The stubs of openpyxl know little of a sheet that is only read; hence Any, here and in numbered_rows().
def _source(sheet: Any) -> bytes:
    return sheet._get_source().read()


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
    if any(name.lower().endswith(".xlsx") for name in names):
        raise UploadError(SEVERAL)


SEARCHED_ROWS = 60
MOST_COLUMNS = 60
NUMBER = HEADERS["token"]
# No other table of the portal has these.
OWN_HEADERS = {HEADERS[key] for key in ("last_text", "last_progress", "remark")}
AGAIN = "照会票をダウンロードし直し、答えを書き写してから取り込んでください。"
NO_SHEET = "このブックは照会票ではありません。ダウンロードした照会票に記入して、取り込んでください。"
NO_NUMBERS = f"照会票ですが、「{NUMBER}」の見出しの列が見つかりません。{AGAIN}"
NO_STAMP = f"照会票の1行目の右端にある文字が消えているため、どの課の何年度のものか確かめられません。{AGAIN}"
ALTERED = f"照会票の1行目の右端にある文字が書き換えられているため、取り込めません。{AGAIN}"
OLD_VERSION = f"前の様式の照会票です。新しい{AGAIN}"


@dataclass(frozen=True)
class FoundSheet:
    """The sheet with the answers: its stamp, the row of its header, and what stands below it.

    headers: the words of each header cell, from column A. rows: number and cells of every row below that is not empty.
    merged: ranges of merged cells, as A1:B2. above: the rows over the header.
    """

    title: str
    stamp: Stamp
    head_row: int
    headers: list[str]
    rows: list[tuple[int, Cells]]
    merged: list[str]
    above: list[tuple[int, Cells]] = field(default_factory=list)

    @property
    def known(self) -> dict[str, Column]:
        """The columns that such a workbook may have, by their headers."""
        return {column.header: column for column in known_columns(self.stamp.partner_id)}

    @property
    def always(self) -> list[str]:
        """The headers of the answer columns that every such workbook has."""
        return [each.header for each in self.known.values() if each.kind == ANSWER and each is not FIGURES_COLUMN]

    def columns(self) -> dict[str, int]:
        """The place of each column, from 0, by its key; a column whose header stands there twice is left out."""
        known = self.known
        found = {known[word].key: index for index, word in enumerate(self.headers) if word in known}
        return {key: index for key, index in found.items() if self.headers.count(self.headers[index]) == 1}


def find_sheet(book: Workbook) -> FoundSheet:
    """The only sheet with the answers. Raises UploadError when there is none, or more than one."""
    found = [(sheet, row) for sheet in book.worksheets if (row := _head_row(sheet))]
    if not found:
        raise UploadError(NO_NUMBERS if any(map(_was_inquiry, book.worksheets)) else NO_SHEET)
    if len(found) > 1:
        names = "」「".join(sheet.title for sheet, _ in found)
        raise UploadError(f"照会票のシートが複数あります（「{names}」）。取り込むシートだけを残してください。")
    sheet, head_row = found[0]
    return _found_sheet(sheet, head_row)


def _found_sheet(sheet: ReadOnlyWorksheet, head_row: int) -> FoundSheet:
    stamp = _stamp(sheet, head_row)
    rows = dict(numbered_rows(sheet))
    headers = [header_words(cell.value) for cell in rows.pop(head_row)]
    if headers.count(NUMBER) > 1:
        raise UploadError(f"「{NUMBER}」の見出しの列が2つあります。増やした列を削除してください。")
    below = [(number, cells) for number, cells in rows.items() if number > head_row]
    merged = [found.decode() for found in MERGED.findall(_source(sheet))]
    above = [(number, cells) for number, cells in rows.items() if number < head_row]
    found_sheet = FoundSheet(sheet.title, stamp, head_row, headers, below, merged, above)
    if not set(headers) & {column.header for column in found_sheet.known.values() if column.kind == ANSWER}:
        raise UploadError(f"記入する列（{'・'.join(found_sheet.always)}）の見出しが1つもありません。{AGAIN}")
    return found_sheet


def numbered_rows(sheet: Any, until: int | None = None) -> Iterator[tuple[int, Cells]]:
    """Every row with a value, with its number; the sheet's own word on its size is not trusted."""
    sheet.reset_dimensions()
    empty = None  # openpyxl gives one and the same row for all that are not there: up to a million
    for number, cells in enumerate(sheet.iter_rows(max_row=until, max_col=MOST_COLUMNS), 1):
        if cells is empty:
            continue
        if any(cell.value is not None for cell in cells):
            if number > MOST_ROWS:
                raise UploadError(FAR_BELOW)
            yield number, cells
        else:
            empty = cells


# A header of last year's words that names the year, because another one came before this one.
NAMED_YEAR = re.compile(r"^(?:昭和|平成|令和)(?:元|\d+)年度(?=の実施状況$|の進捗区分$|に書いた文$)")


def header_words(value: object) -> str:
    """A header's words without blanks and line breaks, full-width and half-width letters alike, whatever year stands
    for last year's.
    """
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", plain_text(value)))
    return NAMED_YEAR.sub("昨年度", words)


def has_number_header(cells: Iterable[Cell | ReadOnlyCell | EmptyCell]) -> bool:
    """Whether one of the cells holds the header 照合番号, by which the sheet with the answers is known."""
    return any(header_words(cell.value) == NUMBER for cell in cells)


def _head_row(sheet: ReadOnlyWorksheet) -> int | None:
    rows = numbered_rows(sheet, SEARCHED_ROWS)
    return next((number for number, cells in rows if has_number_header(cells)), None)


def _was_inquiry(sheet: ReadOnlyWorksheet) -> bool:
    """Whether a sheet without its numbers is known by its stamp, or by its other headers."""
    words = {header_words(cell.value) for _, cells in numbered_rows(sheet, SEARCHED_ROWS) for cell in cells}
    return bool(_stamp_text(sheet, SEARCHED_ROWS) or (words & OWN_HEADERS and words & set(ANSWER_COLUMNS.values())))


def _stamp_text(sheet: ReadOnlyWorksheet, until: int) -> str:
    texts = (cell.value for _, cells in numbered_rows(sheet, until) for cell in cells)
    return next((text for text in texts if isinstance(text, str) and looks_stamped(text)), "")


def _stamp(sheet: ReadOnlyWorksheet, head_row: int) -> Stamp:
    text = _stamp_text(sheet, head_row)
    if not text:
        raise UploadError(NO_STAMP)
    try:
        return read_stamp(text)
    except AlteredError as error:
        raise UploadError(ALTERED) from error
    except OldVersionError as error:
        raise UploadError(OLD_VERSION) from error


def missing_answers(sheet: FoundSheet) -> list[str]:
    """The headers of answer columns that every sheet should have and this one does not."""
    return [header for header in sheet.always if header not in sheet.headers]


def head_notes(sheet: FoundSheet) -> Iterator[str]:
    """Sentences about columns that are missing or not known, where nothing has to be mended."""
    missing = missing_answers(sheet)
    if not any(_renamed(sheet, missing)):
        for header in missing:
            yield f"「{header}」の列がないため、この欄の回答は変わりません。"
    for index, header in enumerate(sheet.headers):
        if header and header not in sheet.known and not missing:
            yield f"{column_letters(index)}列の「{header}」は照会票にない列なので、読み取りません。"
    for index, place, words in _under_no_header(sheet):
        if not missing or index >= len(sheet.headers):
            yield f"{place}の「{words}」など、見出しのない{column_letters(index)}列の文字は読み取りません。"


def _under_no_header(sheet: FoundSheet) -> Iterator[tuple[int, str, str]]:
    """Each column without a header in which something stands: its index, the first such cell, and its words."""
    told = {index for index, header in enumerate(sheet.headers) if header}
    for line, cells in sheet.rows:
        for index, cell in enumerate(cells):
            if index not in told and cell.value is not None and (words := plain_text(cell.value).strip()):
                told.add(index)
                yield index, f"{column_letters(index)}{line}", words if len(words) <= 20 else f"{words[:20]}…"


def head_troubles(sheet: FoundSheet) -> Iterator[Trouble]:
    """What is at fault in the header row: a word twice, or a strange one while an answer column is missing."""
    for index, header in enumerate(sheet.headers):
        if header in sheet.known and sheet.headers.index(header) < index:
            yield Trouble(
                _place(sheet, index), f"見出し「{header}」の列が2つあります。どちらかの列を削除してください。"
            )
    yield from _renamed(sheet, missing_answers(sheet))


def _renamed(sheet: FoundSheet, missing: Sequence[str]) -> Iterator[Trouble]:
    """A trouble for each column that may be a missing answer column under another header, or under none."""
    for index, header in enumerate(sheet.headers if missing else ()):
        if header not in sheet.known and (header or _is_filled(sheet, index)):
            what = f"見出し「{header}」は照会票にありません。" if header else "見出しが空です。"
            yield Trouble(_place(sheet, index), f"{what}{_back(sheet, index, missing)}")


def _back(sheet: FoundSheet, index: int, missing: Sequence[str]) -> str:
    own = dict(enumerate(each for each in sheet.known if each != FIGURES_COLUMN.header)).get(index, "")
    names = "".join(f"「{header}」" for header in ([own] if own in missing else missing))
    return f"もとの見出し（{names}）に戻してください。戻すまで、この列の回答は読み取らず、変えません。"


def _place(sheet: FoundSheet, index: int) -> str:
    return f"{column_letters(index)}{sheet.head_row}"


def _is_filled(sheet: FoundSheet, index: int) -> bool:
    return any(index < len(cells) and cells[index].value is not None for _, cells in sheet.rows)
