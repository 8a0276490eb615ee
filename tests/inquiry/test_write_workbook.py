"""The workbook that a department receives: its own items, what to fill in, and nothing else open."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from actionplan.inquiry.layout import COLUMNS, GUIDANCE, SHEET, TOO_LONG
from actionplan.inquiry.write_workbook import file_name
from actionplan.models import State
from tests import factories
from tests.inquiry.workbooks import FIRST_ROW, HEAD_ROW, issue, issued, place, read, sheet_of

pytestmark = pytest.mark.django_db
ANSWERS = ("text", "progress", "outcome", "challenge", "next_step")
SHOWN = [column.key for column in COLUMNS if column.key not in ANSWERS]


def test_it_holds_the_department_s_own_items_in_report_order():
    report = factories.make_report(fiscal_year=2010)
    own, other = factories.make_department("甲課"), factories.make_department("乙課")
    measure = factories.make_measure(report.plan)
    for number, department in ((2, own), (3, other), (1, own)):
        item = factories.make_item(measure, number=number, name=f"項目{number}")
        factories.make_status(report, item, department=department)
    sheet = sheet_of(issue(report, own))
    assert [sheet[place("code", row)].value for row in (5, 6)] == ["1-1-1", "1-1-2"]
    assert sheet.max_row == 6
    assert "甲課" in sheet["A1"].value
    assert "2010年度" in sheet["A1"].value


def test_last_year_s_answer_stands_beside_the_empty_one():
    report = factories.make_report(fiscal_year=2009)
    old = factories.make_status(report, text="説明会を開いた。", progress="done")
    this = factories.make_report(report.plan, fiscal_year=2010)
    factories.make_status(this, old.item, text="")
    sheet = sheet_of(issue(this))
    assert sheet[place("last_text")].value == "説明会を開いた。"
    assert sheet[place("last_progress")].value == "実施済"
    assert sheet[place("kind")].value == "継続"
    assert sheet[place("text")].value is None


def test_a_year_that_is_not_the_one_just_before_is_named_in_the_headers_and_read_back():
    report = factories.make_report(fiscal_year=2007)
    old = factories.make_status(report, text="説明会を開いた。", progress="done")
    this = factories.make_report(report.plan, fiscal_year=2010)
    factories.make_status(this, old.item, text="説明会を開いた。")
    data = issue(this)
    heads = [cell.value for cell in sheet_of(data)[HEAD_ROW]]
    assert heads[5:7] == ["平成19年度の実施状況", "平成19年度の進捗区分"]
    assert sheet_of(data).cell(HEAD_ROW - 1, 6).value == "平成19年度の回答（確認用）"
    found = read(data)
    assert (found.troubles, found.notes) == ((), ("H5は、前回の実施状況と同じ文です。",))


def test_a_new_item_says_so():
    sheet = sheet_of(issued())
    assert sheet[place("kind")].value == "新規"
    assert sheet[place("last_text")].value == "（新規の項目です）"


def test_only_the_answers_can_be_written_and_they_are_text():
    sheet = sheet_of(issued())
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not any(sheet[place(key)].protection.locked for key in ANSWERS)
    assert all(sheet[place(key)].protection.locked for key in SHOWN)
    assert {sheet[place(key)].number_format for key in ANSWERS} == {"@"}


def test_columns_and_rows_may_be_made_larger():
    protection = sheet_of(issued()).protection
    assert not protection.formatColumns  # False: not forbidden
    assert not protection.formatRows
    assert protection.deleteRows


@pytest.mark.parametrize(("state", "words"), [(State.SUBMITTED, "提出済み"), (State.CONFIRMED, "確定済み")])
def test_what_is_submitted_or_confirmed_is_locked_and_says_so(state, words):
    sheet = sheet_of(issued({"text": "実施した。", "state": state}))
    assert all(sheet[place(key)].protection.locked for key in ANSWERS)
    assert sheet[place("remark")].value.startswith(words)


def test_a_returned_answer_is_open_and_shows_the_reason():
    sheet = sheet_of(issued({"state": State.RETURNED, "return_reason": "回数を書いてください。"}))
    assert not sheet[place("text")].protection.locked
    assert sheet[place("remark")].value == "差戻し：回数を書いてください。"


def test_the_category_is_chosen_from_a_list_that_tells_what_each_means():
    [rule] = sheet_of(issued({}, {})).data_validations.dataValidation
    assert str(rule.sqref) == f"{place('progress', 5)}:{place('progress', 6)}"
    assert rule.formula1 == '"実施済,実施中,一部実施,検討中,未実施"'
    assert rule.allowBlank
    assert "検討中：実施に向けて検討しているもの。" in rule.prompt


def test_an_unset_category_is_an_empty_cell():
    assert sheet_of(issued({"progress": "unset"}))[place("progress")].value is None


def test_it_prints_on_a4_across_one_page_wide_with_its_head_on_every_page_and_without_the_technical_columns():
    sheet = sheet_of(issued())
    assert (str(sheet.page_setup.paperSize), sheet.page_setup.orientation) == ("9", "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"
    assert sheet.print_area.endswith(f"$A$1:$M${FIRST_ROW}")
    assert sheet.freeze_panes == "E5"


def test_nothing_is_merged_and_there_are_no_macros_or_formulas():
    data = issued({"text": "=1+1"}, {"text": "＝SUM(A1)"})
    assert not sheet_of(data).merged_cells.ranges
    archive = ZipFile(BytesIO(data))
    assert not [name for name in archive.namelist() if "vba" in name.lower() or "external" in name.lower()]
    assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_answers_are_seen_first_and_the_guidance_is_the_second_sheet():
    book = openpyxl.load_workbook(BytesIO(issued()))
    assert book.sheetnames == [SHEET, GUIDANCE]
    assert book.active.title == SHEET


def test_rows_are_high_enough_for_their_text_and_grow_while_somebody_types():
    data = issued({"text": "長い文章です。" * 40}, {})
    sheet = sheet_of(data)
    assert sheet.row_dimensions[5].height > 200 > sheet.row_dimensions[6].height > 40
    assert b"customHeight" not in ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_the_tallest_row_is_as_high_as_excel_allows():
    sheet = sheet_of(issued({"text": "i" * 1500}, {"text": "長" * 9000}))
    assert [sheet.row_dimensions[row].height for row in (5, 6)] == [408.75, 408.75]


def test_few_rows_need_no_filter():
    assert sheet_of(issued({}, {})).auto_filter.ref is None


def test_many_rows_can_be_filtered():
    sheet = sheet_of(issued(*[{}] * 30))
    assert sheet.auto_filter.ref == f"A{HEAD_ROW}:O34"
    assert not sheet.protection.autoFilter


def test_a_text_too_long_for_excel_is_left_out_and_stays_as_it_is_stored():
    data = issued({"text": "𠮷" * 20_000, "outcome": "成果"})
    assert sheet_of(data)[place("text")].value == TOO_LONG
    [line] = read(data).lines
    assert "text" not in line.cells
    assert line.cells["outcome"] == "成果"


def test_last_year_s_text_too_long_for_excel_is_cut_and_says_so():
    report = factories.make_report(fiscal_year=2009)
    old = factories.make_status(report, text="あ" * 40_000)
    this = factories.make_report(report.plan, fiscal_year=2010)
    factories.make_status(this, old.item, text="")
    assert sheet_of(issue(this))[place("last_text")].value.endswith("（長いため、以下は画面で確かめてください）")


def test_the_due_date_stands_on_top():
    report = factories.make_report(fiscal_year=2010)
    assert "締切" not in sheet_of(issue(report))["A2"].value
    report.answers_due = date(2011, 5, 31)
    assert sheet_of(issue(report))["A2"].value.endswith("締切：2011年5月31日（火）")


def test_a_sample_year_says_so():
    report = factories.make_report(fiscal_year=2010)
    report.sample = True
    assert sheet_of(issue(report))["A1"].value.startswith("【見本データ】")


def test_the_file_is_named_after_the_year_and_the_department():
    report = factories.make_report(fiscal_year=2010)
    assert file_name(report, factories.make_department("甲/乙課")) == "照会票_平成22年度_甲_乙課.xlsx"
    assert file_name(report, None) == "照会票_平成22年度_担当課なし.xlsx"
    report.label_override = "平成31年度"
    assert file_name(report, None) == "照会票_平成31年度_担当課なし.xlsx"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_a_workbook_without_a_yellow_cell_does_not_ask_for_any_to_be_filled_in(state):
    sheet = sheet_of(issued({"state": state}, {"state": state}))
    assert sheet["A2"].value == "提出済みのため、書き換えられません（確認用）"
    assert sheet["H3"].value == "今年度の回答（確認用）"
    assert "黄色" not in "".join(cell.value or "" for row in sheet["A1:O3"] for cell in row)


def test_one_open_item_is_enough_to_ask_for_the_yellow_cells():
    sheet = sheet_of(issued({"state": State.SUBMITTED}, {}))
    assert sheet["A2"].value.startswith("黄色の欄に記入し、保存してください。")


def test_a_text_that_paper_cuts_off_is_pointed_out_in_its_row():
    sheet = openpyxl.load_workbook(BytesIO(issued({"text": "長い文。" * 800}, {"text": "短い文。"}))).worksheets[0]
    remarks = [cell.value or "" for cell in sheet["M"][4:6]]
    assert "全文は「自課の回答」の画面を印刷して確かめてください。" in remarks[0]
    assert "印刷" not in remarks[1]


def test_the_printed_columns_leave_letters_large_enough_to_read_on_a4():
    from actionplan.inquiry.layout import COLUMNS, MACHINE

    # A character of the default font is about 1.9 mm wide; A4 lies 281 mm between the margins.
    printed = sum(column.width + 0.7 for column in COLUMNS if column.kind != MACHINE) * 1.9
    assert 10 * 281 / printed >= 7
