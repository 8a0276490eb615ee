"""The report in the newsletter's layout as a workbook for the office printer: A4, one sheet a policy."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import compress, zip_longest

from xlsxwriter import Workbook

from actionplan.exports.columns import SAMPLE, SAMPLE_SENTENCE, is_sample
from actionplan.exports.tabular import LONGEST_PIECE, OPTIONS, ExactWorksheet, line_count, pieces
from actionplan.models import EditionRow
from actionplan.selectors.report import ItemOutline, MeasureOutline, PolicyOutline, ReportOutline, report_outline
from actionplan.words import shown_policy

# Raise it when the same edition gives another workbook than before.
FORM_VERSION = 4

FONT = "BIZ UDGothic"
WIDTHS = (6, 25, 42, 27)  # mark | 項目 | アクションプランの内容 | 実施状況, in characters of the default font
NUMBERED = (9, 6, 22, 38, 25)  # the same behind a column of numbers, where an edition prints them
INDENT = 1.5  # what the indent of a cell takes of its width
BODY, HEADING, BAND, TITLE = 10, 11, 13, 15  # points
TO_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CELL = {"font_name": FONT, "font_size": BODY, "text_wrap": True, "valign": "vcenter", "border": 1}
STYLES = {
    "title": {"font_name": FONT, "font_size": TITLE, "bold": True, "align": "center", "text_wrap": True},
    "band": {"font_name": FONT, "font_size": BAND, "bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 2},
    "legend": {"font_name": FONT, "font_size": BODY, "text_wrap": True, "valign": "vcenter"},
    "head": {**CELL, "bold": True, "align": "center", "bg_color": "#F2F2F2"},
    "measure": {**CELL, "font_size": HEADING, "bold": True},
    "mark": {**CELL, "align": "center"},
    "cell": {**CELL, "indent": 1},
    "running": {**CELL, "indent": 1, "valign": "top"},
}


def write_report_workbook(front_matter: dict, rows: Iterable[EditionRow], *, created: datetime | None = None) -> bytes:
    """The workbook of rows that stand in page order, saved or not; created: what the file says about its making."""
    report = report_outline(front_matter, rows)
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS}) as book:
        if created:
            book.set_properties({"title": report.title, "created": created.replace(tzinfo=None)})
        formats = {name: book.add_format(style) for name, style in STYLES.items()}
        for policy in report.policies:
            # Named in figures: what is printed may be longer than a sheet's name, or hold what none can.
            name = shown_policy("", str(policy.number).translate(TO_FULL_WIDTH))
            sheet = book.add_worksheet(name, worksheet_class=ExactWorksheet)
            PolicySheet(sheet, formats).fill(report, policy)
    return stream.getvalue()


def _columns(report: ReportOutline, policy: PolicyOutline) -> tuple[list[int], list[bool]]:
    """The widths of the policy's columns, and which of the five it has; the last one takes what others leave."""
    marks = any(measure.has_marks for measure in policy.measures)
    contents = any(item.content for measure in policy.measures for item in measure.items)
    shown = [report.numbered, marks, True, contents, True]
    all_widths = NUMBERED if report.numbered else (0, *WIDTHS)
    widths = list(compress(all_widths, shown))
    widths[-1] += sum(all_widths) - sum(widths)
    return widths, shown


def _status(item: ItemOutline) -> str:
    """The status and, below it, each further cell that says something, under its name; areas and tags last."""
    return "\n".join(filter(None, [item.status, *(f"【{cell.label}】{cell.words}" for cell in item.further)]))


class PolicySheet:
    """One policy's sheet while it is written, from top to bottom."""

    def __init__(self, sheet: ExactWorksheet, formats: dict) -> None:
        self.sheet = sheet
        self.formats = formats
        self.row = 0

    def fill(self, report: ReportOutline, policy: PolicyOutline) -> None:
        """Writes the title (a made-up year says so first), the band, the legend and every measure's table."""
        self.widths, self.shown = _columns(report, policy)
        self._page_setup()
        if is_sample(report.front_matter):
            self.sheet.set_header(f"&C{SAMPLE}")
            self._line(f"【{SAMPLE_SENTENCE}】", "legend", BODY)
        self._line(report.title, "title", TITLE)
        number = shown_policy(policy.printed, str(policy.number).translate(TO_FULL_WIDTH))
        self._line(f"{number}　{policy.title}", "band", BAND)
        if report.legend:
            self._line("　".join(f"{mark.symbol}{mark.label}" for mark in report.legend), "legend", BODY)
        self.heading = policy.measures[0].status_heading
        self.sheet.repeat_rows(self.row)
        self._head()
        for measure in policy.measures:
            self._measure(measure)

    def _page_setup(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_paper(9)  # A4
        self.sheet.set_portrait()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_margins(left=0.63, right=0.63, top=0.71, bottom=0.79)  # inches: 16, 18 and 20 mm
        self.sheet.set_footer("&C- &P -")
        self.sheet.hide_gridlines(2)

    def _line(self, text: str, style: str, size: int) -> None:
        lines = line_count(text, sum(self.widths), size)
        self.sheet.set_row(self.row, 8 + lines * size * 1.4)
        # An empty text first: merge_range would guess a type from a text's looks.
        self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", self.formats[style])
        self.sheet.write_string(self.row, 0, text, self.formats[style])
        self.row += 1

    def _head(self) -> None:
        self._cells(self._of("番号", "主体", "項目", "アクションプランの内容", self.heading), "head")

    def _of(self, *texts: str) -> tuple[str, ...]:
        """Those of the texts for which there is a column."""
        return tuple(compress(texts, self.shown))

    def _measure(self, measure: MeasureOutline) -> None:
        self._line(f"■{measure.heading}", "measure", HEADING)
        if measure.status_heading != self.heading:
            self.heading = measure.status_heading
            self._head()
        for item in measure.items:
            marks = "\n".join(mark.symbol for mark in item.marks)
            self._item(self._of(item.code, marks, item.name, item.content, _status(item)))

    def _item(self, texts: tuple[str, ...]) -> None:
        """One item; a text that is too long for the tallest row of Excel runs on in the rows below."""
        columns = [
            pieces(text, width - INDENT, BODY, LONGEST_PIECE) for text, width in zip(texts, self.widths, strict=True)
        ]
        rows = list(zip_longest(*columns, fillvalue=""))
        for row in rows:
            self._cells(row, "cell" if len(rows) == 1 else "running")

    def _cells(self, texts: Sequence[str], style: str) -> None:
        lines = max(line_count(text, width - INDENT, BODY) for text, width in zip(texts, self.widths, strict=True))
        self.sheet.set_row(self.row, 6 + lines * BODY * 1.4)
        for column, text in enumerate(texts):
            named = "mark" if style != "head" and column < sum(self.shown[:2]) else style
            self.sheet.write_string(self.row, column, text, self.formats[named])
        self.row += 1
