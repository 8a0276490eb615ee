"""What a file holds beside its plain cells: changes tracked, readings, hidden and struck parts. Nothing goes unsaid."""

from io import BytesIO

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from openpyxl.comments import Comment
from xlsxwriter import Workbook as Book

from actionplan.past.choices import groups_of
from actionplan.past.files import read_source
from tests.past.tables import fill, saved

ROWS = [["項目", "実績", "課題"], ["学習会", "3回", "人手"], ["講座", "2回", ""]]


def document(*parts: str):
    """A table whose second cell of the second row holds the parts of a paragraph."""
    found = Document()
    table = found.add_table(3, 3)
    for number, row in enumerate(ROWS):
        for index, text in enumerate(row):
            table.cell(number, index).text = text
    for part in parts:
        table.cell(1, 1).paragraphs[0]._p.append(parse_xml(part.replace(">", f" {nsdecls('w')}>", 1)))
    return found


def cell_of(found):
    return read_source(saved(found), "x.docx").tables[0].rows[1].cells[1]


@pytest.mark.parametrize(
    ("part", "text", "told"),
    [
        ("<w:del w:id='1'><w:r><w:delText>四回</w:delText></w:r></w:del>", "3回", "削除した文字「四回」"),
        ("<w:moveFrom w:id='1'><w:r><w:t>四回</w:t></w:r></w:moveFrom>", "3回", "削除した文字「四回」"),
        ("<w:ins w:id='1'><w:r><w:t>開いた</w:t></w:r></w:ins>", "3回開いた", ""),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>しみん</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>市民</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "3回市民",
            "ふりがな（「しみん」）",
        ),
        ("<w:r><w:rPr><w:strike/></w:rPr><w:t>中止</w:t></w:r>", "3回中止", "取り消し線の付いた文字「中止」"),
        ("<w:r><w:rPr><w:strike w:val='0'/></w:rPr><w:t>中止</w:t></w:r>", "3回中止", ""),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>秘</w:t></w:r>", "3回秘", "隠し文字「秘」"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0AB'/></w:r>", "3回〓", "記号用のフォント"),
        ("<w:r><w:footnoteReference w:id='2'/></w:r>", "3回", "脚注"),
        ("<w:r><w:noBreakHyphen/></w:r>", "3回-", ""),
    ],
)
def test_what_a_cell_of_a_document_holds_beside_its_text(part, text, told):
    cell = cell_of(document(part))
    assert cell.text == text
    assert told in cell.note
    assert bool(told) == bool(cell.note)


def test_a_table_in_a_cell_and_a_numbered_paragraph_are_told():
    found = document()
    inner = found.tables[0].cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "人数", "30"
    assert cell_of(found).text.split("\n")[:2] == ["3回", "人数　30"]
    assert "表の中の表" in cell_of(found).note
    found = document()
    numbered = parse_xml(f"<w:numPr {nsdecls('w')}><w:numId w:val='1'/></w:numPr>")
    found.tables[0].cell(1, 1).paragraphs[0]._p.get_or_add_pPr().append(numbered)
    assert "自動で付けた番号" in cell_of(found).note


def test_rows_and_cells_within_content_controls_are_read_and_deleted_rows_are_told():
    found = document()
    rows = found.tables[0].rows
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
    last = rows[1]._tr.tc_lst[2]
    rows[1]._tr.replace(last, control)
    control[0].append(last)
    rows[2]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} w:id='1'/>"))
    source = read_source(saved(found), "x.docx")
    assert [[cell.text for cell in row.cells] for row in source.tables[0].rows] == ROWS[:2]
    assert source.notes == ["表1の3行目：変更履歴で削除した行なので、読みません。"]


def book() -> Workbook:
    found = Workbook()
    fill(found.active, ROWS)
    return found


def test_hidden_rows_and_columns_are_told_and_read():
    found = book()
    for number in (2, 3):
        found.active.row_dimensions[number].hidden = True
    for letters in "CZ":
        found.active.column_dimensions[letters].hidden = True
    source = read_source(saved(found), "x.xlsx")
    assert [note.partition("は、")[0] for note in source.notes] == ["2～3行目", "C列"]
    assert source.tables[0].rows[1].cells[2].text == "人手"


def test_struck_words_are_told_at_their_cell():
    stream = BytesIO()
    with Book(stream) as written:
        sheet, struck = written.add_worksheet(), written.add_format({"font_strikeout": True})
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write("B2", "3回", struck)
        sheet.write_rich_string("B3", "2回", struck, "中止")
    cells = [row.cells[1] for row in read_source(stream.getvalue(), "x.xlsx").tables[0].rows[1:]]
    assert [cell.text for cell in cells] == ["3回", "2回中止"]
    assert "「3回」も" in cells[0].note
    assert "「中止」も" in cells[1].note


def test_comments_are_told():
    found = book()
    found.active["A2"].comment = Comment("要確認 & 済", "係長")
    assert read_source(saved(found), "x.xlsx").notes == ["セルのコメントは読みません：「要確認 & 済」"]


def test_a_hidden_sheet_of_the_same_headings_is_a_choice_of_its_own():
    found = book()
    fill(found.create_sheet(), ROWS, title="旧")
    fill(found.create_sheet(), ROWS, title="続き")
    found["旧"].sheet_state = "hidden"
    assert groups_of(read_source(saved(found), "x.xlsx")) == [[0, 2], [1]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp932"])
@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
@pytest.mark.parametrize("name", ["x.csv", "x.txt"])
def test_csv_is_read_whatever_parts_its_cells(encoding, delimiter, name):
    rows = [["番号", "項目", "実績"], ["1", "①㈱髙橋", "3回、1、200人"], ["2", "講座", "あり；なし"]]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert [[cell.text for cell in row.cells] for row in read_source(data, name).tables[0].rows] == rows
