"""The inquiry workbook (照会票) of one department or partner: its items, last year's answers, the cells to fill in."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from actionplan.answers.sheet import SheetRow, answer_sheet
from actionplan.cells import CELLS, CHOICE, CHOICES, FIGURES
from actionplan.exports.columns import SAMPLE
from actionplan.exports.tabular import OPTIONS, line_count
from actionplan.figures import blank_lines
from actionplan.fiscal_year import LAST_YEAR
from actionplan.inquiry.current_answers import PartnerLine, answer_text, due_words, is_open, remark, shown_text
from actionplan.inquiry.layout import (
    ANSWER,
    FIGURES_COLUMN,
    FOR_DEPARTMENTS,
    FOR_PARTNERS,
    GUIDANCE,
    LAST,
    MACHINE,
    PARTNER_COLUMNS,
    REMARK,
    SHEET,
    Column,
    RowNumber,
    Shape,
    Stamp,
    cell_mark,
    cell_marks,
    columns_with,
    row_signer,
)
from actionplan.inquiry.styles import BODY, HEADING, TALLEST, TITLE, GrowingWorksheet, formats_of, height
from actionplan.models import AnnualReport, Department, Partner, State, Succession, place_of
from actionplan.scale import Scale
from actionplan.words import NO_DEPARTMENT, day_words

Rows = Sequence[SheetRow] | Sequence[PartnerLine]


def write_inquiry(
    report: AnnualReport, department: Department | None, rows: Sequence[SheetRow], *, issued_at: datetime | None = None
) -> bytes:
    """The workbook of these rows, in their order.

    department: whom it is for; None for items without one. issued_at: now unless told.
    """
    stamp = Stamp(report.key, department.pk if department else None, issued_at or timezone.now(), len(rows))
    figures = any(row.status.declared for row in rows)
    said = {"marks": any(row.marks for row in rows), "content": any(row.status.item.content for row in rows)}
    unsaid = {key for key, says in said.items() if rows and not says}
    return _written(report, name_of(department), rows, stamp, columns_with(figures=figures, unsaid=unsaid))


def write_partner_inquiry(report: AnnualReport, partner: Partner, rows: Sequence[PartnerLine]) -> bytes:
    """The workbook of a partner outside the city hall: the same, with one box an item."""
    stamp = Stamp(report.key, None, timezone.now(), len(rows), partner.pk)
    says = not rows or any(row.status.item.content for row in rows)
    return _written(
        report, str(partner), rows, stamp, [each for each in PARTNER_COLUMNS if says or each.key != "content"]
    )


def last_year_of(rows: Rows) -> str:
    """What the year is called whose words stand beside the boxes."""
    return next((row.last_year for row in rows if row.last_year != LAST_YEAR), LAST_YEAR)


def _written(report: AnnualReport, name: str, rows: Rows, stamp: Stamp, columns: Sequence[Column]) -> bytes:
    when = last_year_of(rows)
    columns = [
        replace(each, header=each.header.replace(LAST_YEAR, when)) if each.kind == LAST else each for each in columns
    ]
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS}) as book:
        made = timezone.localtime(stamp.issued_at).replace(tzinfo=None)
        book.set_properties({"title": f"{report}照会票（{name}）", "created": made})
        formats = formats_of(book)
        sheet = book.add_worksheet(SHEET, worksheet_class=GrowingWorksheet)
        questions = QuestionSheet(sheet, formats, stamp, columns)
        guidance = GuidanceSheet(book.add_worksheet(GUIDANCE, worksheet_class=GrowingWorksheet), formats)
        guidance.fill(report, name, questions.shape, columns)
        questions.fill(report, name, rows, guidance.texts)
    return stream.getvalue()


def name_of(department: Department | None) -> str:
    """What the workbook calls a department."""
    return str(department) if department else NO_DEPARTMENT


def file_name(report: AnnualReport, whose: Department | Partner | None) -> str:
    """照会票_平成22年度_○○課.xlsx, safe on every system."""
    return safe(f"照会票_{report.short_label}_{whose or NO_DEPARTMENT}", ".xlsx")


Bundle = tuple[Department | None, list[SheetRow]]


def inquiry_zip(report: AnnualReport, *, issued_at: datetime | None = None) -> bytes:
    """A zip with one workbook for each department that has items in the year; a few queries, however many there are.

    Departments that were renamed or merged stand together under the one that stands for them today.
    """
    now = issued_at or timezone.now()
    stream = BytesIO()
    taken: set[str] = set()
    with ZipFile(stream, "w") as archive:
        for department, rows in bundles(report):
            name = told_apart(file_name(report, department), taken)
            made = ZipInfo(name, date_time=timezone.localtime(now).timetuple()[:6])
            # A workbook is a zip itself: packing it once more would only take time.
            archive.writestr(made, write_inquiry(report, department, rows, issued_at=now))
    return stream.getvalue()


def bundles(report: AnnualReport) -> list[Bundle]:
    """Each department of the year with its rows in report order; those without a department come last."""
    succession, today = Succession(), timezone.localdate()
    rows_of: dict[int | None, list[SheetRow]] = defaultdict(list)
    for row in answer_sheet(report):
        rows_of[succession.current(row.status.department_id, today)].append(row)
    found = [(succession.by_pk[pk] if pk else None, rows) for pk, rows in rows_of.items()]
    return sorted(found, key=lambda bundle: place_of(bundle[0]))


def zip_name(report: AnnualReport) -> str:
    """照会票_平成22年度.zip."""
    return safe(f"照会票_{report.short_label}", ".zip")


LONGEST_PROMPT = 255  # characters, the limit of Excel
FROM_THE_LIST = "▼の一覧から選んでください。"
ELSEWHERE = "区分の意味は「記入要領」のシートにあります。"


def offer_choices(sheet: Worksheet, first: int, last: int, column: int, name: str, scale: Scale) -> None:
    """Gives the cells of the named column, from row first to row last, the list of categories and what each means."""
    labels = [each.label for each in scale.chosen]
    meanings = "\n".join(f"{each.label}：{each.definition}" for each in scale.chosen)
    error = f"{'・'.join(labels)}から選んでください。"
    rule = {
        "validate": "list",
        "source": labels,
        "input_title": "▼から選びます",
        "input_message": meanings if len(meanings) <= LONGEST_PROMPT else ELSEWHERE,
        "error_title": name,
        "error_message": error if len(error) <= LONGEST_PROMPT else FROM_THE_LIST,
    }
    sheet.data_validation(first, column, last, column, rule)


def show_what_is_empty(sheet: Worksheet, first: int, last: int, column: int, form: Format) -> None:
    """Lets the cells of a column wear the format as long as nothing stands in them."""
    sheet.conditional_format(first, column, last, column, {"type": "blanks", "format": form})


UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]+')
BLANKS = re.compile(r"\s+")
LONGEST = 180  # bytes of UTF-8: file systems hold 255, and people add to names


def safe(name: str, ending: str) -> str:
    """The name with its ending: no sign that a system forbids, no dots or blanks at its edges, not too long."""
    plain = BLANKS.sub("_", UNSAFE.sub("_", unicodedata.normalize("NFC", name))).strip("._ ")
    return plain.encode()[:LONGEST].decode(errors="ignore") + ending


def told_apart(name: str, taken: set[str]) -> str:
    """The name, or with （2）, （3） … before its ending when it is taken already; then it is taken too."""
    stem, dot, ending = name.rpartition(".")
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem}（{number}）{dot}{ending}"
    taken.add(found.casefold())
    return found


HEAD_ROW = 3  # counted from 0; above it stand the title, what to do, and what the columns are for
FIRST_ROW = HEAD_ROW + 1
LEAST_LINES = 3  # a row is never so low that nobody would write into it
ENOUGH = 1200  # characters: as many fill the tallest row of Excel in the widest column
FILTER_FROM = 30  # fewer rows need no filter, and its arrows look like choices
CLOSED = "提出済みのため、書き換えられません（確認用）"
PERMITTED = {"format_columns": True, "format_rows": True, "autofilter": True}
CENTRED = {"code", "marks", "kind", "last_progress", *(cell.name for cell in CELLS if cell.kind == CHOICE)}


class QuestionSheet:
    """The sheet while it is written."""

    def __init__(
        self, sheet: GrowingWorksheet, formats: Mapping[str, Format], stamp: Stamp, columns: Sequence[Column]
    ) -> None:
        self.sheet, self.formats, self.stamp, self.columns = sheet, formats, stamp, columns
        self.signer = row_signer()
        self.row = FIRST_ROW
        self.shape = FOR_PARTNERS if stamp.partner_id else FOR_DEPARTMENTS
        self.places = {column.key: index for index, column in enumerate(self.columns)}
        self.printed = sum(column.kind != MACHINE for column in self.columns)

    def fill(self, report: AnnualReport, name: str, rows: Rows, beside: Sequence[str] = ()) -> None:
        """Writes the head and a row for each item; then what the cells allow. beside: the texts of other sheets."""
        self._page_setup()
        self._head(report, name, rows, beside)
        for row in rows:
            self._item(row)
        if rows:
            self._answers_columns(report.scale)
        if len(rows) >= FILTER_FROM:
            self.sheet.autofilter(HEAD_ROW, 0, self.row - 1, len(self.columns) - 1)
        self.sheet.print_area(0, 0, self.row - 1, self.printed - 1)
        self.sheet.protect("", PERMITTED)

    def _answers_columns(self, scale: Scale) -> None:
        for cell in (each for each in CELLS if each.name in self.places):
            place = FIRST_ROW, self.row - 1, self.places[cell.name]
            if cell.kind == CHOICE:
                offer_choices(self.sheet, *place, cell.label, scale)
            if cell.needed:
                show_what_is_empty(self.sheet, *place, self.formats["empty"])

    def _page_setup(self) -> None:
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width)
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.repeat_rows(HEAD_ROW)
        self.sheet.set_margins(left=0.31, right=0.31, top=0.47, bottom=0.55)  # inches: 8, 12 and 14 mm
        self.sheet.set_footer("&C- &P / &N -")
        self.sheet.freeze_panes(FIRST_ROW, self.places["name"] + 1)
        self.sheet.hide_gridlines(2)
        self.sheet.set_zoom(90)
        self.sheet.set_selection(FIRST_ROW, self.places["text"], FIRST_ROW, self.places["text"])

    def _head(self, report: AnnualReport, name: str, rows: Rows, beside: Sequence[str]) -> None:
        mark = f"【{SAMPLE}】" if report.sample else ""
        title = f"{mark}{report.label}　{report.plan.title}実施状況　照会票　{name}"
        opened = any(is_open(row.status) for row in rows) or not rows
        call = f"黄色の欄に記入し、保存してください。{due_words(report)}" if opened else CLOSED
        groups = {**self.shape.groups, LAST: self.shape.groups[LAST].replace(LAST_YEAR, last_year_of(rows))}
        groups = groups if opened else {**groups, ANSWER: self.shape.closed}
        stamp = replace(self.stamp, marks="".join(map(cell_mark, (title, call, *groups.values(), *beside))))
        self._line(0, title, "title", TITLE)
        self.sheet.write_string(0, self.places["token"], stamp.sign(), self.formats["stamp"])
        self._line(1, call, "call", HEADING)
        self._columns(groups)

    def _columns(self, groups: Mapping[str, str]) -> None:
        self.sheet.set_row(2, height(1))
        seen: set[str] = set()
        for index, column in enumerate(self.columns):
            if column.kind not in seen:
                style = "group_answer" if column.kind == ANSWER else "group"
                self.sheet.write_string(2, index, groups[column.kind], self.formats[style])
            seen.add(column.kind)
        lines = [line_count(each.header, each.width, BODY) for each in self.columns if each.kind == LAST]
        self.sheet.set_row(HEAD_ROW, height(max([2, *lines])))
        for index, column in enumerate(self.columns):
            style = "head_answer" if column.kind == ANSWER else "head"
            self.sheet.write_string(HEAD_ROW, index, column.header, self.formats[style])

    def _line(self, row: int, text: str, style: str, size: int) -> None:
        self.sheet.set_row(row, height(1, size))
        self.sheet.write_string(row, 0, text, self.formats[style])

    def _item(self, row: SheetRow | PartnerLine) -> None:
        texts = [self._text(column, row) for column in self.columns]
        printed = list(zip(texts, self.columns, strict=True))[: self.printed]
        lines = max(line_count(text[:ENOUGH], column.width, BODY) for text, column in printed)
        if height(lines) >= TALLEST:
            texts[self.places["remark"]] = "\n".join(filter(None, [texts[self.places["remark"]], self.shape.cut]))
        texts[self.places["token"]] = self._number(row, dict(zip(self.places, texts, strict=True))).sign(self.signer)
        self.sheet.set_row(self.row, height(max(lines, LEAST_LINES)))
        for index, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            form = self.formats[_style(column, row)]
            if text:
                self.sheet.write_string(self.row, index, text, form)
            else:
                self.sheet.write_blank(self.row, index, None, form)
        self.row += 1

    def _text(self, column: Column, row: SheetRow | PartnerLine) -> str:
        if column.key == "token":
            return ""  # it marks what stands in the others
        if column.kind == REMARK:
            return remark(row.status)
        if isinstance(row, PartnerLine):
            return row.shown(column.key)
        if column is FIGURES_COLUMN:
            return blank_lines(row.status.figures, row.last_figures, row.status.declared, row.last_year)
        return answer_text(row.status, column.key) if column.kind == ANSWER else shown_text(row, column.key)

    def _number(self, row: SheetRow | PartnerLine, texts: Mapping[str, str]) -> RowNumber:
        stamp, status, item = self.stamp, row.status, row.status.item
        known = (status.pk, status.revision, item.plain_code, item.printed_number)
        return RowNumber(stamp.report, stamp.department_id, *known, stamp.partner_id, cell_marks(texts))


def _style(column: Column, row: SheetRow | PartnerLine) -> str:
    if column.kind == ANSWER and is_open(row.status):
        return "answer_centred" if column.key in CENTRED else "answer"
    if column.kind == REMARK and row.status.state == State.RETURNED:
        return "returned"
    if column.kind == MACHINE:
        return "number" if column.key == "token" else "technical"
    return "centred" if column.key in CENTRED else "shown"


WIDTHS = (18, 86)
COLOURS = (
    ("黄色の欄", "text_yellow", "記入する欄です。濃い黄色は、{needed}がまだ空であることを表します。"),
    ("灰色の欄", "text_head", "確認用です。変更できません。提出済み・確定済みの項目も灰色で、記入できません。"),
    ("赤い欄", "text_red", "事務局から差し戻された項目です。理由を読み、黄色の欄を直してください。"),
)


class GuidanceSheet:
    """The sheet while it is written, from top to bottom."""

    def __init__(self, sheet: GrowingWorksheet, formats: Mapping[str, Format]) -> None:
        self.sheet, self.formats, self.row = sheet, formats, 0
        self.texts: list[str] = []  # all that it says

    def fill(self, report: AnnualReport, name: str, shape: Shape, columns: Sequence[Column]) -> None:
        """Writes every section, then locks the sheet. columns: of the sheet that is explained."""
        keys = {column.key for column in columns}
        self._page_setup()
        self._words(f"記入要領　{report}　{name}", "title", TITLE)
        self._section("締切と提出先")
        self._pairs(_when_and_where(report, shape))
        self._section(f"記入するところ（「{SHEET}」のシート）")
        self._pairs([*shape.asked, *([(FIGURES.label, FIGURES.hint)] if FIGURES.name in keys else [])])
        if CHOICES[0].name in keys:
            self._section("進捗区分の意味")
            self._pairs([(each.label, each.definition) for each in report.scale.chosen])
        self._section("色の見方")
        for words, style, meaning in COLOURS:
            self._pair(words, meaning.format(needed=shape.needed), style)
        self._section("ご注意")
        self._pairs([(f"（{number}）", rule) for number, rule in enumerate(shape.rules, 1)])
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _page_setup(self) -> None:
        for index, width in enumerate(WIDTHS):
            self.sheet.set_column(index, index, width)
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        self.sheet.hide_gridlines(2)

    def _section(self, words: str) -> None:
        self.row += 1
        self._words(words, "section", HEADING)
        self.sheet.write_blank(self.row - 1, 1, None, self.formats["section"])

    def _words(self, words: str, style: str, size: int) -> None:
        self.sheet.set_row(self.row, height(1, size))
        self._write(0, words, style)
        self.row += 1

    def _pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        for words, meaning in pairs:
            self._pair(words, meaning, "text_head")

    def _pair(self, words: str, meaning: str, style: str) -> None:
        lines = max(line_count(text, width, BODY) for text, width in zip((words, meaning), WIDTHS, strict=True))
        self.sheet.set_row(self.row, height(lines))
        self._write(0, words, style)
        self._write(1, meaning, "text_cell")
        self.row += 1

    def _write(self, column: int, words: str, style: str) -> None:
        self.sheet.write_string(self.row, column, words, self.formats[style])
        self.texts.append(words)


def _when_and_where(report: AnnualReport, shape: Shape) -> list[tuple[str, str]]:
    due = day_words(report.answers_due) if report.answers_due else "事務局にお問い合わせください。"
    contact = f"（{_contact(report.plan.office)}）" if report.plan.office else ""
    return [("締切", due), ("提出のしかた", shape.send.format(office=contact))]


def _contact(office: Department) -> str:
    reach = [f"電話 {office.phone}" if office.phone else "", office.email]
    return "　".join([str(office), *filter(None, reach)])
