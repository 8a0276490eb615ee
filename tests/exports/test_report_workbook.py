"""The report-form workbook: the newsletter's layout, ready for an A4 printer."""

from io import BytesIO

import openpyxl
import pytest

from actionplan.exports.report_workbook import write_report_workbook
from tests.exports.editions import front_matter, make_row


def sheets_of(*rows: dict, **front) -> list:
    data = write_report_workbook(front_matter(**front), [make_row(place, **row) for place, row in enumerate(rows, 1)])
    return openpyxl.load_workbook(BytesIO(data)).worksheets


def lines_of(sheet) -> list[tuple]:
    return [tuple(cell for cell in row) for row in sheet.iter_rows(values_only=True)]


def test_each_policy_has_a_sheet_under_its_number():
    sheets = sheets_of({"policy_number": 1}, {"policy_number": 2, "policy_title": "共有する"})
    assert [sheet.title for sheet in sheets] == ["施策１", "施策２"]
    assert sheets[1]["A2"].value == "施策２　共有する"


def test_a_sheet_opens_with_the_title_the_policy_the_legend_and_the_table_s_head():
    lines = lines_of(sheets_of({})[0])
    assert [line[0] for line in lines[:3]] == [
        "平成２１年度試験計画実施状況",
        "施策１　意識を高める",
        "★市民が主体　●市が主体　◎市民と市が主体",
    ]
    assert lines[3] == ("主体", "項目", "アクションプランの内容", "実施状況")


def test_a_measure_stands_above_its_items_with_whole_marks():
    lines = lines_of(sheets_of({"actor_symbols": "★◎"}, {"actor_symbols": "●"})[0])
    assert lines[4][0] == "■啓発に努めます"
    assert lines[5] == ("★\n◎", "項目1", "内容", "実施した。")
    assert lines[6][0] == "●"


def test_a_column_that_the_original_heads_otherwise_is_headed_so_and_then_back_again():
    rows = [{"measure_number": number, "measure_title": f"取組{number}"} for number in (1, 2, 3)]
    rows[1]["status_heading"] = "関係部署"
    heads = [line[3] for line in lines_of(sheets_of(*rows)[0]) if line[0] == "主体"]
    assert heads == ["実施状況", "関係部署", "実施状況"]


def test_a_sheet_prints_on_a4_upright_one_page_wide_with_its_head_and_page_number_on_every_page():
    sheet = sheets_of({})[0]
    assert (str(sheet.page_setup.paperSize), sheet.page_setup.orientation) == ("9", "portrait")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # One page wide is the format's default and is left out of the file.
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.oddFooter.center.text == "- &P -"


def test_the_foot_of_every_page_says_whose_year_and_which_edition_it_is():
    data = write_report_workbook(front_matter(), [make_row(1)], imprint=("R&D市　2009年度", "第2版"))
    foot = openpyxl.load_workbook(BytesIO(data)).worksheets[0].oddFooter
    assert (foot.left.text.strip(), foot.left.size, foot.right.text.strip()) == ("R&&D市　2009年度", 8, "第2版")


@pytest.mark.parametrize("status", ["実施した。", "実施状況を報告します。" * 12])
def test_a_page_prints_at_ten_points_however_wide_a_program_draws_a_character(status):
    sheet = sheets_of({"status": status}, {"progress": "done", "progress_label": "実施済"})[0]
    # In characters of eight pixels, within A4's margins.
    room = (11.69 if sheet.page_setup.orientation == "landscape" else 8.27) - 1.26
    assert sum(column.width for column in sheet.column_dimensions.values()) * 8 / 96 <= room
    assert sheet["A6"].font.size == 10


def test_a_year_lies_across_where_that_takes_fewer_pages():
    short, long = (
        {"status": "実施した。"},
        {"item_name": "名" * 30, "content": "長い計画の文。" * 45, "status": "長い文。" * 75},
    )
    ways = [sheets_of(*[row] * 6)[0].page_setup.orientation for row in (short, long)]
    assert ways == ["portrait", "landscape"]


def test_the_category_has_a_column_in_a_year_that_says_one_and_else_none():
    rows = {"progress": "done", "progress_label": "実施済"}, {"progress": "unset", "progress_label": "未設定"}
    lines = lines_of(sheets_of(*rows)[0])
    assert [line[4] for line in (lines[3], *lines[5:])] == ["進捗区分", "実施済", "未設定"]
    assert len(lines_of(sheets_of(rows[1])[0])[3]) == 4


def test_cells_wrap_in_the_office_font_and_columns_have_widths():
    sheet = sheets_of({})[0]
    assert all(cell.alignment.wrap_text and cell.font.name == "BIZ UDGothic" for cell in sheet[6])
    assert all(sheet.column_dimensions[letter].width > 5 for letter in "ABCD")


def test_a_row_is_tall_enough_for_its_longest_cell():
    sheet = sheets_of({"status": "実施した。"}, {"status": "実施した。" * 20})[0]
    assert sheet.row_dimensions[7].height > 4 * sheet.row_dimensions[6].height


def test_a_text_that_no_row_of_excel_can_show_runs_on_below_and_stays_whole():
    text = "実施状況を報告します。" * 150
    sheet = sheets_of({"status": text}, {"item_name": "次の項目"})[0]
    rows = [row for row in sheet.iter_rows(min_row=6) if row[3].value]
    assert "".join(row[3].value for row in rows[:-1]) == text
    assert all(sheet.row_dimensions[row[0].row].height <= 409 for row in rows)
    assert [row[1].value for row in rows if row[1].value] == ["項目1", "次の項目"]


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "https://example.org/", "0012", "<r>太字</r>"])
def test_every_text_is_text_headings_included(text):
    sheet = sheets_of({"measure_title": text, "policy_title": text, "item_name": text, "status": text}, title=text)[0]
    places = {"A1": text, "A2": f"施策１　{text}", "A5": f"■{text}", "B6": text, "D6": text}
    assert {place: sheet[place].value for place in places} == places
    assert {sheet[place].data_type for place in places} == {"s"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


def test_the_workbook_of_the_real_report_holds_every_item(real_report):
    from actionplan.publishing.compose import compose

    draft = compose(real_report)
    book = openpyxl.load_workbook(BytesIO(write_report_workbook(draft.front_matter, draft.rows)))
    lines = [line for sheet in book.worksheets for line in lines_of(sheet)]
    items = [(*line[0].split("\n"), *line[1:]) for line in lines if line[1] and line[0] != "主体"]
    assert items == [
        (*row.actor_symbols, row.item_name, row.content, row.status, row.progress_label) for row in draft.rows
    ]
    assert len(book.worksheets) == 5


def test_a_made_up_year_says_so_above_the_title_and_in_the_header_of_every_page():
    [sheet] = sheets_of({}, sample=True)
    assert sheet["A1"].value.startswith("【見本データ：")
    assert sheet["A2"].value == "平成２１年度試験計画実施状況"
    assert sheet.oddHeader.center.text == "見本データ"
    [real] = sheets_of({})
    assert real["A1"].value == "平成２１年度試験計画実施状況"
    assert not real.oddHeader.center.text
