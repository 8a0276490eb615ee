"""OpenDocument sheets (.ods, of LibreOffice and Excel), turned into the workbooks that every reader of ours takes.

Each cell as its writer saw it: struck words, hidden rows and columns, comments, shapes and further sheets come along,
so that whatever is told of an .xlsx is told of an .ods. odfdo reads the file; it asks for nothing but lxml.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import xlsxwriter

from actionplan.apart import UploadError
from actionplan.archives import BROKEN, check_archive, check_open_sheet
from actionplan.exports.tabular import LONGEST_CELL

OPTIONS = {"in_memory": True, "strings_to_urls": False, "nan_inf_to_errors": True, "remove_timezone": True}
NOT_ODS = "LibreOfficeの表（.ods）として読めません。表計算ソフトで開いて、保存し直してください。"
FAR = "表の外の遠い行か列にセルがあります。使っていない行と列を削除して保存し直してください。"
LONG = "{row}行目の{column}列目：文字が長すぎます（{length}字）。{most}字以内にしてください。"
LAST_ROW, LAST_COLUMN, MOST_CELLS, MOST_MERGED = 100_000, 1_024, 300_000, 10_000
# The smallest picture there is: it stands for one that is not read, so that it is counted.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)
ROWS, CELLS = "descendant::table:table-row", "table:table-cell|table:covered-table-cell"
DRAWN = "|".join(f"descendant::draw:{kind}" for kind in ("frame", "custom-shape", "rect", "ellipse", "line", "caption"))
TARGET = re.compile(r"\.\$?([A-Z]{1,3})\$?(\d{1,7})(?::[^ ]*?\.\$?([A-Z]{1,3})\$?(\d{1,7}))?")
NUMBER = re.compile(r"([^\d.,+-]*)(-?)(\d[\d,]*)(?:\.(\d+))?([^\d.,]*)")
NUMERIC = {"float", "percentage", "currency"}
# A format of which nobody can tell how it stood on the screen.
UNTOLD = "# ?/?"
Run = tuple[str, bool]  # words, and whether they are struck through


def is_open_sheet(data: bytes) -> bool:
    """Whether the bytes are an OpenDocument file rather than a workbook of Excel."""
    try:
        names = ZipFile(BytesIO(data)).namelist() if data.startswith(b"PK") else []
    except BROKEN:
        return False
    return "content.xml" in names and "[Content_Types].xml" not in names


def as_workbook(data: bytes) -> bytes:
    """An .ods as a workbook (.xlsx); any other file as it is. Only for the process that reads apart.

    Raises UploadError.
    """
    if not is_open_sheet(data):
        return data
    check_open_sheet(data)
    try:
        return _Turned(data).workbook()
    except UploadError:
        raise
    except Exception as error:  # odfdo and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_ODS) from error


def checked_workbook(data: bytes) -> bytes:
    """The same, refused when it is none, or swells. Raises UploadError."""
    data = as_workbook(data)
    check_archive(data)
    return data


@dataclass
class _Place:
    row: int
    column: int


class _Turned:
    """One file on its way from the one form to the other."""

    def __init__(self, data: bytes) -> None:
        from odfdo import Document  # loaded by the child that needs it, never by the worker

        self.document = Document(BytesIO(data))
        if self.document.get_type() != "spreadsheet":
            raise UploadError(NOT_ODS)
        self.stream = BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, OPTIONS)
        self.struck = self.book.add_format({"font_strikeout": True})
        self.plain = self.book.add_format()
        self.form = cache(lambda number, struck: self.book.add_format({"num_format": number, "font_strikeout": struck}))
        self.strikes = cache(self._strikes)
        self.cells = 0

    def workbook(self) -> bytes:
        """The whole of it."""
        for table in self.document.body.tables:
            sheet = self.book.add_worksheet()
            sheet.name = table.name or sheet.name  # as it is: names that Excel would not have are read all the same
            self._hide(sheet, table)
            self._columns(sheet, table)
            self._rows(sheet, table)
            self._conditions(sheet, table)
            self._drawn(sheet, table)
        self.book.close()
        return self.stream.getvalue()

    def _hide(self, sheet: Any, table: Any) -> None:
        style = self._style("table", table.style)
        if style and (style.get_properties(area="table") or {}).get("table:display") == "false":
            sheet.hide()

    def _columns(self, sheet: Any, table: Any) -> None:
        first = 0
        for column in table.get_elements("descendant::table:table-column"):
            last = first + (column.repeated or 1) - 1
            if first < LAST_COLUMN and _is_hidden(column):
                sheet.set_column(first, min(last, LAST_COLUMN - 1), None, None, {"hidden": True})
            first = last + 1

    def _rows(self, sheet: Any, table: Any) -> None:
        number = 0
        for row in table.get_elements(ROWS):
            cells, times = list(_filled(row)), row.repeated or 1
            if cells:
                if number + times > LAST_ROW:
                    raise UploadError(FAR)
                for line in range(number, number + times):
                    self._row(sheet, line, cells, hidden=_is_hidden(row))
            number += times

    def _row(self, sheet: Any, line: int, cells: Iterable[tuple[int, Any]], *, hidden: bool) -> None:
        if hidden:
            sheet.set_row(line, None, None, {"hidden": True})
        for column, cell in cells:
            self.cells += 1
            if column >= LAST_COLUMN or self.cells > MOST_CELLS:
                raise UploadError(FAR)
            self._merge(sheet, _Place(line, column), cell)
            self._cell(sheet, _Place(line, column), cell)
            for note in cell.get_elements("office:annotation"):
                author = "".join(each.text for each in note.get_elements("dc:creator"))
                sheet.write_comment(line, column, _words(note), {"author": author})

    def _merge(self, sheet: Any, at: _Place, cell: Any) -> None:
        down, across = (int(cell.get_attribute(f"table:number-{what}-spanned") or 1) for what in ("rows", "columns"))
        if down * across > MOST_MERGED:
            raise UploadError(FAR)
        if down * across > 1:
            sheet.merge_range(at.row, at.column, at.row + down - 1, at.column + across - 1, "")

    def _cell(self, sheet: Any, at: _Place, cell: Any) -> None:
        struck, place = bool(self.strikes("table-cell", cell.style)), (at.row, at.column)
        runs = [run for run in self._runs(cell, struck=struck) if run[0]]
        shown = "".join(words for words, _ in runs)
        if cell.formula:
            sheet.write_formula(*place, "=" + cell.formula.partition("=")[2], None, _result(cell, shown))
        elif cell.type in NUMERIC:
            sheet.write_number(*place, float(cell.value), self.form(_number_format(float(cell.value), shown), struck))
        elif cell.type == "boolean":
            sheet.write_boolean(*place, bool(cell.value))
        elif cell.type == "time":
            sheet.write_datetime(*place, _duration(cell), self.form("[h]:mm:ss", struck))
        elif cell.type == "date" and isinstance(cell.value, date):
            sheet.write_datetime(*place, cell.value, self.form("yyyy/mm/dd hh:mm", struck))
        elif runs:
            self._text(sheet, at, runs)

    def _text(self, sheet: Any, at: _Place, runs: Sequence[Run]) -> None:
        text = "".join(words for words, _ in runs)
        if (length := len(text.encode("utf-16-le")) // 2) > LONGEST_CELL:
            raise UploadError(LONG.format(row=at.row + 1, column=at.column + 1, length=length, most=LONGEST_CELL))
        if all(struck for _, struck in runs):
            sheet.write_string(at.row, at.column, text, self.struck)
        elif any(struck for _, struck in runs):
            parts = [part for words, struck in runs for part in (self.struck if struck else self.plain, words)]
            sheet.write_rich_string(at.row, at.column, *parts)
        elif text.startswith("<r>"):  # XlsxWriter would take it for markup of its own
            sheet.write_rich_string(at.row, at.column, self.plain, text[:1], self.plain, text[1:])
        else:
            sheet.write_string(at.row, at.column, text)

    def _runs(self, cell: Any, *, struck: bool) -> Iterator[Run]:
        for number, paragraph in enumerate(cell.get_elements("text:p")):
            if number:
                yield "\n", struck
            yield from self._inner(paragraph, struck=struck)

    def _inner(self, element: Any, *, struck: bool) -> Iterator[Run]:
        if element.text:
            yield element.text, struck
        for child in element.children:
            if word := _blank(child):
                yield word, struck
            elif child.tag in ("text:span", "text:a"):
                own = self.strikes("text", child.get_attribute("text:style-name"))
                yield from self._inner(child, struck=struck if own is None else own)
            if child.tail:
                yield child.tail, struck

    def _style(self, family: str, name: str | None) -> Any:
        """The style; conditions name it as people do, all else by its own name."""
        found = self.document.get_style(family, name) if name else None
        return found or (self.document.get_style(family, display_name=name) if name else None)

    def _strikes(self, family: str, name: str | None) -> bool | None:
        """Whether the style, or one that it rests on, strikes through; None where none says anything."""
        for _ in range(20):
            if (style := self._style(family, name)) is None:
                return None
            facts = style.get_properties(area="text") or {}
            told = [facts.get(f"style:text-line-through-{what}") for what in ("type", "style")]
            if any(told):
                return any(each not in (None, "none") for each in told)
            name = style.parent_style
        return None

    def _conditions(self, sheet: Any, table: Any) -> None:
        """Areas that a condition may strike through: that they may is told, whether they do cannot be."""
        for area in table.get_elements("descendant::calcext:conditional-format"):
            names = (
                rule.get_attribute("calcext:apply-style-name")
                for rule in area.get_elements("descendant::calcext:condition")
            )
            if any(self.strikes("table-cell", name) for name in names):
                for found in TARGET.findall(area.get_attribute("calcext:target-range-address") or ""):
                    first, last = f"{found[0]}{found[1]}", f"{found[2] or found[0]}{found[3] or found[1]}"
                    rule = {"type": "formula", "criteria": "=TRUE", "format": self.struck}
                    sheet.conditional_format(f"{first}:{last}", rule)

    def _drawn(self, sheet: Any, table: Any) -> None:
        for shape in table.get_elements(DRAWN):
            if shape.get_elements("descendant::draw:image") and not shape.get_elements("descendant::draw:object"):
                sheet.insert_image(0, 0, "picture.png", {"image_data": BytesIO(DOT)})
            else:
                sheet.insert_textbox(0, 0, _words(shape) or " ")


def _filled(row: Any) -> Iterator[tuple[int, Any]]:
    """Place and cell of each cell of the row that says something, one that is repeated as often as it is."""
    column = 0
    for cell in row.get_elements(CELLS):
        times = cell.repeated or 1
        if cell.type or cell.formula or cell.children or cell.get_attribute("table:number-columns-spanned"):
            if column + times > LAST_COLUMN:
                raise UploadError(FAR)
            yield from ((each, cell) for each in range(column, column + times))
        column += times


def _is_hidden(element: Any) -> bool:
    return element.get_attribute("table:visibility") in ("collapse", "filter")


def _blank(element: Any) -> str:
    """What an element of a paragraph stands for, where it is a blank or a break."""
    times = int(element.get_attribute("text:c") or 1) if element.tag == "text:s" else 1
    return {"text:s": " " * min(times, LONGEST_CELL), "text:tab": "\t", "text:line-break": "\n"}.get(element.tag, "")


def _words(element: Any) -> str:
    return "\n".join(each.inner_text for each in element.get_elements("descendant::text:p"))


def _duration(cell: Any) -> timedelta:
    return cell.duration if isinstance(cell.value, timedelta) else timedelta()


def _result(cell: Any, shown: str) -> Any:
    """What a formula came to when the file was saved."""
    return float(cell.value) if cell.type in NUMERIC else shown


def _number_format(value: float, shown: str) -> str:
    """A format of Excel by which the number stands on the screen as it stood there: 85%, 1,500, 213人."""
    plain = str(int(value)) if value.is_integer() else repr(value)
    if shown in (plain, ""):
        return "General"
    found = NUMBER.fullmatch(shown)
    if found is None:
        return UNTOLD
    before, sign, digits, decimals, after = found.groups()
    # Others have a sign of their own (△5 for -5), figures in full width, 05, or leave thousands out (1,500千円).
    amount = f"{value * 100 if '%' in shown else value:{',' if ',' in digits else ''}.{len(decimals or '')}f}"
    if amount != ".".join(filter(None, [sign + digits, decimals])):
        return UNTOLD
    places = ("#,##0" if "," in digits else "0") + ("." + "0" * len(decimals) if decimals else "")
    quoted = partial(re.sub, r"[^%]+", lambda words: f'"{words[0].replace(chr(34), "")}"')
    return f"{quoted(before)}{places}{quoted(after)}"
