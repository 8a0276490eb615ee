"""The workbook given back: the faults are seen in it, nothing else has changed, and it can be uploaded again."""

from io import BytesIO

import openpyxl
import pytest
from openpyxl.comments import Comment

from actionplan.inquiry.annotate import AUTHOR, COLOUR, annotated
from actionplan.inquiry.layout import FAULTS, GUIDANCE, SHEET, Trouble
from tests.inquiry.workbooks import edited, filled, issued, read, sheet_of

pytestmark = pytest.mark.django_db


def given_back(data: bytes) -> bytes:
    return annotated(data, read(data).troubles)


def contents(sheet) -> dict[str, object]:
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_a_faulty_cell_is_coloured_and_carries_the_sentence():
    cell = sheet_of(given_back(filled(issued(), I5="済")))["I5"]
    assert cell.fill.fgColor.rgb == f"00{COLOUR}"
    assert cell.comment.text.startswith("進捗区分「済」は使えません。")
    assert cell.comment.author == AUTHOR


def test_several_faults_of_one_cell_stand_in_one_comment():
    data = annotated(issued(), [Trouble("H5", "一つめ。"), Trouble("H5", "二つめ。")])
    assert sheet_of(data)["H5"].comment.text == "一つめ。\n二つめ。"


def test_every_fault_is_listed_in_front_with_a_way_to_its_cell():
    data = annotated(issued(), [Trouble("", "年度が違います。"), Trouble("H5", "=1+1 は使えません。")])
    book = openpyxl.load_workbook(BytesIO(data))
    assert book.sheetnames == [FAULTS, SHEET, GUIDANCE]
    assert book.active.title == FAULTS
    lines = list(book[FAULTS].iter_rows(min_row=3, values_only=True))
    assert lines == [("シート全体", "年度が違います。"), ("H5", "=1+1 は使えません。")]
    assert book[FAULTS]["B4"].data_type == "s"
    assert book[FAULTS]["A4"].hyperlink.location == "'照会票'!H5"


def test_only_one_sheet_is_selected_so_that_nothing_is_typed_into_two():
    book = openpyxl.load_workbook(BytesIO(given_back(filled(issued(), I5="済"))))
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [FAULTS]


def test_all_else_is_as_it_was():
    data = filled(issued({"text": "一\n二"}, {"outcome": "＝随時"}), I5="済", J6="=1+1", R2="控え")
    before, after = sheet_of(data), sheet_of(given_back(data))
    assert contents(after) == contents(before)
    assert after.protection.sheet
    assert not after["H5"].protection.locked
    assert after["H6"].fill.fgColor.rgb == before["H6"].fill.fgColor.rgb
    assert len(after.data_validations.dataValidation) == 1
    assert after.print_title_rows == before.print_title_rows
    assert after.freeze_panes == before.freeze_panes


@pytest.mark.parametrize("text", ["_x0041_", "_x005F_x0041_", "x005F_", "<r>太字</r>", "'=1"])
def test_texts_come_back_to_the_letter(text):
    data = issued({"text": text}, {})
    assert read(annotated(data, [Trouble("I6", "だめ。")])).lines[0].cells["text"] == text


def test_it_reads_as_before_and_well_once_it_is_mended():
    data = filled(issued({}, {"text": "実施した。"}), I5="済", H5="=1+1")
    marked = given_back(data)
    assert read(marked) == read(data)
    mended = read(filled(marked, I5="実施済", H5="開催した。"))
    assert mended.troubles == ()
    assert mended.lines[0].cells["text"] == "開催した。"


def test_marks_of_an_earlier_time_are_taken_off():
    first = given_back(filled(issued({}, {}), I5="済", A6="9-9-9"))
    second = given_back(filled(first, I5="実施済", A6="1-1-2", I6="済"))
    sheet = sheet_of(second)
    assert (sheet["I5"].comment, sheet["A6"].comment) == (None, None)
    assert sheet["I5"].fill.fgColor.rgb == sheet["I5"].fill.fgColor.rgb != f"00{COLOUR}"
    assert sheet["A6"].fill.fgColor.rgb != f"00{COLOUR}"
    assert sheet["I6"].comment
    assert len(list(sheet_of(second, FAULTS).iter_rows(min_row=3))) == 1


def test_a_comment_of_the_person_s_own_is_kept():
    def comment(sheet):
        sheet["I5"] = "済"
        sheet["I5"].comment = Comment("係長に確認", "山田")
        sheet["H6"].comment = Comment("あとで", "山田")

    sheet = sheet_of(given_back(edited(issued({}, {}), comment)))
    assert sheet["I5"].comment.text.endswith("係長に確認")
    assert sheet["H6"].comment.text == "あとで"


def test_a_stray_cell_far_away_does_not_fill_the_sheet_with_cells():
    marked = given_back(filled(issued(), I5="済", XFD5="x"))
    assert len(marked) < 50_000
    assert sheet_of(marked)["XFD5"].value == "x"


def test_a_merged_answer_is_marked_where_it_can_be():
    data = edited(issued({"text": "甲"}, {"text": "乙"}), lambda sheet: sheet.merge_cells("H5:H6"))
    marked = given_back(data)
    assert "結合" in sheet_of(marked)["H5"].comment.text
    assert len(list(sheet_of(marked, FAULTS).iter_rows(min_row=3))) == 2


def test_a_renamed_sheet_is_marked_all_the_same():
    def rename(sheet):
        sheet.title, sheet["I5"] = "山田's", "済"

    marked = given_back(edited(issued(), rename))
    assert sheet_of(marked, "山田's")["I5"].comment
    assert sheet_of(marked, FAULTS)["A3"].hyperlink.location == "'山田''s'!I5"


def test_a_cell_to_be_mended_has_another_colour_than_what_came_back():
    from actionplan.inquiry.styles import RED, YELLOW

    assert COLOUR not in {RED.removeprefix("#"), YELLOW.removeprefix("#"), "FFC7CE"}
