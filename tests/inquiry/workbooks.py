"""Inquiry workbooks for tests: issued for a few items, edited as people edit them, looked into."""

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from actionplan.answers.sheet import answer_sheet
from actionplan.inquiry.layout import COLUMNS, SHEET, InquiryFile
from actionplan.inquiry.read_workbook import read_inquiry
from actionplan.inquiry.write_workbook import write_inquiry
from actionplan.models import AnnualReport, Department
from actionplan.uploads import UploadError
from tests import factories

HEAD_ROW, FIRST_ROW = 4, 5
LETTERS = {column.key: chr(ord("A") + index) for index, column in enumerate(COLUMNS)}


def place(key: str, row: int = FIRST_ROW) -> str:
    """The cell of a column in a row, as G7."""
    return f"{LETTERS[key]}{row}"


def issue(report: AnnualReport, department: Department | None = None) -> bytes:
    """The department's workbook as it would be downloaded now; of every item when no department is told."""
    wanted = [department.pk] if department else None
    return write_inquiry(report, department, answer_sheet(report, wanted))


def issued(*answers: dict) -> bytes:
    """A workbook of as many items as answers are told, in the year 2010."""
    report = factories.make_report(fiscal_year=2010)
    measure = factories.make_measure(report.plan)
    for answer in answers or ({},):
        fields = {"text": "", **answer}
        factories.make_status(report, factories.make_item(measure), **fields)
    return issue(report)


def edited(data: bytes, edit: Callable[[Worksheet], object]) -> bytes:
    """The workbook after somebody changed its sheet and saved it."""
    book = openpyxl.load_workbook(BytesIO(data))
    edit(book[SHEET])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled(data: bytes, **cells: object) -> bytes:
    """The workbook with values written into cells named like H5."""

    def fill(sheet: Worksheet) -> None:
        for name, value in cells.items():
            sheet[name] = value

    return edited(data, fill)


def respelt(data: bytes, old: bytes, new: bytes, where: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook with some of the XML of a part put otherwise, as other programs write it."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == where:
                assert old in part
                part = part.replace(old, new, 1)
            target.writestr(name, part)
    return stream.getvalue()


STRINGS = "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
SHARED_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
INLINE = re.compile(rb't="inlineStr"><is>(.*?)</is>', re.DOTALL)


def as_excel_saves(data: bytes) -> bytes:
    """The workbook with the strings of its first sheet in the table of shared strings."""
    stream, strings = BytesIO(), []

    def share(found: re.Match[bytes]) -> bytes:
        strings.append(b"<si>%s</si>" % found[1])
        return b't="s"><v>%d</v>' % (len(strings) - 1)

    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        parts = {name: source.read(name) for name in source.namelist()}
        first = "xl/worksheets/sheet1.xml"
        parts[first] = INLINE.sub(share, parts[first])
        kind = f'<Override PartName="/{STRINGS}" ContentType="{SHARED_TYPE}"/></Types>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kind.encode())
        way = f'<Relationship Id="rId99" Type="{RELATED}" Target="sharedStrings.xml"/></Relationships>'
        links = "xl/_rels/workbook.xml.rels"
        parts[links] = parts[links].replace(b"</Relationships>", way.encode())
        parts[STRINGS] = f'<sst xmlns="{MAIN}">'.encode() + b"".join(strings) + b"</sst>"
        for name, part in parts.items():
            target.writestr(name, part)
    return stream.getvalue()


def sheet_of(data: bytes, title: str = SHEET) -> Worksheet:
    """A sheet of the workbook, to look at."""
    return openpyxl.load_workbook(BytesIO(data))[title]


def read(data: bytes) -> InquiryFile:
    """What the workbook says."""
    return read_inquiry(data, "照会票.xlsx")


def refusal(data: bytes, name: str = "照会票.xlsx") -> str:
    """The sentence with which a file is refused as a whole."""
    with pytest.raises(UploadError) as caught:
        read_inquiry(data, name)
    return str(caught.value)


def troubles(data: bytes) -> list[str]:
    """Everything that has to be mended, as the person reads it."""
    return [str(trouble) for trouble in read(data).troubles]
