"""A workbook as its writer saw it: values by their formats, struck words, and what stands in it beside the answers.

Nothing goes unsaid: what can be read in two ways is asked about, what is not read is told with its place.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any
from zipfile import ZipFile

from openpyxl.cell.read_only import EMPTY_CELL, EmptyCell, ReadOnlyCell
from openpyxl.workbook import Workbook

from actionplan.exports.tabular import misfit_advice
from actionplan.inquiry.annotate import LEAD
from actionplan.inquiry.layout import AUTHOR, FAULTS, GUIDANCE, Doubt, Stamp, cell_mark, looks_stamped
from actionplan.text import as_stored, changes_told, workbook_unescape
from actionplan.uploads import SMALLEST, column_letters, is_white, plain_text
from actionplan.words import plain_day
from actionplan.worksheets import COLUMN, ROW, as_shown, day_as_shown, hidden_numbers

Grid = list[tuple[int, Any]]  # number and cells of each row
FORMATTED = "Excelでは書式の付いた数値か日付です。画面の見え方に合わせて「{}」と読みました。"
STRUCK = "取り消し線の付いた文字「{}」があります。取り消し線の文字を除くと「{}」です。"
STRUCK_WHOLE = "欄の全部に取り消し線が付いています。"


def doubt_about(cell: ReadOnlyCell | EmptyCell, text: str) -> Doubt | None:
    """What the person has to be asked about a cell that was read as this text; mostly nothing."""
    value: Any = cell.value
    if isinstance(value, str):
        return (_struck(cell, value) or _dressed(cell, text)) if text.strip() else None
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


def _dressed(cell: ReadOnlyCell | EmptyCell, text: str) -> Doubt | None:
    """A text to which the format of its cell adds words: 20 that stands there as 20回."""
    sections = str(getattr(cell, "number_format", "")).split(";")
    form = next((each for each in reversed(sections) if "@" in each), "@")
    shown = re.sub(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]', r"\1\2", form).replace("@", text)
    return Doubt(DRESSED.format(shown), shown) if shown != text else None


DRESSED = "セルの書式で、画面には「{}」と出ていました。"
UNSEEN = "：色か大きさか書式のために、見えない文字{}があります。ほかと同じように読みました。"
RAISED = "：上付きか下付きの文字「{}」を、ふつうの大きさの文字として読みました。"


def looks_told(cell: ReadOnlyCell | EmptyCell) -> str:
    """What is to be told of how the cell's words look; mostly nothing."""
    value: Any = cell.value
    font: Any = getattr(cell, "font", None)
    if font is None:
        return ""
    told = RAISED.format(value.raised) if getattr(value, "raised", "") else ""
    if _is_unseen(cell, font):
        return told + UNSEEN.format("")
    return told + (UNSEEN.format(f"「{value.pale}」") if getattr(value, "pale", "") else "")


def _is_unseen(cell: Any, font: Any) -> bool:
    if (font.sz and font.sz < SMALLEST) or cell.number_format.count(";") == len(cell.number_format) > 0:
        return True
    fill = cell.fill.fgColor if cell.fill.fill_type == "solid" else None
    on_white = fill is None or is_white(fill)
    return (is_white(font.color) and (on_white or _near_white(fill))) or (
        fill is not None and font.color is not None and font.color.type == "rgb" and font.color.value == fill.value
    )


def _near_white(colour: Any) -> bool:
    """Whether white words on this colour can hardly be seen: pale yellow, pale grey."""
    value = colour.value if colour.type == "rgb" else ""
    return len(value) == 8 and sum(255 - int(value[place : place + 2], 16) for place in (2, 4, 6)) < PALE


PALE = 90  # of 765; the yellow of an answer is 43
MISFIT = "古いシステム用のCSV（CP932）に入らない字があります。{}にすると入ります。"


def retold(cells: Sequence[ReadOnlyCell | EmptyCell], index: int, text: str) -> str:
    """How the cell at this place of a row was read, where that is not to the letter; mostly nothing."""
    value = cells[index].value if index < len(cells) else None
    if isinstance(value, int | float):
        return f"は数値でした。「{text}」という文として読みました。"
    told = changes_told(workbook_unescape(value)) if isinstance(value, str) else []
    told += [MISFIT.format(advice)] if (advice := misfit_advice(text)) else []
    return "：" + "".join(told) if told else ""


IN_WORDS = re.compile("[年月ge]", re.IGNORECASE)


def shown_day(value: date, number_format: str) -> str:
    """The day as its format says it in words, 平成22年4月1日; else 2010年4月1日, with the time where there is one."""
    timed = isinstance(value, datetime) and value.time().isoformat() != "00:00:00"
    if not timed and IN_WORDS.search(number_format) and (shown := day_as_shown(value, number_format)):
        return shown
    return f"{plain_day(value)} {value:%H:%M}" if timed else plain_day(value)


MOST_DIGITS = 11  # a longer number is shown rounded
RETYPE = "セルの書式を「文字列」にし、入力し直してください。"


class CellFault(ValueError):
    """Raised for a cell that cannot be taken as it is; the message is the sentence for the person."""


def cell_words(cell: ReadOnlyCell | EmptyCell) -> str:
    """What the cell says, as it stood on the screen. Raises CellFault."""
    value: Any = cell.value  # of the types that the stubs name, a sheet that is only read gives but a few
    if value is None:
        return ""
    if cell.data_type == "f":
        raise CellFault("数式が入っています。数式を消し、答えを文字で入力してください。")
    if cell.data_type == "e":
        raise CellFault(f"Excelのエラー（{value}）が入っています。消してから、答えを文字で入力してください。")
    if isinstance(value, str):
        return as_stored(workbook_unescape(value))
    if isinstance(value, bool):
        raise CellFault(f"文字ではなく論理値（{'TRUE' if value else 'FALSE'}）になっています。{RETYPE}")
    if isinstance(value, date):
        return shown_day(value, cell.number_format)
    if isinstance(value, time | timedelta):
        raise CellFault(f"文字ではなく時刻（{value}）になっています。{RETYPE}")
    return _number(value, cell.number_format)


def _number(value: int | float, number_format: str) -> str:
    """A number as it stood on the screen, where that is certain: short, or as its format says."""
    text = str(int(value)) if float(value).is_integer() else repr(value)
    shown_whole = number_format in ("General", "@") or (number_format == "0" and "." not in text)
    if not shown_whole and (shown := as_shown(value, number_format)):
        return shown
    if not shown_whole or "e" in text or sum(map(str.isdigit, text)) > MOST_DIGITS:
        raise CellFault(f"文字ではなく数値（{text}）になっています。{RETYPE}")
    return text


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
PICTURE, SHAPE = re.compile(r"<(?:\w+:)?pic[\s>]"), re.compile(r"<(?:\w+:)?(?:sp|cxnSp)[\s>]")
CHART = re.compile(r"<(?:\w+:)?graphicFrame[\s>]")
LINK = re.compile(r"<(?:\w+:)?hyperlink\s[^>]*>")
MARGIN = re.compile(r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
# What a header or footer says by itself: parts of the line, fonts, sizes, colours, numbers of pages, names and days.
CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f+-]{6}|&\d+|&.')
OWN_MARGINS = {"", "Page", "ページ"}
MOST_LINKS = 10
PARTS = {
    "xl/vbaProject.bin": "マクロは読みません。",
    "xl/embeddings/": "埋め込まれたファイルは読みません。必要な資料は、画面の「資料」から付けてください。",
    "xl/ctrlProps/": "チェックボックスやボタンは読みません。必要な答えは、照会票の欄に書いてください。",
    "xl/externalLinks/": "ほかのブックへのリンクは読みません。",
}


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
    yield from _links(archive, sheet._worksheet_path, xml.decode("utf-8", "replace"))
    yield from _margins(xml.decode("utf-8", "replace"))
    if sheet.sheet_state != "visible":
        yield "照会票のシートが非表示になっています。ほかと同じように読みました。"
    for other in book.worksheets:
        if other.title != title:
            yield from _of_other_sheet(archive, other)
    yield from (f"グラフのシート「{chart.title}」は読みません。" for chart in book.chartsheets)
    for part, sentence in PARTS.items():
        if any(name.startswith(part) for name in archive.namelist()):
            yield sentence


def _of_other_sheet(archive: ZipFile, other: Any) -> Iterator[str]:
    if other.title not in (GUIDANCE, FAULTS) and (words := _first_words(other)):
        yield f"シート「{other.title}」は読みません（「{words}」など）。必要な文は、照会票の欄に書いてください。"
    for each in _beside_cells(archive, other._worksheet_path):
        yield f"シート「{other.title}」の{each}"


def written_in(book: Any, above: Grid, stamp: Stamp) -> Iterator[str]:
    """What stands over the table, or among the words of our own sheets, and was not issued there."""
    if stamp.marks:
        yield from _strange("", above, stamp.issued)
    for name in (title for title in (GUIDANCE, FAULTS) if title in book.sheetnames):
        rows = list(enumerate(book[name].iter_rows(max_row=MOST_LOOKED_AT, max_col=50), 1))
        if name == FAULTS:
            yield from _strange(
                f"シート「{name}」の", [(number, _beside_our_list(row)) for number, row in rows], {LEAD}
            )
        elif stamp.marks:
            yield from _strange(f"シート「{name}」の", rows, stamp.issued)


def _beside_our_list(row: Any) -> Any:
    """The row without its place and what to mend there, where it has both."""
    return (EMPTY_CELL, EMPTY_CELL, *row[2:]) if row[0].value and row[1].value else row


def _strange(where: str, rows: Grid, issued: set[str]) -> Iterator[str]:
    found = [
        f"{column_letters(index)}{number}「{_cut(plain_text(cell.value))}」"
        for number, cells in rows
        for index, cell in enumerate(cells)
        if cell.value is not None and not _is_ours(plain_text(cell.value), issued)
    ]
    if found:
        yield f"{where}{_named(found)}は読みません。必要な文は、黄色の欄に書いてください。"


def _is_ours(words: str, issued: set[str]) -> bool:
    return not words.strip() or looks_stamped(words) or not issued.isdisjoint({words, cell_mark(words)})


def _links(archive: ZipFile, path: str, xml: str) -> Iterator[str]:
    """Where words of the sheet lead, which the words themselves may not say."""
    targets = {number: target for number, _, target in _relations(archive, path.lstrip("/"))}
    found = [(_attribute(link, "ref"), targets.get(_attribute(link, "r:id"), "")) for link in LINK.findall(xml)]
    leading = [f"{place}（{_cut(target)}）" for place, target in found if target]
    if leading:
        yield f"リンクの行き先は読みません：{_named(leading, MOST_LINKS)}。必要なら、文の中に書いてください。"


def _margins(xml: str) -> Iterator[str]:
    for text in dict.fromkeys(MARGIN.findall(xml)):
        words = _cut(CODES.sub(" ", unescape(unescape(text))))
        if re.sub(r"\W", "", words) not in OWN_MARGINS:
            yield f"ヘッダーとフッターの文字は読みません：「{words}」"


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
    threads: dict[str, list[str]] = {}
    for place, body in THREAD.findall(parts.get("threadedComment", "")):
        threads.setdefault(place, []).append(_words(body))
    noted |= {place: _cut(" ／ ".join(words)) for place, words in threads.items()}
    for place, words in noted.items():
        yield f"{place}のコメントは読みません：「{words}」"
    drawn = parts.get("drawing", "")
    if words := _words(drawn):
        yield f"図形（テキストボックス）の中の文字は読みません：「{words}」"
    elif SHAPE.search(drawn):
        yield "図形は読みません。"
    if charts := len(CHART.findall(drawn)):
        yield f"グラフは読みません（{charts}個）。"
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
    folder = posixpath.split(path)[0]
    for _, kind, target in _relations(archive, path):
        yield kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _relations(archive: ZipFile, path: str) -> Iterator[tuple[str, str, str]]:
    """The name, the kind and the target of whatever the part leads to."""
    folder, name = posixpath.split(path)
    for found in RELATION.findall(_text(archive, f"{folder}/_rels/{name}.rels")):
        kind = _attribute(found, "Type").rsplit("/", 1)[-1]
        yield _attribute(found, "Id"), kind, unescape(_attribute(found, "Target"))


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=["']([^"']*)["']""", tag)
    return found[1] if found else ""


def _text(archive: ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace") if name in archive.namelist() else ""


def _words(xml: str) -> str:
    return _cut(unescape("".join(WORDS.findall(xml))))


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"


def _first_words(sheet: Any) -> str:
    if not hasattr(sheet, "iter_rows"):
        return ""
    rows = sheet.iter_rows(max_row=MOST_LOOKED_AT, max_col=50, values_only=True)
    near = next((_cut(plain_text(value)) for row in rows for value in row if value not in (None, "")), "")
    return near or (_cut(plain_text(sheet.first_beyond[1])) if sheet.beyond else "")


MOST_LOOKED_AT = 20_000
