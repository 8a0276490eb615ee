"""A workbook as its writer saw it: values by their formats, struck words, and what stands in it beside the answers.

Nothing goes unsaid: what can be read in two ways is asked about, what is not read is told with its place.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from zipfile import ZipFile

from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.workbook import Workbook

from actionplan.exports.tabular import misfit_advice
from actionplan.inquiry.layout import AUTHOR, FAULTS, GUIDANCE, Doubt
from actionplan.text import as_stored, changes_told, workbook_unescape
from actionplan.uploads import column_letters, plain_text
from actionplan.words import plain_day
from actionplan.worksheets import COLUMN, ROW, hidden_numbers

Grid = list[tuple[int, Any]]  # number and cells of each row
FORMATTED = "Excelでは書式の付いた数値か日付です。画面の見え方に合わせて「{}」と読みました。"
STRUCK = "取り消し線の付いた文字「{}」があります。取り消し線の文字を除くと「{}」です。"
STRUCK_WHOLE = "欄の全部に取り消し線が付いています。"


def doubt_about(cell: ReadOnlyCell | EmptyCell, text: str) -> Doubt | None:
    """What the person has to be asked about a cell that was read as this text; mostly nothing."""
    value: Any = cell.value
    if isinstance(value, str):
        return _struck(cell, value) if text.strip() else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, date | timedelta) or (isinstance(value, int | float) and text != plain_text(value)):
        return Doubt(FORMATTED.format(text))
    return _struck(cell, "")


def _struck(cell: ReadOnlyCell | EmptyCell, value: str) -> Doubt | None:
    font: Any = getattr(cell, "font", None)
    if font is not None and font.strike:
        return Doubt(STRUCK_WHOLE, "")
    if not (gone := getattr(value, "struck", "").strip()):
        return None
    left = as_stored(workbook_unescape(getattr(value, "left", "")))
    return Doubt(STRUCK.format(gone, left) if left.strip() else STRUCK_WHOLE, left if left.strip() else "")


MISFIT = "古いシステム用のCSV（CP932）に入らない字があります。{}にすると入ります。"


def retold(cells: Sequence[ReadOnlyCell | EmptyCell], index: int, text: str) -> str:
    """How the cell at this place of a row was read, where that is not to the letter; mostly nothing."""
    value = cells[index].value if index < len(cells) else None
    if isinstance(value, int | float):
        return f"は数値でした。「{text}」という文として読みました。"
    told = changes_told(workbook_unescape(value)) if isinstance(value, str) else []
    told += [MISFIT.format(advice)] if (advice := misfit_advice(text)) else []
    return "：" + "".join(told) if told else ""


def shown_day(value: date) -> str:
    """2010年4月1日, with the time where there is one."""
    timed = isinstance(value, datetime) and value.time().isoformat() != "00:00:00"
    return f"{plain_day(value)} {value:%H:%M}" if timed else plain_day(value)


FAR_RIGHT = "{}、BH列より右にある{}か所の欄は読みません。必要な文は、黄色の欄に書いてください。"
MOST_WORDS = 60
CONDITION = re.compile(
    r"""<(?:\w+:)?conditionalFormatting\s[^>]*?sqref=["']([^"']+)["'][^>]*>(.*?)</(?:\w+:)?conditionalFormatting>""",
    re.S,
)
RELATION = re.compile(r"<Relationship\s[^>]*>")
COMMENT = re.compile(r'<(?:\w+:)?comment\s[^>]*?ref="([A-Z0-9]+)"[^>]*>(.*?)</(?:\w+:)?comment>', re.S)
THREAD = re.compile(r'<(?:\w+:)?threadedComment\s[^>]*?ref="([A-Z0-9]+)"[^>]*>(.*?)</(?:\w+:)?threadedComment>', re.S)
WORDS = re.compile(r"<(?:\w+:)?t(?:ext)?(?:\s[^>]*)?>([^<]+)(?=<)")
PICTURE, SHAPE = re.compile(r"<xdr:pic[\s>]"), re.compile(r"<xdr:(?:sp|cxnSp|graphicFrame)[\s>]")


def unread(archive: ZipFile, book: Workbook, title: str, rows: Grid, answers: Iterable[int]) -> Iterator[str]:
    """Sentences about what the workbook holds beside the answers, and about answers that were not to be seen.

    title: of the sheet with the answers. rows: what stands below its header. answers: the columns that are read.
    """
    sheet: Any = book[title]
    xml, columns = sheet._get_source().read(), sorted(answers)
    if sheet.beyond:
        place, value = sheet.first_beyond
        yield FAR_RIGHT.format(f"{place}の「{_cut(plain_text(value))}」など", sheet.beyond)
    yield from _hidden(xml, rows, columns)
    yield from _struck_by_condition(xml.decode("utf-8", "replace"), book)
    yield from _beside_cells(archive, sheet._worksheet_path)
    for other in book.worksheets:
        if other.title not in (title, GUIDANCE, FAULTS) and (words := _first_words(other)):
            yield f"シート「{other.title}」は読みません（「{words}」など）。必要な文は、照会票の欄に書いてください。"


def _hidden(xml: bytes, rows: Grid, columns: list[int]) -> Iterator[str]:
    filled = {
        number: {index for index in columns if index < len(cells) and cells[index].value} for number, cells in rows
    }
    gone = [number for [number] in hidden_numbers(xml, ROW, b"r") if filled.get(number)]
    if gone:
        yield f"非表示の行にある答えも、ほかと同じように読みました：{_named([f'{number}行目' for number in gone])}。"
    spans = hidden_numbers(xml, COLUMN, b"min", b"max")
    unseen = [index for index in columns if any(first <= index + 1 <= last for first, last in spans)]
    if unseen := [index for index in unseen if any(index in found for found in filled.values())]:
        names = _named([f"{column_letters(index)}列" for index in unseen])
        yield f"非表示の列にある答えも、ほかと同じように読みました：{names}。"


def _named(places: list[str], most: int = 10) -> str:
    more = len(places) - most
    return "、".join(places[:most]) + (f"ほか{more}か所" if more > 0 else "")


def _struck_by_condition(xml: str, book: Any) -> Iterator[str]:
    styles = book._differential_styles.styles
    struck = {number for number, style in enumerate(styles) if style.font is not None and style.font.strike}
    for area, rules in CONDITION.findall(xml) if struck else ():
        if any(int(number) in struck for number in re.findall(r'dxfId="(\d+)"', rules)):
            yield f"{area}：条件付き書式の取り消し線は分かりません。取り消し線のない文として読みました。"


def _beside_cells(archive: ZipFile, path: str) -> Iterator[str]:
    """What is fixed to the sheet: comments with their cells, text boxes and pictures."""
    parts = {kind: _text(archive, part) for kind, part in _related(archive, path.lstrip("/"))}
    noted = {place: _words(body) for place, body in _comments(parts.get("comments", ""))}
    noted |= {place: _words(body) for place, body in THREAD.findall(parts.get("threadedComment", ""))}
    for place, words in noted.items():
        yield f"{place}のコメントは読みません：「{words}」"
    drawn = parts.get("drawing", "")
    if words := _words(drawn):
        yield f"図形（テキストボックス）の中の文字は読みません：「{words}」"
    elif SHAPE.search(drawn):
        yield "図形は読みません。"
    if pictures := len(PICTURE.findall(drawn)):
        yield f"貼り付けた画像は読みません（{pictures}枚）。写真は、画面の「資料」から付けてください。"


def _comments(xml: str) -> Iterator[tuple[str, str]]:
    """Place and body of each comment that is not one of the portal's own marks."""
    authors = re.findall(r"<(?:\w+:)?author(?:\s[^>]*)?>([^<]*)<", xml)
    for found in COMMENT.finditer(xml):
        number = re.search(r'authorId="(\d+)"', found[0])
        if not number or int(number[1]) >= len(authors) or authors[int(number[1])] != AUTHOR:
            yield found[1], found[2]


def _related(archive: ZipFile, path: str) -> Iterator[tuple[str, str]]:
    """The kind and the path of each part that the sheet names."""
    folder, name = posixpath.split(path)
    for found in RELATION.findall(_text(archive, f"{folder}/_rels/{name}.rels")):
        kind, target = (re.search(rf'\s{attribute}="([^"]+)"', found) for attribute in ("Type", "Target"))
        if kind and target:
            yield kind[1].rsplit("/", 1)[-1], posixpath.normpath(posixpath.join("/", folder, target[1])).lstrip("/")


def _text(archive: ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace") if name in archive.namelist() else ""


def _words(xml: str) -> str:
    return _cut(unescape("".join(WORDS.findall(xml))))


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"


def _first_words(sheet: Any) -> str:
    rows = sheet.iter_rows(max_row=200, max_col=50, values_only=True) if hasattr(sheet, "iter_rows") else ()
    return next((_cut(plain_text(value)) for row in rows for value in row if value not in (None, "")), "")
