"""The report in the newsletter's layout as a workbook for the office printer: A4, 10 pt, one sheet a policy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import compress, zip_longest
from math import ceil

from xlsxwriter import Workbook

from actionplan.cells import CHOICES
from actionplan.exports.columns import SAMPLE, SAMPLE_SENTENCE, is_sample
from actionplan.exports.tabular import LONGEST_PIECE, OPTIONS, ExactWorksheet, line_count, pieces
from actionplan.models import EditionRow
from actionplan.scale import UNSET
from actionplan.selectors.report import ItemOutline, MeasureOutline, PolicyOutline, ReportOutline, report_outline
from actionplan.words import shown_policy

# Raise it when the same edition gives another workbook than before.
FORM_VERSION = 5

FONT = "BIZ UDGothic"


@dataclass(frozen=True)
class LaidPaper:
    """A4 as it is laid: how many characters of the default font it is wide, how many points tall, both within margins.

    name: the width of the items' names. content: which part of what is left the plan's words take; the status the rest.
    """

    width: int
    height: int
    name: int
    lying: bool
    content: float


# The widths leave room for programs that draw a character eight pixels wide.
WAYS = [
    LaidPaper(*paper, part) for paper in ((78, 734, 17, False), (118, 487, 24, True)) for part in (0.6, 0.5, 0.4, 0.3)
]
NUMBER, MARK, PROGRESS = 9, 6, 10
HEAD = 130  # points that title, band, legend and the table's head take of a policy's first page
INDENT = 1.5  # what the indent of a cell takes of its width
BODY, HEADING, BAND, TITLE = 10, 11, 13, 15  # points
LINE = BODY * 1.4  # points
# The width of columns goes by it: Calibri, where it lacks, is drawn wider, and the page would be shrunk.
DEFAULT = {"font_name": FONT, "font_size": 11}
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


def write_report_workbook(
    front_matter: dict,
    rows: Iterable[EditionRow],
    *,
    created: datetime | None = None,
    imprint: tuple[str, str] = ("", ""),
) -> bytes:
    """The workbook of rows that stand in page order, saved or not; created: what the file says about its making.

    imprint: what the foot of every page says on its left and on its right.
    """
    report = report_outline(front_matter, rows)
    paper = min(WAYS, key=lambda way: _pages(report, way))
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS, "default_format_properties": dict(DEFAULT)}) as book:
        if created:
            book.set_properties({"title": report.title, "created": created.replace(tzinfo=None)})
        formats = {name: book.add_format(style) for name, style in STYLES.items()}
        for policy in report.policies:
            # Named in figures: what is printed may be longer than a sheet's name, or hold what none can.
            name = shown_policy("", str(policy.number).translate(TO_FULL_WIDTH))
            sheet = book.add_worksheet(name, worksheet_class=ExactWorksheet)
            PolicySheet(sheet, formats, paper, imprint).fill(report, policy)
    return stream.getvalue()


def _items(report: ReportOutline, policy: PolicyOutline | None = None) -> Iterator[ItemOutline]:
    for each in [policy] if policy else report.policies:
        for measure in each.measures:
            yield from measure.items


def _columns(report: ReportOutline, policy: PolicyOutline, paper: LaidPaper) -> tuple[list[int], list[bool]]:
    """The widths of the policy's columns, and which of the six it has; the status takes what others leave.

    The category is a column in a year that says one of any item.
    """
    marks = any(measure.has_marks for measure in policy.measures)
    contents = any(measure.has_contents for measure in policy.measures)
    progress = any(item.progress != UNSET for item in _items(report))
    shown = [report.numbered, marks, True, contents, True, progress]
    fixed = sum(compress((NUMBER, MARK, paper.name, 0, 0, PROGRESS), shown))
    content = round((paper.width - fixed) * paper.content) if contents else 0
    every = (NUMBER, MARK, paper.name, content, paper.width - fixed - content, PROGRESS)
    return list(compress(every, shown)), shown


def _texts(item: ItemOutline, shown: Sequence[bool]) -> tuple[str, ...]:
    """The item's cells, those for which there is a column."""
    marks = "\n".join(mark.symbol for mark in item.marks)
    every = (item.code, marks, item.name, item.content, _status(item), item.progress_label)
    return tuple(compress(every, shown))


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """The points that a row of the table takes."""
    return 6 + LINE * max(line_count(text, width - INDENT, BODY) for text, width in zip(texts, widths, strict=True))


def _pages(report: ReportOutline, paper: LaidPaper) -> tuple[int, float]:
    """How many pages the report takes, about; and how much of them is written on."""
    parts = [_policy_height(report, policy, paper) / paper.height for policy in report.policies]
    return sum(map(ceil, parts)), sum(parts)


def _policy_height(report: ReportOutline, policy: PolicyOutline, paper: LaidPaper) -> float:
    widths, shown = _columns(report, policy, paper)
    rows = sum(_height(_texts(item, shown), widths) for item in _items(report, policy))
    return HEAD + rows + len(policy.measures) * (8 + HEADING * 1.4)


def _status(item: ItemOutline) -> str:
    """The status and, below it, each further cell that says something, under its name; areas and tags last."""
    return "\n".join(filter(None, [item.status, *(f"【{cell.label}】{cell.words}" for cell in item.further)]))


class PolicySheet:
    """One policy's sheet while it is written, from top to bottom."""

    def __init__(self, sheet: ExactWorksheet, formats: dict, paper: LaidPaper, imprint: tuple[str, str]) -> None:
        self.sheet, self.formats = sheet, formats
        self.paper, self.imprint = paper, imprint
        self.row = 0

    def fill(self, report: ReportOutline, policy: PolicyOutline) -> None:
        """Writes the title (a made-up year says so first), the band, the legend and every measure's table."""
        self.widths, self.shown = _columns(report, policy, self.paper)
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
        if self.paper.lying:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_margins(left=0.63, right=0.63, top=0.71, bottom=0.79)  # inches: 16, 18 and 20 mm
        # A blank before words that may begin with a figure: it would be taken for the size of the type.
        left, right = (words.replace("&", "&&") for words in self.imprint)
        self.sheet.set_footer(f"&L&8 {left}&C- &P -&R&8 {right}")
        self.sheet.hide_gridlines(2)

    def _line(self, text: str, style: str, size: int) -> None:
        lines = line_count(text, sum(self.widths), size)
        self.sheet.set_row(self.row, 8 + lines * size * 1.4)
        # An empty text first: merge_range would guess a type from a text's looks.
        self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", self.formats[style])
        self.sheet.write_string(self.row, 0, text, self.formats[style])
        self.row += 1

    def _head(self) -> None:
        names = ("番号", "主体", "項目", "アクションプランの内容", self.heading, CHOICES[0].label)
        self._cells(list(compress(names, self.shown)), "head")

    def _measure(self, measure: MeasureOutline) -> None:
        self._line(f"■{measure.heading}", "measure", HEADING)
        if measure.status_heading != self.heading:
            self.heading = measure.status_heading
            self._head()
        for item in measure.items:
            self._item(_texts(item, self.shown))

    def _item(self, texts: tuple[str, ...]) -> None:
        """One item; a text that is too long for the tallest row of Excel runs on in the rows below."""
        columns = [
            pieces(text, width - INDENT, BODY, LONGEST_PIECE) for text, width in zip(texts, self.widths, strict=True)
        ]
        rows = list(zip_longest(*columns, fillvalue=""))
        for row in rows:
            self._cells(row, "cell" if len(rows) == 1 else "running")

    def _cells(self, texts: Sequence[str], style: str) -> None:
        self.sheet.set_row(self.row, _height(texts, self.widths))
        for column, text in enumerate(texts):
            named = "mark" if style != "head" and column < sum(self.shown[:2]) else style
            self.sheet.write_string(self.row, column, text, self.formats[named])
        self.row += 1
