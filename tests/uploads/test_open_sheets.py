"""An .ods that LibreOffice saved, read as its writer saw it: the same promises as for an .xlsx."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from actionplan.apart import UploadError
from actionplan.archives import LOCKED, OLD
from actionplan.open_sheets import FAR, NOT_ODS, as_workbook
from actionplan.past.files import read_source
from actionplan.uploads import open_exactly, read_xlsx
from actionplan.worksheets import COLUMN, ROW, as_shown, day_as_shown, hidden_numbers

DATA = (Path(__file__).resolve().parent.parent / "data" / "as-seen.ods").read_bytes()


def changed(before: str, after: str, part: str = "content.xml", at: bytes = DATA) -> bytes:
    """The file with some of its words replaced."""
    stream = BytesIO()
    with ZipFile(BytesIO(at)) as source, ZipFile(stream, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            assert name != part or before.encode() in body
            target.writestr(name, body.replace(before.encode(), after.encode()) if name == part else body)
    return stream.getvalue()


def encrypted_whole() -> bytes:
    """As LibreOffice writes a file with a password since 24.8, where told so."""
    stream = BytesIO()
    with ZipFile(stream, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("encrypted-package", bytes(600))
    return stream.getvalue()


@pytest.fixture(scope="module")
def book():
    return open_exactly(as_workbook(DATA))


@pytest.fixture(scope="module")
def cells(book):
    return {f"{cell.column_letter}{cell.row}": cell for row in book["回答"] for cell in row if cell.value is not None}


def test_texts_keep_their_breaks_and_blanks(cells):
    assert cells["B3"].value == "改行\n二行目  空白"


def test_struck_words_are_known_by_the_run_and_by_the_cell(cells):
    assert (cells["B2"].value, cells["B2"].value.struck, cells["B2"].value.left) == ("１０回２０回", "１０回", "２０回")
    assert cells["B4"].font.strike


@pytest.mark.parametrize(("place", "shown"), [("C2", "85%"), ("C3", "1,500"), ("C4", "213人")])
def test_numbers_stand_as_they_stood_on_the_screen(cells, place, shown):
    assert as_shown(cells[place].value, cells[place].number_format) == shown


@pytest.mark.parametrize("shown", ["1.5E3 / 2", "△1,500", "1,500千", "１５００", "01500"])
def test_a_number_whose_look_nobody_can_tell_keeps_no_format_that_lies(shown):
    value = "-1500" if "△" in shown else "1500000" if "千" in shown else "1500"
    data = changed('office:value="1500"', f'office:value="{value}"')
    other = open_exactly(as_workbook(changed("<text:p>1,500</text:p>", f"<text:p>{shown}</text:p>", at=data)))
    assert as_shown(other["回答"]["C3"].value, other["回答"]["C3"].number_format) is None


def test_what_is_hidden_merged_commented_and_beside_comes_along(book):
    sheet = book["回答"]
    xml = sheet._get_source().read()
    assert hidden_numbers(xml, ROW, b"r") == [[7]]
    assert [4, 4] in hidden_numbers(xml, COLUMN, b"min", b"max")
    assert b'ref="A9:B10"' in xml
    assert b"conditionalFormatting" in xml
    assert book.sheetnames == ["回答", "別紙"]
    with ZipFile(BytesIO(as_workbook(DATA))) as archive:
        assert "これはコメントです" in archive.read("xl/comments1.xml").decode()


def test_dates_and_formulas_stay_what_they_are(cells):
    assert cells["C5"].value.date().isoformat() == "2010-04-01"
    assert cells["B6"].data_type == "f"


def test_a_past_years_table_is_read_from_it():
    source = read_source(DATA, "実績.ods")
    assert [table.title for table in source.tables] == ["回答"]  # the other has no table
    assert "213人" in [cell.text for row in source.tables[0].rows for cell in row.cells]


def test_a_table_upload_says_of_it_what_it_says_of_a_workbook():
    with pytest.raises(UploadError, match="値のあるシートが複数あります（「回答」「別紙」）"):
        read_xlsx(DATA)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda: changed('table:number-columns-spanned="2"', 'table:number-columns-spanned="90000"'), FAR),
        (lambda: changed("<text:p>1-1</text:p></table:table-cell>", "<text:p>1-1</text:p>"), NOT_ODS),
        (
            lambda: changed(
                "<manifest:file-entry", "<manifest:encryption-data/><manifest:file-entry", "META-INF/manifest.xml"
            ),
            LOCKED,
        ),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), OLD),
        (encrypted_whole, LOCKED),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, sentence):
    with pytest.raises(UploadError) as refusal:
        read_xlsx(data())
    assert str(refusal.value) == sentence


def test_a_row_that_is_repeated_without_end_is_refused():
    row, cell = 'table:style-name="ro1">', '<table:table-cell office:value-type="string" calcext:value-type="string">'
    here = f"{cell}<text:p>1-3"
    many = changed(f"{row}{here}", f'table:number-rows-repeated="900000">{here}')
    with pytest.raises(UploadError, match="表の外の遠い行"):
        read_xlsx(many)


def test_an_old_workbook_is_refused_with_the_three_steps_that_make_a_new_one_of_it():
    for step in ("「ファイル」", "「名前を付けて保存」", "「Excel ブック (*.xlsx)」"):
        assert step in OLD


def test_a_day_is_shown_in_its_own_words():
    cell = open_exactly(as_workbook(changed("<text:p>2010/4/1</text:p>", "<text:p>平成22年4月1日</text:p>")))["回答"][
        "C5"
    ]
    assert day_as_shown(cell.value, cell.number_format) == "平成22年4月1日"


@pytest.mark.parametrize(
    ("before", "after", "part", "told"),
    [
        (
            "<text:p>1-1</text:p>",
            '<text:p><text:a xlink:href="https://example.com/x">1-1</text:a></text:p>',
            "content.xml",
            "https://example.com/x",
        ),
        (
            '<style:header style:display="false"/>',
            "<style:header><text:p>未定稿</text:p></style:header>",
            "styles.xml",
            "未定稿",
        ),
        ('style:row-height="0.2083in"', 'style:row-height="0.0014in"', "content.xml", 'hidden="1"'),
    ],
)
def test_links_margins_and_rows_of_no_height_come_along(before, after, part, told):
    with ZipFile(BytesIO(as_workbook(changed(before, after, part)))) as archive:
        parts = b"".join(archive.read(name) for name in archive.namelist() if "sheet1" in name)
    assert told.encode() in parts
