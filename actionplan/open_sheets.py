"""OpenDocument sheets (.ods, of LibreOffice and Excel), turned into the workbooks that every reader of ours takes.

Each cell as its writer saw it: struck words, hidden rows and columns, comments, shapes and further sheets come along,
so that whatever is told of an .xlsx is told of an .ods. lxml alone reads the file: it takes as long as an .xlsx.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
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
# How the file names things: with the namespaces of OpenDocument in front.
OASIS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TABLE, TEXT, STYLE, DRAW = (OASIS % room for room in ("office", "table", "text", "style", "drawing"))
HREF, FO = "{http://www.w3.org/1999/xlink}href", OASIS % "xsl-fo-compatible"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
PARAGRAPH, NOTE, CELL, COVERED = f"{TEXT}p", f"{OFFICE}annotation", f"{TABLE}table-cell", f"{TABLE}covered-table-cell"
VALUE_TYPE, VALUE, FORMULA = f"{OFFICE}value-type", f"{OFFICE}value", f"{TABLE}formula"
BLANK = f"{TEXT}s"
BLANKS = {BLANK: " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
RUNNING = (PARAGRAPH, f"{TEXT}span")  # words of their own, unlike the fields between them
CELL_STYLE, TEXT_STYLE = f"{TABLE}style-name", f"{TEXT}style-name"
ACROSS, DOWN = f"{TABLE}number-columns-spanned", f"{TABLE}number-rows-spanned"
# Words in a paragraph that are none of its own: a comment's, and how a word is pronounced.
NOT_OWN = {NOTE, f"{TEXT}ruby-text", f"{TEXT}note"}
SHAPES = {f"{DRAW}{kind}" for kind in ("custom-shape", "rect", "ellipse", "circle", "line", "path", "polyline")}
DRAWN = SHAPES | {f"{DRAW}{kind}" for kind in ("frame", "polygon", "connector", "caption", "control", "measure")}
TARGET = re.compile(r"\.\$?([A-Z]{1,3})\$?(\d{1,7})(?::[^ ]*?\.\$?([A-Z]{1,3})\$?(\d{1,7}))?")
NUMBER = re.compile(r"([^\d.,+-]*)(-?)(\d[\d,]*)(?:\.(\d+))?([^\d.,]*)")
NUMERIC = {"float", "percentage", "currency"}
DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+)(?:\.\d+)?S")
SMALLEST = 4  # points
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
    except Exception as error:  # the XML parser and what it finds raise whatever a broken file leads them into
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
        archive = ZipFile(BytesIO(data))
        content = _parsed(archive.read("content.xml"))
        self.sheet = content.find(f"{OFFICE}body/{OFFICE}spreadsheet")
        if self.sheet is None:
            raise UploadError(NOT_ODS)
        shared = _parsed(archive.read("styles.xml")) if "styles.xml" in archive.namelist() else ()
        self.styles = {**_styles(shared), **_styles(content)}
        self.pages = {each.get(f"{STYLE}name"): each for part in shared for each in part.iter(f"{STYLE}master-page")}
        self.stream = BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, OPTIONS)
        self.struck = self.book.add_format({"font_strikeout": True})
        self.plain = self.book.add_format()
        self.form = cache(lambda number, struck: self.book.add_format({"num_format": number, "font_strikeout": struck}))
        self.strikes = cache(self._strikes)
        self.white, self.unseen = self.book.add_format({"font_color": "white"}), cache(self._is_unseen)
        self.cells = 0

    def workbook(self) -> bytes:
        """The whole of it."""
        for table in self.sheet.findall(f"{TABLE}table"):
            sheet = self.book.add_worksheet()
            sheet.name = (
                table.get(f"{TABLE}name") or sheet.name
            )  # as it is: names that Excel would not have are read too
            self._hide(sheet, table)
            self._columns(sheet, table)
            self._rows(sheet, table)
            self._conditions(sheet, table)
            self._drawn(sheet, table)
            self._margins(sheet, table)
        self.book.close()
        return self.stream.getvalue()

    def _hide(self, sheet: Any, table: Any) -> None:
        style = self.styles.get(("table", table.get(f"{TABLE}style-name")))
        if style is not None and any(each.get(f"{TABLE}display") == "false" for each in style):
            sheet.hide()

    def _columns(self, sheet: Any, table: Any) -> None:
        first = 0
        for column in table.iter(f"{TABLE}table-column"):
            last = first + _times(column, "columns") - 1
            if first < LAST_COLUMN and _is_hidden(column):
                sheet.set_column(first, min(last, LAST_COLUMN - 1), None, None, {"hidden": True})
            first = last + 1

    def _rows(self, sheet: Any, table: Any) -> None:
        number = 0
        for row in table.iter(f"{TABLE}table-row"):
            cells, times = list(_filled(row)), _times(row, "rows")
            if cells:
                if number + times > LAST_ROW:
                    raise UploadError(FAR)
                for line in range(number, number + times):
                    self._row(sheet, line, cells, hidden=_is_hidden(row) or self._is_flat(row))
            number += times

    def _row(self, sheet: Any, line: int, cells: Iterable[tuple[int, Any]], *, hidden: bool) -> None:
        if hidden:
            sheet.set_row(line, None, None, {"hidden": True})
        for column, cell in cells:
            self.cells += 1
            if column >= LAST_COLUMN or self.cells > MOST_CELLS:
                raise UploadError(FAR)
            place = _Place(line, column)
            for link in cell.iter(f"{TEXT}a"):
                sheet.write_url(line, column, link.get(HREF) or "")
            if cell.get(DOWN) or cell.get(ACROSS):
                self._merge(sheet, place, cell)
            self._cell(sheet, place, cell)
            for note in cell.iterchildren(NOTE):
                author = "".join(each.text or "" for each in note.iterchildren(f"{DUBLIN}creator"))
                sheet.write_comment(line, column, _words(note), {"author": author})

    def _merge(self, sheet: Any, at: _Place, cell: Any) -> None:
        down, across = int(cell.get(DOWN) or 1), int(cell.get(ACROSS) or 1)
        if down * across > MOST_MERGED:
            raise UploadError(FAR)
        if down * across > 1:
            sheet.merge_range(at.row, at.column, at.row + down - 1, at.column + across - 1, "")

    def _cell(self, sheet: Any, at: _Place, cell: Any) -> None:
        struck, place = bool(self.strikes("table-cell", cell.get(CELL_STYLE))), (at.row, at.column)
        runs = [run for run in self._runs(cell, struck=struck) if run[0]]
        kind, formula = cell.get(VALUE_TYPE), cell.get(FORMULA)
        if formula:
            shown = "".join(words for words, _ in runs)
            result = float(cell.get(VALUE)) if kind in NUMERIC else shown
            sheet.write_formula(*place, "=" + formula.partition("=")[2], None, result)
        elif kind in (None, "string") or not self._value(sheet, place, cell, runs, struck=struck):
            words = runs or [(cell.get(f"{OFFICE}string-value") or "", struck)]
            self._text(sheet, at, words, unseen=self.unseen(cell.get(CELL_STYLE)))

    def _value(self, sheet: Any, place: tuple[int, int], cell: Any, runs: Sequence[Run], *, struck: bool) -> bool:
        """Writes what is no text, and says so; a value that no calendar or clock has stays the text that it shows."""
        kind = cell.get(VALUE_TYPE)
        value = cell.get(VALUE) or cell.get(f"{OFFICE}{kind}-value") or ""
        if kind in NUMERIC:
            shown = "".join(words for words, _ in runs)
            sheet.write_number(*place, float(value), self.form(_number_format(float(value), shown), struck))
        elif kind == "boolean":
            sheet.write_boolean(*place, value == "true")
        elif kind == "time" and (found := DURATION.fullmatch(value)):
            hours, minutes, seconds = map(int, found.groups()[1:])
            span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
            sheet.write_datetime(*place, span, self.form("[h]:mm:ss", struck))
        elif kind == "date" and (day := _day(value)):
            sheet.write_datetime(*place, day, self.form(_day_format("".join(words for words, _ in runs)), struck))
        else:
            return False
        return True

    def _text(self, sheet: Any, at: _Place, runs: Sequence[Run], *, unseen: bool) -> None:
        text = "".join(words for words, _ in runs)
        length, kinds = len(text), {struck for _, struck in runs}
        if not text:
            return
        if length * 2 > LONGEST_CELL and (length := len(text.encode("utf-16-le")) // 2) > LONGEST_CELL:
            raise UploadError(LONG.format(row=at.row + 1, column=at.column + 1, length=length, most=LONGEST_CELL))
        if kinds == {False} and unseen:
            sheet.write_string(at.row, at.column, text, self.white)
        elif kinds == {True}:
            sheet.write_string(at.row, at.column, text, self.struck)
        elif True in kinds:
            parts = [part for words, struck in runs for part in (self.struck if struck else self.plain, words)]
            sheet.write_rich_string(at.row, at.column, *parts)
        elif text.startswith("<r>"):  # XlsxWriter would take it for markup of its own
            sheet.write_rich_string(at.row, at.column, self.plain, text[:1], self.plain, text[1:])
        else:
            sheet.write_string(at.row, at.column, text)

    def _runs(self, cell: Any, *, struck: bool) -> Iterator[Run]:
        for number, paragraph in enumerate(cell.iterchildren(PARAGRAPH)):
            if number:
                yield "\n", struck
            yield from self._inner(paragraph, struck=struck)

    def _inner(self, element: Any, *, struck: bool) -> Iterator[Run]:
        if element.text:
            yield element.text, struck
        for child in element:
            if word := _blank(child):
                yield word, struck
            elif isinstance(child.tag, str) and child.tag not in NOT_OWN:
                own = self.strikes("text", child.get(TEXT_STYLE))
                yield from self._inner(child, struck=struck if own is None else own)
            if child.tail:
                yield child.tail, struck

    def _strikes(self, family: str, name: str | None) -> bool | None:
        """Whether the style, or one that it rests on, strikes through; None where none says anything."""
        for _ in range(20):
            if (style := self.styles.get((family, name))) is None:
                return None
            facts = style.find(f"{STYLE}text-properties")
            told = (
                [] if facts is None else [facts.get(f"{STYLE}text-line-through-{what}") for what in ("type", "style")]
            )
            if any(told):
                return any(each not in (None, "none") for each in told)
            name = style.get(f"{STYLE}parent-style-name")
        return None

    def _is_unseen(self, name: str | None) -> bool:
        """Whether words in a cell of this style cannot be seen: white, as the cell's colour is, or very small."""
        style = self.styles.get(("table-cell", name))
        facts: dict[str, str] = {}
        for part in style if style is not None else ():
            facts |= part.attrib
        size = re.fullmatch(r"([\d.]+)pt", facts.get(f"{FO}font-size", ""))
        colours = facts.get(f"{FO}color", "").lower(), facts.get(f"{FO}background-color", "").lower()
        return bool(size and float(size[1]) < SMALLEST) or colours[0] == "#ffffff" or (colours[0] == colours[1] != "")

    def _is_flat(self, row: Any) -> bool:
        """Whether the row has no height to speak of."""
        style = self.styles.get(("table-row", row.get(CELL_STYLE)))
        heights = [each.get(f"{STYLE}row-height") for each in style] if style is not None else []
        return any(re.match(r"0(?:\.0\d*)?(?:in|cm)", height or "") for height in heights)

    def _margins(self, sheet: Any, table: Any) -> None:
        """The words of the page's header and footer, without what is counted or named by itself."""
        style = self.styles.get(("table", table.get(CELL_STYLE)))
        page = self.pages.get(style.get(f"{STYLE}master-page-name")) if style is not None else None
        parts = page.iter(f"{STYLE}header", f"{STYLE}footer") if page is not None else ()
        texts = (text for part in parts if part.get(f"{STYLE}display") != "false" for text in part.iter(*RUNNING))
        if words := "".join((text.text or "") + (text.tail or "") * (text.tag != PARAGRAPH) for text in texts).strip():
            sheet.set_header(f"&C{words.replace('&', '&&')[:200]}")

    def _conditions(self, sheet: Any, table: Any) -> None:
        """Areas that a condition may strike through: that they may is told, whether they do cannot be."""
        for area in table.iter(f"{CALCEXT}conditional-format"):
            names = (rule.get(f"{CALCEXT}apply-style-name") for rule in area.iter(f"{CALCEXT}condition"))
            if any(self.strikes("table-cell", name) for name in names):
                for found in TARGET.findall(area.get(f"{CALCEXT}target-range-address") or ""):
                    first, last = f"{found[0]}{found[1]}", f"{found[2] or found[0]}{found[3] or found[1]}"
                    rule = {"type": "formula", "criteria": "=TRUE", "format": self.struck}
                    sheet.conditional_format(f"{first}:{last}", rule)

    def _drawn(self, sheet: Any, table: Any) -> None:
        for shape in table.iter(*DRAWN):
            parts = {each.tag for each in shape.iter(f"{DRAW}image", f"{DRAW}object")}
            if parts == {f"{DRAW}image"}:
                sheet.insert_image(0, 0, "picture.png", {"image_data": BytesIO(DOT)})
            else:
                sheet.insert_textbox(0, 0, _words(shape) or " ")


def _parsed(data: bytes) -> Any:
    from lxml import etree  # loaded by the child that needs it, never by the worker

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))


def _styles(root: Any) -> dict[tuple[str, str | None], Any]:
    """Every style by its family and name; conditions name it as people do, all else by its own name."""
    found = [style for part in root for style in part.iterchildren(f"{STYLE}style")]
    names = (f"{STYLE}display-name", f"{STYLE}name")
    return {(style.get(f"{STYLE}family"), style.get(name)): style for name in names for style in found}


def _times(element: Any, what: str) -> int:
    return int(element.get(f"{TABLE}number-{what}-repeated") or 1)


def _filled(row: Any) -> Iterator[tuple[int, Any]]:
    """Place and cell of each cell of the row that says something, one that is repeated as often as it is."""
    column = 0
    for cell in row.iterchildren(CELL, COVERED):
        times = _times(cell, "columns")
        if len(cell) or cell.get(VALUE_TYPE) or cell.get(FORMULA) or cell.get(ACROSS):
            if column + times > LAST_COLUMN:
                raise UploadError(FAR)
            yield from ((each, cell) for each in range(column, column + times))
        column += times


def _is_hidden(element: Any) -> bool:
    return element.get(f"{TABLE}visibility") in ("collapse", "filter")


def _blank(element: Any) -> str:
    """What an element of a paragraph stands for, where it is a blank or a break."""
    times = int(element.get(f"{TEXT}c") or 1) if element.tag == BLANK else 1
    return BLANKS.get(element.tag, "") * min(times, LONGEST_CELL)


def _words(element: Any) -> str:
    return "\n".join("".join(each.itertext()) for each in element.iter(PARAGRAPH))


def _day(value: str) -> datetime | None:
    with suppress(ValueError):
        day = datetime.fromisoformat(value)
        return day if day.year >= 1900 else None
    return None


def _day_format(shown: str) -> str:
    """A format of Excel that says a day in these very words, where they are more than its numbers: 平成22年4月1日."""
    # What is repeated to fill the cell shows nothing, but makes it a day's format.
    return f'"{shown}"*d' if re.search("[年月A-Z]", shown) and '"' not in shown else "yyyy/mm/dd hh:mm"


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
