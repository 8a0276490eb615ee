"""What an uploaded inquiry workbook says: every answer that can be known, and everything that has to be mended."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import cast
from zipfile import ZipFile

from django.core.signing import Signer
from django.utils import timezone
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import range_boundaries

from actionplan.apart import read_apart
from actionplan.archives import NOT_XLSX
from actionplan.cells import BY_NAME, CHOICE, TEXT
from actionplan.checks.wording import says_little
from actionplan.exports.tabular import LONGEST_CELL
from actionplan.inquiry.as_seen import CellFault, cell_words, doubt_about, looks_told, retold, unread, written_in
from actionplan.inquiry.current_answers import fits
from actionplan.inquiry.find_sheet import Cells, FoundSheet, find_sheet, head_notes, head_troubles, open_workbook
from actionplan.inquiry.layout import (
    ANSWER_COLUMNS,
    HEADERS,
    LOCKED,
    MOST_NAMED,
    SHEET,
    TOO_LONG,
    AlteredError,
    AnswerLine,
    Doubt,
    InquiryFile,
    RowNumber,
    Trouble,
    read_row_number,
    row_signer,
)
from actionplan.models import AnnualReport, Person
from actionplan.scale import DEFAULT, Scale, fold_label
from actionplan.text import refusal
from actionplan.uploads import UploadError, column_letters, plain_text
from actionplan.waiting_files import ONE_DAY, WAITING_NAME, OwnedFile, uploads


def read_inquiry(data: bytes, name: str, scale: Scale = DEFAULT) -> InquiryFile:
    """What the workbook says. name: of the file, as the person called it. scale: of the plan that it asks about.

    Raises UploadError, with a sentence of its own for each kind of file, when nothing can be read.
    """
    return read_apart(_read_inquiry, data, name, scale)


def _read_inquiry(data: bytes, name: str, scale: Scale) -> InquiryFile:
    book = open_workbook(data, name)
    try:
        reading = Reading(find_sheet(book), scale)
        sheet, answers = reading.sheet, reading.answers.values()
        archive: ZipFile = vars(book)["_archive"]  # of the workbook that was read: an .ods was turned into one
        told = [*unread(archive, book, sheet.title, sheet.rows, answers), *written_in(book, sheet.above, sheet.stamp)]
        return replace(reading.result(), unread=tuple(told))
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


class Reading:
    """One reading of a sheet: the lines, and every trouble in the order of the rows."""

    def __init__(self, sheet: FoundSheet, scale: Scale) -> None:
        self.sheet, self.scale = sheet, scale
        self.rows = Rows(sheet, row_signer())
        self.answers = {field: place for field, place in self.rows.columns.items() if field in ANSWER_COLUMNS}
        self.locked = [key for key in LOCKED if key in self.rows.columns]
        self.lines: list[AnswerLine] = []
        self.lines_of: dict[int, list[int]] = {}  # status → every line that it was met in
        self.unknown: set[str] = set()
        self.order: list[tuple[int, ...]] = []
        self.retold: list[str] = []
        self.troubles = [*head_troubles(sheet), *self.rows.merged()]

    def result(self) -> InquiryFile:
        """The whole of what the sheet says."""
        for line, cells in self.sheet.rows:
            self._read(line, cells)
        self.troubles += self._doubled()
        stamp = self.sheet.stamp
        return InquiryFile(
            stamp.report,
            stamp.department_id,
            stamp.issued_at,
            tuple(self.lines),
            tuple(sorted(self.troubles, key=lambda trouble: trouble.line or 0)),
            tuple(self._notes()),
            {key: column_letters(self.rows.columns[key]) for key in (*self.answers, *self.locked)},
            frozenset(self.unknown),
            stamp.partner_id,
        )

    def _read(self, line: int, cells: Cells) -> None:
        try:
            number = self.rows.number(line, cells)
        except RowFault as fault:
            self.troubles.append(fault.trouble)
            self.unknown.add(self.rows.words("code", cells))
            return
        if number is None:
            return
        met = self.lines_of.setdefault(number.status_id, [])
        met.append(line)
        if len(met) == 1:
            self.troubles += self.rows.altered(line, cells, number)
            answers, doubts = self._cells(line, cells)
            locked = {key: self.rows.words(key, cells) for key in self.locked}
            self._point_out_struck(line, cells)
            self.lines.append(
                AnswerLine(
                    line, number.status_id, number.revision, answers, number.shown, locked, doubts, number.locked
                )
            )
            self._point_out(line, cells, answers)
            self.order.append(tuple(map(int, number.code.split("-"))))

    def _point_out_struck(self, line: int, cells: Cells) -> None:
        """Notes each cell that is only there to be read and was struck through: somebody says so that it is wrong."""
        for key in self.locked:
            index = self.rows.columns[key]
            if index < len(cells) and (doubt := doubt_about(cells[index], self.rows.words(key, cells))):
                self.retold.append(f"{self.rows.place(key, line)}（{HEADERS[key]}）：{doubt.sentence}読み込みません。")

    def _doubled(self) -> Iterator[Trouble]:
        for line in self.lines:
            met = self.lines_of[line.status_id]
            if len(met) > 1:
                places = "と".join(f"{each}行目" for each in met)
                sentence = f"項目{line.code}の行が{places}にあります。正しい行だけを残してください。"
                yield from (Trouble(self.rows.place("token", each), sentence) for each in met)

    def _point_out(self, line: int, cells: Cells, answers: dict[str, str]) -> None:
        """Notes each text that says nothing by itself, and a status that is last year's."""
        for field, text in answers.items():
            last = self.rows.words("last_text", cells) if field == "text" else ""
            if BY_NAME[field].kind == TEXT and (told := says_little(text, last)):
                self.retold.append(f"{self.rows.place(field, line)}{told}")

    def _cells(self, line: int, cells: Cells) -> tuple[dict[str, str], dict[str, Doubt]]:
        found, doubts = {}, {}
        for field, index in self.answers.items():
            try:
                text = read_cell(cells[index], field, self.scale) if index < len(cells) else BY_NAME[field].empty
                if doubt := self._doubt(cells, index, field, text):
                    doubts[field] = doubt
                elif told := retold(cells, index, text):
                    self.retold.append(f"{self.rows.place(field, line)}{told}")
                if index < len(cells) and text and (told := looks_told(cells[index])):
                    self.retold.append(f"{self.rows.place(field, line)}{told}")
            except CellFault as fault:
                self.troubles.append(Trouble(self.rows.place(field, line), str(fault)))
                continue
            if text != TOO_LONG:
                found[field] = text
        return found, doubts

    def _doubt(self, cells: Cells, index: int, field: str, text: str) -> Doubt | None:
        """What has to be asked about the cell. Raises CellFault where its other reading cannot be."""
        doubt = doubt_about(cells[index], text) if index < len(cells) else None
        if doubt is None or doubt.other is None or BY_NAME[field].kind != CHOICE:
            return doubt
        return replace(doubt, other=_category(doubt.other, BY_NAME[field].label, self.scale))

    def _notes(self) -> Iterator[str]:
        if self.sheet.title != SHEET:
            yield f"シートの名前が「{self.sheet.title}」に変わっていますが、照会票として読み取りました。"
        yield from head_notes(self.sheet)
        if self.order != sorted(self.order):
            yield "行の並びが変わっていますが、照合番号で項目を確かめて読み取りました。"
        yield from self.retold[:MOST_NAMED]
        if (more := len(self.retold) - MOST_NAMED) > 0:
            yield f"ほかに{more}か所の欄も、数値か、タブや見えない文字でした。どれも文として読みました。"


def read_cell(cell: ReadOnlyCell | EmptyCell, field: str, scale: Scale) -> str:
    """What an answer cell says: a text, or the code of a category. Raises CellFault."""
    text, asked = cell_words(cell), BY_NAME[field]
    return _category(text, asked.label, scale) if asked.kind == CHOICE else _running_text(text)


def _running_text(text: str) -> str:
    if sentence := refusal(text):
        raise CellFault(sentence)
    if not fits(text):
        raise CellFault(f"長すぎます（{len(text)}字）。{LONGEST_CELL}字以内にしてください。")
    return text


def _category(text: str, name: str, scale: Scale) -> str:
    code = scale.codes_by_label.get(fold_label(text))
    if code is None:
        names = "・".join(each.label for each in scale.chosen)
        raise CellFault(f"{name}「{text.strip()}」は使えません。{names}から選んでください。")
    return code


ADDED = (
    "照合番号のない行です。行を増やしても取り込めません。"
    "この行を削除するか、もとの項目の行に書き写してください。項目を増やすときは、事務局に連絡してください。"
)
ALTERED = "照合番号が書き換えられています。照会票をダウンロードし直し、この行の答えを書き写してください。"
OTHER_YEAR = "ほかの年度の照会票の行です。この行を削除してください。"
OTHER_DEPARTMENT = "ほかの課の照会票の行です。この行を削除してください。"
OTHER_PARTNER = "ほかの相手方か、市の課の照会票の行です。この行を削除してください。"
OF_A_PARTNER = "相手方の照会票の行です。この行を削除してください。"


class RowFault(ValueError):
    """Raised for a row that cannot be told; `trouble` says what and where."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Rows:
    """The rows of a sheet, each asked which item it is."""

    def __init__(self, sheet: FoundSheet, signer: Signer) -> None:
        self.sheet, self.signer, self.columns = sheet, signer, sheet.columns()

    def place(self, key: str, line: int) -> str:
        """The cell of a column in a line, as G7."""
        return f"{column_letters(self.columns[key])}{line}"

    def words(self, key: str, cells: Cells) -> str:
        """What stands in a cell that is not an answer, as a trimmed text; "" when its column is missing."""
        index = self.columns.get(key)
        return plain_text(cells[index].value).strip() if index is not None and index < len(cells) else ""

    def number(self, line: int, cells: Cells) -> RowNumber | None:
        """What the row says it is; None for a row without any word in the known columns. Raises RowFault."""
        text = self.words("token", cells)
        if not text:
            self._refuse_added(line, cells)
            return None
        try:
            number = read_row_number(text, self.signer)
        except AlteredError as error:
            raise RowFault(Trouble(self.place("token", line), ALTERED)) from error
        if number.report != self.sheet.stamp.report:
            raise RowFault(Trouble(self.place("token", line), OTHER_YEAR))
        stamp = self.sheet.stamp
        if (number.department_id, number.partner_id) != (stamp.department_id, stamp.partner_id):
            strange = OF_A_PARTNER if number.partner_id else OTHER_DEPARTMENT
            sentence = OTHER_PARTNER if stamp.partner_id else strange
            raise RowFault(Trouble(self.place("token", line), sentence))
        return number

    def _refuse_added(self, line: int, cells: Cells) -> None:
        filled = [key for key in self.columns if self.words(key, cells)]
        if filled:
            first = min(filled, key=self.columns.__getitem__)
            raise RowFault(Trouble(self.place(first, line), ADDED))

    def altered(self, line: int, cells: Cells, number: RowNumber) -> Iterator[Trouble]:
        """What somebody changed beside the number: another code, another revision."""
        for key, right in (("code", number.shown), ("revision", str(number.revision))):
            if key in self.columns and (found := self.words(key, cells)) != right:
                yield Trouble(
                    self.place(key, line),
                    f"{HEADERS[key]}「{found}」は、もとの「{right}」から変わっています。もとに戻してください。"
                    "行がずれていないかも確かめてください。",
                )

    def merged(self) -> Iterator[Trouble]:
        """A trouble for each line whose answer cells or number lie in a merged range: what they hold is lost."""
        lines = {line for line, _ in self.sheet.rows}
        kept = {self.columns[key] + 1 for key in (*ANSWER_COLUMNS, "token") if key in self.columns}
        for merged in self.sheet.merged:
            # One of whole columns or rows, of which no number is known, ends the reading as any broken file does.
            first, top, last, bottom = cast(tuple[int, int, int, int], range_boundaries(merged))
            if any(first <= column <= last for column in kept):
                for line in sorted(lines & set(range(top, min(bottom, max(lines, default=0)) + 1))):
                    yield Trouble(
                        f"{column_letters(first - 1)}{line}",
                        f"セル（{merged}）が結合されています。結合を解除し、それぞれの欄に入力し直してください。",
                    )


KIND = "inquiry"
MARKED = "（直すところ）"  # ends the name of a workbook that was given back with marks


@dataclass(frozen=True)
class WaitingInquiry:
    """A workbook that waits. name: the one that cannot be guessed; title: the file's own; arrived: when, in seconds.

    report: the key of the one that it was chosen for; scale: of its plan.
    """

    place: OwnedFile
    name: str
    title: str
    report: str
    arrived: float
    scale: Scale = DEFAULT

    def data(self) -> bytes:
        """The workbook's bytes. Raises FileNotFoundError when it is gone."""
        return self.place.read().partition(b"\n")[2]

    def read(self) -> InquiryFile:
        """What the workbook says. Raises UploadError, FileNotFoundError."""
        return _read(self.place.path, self.title, self.arrived, self.scale)

    @property
    def arrived_at(self) -> datetime:
        """When it was chosen."""
        return datetime.fromtimestamp(self.arrived, tz=timezone.get_current_timezone())

    def remove(self) -> None:
        """Removes the file."""
        self.place.remove()


@lru_cache(maxsize=64)
def _read(path: Path, title: str, arrived: float, scale: Scale) -> InquiryFile:
    # A waiting file never changes, and a queue of twenty would be read again on every page.
    return read_inquiry(path.read_bytes().partition(b"\n")[2], title, scale)


def keep(owner: Person, report: AnnualReport, title: str, data: bytes) -> WaitingInquiry:
    """The workbook, kept until it is taken."""
    place = OwnedFile(KIND, owner)
    head = json.dumps({"title": title, "report": report.key})
    place.save(head.encode() + b"\n" + data)
    return WaitingInquiry(place, place.name, title, report.key, place.path.stat().st_mtime, report.scale)


def find(owner: Person, report: AnnualReport, name: str) -> WaitingInquiry | None:
    """The person's waiting workbook of that name and year; None when there is none, or none any more."""
    if not WAITING_NAME.fullmatch(name):
        return None
    found = _open(OwnedFile(KIND, owner, name))
    return replace(found, scale=report.scale) if found and found.report == report.key else None


def waiting(owner: Person, report: AnnualReport) -> list[WaitingInquiry]:
    """All of the person's waiting workbooks of the year, the first to arrive first."""
    found = (replace(file, scale=report.scale) for file in _all(owner) if file.report == report.key)
    return sorted(found, key=lambda file: (file.arrived, file.title))


def _all(owner: Person) -> Iterator[WaitingInquiry]:
    prefix = OwnedFile(KIND, owner).prefix
    for path in uploads().glob(f"{prefix}*"):
        if found := _open(OwnedFile(KIND, owner, path.name.removeprefix(prefix))):
            yield found


def _open(place: OwnedFile) -> WaitingInquiry | None:
    try:
        arrived = place.path.stat().st_mtime
        with place.path.open("rb") as file:
            head = json.loads(file.readline())
    except (FileNotFoundError, ValueError):  # gone just now, or not written to its end yet
        return None
    if timezone.now().timestamp() - arrived > ONE_DAY:
        place.remove()
        return None
    return WaitingInquiry(place, place.name, head["title"], head.get("report", ""), arrived)
