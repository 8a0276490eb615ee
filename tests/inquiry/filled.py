"""Inquiry workbooks as people send them in: issued by the portal, edited cell by cell; or only what one would say."""

from io import BytesIO

from django.utils import timezone
from openpyxl import load_workbook

from actionplan.inquiry.apply_answers import Decision, apply_answers
from actionplan.inquiry.compare import compare
from actionplan.inquiry.current_answers import read_current_answers
from actionplan.inquiry.layout import SHEET, AnswerLine, InquiryFile
from actionplan.models import YearlyStatus
from tests.inquiry.workbooks import LETTERS


def edited(data, **cells):
    """The workbook with cells written, saved as a spreadsheet program does. cells: c1_1_1={"text": "実施した。"}."""
    book = load_workbook(BytesIO(data))
    sheet = book[SHEET]
    rows = {cell.value: cell.row for cell in sheet["A"]}
    for name, values in cells.items():
        for field, value in values.items():
            sheet[f"{LETTERS[field]}{rows[name.removeprefix('c').replace('_', '-')]}"] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def line(status, number=7, revision=None, doubts=None, **cells):
    """What a file says about an answer, in row 7 unless told; issued at its present revision unless told."""
    return AnswerLine(number, status.pk, revision or status.revision, cells, status.item.code, {}, doubts or {})


def file_of(*lines, report, department=None, troubles=(), key=""):
    """What a file of these lines says."""
    pk = department and department.pk
    return InquiryFile(key or report.key, pk, timezone.now(), lines, troubles, (), LETTERS)


def compared(file, report, user):
    """The file held against the answers as they stand now."""
    return compare(file, read_current_answers(report, [file], user))


def taken(file, report, user, name="照会票.xlsx", good_only=False, seal=None, **choices):
    """The file, taken as it is shown now. choices: text="take" for every cell of that field."""
    now = compared(file, report, user)
    picks = {
        cell.key: f"{choices[cell.field]}:{cell.digest}"
        for item in now.items
        for cell in item.cells
        if cell.field in choices
    }
    decision = Decision(seal or now.seal, picks, good_only)
    return apply_answers(file, decision, report=report, name=name, by=user)


def stored(status):
    """The answer as the database has it now."""
    return YearlyStatus.objects.get(pk=status.pk)


def written(status, **cells):
    """The answer after somebody else has saved these cells."""
    row = stored(status)
    for field, value in cells.items():
        setattr(row, field, value)
    row.save()
    return row
