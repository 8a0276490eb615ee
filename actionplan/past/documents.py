"""The tables of a Word document: its cells with what they hold, and what of it is left out or read in another way.

What was deleted with changes tracked is none of the text, a reading above a word neither; both are told at their cell.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from actionplan.archives import UploadError, check_archive
from actionplan.past.source import STRUCK, SourceCell, SourceRow, SourceTable, with_last_lines

NOT_WORD = "Word文書（.docx）として読めません。Wordで開いて、.docxの形式で保存し直してください。"
LARGE_WORD = "文書の中身が大きすぎます。不要な画像や章を削除して保存し直してください。"
NESTED = "表の中の表は、1行ずつ、文にして読みました。"
DELETED = "変更履歴で削除した文字「{words}」は読みません。"
DELETED_ROW = "変更履歴で削除した行なので、読みません。"
RUBY = "ふりがな（「{words}」）は読みません。"
VANISHED = "隠し文字「{words}」も読みました。要らないときは、もとのファイルから消してください。"
NUMBERED = "自動で付けた番号や記号（箇条書き）は、文字ではないため読めません。要るときは、文字で書き直してください。"
SYMBOL = "記号用のフォントの文字は読めません（「〓」にしました）。★などの文字で書き直してください。"
FOOTNOTE = "脚注は読みません。"
MOST_BEFORE = 50
ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_document(data: bytes) -> tuple[list[SourceTable], list[str]]:
    """The tables of a Word document, with the lines between them, and what there is to tell. Raises UploadError."""
    try:
        check_archive(data)
    except UploadError as error:
        raise UploadError(LARGE_WORD if "大きすぎ" in str(error) else NOT_WORD) from error
    try:
        return _document(Document(BytesIO(data)).element.body)
    except Exception as error:  # python-docx and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_WORD) from error


def _document(body: Any) -> tuple[list[SourceTable], list[str]]:
    """The tables, each with the lines above it, the last one those below it too; and deleted rows, told."""
    notes: list[str] = []
    above: list[SourceRow] = []
    found: list[SourceTable] = []
    for number, block in enumerate(_children(body, "w:p", "w:tbl"), 1):
        if block.tag == qn("w:tbl"):
            name = f"表{len(found) + 1}"
            found.append(SourceTable(name, [*above, *_rows(block, name, notes)]))
            above = []
        elif text := (words := WordText(block)).text.strip():
            cell = SourceCell(text, f"{number}番目の段落", note=words.note)
            above.append(SourceRow([cell], cell.place, is_line=True))
    return with_last_lines(found, above), notes


def _children(parent: Any, *names: str) -> Iterator[Any]:
    """The children of these names in their order, those inside content controls and tracked changes too."""
    tags = [qn(name) for name in names]
    for child in parent.iterchildren():
        if child.tag in tags:
            yield child
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            yield from _children(content, *names) if content is not None else ()
        elif child.tag in (qn("w:ins"), qn("w:customXml")):
            yield from _children(child, *names)


class WordText:
    """The text of a piece of a document, and a note of what is left out of it, or read in another way."""

    def __init__(self, *parts: Any) -> None:
        self.gone: dict[str, list[str]] = {}
        self.told: dict[str, None] = {}
        self.text = "\n".join(self._lines(parts)).strip("\n")

    @property
    def note(self) -> str:
        """The sentences, one after the other; empty where all was read to the letter."""
        named = [sentence.format(words="".join(words)) for sentence, words in self.gone.items() if "".join(words)]
        return "".join([*named, *self.told])

    def _lines(self, parts: Sequence[Any]) -> Iterator[str]:
        for part in parts:
            if part.tag == qn("w:tbl"):
                self.told[NESTED] = None
                for row in _children(part, "w:tr"):
                    yield "　".join("".join(self._lines([*_children(cell, "w:p", "w:tbl")])) for cell in _cells(row))
            else:
                if (
                    part.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
                    and next(part.iter(qn("w:t")), None) is not None
                ):
                    self.told[NUMBERED] = None
                yield "".join(self._words(part))

    def _words(self, node: Any) -> Iterator[str]:
        for child in node.iterchildren():
            if child.tag in (qn("w:del"), qn("w:moveFrom")):
                texts = (each.text or "" for each in child.iter(qn("w:delText"), qn("w:t")))
                self.gone.setdefault(DELETED, []).extend(texts)
            elif child.tag == qn("w:rt"):
                self.gone.setdefault(RUBY, []).extend(each.text or "" for each in child.iter(qn("w:t")))
            elif child.tag in (qn("w:br"), qn("w:cr")):
                yield "\n"
            elif child.tag == qn("w:tab") and node.tag == qn("w:r"):
                yield " "
            elif child.tag == qn("w:noBreakHyphen"):
                yield "-"
            elif child.tag == qn("w:sym"):
                self.told[SYMBOL] = None
                yield "〓"
            elif child.tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
                self.told[FOOTNOTE] = None
            elif child.tag == qn("w:t"):
                self._tell_look(node, child.text or "")
                yield child.text or ""
            elif child.tag == qn("w:p"):  # of a text box
                yield "\n" + "".join(self._words(child))
            elif child.tag != ALTERNATE:
                yield from self._words(child)

    def _tell_look(self, run: Any, text: str) -> None:
        for names, sentence in ((("w:strike", "w:dstrike"), STRUCK), (("w:vanish",), VANISHED)):
            for mark in (run.find(f"{qn('w:rPr')}/{qn(name)}") for name in names):
                if mark is not None and mark.get(qn("w:val")) not in ("0", "false"):
                    self.gone.setdefault(sentence, []).append(text)


def _rows(table: Any, name: str, notes: list[str]) -> list[SourceRow]:
    grid: list[list[SourceCell]] = []
    rows = []
    for number, row in enumerate(_children(table, "w:tr"), 1):
        place = f"{name}の{number}行目"
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            notes.append(f"{place}：{DELETED_ROW}")
            continue
        grid.append(_row(row, place, grid[-1] if grid else []))
        rows.append(SourceRow(grid[-1], place))
    return rows


def _cells(row: Any) -> Iterator[Any]:
    return _children(row, "w:tc")


def _row(row: Any, place: str, above: Sequence[SourceCell]) -> list[SourceCell]:
    cells: list[SourceCell] = [
        SourceCell("", f"{place}{index + 1}列目") for index in range(min(row.grid_before, MOST_BEFORE))
    ]
    for cell in _cells(row):
        words, down = WordText(*_children(cell, "w:p", "w:tbl")), 0
        text, note = words.text, words.note
        if cell.vMerge == "continue" and len(cells) < len(above):
            text, down = above[len(cells)].text, above[len(cells)].down + 1
        for right in range(cell.grid_span):
            cells.append(SourceCell(text, f"{place}{len(cells) + 1}列目", down, right, cell.grid_span, note))
    return cells
