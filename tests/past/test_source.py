"""What comes out of a file, and what is refused: each kind with a sentence of its own."""

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
import pytest
from docx import Document
from openpyxl import Workbook

from actionplan.archives import ENCRYPTED, OLD_CONTAINER
from actionplan.past.files import read_source
from actionplan.uploads import LARGEST_FILE, UploadError
from tests.past.tables import FORMATS, as_csv, as_docx, as_pdf, as_xlsx, city, fill, saved

ROWS = [["項目", "実績"], ["学習会", "３回\n開いた"]]


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def texts(source, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in source.tables[table].rows]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_every_format_gives_the_same_cells(ending, name):
    assert texts(read_source(FORMATS[ending](city(name)), f"x.{ending}")) == city(name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_csv_comes_in_every_encoding_with_its_odd_characters(encoding):
    rows = [["項目", "実績"], ["①㈱髙橋", "Ⅱ～"]]
    assert texts(read_source(as_csv(rows, encoding), "x.csv")) == rows


def test_a_line_break_in_a_cell_stays_and_a_wrapped_line_of_a_pdf_is_joined():
    long = "市民が身近に、主体的にまちづくりを進めるために必要な情報を提供し、地域の活動を支援するとともに、" * 3
    rows = [["項目", "実績"], ["学習会", f"{long}\n・二つ目"]]
    for ending in ("xlsx", "docx", "csv", "pdf"):
        assert texts(read_source(FORMATS[ending](rows), f"x.{ending}"))[1][1] == rows[1][1], ending
    assert any("折り返された行" in note for note in read_source(as_pdf(rows), "x.pdf").notes)


def test_a_table_that_runs_over_pages_keeps_every_row():
    rows = [["項目", "実績"], *([f"項目{number}", "行った。"] for number in range(120))]
    source = read_source(as_pdf(rows), "x.pdf")
    assert len(source.tables) > 1
    words = [row for table in range(len(source.tables)) for row in texts(source, table)]
    assert [row for row in words if row != rows[0]] == rows[1:]


def test_a_merged_cell_says_its_value_at_every_place():
    rows = [["施策", "項目", "実績"], ["1 広報", "紙", "4回"], ["", "講座", "3回"]]
    table = read_source(as_xlsx(rows, ("A2:A3",)), "x.xlsx").tables[0]
    assert [(row.cells[0].text, row.cells[0].down) for row in table.rows[1:]] == [("1 広報", 0), ("1 広報", 1)]


def test_merged_cells_of_a_document_are_understood():
    document = Document()
    table = document.add_table(3, 3)
    for row, words in enumerate([["施策", "平成27年度", ""], ["広報", "紙", "4回"], ["", "講座", "3回"]]):
        for column, text in enumerate(words):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    rows = read_source(saved(document), "x.docx").tables[0].rows
    assert rows[2].cells[0].text.strip() == "広報"
    assert rows[2].cells[0].down == 1
    assert (rows[0].cells[1].wide, rows[0].cells[2].right) == (2, 1)


def test_lines_between_the_tables_of_a_document_stand_above_the_next():
    rows = read_source(as_docx(ROWS, "施策１　広報"), "x.docx").tables[0].rows
    assert rows[0].is_line
    assert (rows[0].cells[0].text, rows[0].place) == ("施策１　広報", "1番目の段落")


def test_numbers_read_as_they_are_shown():
    book = Workbook()
    sheet = book.active
    for column, (value, pattern) in enumerate(
        [(0.84, "0.0%"), (4841, "#,##0"), (12.0, "General"), (2.5, "0.00"), (1234.5, "#,##0.0")], 1
    ):
        sheet.cell(1, column, "見出し")
        sheet.cell(2, column, value).number_format = pattern
    source = read_source(saved(book), "x.xlsx")
    assert texts(source)[1] == ["84.0%", "4,841", "12", "2.50", "1,234.5"]
    assert "84.0%" in source.tables[0].rows[1].cells[0].note


def test_a_formula_without_its_value_is_told_at_its_cell():
    book = Workbook()
    fill(book.active, [["項目", "実績"], ["学習会", "=1+1"]])
    cell = read_source(saved(book), "x.xlsx").tables[0].rows[1].cells[1]
    assert (cell.text, cell.place) == ("", "B2")
    assert "数式の値が保存されていません" in cell.note


def test_several_sheets_are_several_tables_and_name_their_cells():
    book = Workbook()
    fill(book.active, ROWS, title="施策1")
    fill(book.create_sheet(), ROWS, title="施策2")
    source = read_source(saved(book), "x.xlsx")
    assert [table.name for table in source.tables] == ["シート「施策1」", "シート「施策2」"]
    assert source.tables[1].rows[1].cells[1].place == "シート「施策2」のB2"


def test_a_hidden_sheet_is_told():
    book = Workbook()
    fill(book.active, ROWS, title="見える")
    fill(book.create_sheet(), ROWS, title="隠れた")
    book["隠れた"].sheet_state = "hidden"
    assert [table.hidden for table in read_source(saved(book), "x.xlsx").tables] == [False, True]


def locked_pdf() -> bytes:
    stream = BytesIO()
    with pikepdf.open(BytesIO(as_pdf(ROWS))) as pdf:
        pdf.save(stream, encryption=pikepdf.Encryption(owner="a", user="b"))
    return stream.getvalue()


def scanned_pdf() -> bytes:
    stream = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(stream)
    return stream.getvalue()


def swollen_pdf() -> bytes:
    stream = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page().Contents = pdf.make_stream(b"0 " * 120_000_000)
        pdf.save(stream, compress_streams=True)
    return stream.getvalue()


def bomb(inner: str) -> bytes:
    return zipped(**{"[Content_Types].xml": b"<Types/>", inner: b"0" * 80_000_000})


EXE = b"MZ\x90\x00" + struct.pack("<200I", *range(200))
WORD = "WordDocument".encode("utf-16-le")
REFUSED = [
    ("empty.csv", b"", "ファイルが空です"),
    ("big.csv", b"a" * (LARGEST_FILE + 1), "ファイルが大きすぎます"),
    ("old.xls", OLD_CONTAINER + b"\0" * 600, "古い形式（.xls）のブックです"),
    ("old.xlsx", OLD_CONTAINER + b"\0" * 600, "古い形式（.xls）のブックです"),
    ("old.doc", OLD_CONTAINER + WORD, "古い形式（.doc）の文書です"),
    ("old.docx", OLD_CONTAINER + WORD, "古い形式（.doc）の文書です"),
    ("locked.xlsx", OLD_CONTAINER + ENCRYPTED, "パスワード付きのブックです"),
    ("locked.xls", OLD_CONTAINER + ENCRYPTED, "パスワード付きのブックです"),
    ("locked.docx", OLD_CONTAINER + ENCRYPTED, "パスワード付きの文書です"),
    ("macro.xlsm", b"PK", "マクロ付きのブック"),
    ("table.ods", b"PK", "読めません"),
    ("table.jtd", b"x", "一太郎の文書です"),
    ("files.zip", b"PK", "圧縮したファイル（.zip）です"),
    ("picture.png", b"\x89PNG", "この種類のファイル（.png）は取り込めません"),
    ("noname", b"a", "種類の分からない名前"),
    ("virus.xlsx", EXE, "中身はそのようなファイルではありません"),
    ("virus.pdf", EXE, "中身はそのようなファイルではありません"),
    ("virus.docx", EXE, "中身はそのようなファイルではありません"),
    ("virus.csv", EXE, "CSVファイルとして読めません"),
    ("other.xlsx", zipped(a=b"x"), "中身はそのようなファイルではありません"),
    ("broken.xlsx", b"PK\x03\x04broken", "Excelブック（.xlsx）として読めません"),
    ("broken.docx", b"PK\x03\x04broken", "Word文書（.docx）として読めません"),
    ("broken.pdf", b"%PDF-1.7 broken", "PDFとして読めません"),
    ("hollow.xlsx", zipped(xl__workbook=b"x"), "Excelブック（.xlsx）として読めません"),
    ("hollow.docx", zipped(word__document=b"x"), "Word文書（.docx）として読めません"),
    ("quotes.csv", '項目,実績\n"学習会,3'.encode(), "引用符"),
    ("one.csv", "ただの文です。".encode(), "表が見つかりません"),
    ("field.csv", f"項目,実績\n会,{'あ' * 140_000}".encode(), "2行目の付近：1つの欄が131,072字を超えています"),
]


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_cannot_be_read_is_refused_by_a_sentence_of_its_own(name, data, sentence):
    with pytest.raises(UploadError, match=sentence):
        read_source(data, name)


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("locked.pdf", locked_pdf, "パスワード付きのPDFです"),
        ("scan.pdf", scanned_pdf, "文字の入っていないPDFです"),
        ("bomb.pdf", swollen_pdf, "PDFの中身が大きすぎます"),
        ("bomb.xlsx", lambda: bomb("xl/workbook.xml"), "ブックの中身が大きすぎます"),
        ("bomb.docx", lambda: bomb("word/document.xml"), "文書の中身が大きすぎます"),
        ("text.docx", lambda: as_docx([["一つ"]]), "表が見つかりません"),
        ("sheet.xlsx", lambda: as_xlsx([[""]]), "表が見つかりません"),
        ("wide.csv", lambda: as_csv([["見出し"] * 300] * 2), "列が多すぎます"),
        ("long.csv", lambda: as_csv([["項目", "実績"]] * 5_001), "行が多すぎます"),
        ("book.csv", lambda: as_xlsx(ROWS), "名前の終わりを「.xlsx」に直して"),
        ("paper.xlsx", lambda: as_pdf(ROWS), "名前の終わりを「.pdf」に直して"),
        ("letter.pdf", lambda: as_docx(ROWS), "名前の終わりを「.docx」に直して"),
    ],
)
def test_made_files_that_are_no_table_are_refused(name, make, sentence):
    with pytest.raises(UploadError, match=sentence):
        read_source(make(), name)
