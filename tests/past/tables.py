"""Tables of other cities in every format, and the way of a file through the room without its pages."""

import csv
from io import BytesIO, StringIO
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from weasyprint import HTML

from actionplan.models import Plan
from actionplan.past.choices import Choices, PastReading, chosen_columns, years_of_tables
from actionplan.past.files import read_source
from actionplan.past.headings import find_heading, lines_of_their_own, suggest_lines, suggest_roles, suggest_years
from actionplan.past.matching import Proposal
from actionplan.past.records import read_records
from actionplan.past.source import Source
from actionplan.past.take import Origin, PastTaken, take_past_years

DATA = Path(__file__).parent / "data"
STYLE = (
    "@page{size:A3 landscape}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid;font:9pt 'BIZ UDGothic';white-space:pre-wrap}"
)


def city(name: str) -> list[list[str]]:
    """The table of an invented city: a, b or c."""
    text = (DATA / f"city-{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(StringIO(text)))


def as_csv(rows: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    stream = StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def as_xlsx(rows: list[list[str]], merged: tuple[str, ...] = (), title: str = "進捗") -> bytes:
    book = Workbook()
    fill(book.active, rows, merged, title)
    return saved(book)


def fill(sheet, rows, merged=(), title="進捗") -> None:
    sheet.title = title
    for number, row in enumerate(rows, 1):
        for index, text in enumerate(row, 1):
            if text:
                sheet.cell(number, index, text)
    for area in merged:
        sheet.merge_cells(area)


def saved(document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_docx(rows: list[list[str]], above: str = "") -> bytes:
    document = Document()
    if above:
        document.add_paragraph(above)
    table = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for index, text in enumerate(row):
            table.cell(number, index).text = text
    return saved(document)


def as_pdf(rows: list[list[str]], above: str = "") -> bytes:
    def line(row, tag):
        return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in row)}</tr>"

    head, *body = rows
    table = f"<thead>{line(head, 'th')}</thead><tbody>{''.join(line(row, 'td') for row in body)}</tbody>"
    return HTML(string=f"<style>{STYLE}</style><p>{above}</p><table>{table}</table>").write_pdf()


FORMATS = {"csv": as_csv, "xlsx": as_xlsx, "docx": as_docx, "pdf": as_pdf}


def suggested_choices(source: Source, year: int | None = None) -> Choices:
    """What the pages offer for the file, every table taken."""
    heading = find_heading(source.tables[0])
    bare = Choices(range(len(source.tables)), heading)
    columns = chosen_columns(source, bare)
    roles = suggest_roles(columns)
    lines = suggest_lines(lines_of_their_own(source.tables), roles.values())
    years, of_tables = suggest_years(columns, roles, year), years_of_tables(source, bare.tables)
    return Choices(bare.tables, heading, roles, years, lines, year, of_tables)


def reading_of(data: bytes, name: str, year: int | None = None) -> PastReading:
    source = read_source(data, name)
    return read_records(source, suggested_choices(source, year))


def decided(proposal: Proposal, **more: str) -> dict[str, str]:
    """A choice for everything that is asked: new items, departments kept as words, categories left unset."""
    said = {each.key: each.choice or "new" for each in proposal.placed}
    said |= {asked.key: asked.choice or "none" for asked in proposal.departments}
    said |= {asked.key: asked.choice or "unset" for asked in proposal.words}
    said |= {asked.key: asked.choice or "kept" for asked in proposal.writers}
    said |= {title.key: title.given or f"{title.name}の題" for title in proposal.titles}
    return said | more


def taken_in(
    plan: Plan, data: bytes, name: str, by, year: int | None = None, source: str = "市報", **more: str
) -> PastTaken:
    """The file brought in by the way of the pages, as suggested. source: of the original."""
    reading = reading_of(data, name, year)
    said = decided(Proposal(plan, reading, {}), **more)
    proposal = Proposal(plan, reading, said)
    origins = {each: Origin(None, source) for each in proposal.years}
    return take_past_years(plan, reading, said, origins=origins, name=name, by=by, seen=proposal.seal)
