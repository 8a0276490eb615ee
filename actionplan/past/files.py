"""A file → its tables: what it is, its first bytes say; and the tables of a text PDF.

A PDF's ruled lines make the cells, its letters fill them; lines that only the width of a cell broke are joined again.
Where it has no ruled lines at all, a table that clearly stands in columns is read by where its words stand, and told.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from actionplan.apart import PAPER, read_apart
from actionplan.archives import ENCRYPTED, LOCKED, NOT_XLSX, OLD, OLD_CONTAINER
from actionplan.past.documents import NOT_WORD, read_document
from actionplan.past.json_tables import read_json_tables
from actionplan.past.letters import (
    Boxes,
    Letter,
    distinct,
    joined,
    letter_lines,
    line_text,
    ruby_apart,
    slim,
    tagged_cells,
    wrapped,
)
from actionplan.past.source import (
    MOST_ROWS,
    OLD_WORD,
    OTHERS,
    TOO_LONG,
    Source,
    SourceCell,
    SourceRow,
    SourceTable,
    read_csv_table,
    read_workbook,
    refuse_swollen,
    with_last_lines,
)
from actionplan.past.standing import UNCLEAR_ROWS, StandingRow, in_columns
from actionplan.past.vocabulary import suggested
from actionplan.scale import DEFAULT
from actionplan.uploads import UploadError, check_size

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
SUFFIXES = (".xlsx", ".ods", *CSV_SUFFIXES, ".docx", ".pdf", ".json")
MOST_COLUMNS, MOST_TABLES = 200, 300
CHOOSE = (
    "取り込めるのは、Excel（.xlsx）、LibreOffice（.ods）、CSV（.csv、.txt）、Word（.docx）、JSON（.json）の表と、"
    "文字の入ったPDF（.pdf）の表です。"
)
LOCKED_WORD = "パスワード付きの文書です。開くときのパスワードを外して、保存し直してください。"
MISNAMED = (
    "名前の終わりは「{suffix}」ですが、中身はそのようなファイルではありません。もとのファイルを選び直してください。"
)
NO_TABLE_AT_ALL = "ファイルの中に表が見つかりません。見出しと行のある表が入ったファイルを選んでください。"
TOO_WIDE = "{name}：列が多すぎます（{columns}列）。使っていない列を削除してください（{most}列まで）。"


def read_source(data: bytes, name: str) -> Source:
    """What the file holds. name: its own, as the person knows it. Raises UploadError for what is no such file."""
    check_size(data)
    return read_apart(_read_source, data, name, limits=PAPER)


def _read_source(data: bytes, name: str) -> Source:
    suffix = Path(name).suffix.lower()
    if suffix in OTHERS:
        locked = data.startswith(OLD_CONTAINER) and ENCRYPTED in data
        raise UploadError(_old(data, suffix) if locked else OTHERS[suffix])
    if suffix not in SUFFIXES:
        raise UploadError(f"この種類のファイル（{suffix or '種類の分からない名前'}）は取り込めません。{CHOOSE}")
    kind, read = _reader(data, suffix)
    tables, notes = read(data)
    return Source(name, kind, _checked(tables), notes)


def _reader(data: bytes, suffix: str) -> tuple[str, Callable]:
    if data.startswith(OLD_CONTAINER):
        raise UploadError(_old(data, suffix))
    if b"%PDF-" in data[:1024]:
        return _expected("pdf", suffix, ".pdf", read_pdf)
    if data.startswith(b"PK"):
        return _package(data, suffix)
    if suffix in CSV_SUFFIXES:
        return "csv", read_csv_table
    if suffix == ".json":
        return "json", partial(read_json_tables, label=DEFAULT.label)
    raise UploadError(MISNAMED.format(suffix=suffix))


def _old(data: bytes, suffix: str) -> str:
    if ENCRYPTED in data:
        return LOCKED_WORD if suffix in (".docx", ".doc") else LOCKED
    return OLD_WORD if "WordDocument".encode("utf-16-le") in data else OLD


def _expected(kind: str, suffix: str, own: str, read: Callable) -> tuple[str, Callable]:
    if suffix != own:
        raise UploadError(
            f"中身は{own}のファイルのようです。ファイルの名前の終わりを「{own}」に直して、選び直してください。"
        )
    return kind, read


def _package(data: bytes, suffix: str) -> tuple[str, Callable]:
    try:
        parts = {part.filename for part in ZipFile(BytesIO(data)).infolist()}
    except BadZipFile as error:
        raise UploadError(NOT_WORD if suffix == ".docx" else NOT_XLSX) from error
    if any(part.startswith("word/") for part in parts):
        return _expected("word", suffix, ".docx", read_document)
    if (suffix == ".ods" and "content.xml" in parts) or any(part.startswith("xl/") for part in parts):
        return _expected("excel", suffix, ".ods" if "content.xml" in parts else ".xlsx", read_workbook)
    raise UploadError(MISNAMED.format(suffix=suffix))


def _checked(tables: Sequence[SourceTable]) -> list[SourceTable]:
    kept = [table for table in tables if any(len(row.words) > 1 for row in table.rows if not row.is_line)]
    if not kept:
        raise UploadError(NO_TABLE_AT_ALL)
    for table in kept:
        if len(table.rows) > MOST_ROWS:
            raise UploadError(TOO_LONG.format(name=table.name, rows=len(table.rows), most=MOST_ROWS))
        if table.width > MOST_COLUMNS:
            raise UploadError(TOO_WIDE.format(name=table.name, columns=table.width, most=MOST_COLUMNS))
    return kept[:MOST_TABLES]


# Of all pages, the letters that are read in half a minute; fewer where nothing but their places tells the columns.
MOST_PAGES, MOST_LETTERS, MOST_OF_ALL, MOST_UNRULED = 200, 20_000, 400_000, 150_000
NOT_PDF = "PDFとして読めません。もとの文書から、PDFを作り直してください。"
LOCKED_PDF = "パスワード付きのPDFです。開くときのパスワードを外して、保存し直してください。"
SCANNED = (
    "文字の入っていないPDFです（紙を読み取った画像のようです）。"
    "もとのExcelかWordのファイルを選ぶか、文字認識をしてから表をExcelに写してください。"
)
TOO_FULL = "文字が多すぎて読めません。もとの文書から、PDFを作り直してください。"
TOO_LONG_PDF = (
    "{page}ページまでで{most:,}字を超えました。1つのPDFで読めるのは{most:,}字までです。章などで分けてください。"
)
NO_TEXT = "文字の情報が入っていないPDFです。もとのExcelかWordのファイルを選んでください。"
NO_TABLE = (
    "PDFの中に、罫線で区切られた表も、見出しの下に列のそろった表も見つかりません。"
    "もとのExcelかWordのファイルを選んでください。"
)
TOO_MANY = "PDFのページが多すぎます（{pages}ページ）。{most}ページまでに分けてください。"
JOINED = "PDFの欄の中で折り返された行は、つなげて読みました。改行の位置が原本どおりか、確かめてください。"
BY_PLACE = (
    "罫線のない表なので、文字の位置から{columns}列に分けて読みました。"
    "列と行の分かれ方が原本どおりか、1行ずつ確かめてください。"
)
RUBY = "{page}ページ：小さなふりがな（{words}）は取り込みません。"
PAGE_NUMBER = re.compile(r"[-‐－–—\s]*\d{1,4}[-‐－–—\s]*(/\s*\d+)?")


def read_pdf(data: bytes) -> tuple[list[SourceTable], list[str]]:
    """The tables in the order of the pages, and what there is to tell. Raises UploadError."""
    refuse_swollen(data)
    try:
        with pdfplumber.open(BytesIO(data)) as document:
            tables, notes = _tables(document.pages)
            return tables, [JOINED, *notes]
    except UploadError:
        raise
    except PdfminerException as error:
        locked = any(isinstance(each, PDFPasswordIncorrect) for each in (*error.args, error.__cause__))
        raise UploadError(LOCKED_PDF if locked else NOT_PDF) from error
    except Exception as error:  # pdfminer raises whatever a broken file leads it into
        raise UploadError(NOT_PDF) from error


def _tables(pages: Sequence[Page]) -> tuple[list[SourceTable], list[str]]:
    if len(pages) > MOST_PAGES:
        raise UploadError(TOO_MANY.format(pages=len(pages), most=MOST_PAGES))
    found: list[SourceTable] = []
    above: list[SourceRow] = []
    bare: list[list[Letter]] = []
    notes: list[str] = []
    letters, is_open = 0, False
    for whole in pages:
        page = RuledPage(whole)
        letters += len(page.letters)
        if letters > MOST_OF_ALL:
            raise UploadError(TOO_LONG_PDF.format(page=page.number, most=MOST_OF_ALL))
        notes += [RUBY.format(page=page.number, words="".join(f"「{words}」" for words in page.ruby))] * bool(page.ruby)
        for table in page.tables(above):
            # What the end of a page broke goes on in the first row of the next one.
            found.append(replace(table, goes_on=is_open))
            is_open = False
        is_open = page.is_open or (is_open and not page.boxes)
        bare = [] if found or letters > MOST_UNRULED else [*bare, page.letters]
        whole.close()
    if not letters:
        raise UploadError(SCANNED)
    if not found:
        return _by_place(bare, notes)
    return with_last_lines(found, above), notes


def _by_place(pages: Sequence[Sequence[Letter]], notes: list[str]) -> tuple[list[SourceTable], list[str]]:
    """The table of pages without ruled lines, told by where its words stand. Raises UploadError where none does."""
    seen = in_columns(pages, lambda texts: sum(suggested(text)[1] > 0 for text in texts) > 1)
    if seen is None:
        raise UploadError(NO_TABLE)
    columns, rows = seen
    if not rows:
        raise UploadError(UNCLEAR_ROWS)
    first = next([text for text, _ in row.cells] for row in rows if not row.is_line)
    found: list[SourceTable] = []
    for number, group in groupby(rows, key=lambda row: row.page):
        name = f"{number}ページの表1"
        table = [*filter(None, (_standing(row, f"{name}の{count}行目") for count, row in enumerate(group, 1)))]
        texts = ([cell.text for cell in row.cells] for row in table if not row.is_line)
        top = next((row for row in texts if row != first), [""])
        # What a page broke goes on with a row that says little, and not what it is about.
        goes_on = bool(found) and not top[0] and sum(map(bool, top)) <= columns / 2
        found.append(SourceTable(name, table, goes_on=goes_on))
    return found, [BY_PLACE.format(columns=columns), *notes]


def _standing(row: StandingRow, place: str) -> SourceRow | None:
    """The row with its places; None for the number of a page."""
    if row.is_line:
        place = f"{row.page}ページ（{row.left:.0f},{row.top:.0f}）"
        text = row.cells[0][0]
        return None if PAGE_NUMBER.fullmatch(text) else SourceRow([SourceCell(text, place)], place, is_line=True)
    where = f"（{row.left:.0f},{row.top:.0f}）"
    cells = [
        SourceCell(text, f"{place}{index}列目{where}", room=room) for index, (text, room) in enumerate(row.cells, 1)
    ]
    return SourceRow(cells, place)


class RuledPage:
    """A page with its tables and its letters. is_open: whether the last table has no line below its last row.

    ruby: small readings above the letters, which are left out.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, page.page_number
        letters = distinct(map(slim, page.chars))
        if len(letters) > MOST_LETTERS:
            raise UploadError(f"{self.number}ページ：{TOO_FULL}")
        if sum(letter["text"].startswith("(cid:") for letter in letters) * 5 > len(letters):
            raise UploadError(NO_TEXT)
        self.letters, self.ruby = ruby_apart(letters)
        self.is_open = False
        self.boxes = self._tables()
        self.tagged = tagged_cells(self.page)

    def _tables(self) -> list[Any]:
        """The tables from top to bottom, those of one column apart; where the page cut a row off, its end is a line."""
        found = self.page.find_tables()
        lines = [line for table in found for line in self._cut(table)]
        if lines:
            found = self.page.find_tables({"explicit_horizontal_lines": lines})
        kept = [table for table in found if len(table.rows[0].cells) > 1]
        if any(self._strays(table) for table in kept):
            # A column whose last cell the page left open: the table's own ends close it.
            ends = [_level(table.bbox, level) for table in kept for level in (table.bbox[1], table.bbox[3])]
            found = self.page.find_tables({"explicit_horizontal_lines": [*lines, *ends]})
            kept = [table for table in found if len(table.rows[0].cells) > 1]
        return sorted(kept, key=lambda table: table.bbox[1])

    def _strays(self, table: Any) -> list[Letter]:
        """Letters that stand within the table and in none of its cells."""
        bounds, cells = table.bbox, Boxes(table.cells)
        left, _, right, _ = bounds
        within = [letter for letter in self.letters if left <= letter["x0"] <= right and _inside(letter, bounds)]
        return [letter for letter in within if letter["text"].strip() and cells.of(letter) is None]

    def _cut(self, table: Any) -> Iterator[dict]:
        left, top, right, bottom = table.bbox
        upright = [
            edge
            for edge in self.page.edges
            if edge["orientation"] == "v" and left - 2 <= edge["x0"] <= right + 2
            if edge["top"] <= bottom + 2 and edge["bottom"] >= top - 2
        ]
        lowest, highest = (max(e["bottom"] for e in upright), min(e["top"] for e in upright)) if upright else (0, top)
        for level in [*([lowest] if lowest > bottom + 3 else []), *([highest] if highest < top - 3 else [])]:
            self.is_open = self.is_open or level == lowest
            yield _level(table.bbox, level)

    def tables(self, above: list[SourceRow]) -> Iterator[SourceTable]:
        """The tables; above: lines that came before, to which those below the last table are added."""
        lines = _lines_outside(self.letters, self.number, [table.bbox for table in self.boxes])
        for number, table in enumerate(self.boxes, 1):
            above += [line for top, line in lines if top < table.bbox[1]]
            lines = [(top, line) for top, line in lines if top >= table.bbox[1]]
            name = f"{self.number}ページの表{number}"
            # What stands in no cell is told like what stands outside: it is not lost unseen.
            above += [line for _, line in _lines_outside(self._strays(table), self.number, [])]
            yield SourceTable(name, [*above, *self._rows(table, name)])
            above.clear()
        above += [line for _, line in lines]

    def _rows(self, table: Any, name: str) -> list[SourceRow]:
        edges = sorted({round(edge) for cell in table.cells for edge in (cell[0], cell[2])})
        homes = self._homes(table)
        rows = []
        for number, row in enumerate(table.rows, 1):
            place = f"{name}の{number}行目"
            rows.append(SourceRow(_row_cells(row.cells, edges, homes, place), place))
        return _filled_down(rows, table)

    def _homes(self, table: Any) -> dict[Any, list[Letter]]:
        """By box, its letters: where they stand, or where a tagged PDF says that they belong."""
        first: dict[int, Any] = {}
        homes: dict[Any, list[Letter]] = {}
        cells = Boxes(table.cells)
        for letter in self.letters:
            box = cells.of(letter)
            group = self.tagged.get(letter.get("mcid", -1))
            if group is not None:
                box = first.setdefault(group, box) or box
            if box is not None:
                homes.setdefault(box, []).append(letter)
        return homes


def _level(box: Any, level: float) -> dict:
    """A line across the box at the level."""
    left, _, right, _ = box
    return {"object_type": "line", "x0": left, "x1": right, "top": level, "bottom": level, "width": right - left}


def _row_cells(boxes: Sequence[Any], edges: list[int], homes: dict, place: str) -> list[SourceCell]:
    """The cells of a row, one for each column that its boxes cover; a box of None belongs to a merged one."""
    cells = []
    for index, box in enumerate(boxes):
        wide = 1
        if box is not None:
            covered = [edge for edge in edges if box[0] + 2 < edge < box[2] - 2]
            wide = 1 + sum(1 for _ in covered)
        text, room = joined(homes.get(box, []), box) if box is not None else ("", inf)
        where = f"{place}{index + 1}列目" + (f"（{box[0]:.0f},{box[1]:.0f}）" if box else "")
        cells.append(SourceCell(text, where, wide=wide, room=room))
    for index, box in enumerate(boxes):
        for right in range(1, cells[index].wide if box is not None else 1):
            if index + right < len(cells) and boxes[index + right] is None:
                old = cells[index + right]
                cells[index + right] = SourceCell(cells[index].text, old.place, 0, right, cells[index].wide)
    return cells


def _filled_down(rows: list[SourceRow], table: Any) -> list[SourceRow]:
    """The rows, a cell that runs down over several of them standing in each."""
    grid = [list(row.cells) for row in rows]
    bottoms = [max((box[3] for box in row.cells if box), default=0) for row in table.rows]
    tops = [min((box[1] for box in row.cells if box), default=0) for row in table.rows]
    for number, row in enumerate(table.rows):
        for index, box in enumerate(row.cells):
            if box is None or (box[3] <= bottoms[number] + 2 and _shortest(row.cells) + 2 >= box[3]):
                continue
            for below in range(number + 1, len(grid)):
                if tops[below] < box[3] - 2 and table.rows[below].cells[index] is None:
                    old, first = grid[below][index], grid[number][index]
                    grid[below][index] = SourceCell(first.text, old.place, below - number, 0, first.wide)
    return [SourceRow(cells, row.place) for cells, row in zip(grid, rows, strict=True)]


def _shortest(boxes: Iterable[Any]) -> float:
    return min(box[3] for box in boxes if box)


def _lines_outside(letters: Sequence[Letter], page: int, boxes: Sequence[Any]) -> list[tuple[float, SourceRow]]:
    """The lines of text outside the tables, from top to bottom, a wrapped one joined; page numbers are none."""
    free = [letter for letter in letters if not any(_inside(letter, box) for box in boxes)]
    lines = letter_lines(free)
    edge = max((letter["x1"] for letter in letters), default=0.0)
    found = []
    for _, group in groupby(wrapped(lines, edge), key=lambda pair: pair[0]):
        whole = [line for _, line in group]
        text = "".join(line_text(line) for line in whole)
        first = whole[0][0]
        place = f"{page}ページ（{first['x0']:.0f},{first['top']:.0f}）"
        if text and not PAGE_NUMBER.fullmatch(text):
            found.append((first["top"], SourceRow([SourceCell(text, place)], place, is_line=True)))
    return found


def _inside(letter: Letter, box: Any) -> bool:
    return box[1] - 1 <= letter["top"] and letter["bottom"] <= box[3] + 1
