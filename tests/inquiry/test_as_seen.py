"""A workbook as its writer saw it: what can be read in two ways is asked about, what is not read is told."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle

from actionplan.checks.wording import points_elsewhere
from actionplan.inquiry.annotate import annotated
from actionplan.inquiry.apply_answers import Undecided
from actionplan.inquiry.compare import DOUBT
from actionplan.inquiry.layout import SHEET, Doubt, Trouble
from actionplan.worksheets import as_shown
from tests import factories
from tests.inquiry.filled import compared, file_of, line, stored, taken
from tests.inquiry.workbooks import STRINGS, as_excel_saves, edited, filled, issued, read, respelt


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.85, "0%", "85%"),
        (0.125, "0.0%", "12.5%"),
        (1500, "#,##0", "1,500"),
        (213, '0"人"', "213人"),
        (1200, "#,##0円", "1,200円"),
        (1234567, '"約"#,##0;[Red]-#,##0', "約1,234,567"),
        (3, 'General"回"', "3回"),
        (2.5, "0.00_ ", "2.50"),
        (-5, "0;△0", None),
        (0.5, "# ?/?", None),
        (1200000, "#,##0,", None),
        (1e300, "0.00E+00", None),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(value, number_format, shown):
    assert as_shown(value, number_format) == shown


@pytest.mark.parametrize(
    "text",
    ["別紙のとおり", "（別紙参照）", "別添資料のとおり。", "同上", "〃", "－", "前年と同じ", "昨年度と同様。"],
)
def test_a_text_that_points_elsewhere_is_known(text):
    assert points_elsewhere(text)


@pytest.mark.parametrize("text", ["", "別紙を作り、全戸に配った。", "同じ区の団体と行った。", "前年と同じ回数だ。"])
def test_a_text_that_says_something_points_nowhere(text):
    assert not points_elsewhere(text)


RUNS = "<r><rPr><strike/></rPr><t>１０回</t></r><r><t>２０回</t></r>"


def with_struck_runs() -> bytes:
    return respelt(as_excel_saves(issued({"text": "HERE"})), b"<t>HERE</t>", RUNS.encode(), STRINGS)


@pytest.mark.django_db
def test_struck_words_are_asked_about_with_both_readings():
    [found] = read(with_struck_runs()).lines
    assert found.cells["text"] == "１０回２０回"
    assert found.doubts == {
        "text": Doubt("取り消し線の付いた文字「１０回」があります。取り消し線の文字を除くと「２０回」です。", "２０回")
    }


@pytest.mark.django_db
def test_a_workbook_that_is_given_back_keeps_its_struck_words():
    data = annotated(with_struck_runs(), [Trouble("I5", "選んでください。")])
    book = load_workbook(BytesIO(data), rich_text=True)
    assert book[SHEET]["H5"].value[0].font.strike
    assert str(book[SHEET]["H5"].value) == "１０回２０回"


@pytest.mark.django_db
def test_a_cell_that_is_struck_whole_may_be_meant_to_be_empty():
    def strike(sheet):
        sheet["H5"], sheet["H5"].font = "中止した。", Font(strike=True)
        sheet["I5"].font = Font(strike=True)

    [found] = read(edited(issued(), strike)).lines
    assert found.doubts == {"text": Doubt("欄の全部に取り消し線が付いています。", "")}


@pytest.mark.django_db
def test_what_stands_beside_the_answers_is_told_with_its_place():
    def add(sheet):
        sheet["H5"], sheet["H6"] = "別紙のとおり", "隠れた答え"
        sheet["H5"].comment = Comment("課長に確認中", "山田")
        sheet["H6"].comment = Comment("直してください", "照会票の取込み")
        sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["H"].hidden = True
        struck = Rule(type="expression", dxf=DifferentialStyle(font=Font(strike=True)), formula=["TRUE"])
        sheet.conditional_formatting.add("H5:H6", struck)
        sheet.parent.create_sheet("別紙")["B2"] = "参加者の一覧"

    found = read(edited(issued({}, {}), add))
    assert found.unread == (
        "非表示の行にある答えも、ほかと同じように読みました：6行目。",
        "非表示の列にある答えも、ほかと同じように読みました：H列。",
        "H5:H6：条件付き書式の取り消し線は分かりません。取り消し線のない文として読みました。",
        "H5のコメントは読みません：「課長に確認中」",
        "シート「別紙」は読みません（「参加者の一覧」など）。必要な文は、照会票の欄に書いてください。",
    )
    assert "H5は「別紙のとおり」だけです。公表されるのは、この文だけです。" in found.notes


@pytest.mark.django_db
def test_each_text_that_says_nothing_by_itself_is_pointed_out():
    found = read(filled(issued(), H5="実施した。", J5="同上", L5="前年と同じ"))
    told = [note for note in found.notes if "公表されるのは" in note]
    assert [note[:2] for note in told] == ["J5", "L5"]


@pytest.mark.django_db
def test_a_workbook_as_issued_holds_nothing_beside_its_answers():
    found = read(filled(issued(), H5="実施した。"))
    assert (found.unread, found.notes, found.lines[0].doubts) == ((), (), {})


@pytest.mark.django_db
def test_one_of_the_readings_is_chosen_before_anything_is_stored():
    report, office = factories.make_report(), factories.make_user()
    status = factories.make_status(report, text="")
    file = file_of(line(status, doubts={"text": Doubt("取り消し線", "２０回")}, text="１０回２０回"), report=report)
    assert compared(file, report, office).items[0].cells[0].kind == DOUBT
    with pytest.raises(Undecided):
        taken(file, report, office)
    outcome = taken(file, report, office, text="other")
    assert stored(status).text == "２０回"
    assert outcome.receipt == "読んだ欄1、保存した欄1、変わらない欄0"


@pytest.mark.django_db
def test_struck_words_of_a_string_in_its_cell_are_asked_about_as_those_of_a_shared_one():
    data = respelt(issued({"text": "HERE"}), b"<t>HERE</t>", RUNS.encode())
    assert read(data).lines[0].doubts["text"].other == "２０回"


@pytest.mark.django_db
def test_what_stands_far_to_the_right_is_told_and_costs_little():
    def far(sheet):
        sheet["BI5"], sheet["XFD6"] = "右の端のメモ", 1

    assert read(edited(issued({}, {}), far)).unread == (
        "BI5の「右の端のメモ」など、BH列より右にある2か所の欄は読みません。必要な文は、黄色の欄に書いてください。",
    )
