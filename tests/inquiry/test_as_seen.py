"""A workbook as its writer saw it: what can be read in two ways is asked about, what is not read is told."""

import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle

from actionplan.checks.wording import points_elsewhere
from actionplan.inquiry.annotate import annotated
from actionplan.inquiry.apply_answers import Undecided
from actionplan.inquiry.compare import DOUBT
from actionplan.inquiry.layout import SHEET, Doubt, Trouble
from actionplan.worksheets import ROW, as_shown, hidden_numbers
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


def noted(edit, *answers):
    found = read(edited(issued(*answers), edit))
    return [*found.unread, *found.notes]


def put(**cells):
    return lambda sheet: [setattr(sheet[place], "value", value) for place, value in cells.items()]


def dressed(value="見えない文", number_format="@", **look):
    def edit(sheet):
        sheet["H5"], sheet["H5"].number_format = value, number_format
        for kind, form in look.items():
            setattr(sheet["H5"], kind, form)

    return edit


def beside(title, place, words):
    def edit(sheet):
        book = sheet.parent
        (book[title] if title in book.sheetnames else book.create_sheet(title))[place] = words

    return edit


def linked(sheet):
    sheet["H5"], sheet["H5"].hyperlink = "市のページ", "https://example.com/other"


def charted(sheet):
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=5, max_row=6))
    sheet.add_chart(chart, "Q5")
    sheet.parent.create_chartsheet("グラフ").add_chart(BarChart())


def elsewhere(sheet):
    sheet.parent.create_sheet("メモ")["A1"].comment = Comment("別のシートのコメント", "山田")
    sheet.sheet_state, sheet.parent.active = "hidden", 1
    sheet.oddHeader.center.text = "未定稿・課長確認待ち"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (put(F1="課長は確認済み"), "F1「課長は確認済み」は読みません。"),
        (put(A2="締切を延ばしてください"), "A2「締切を延ばしてください」は読みません。"),
        (beside("記入要領", "B5", "質問です"), "シート「記入要領」のB5「質問です」は読みません。"),
        (beside("直すところ", "A1", "質問が一つ"), "シート「直すところ」のA1「質問が一つ」は読みません。"),
        (linked, "リンクの行き先は読みません：H5（https://example.com/other）。"),
        (charted, "グラフは読みません（1個）。"),
        (charted, "グラフのシート「グラフ」は読みません。"),
        (elsewhere, "シート「メモ」のA1のコメントは読みません：「別のシートのコメント」"),
        (elsewhere, "ヘッダーとフッターの文字は読みません：「未定稿・課長確認待ち」"),
        (elsewhere, "照会票のシートが非表示になっています。"),
        (
            lambda sheet: setattr(sheet["D5"], "font", Font(strike=True)),
            "D5（項目）：欄の全部に取り消し線が付いています。",
        ),
        (dressed(font=Font(color="FFFFFFFF")), "H5：色か大きさか書式のために、見えない文字があります。"),
        (dressed(font=Font(color="FFFFF8DB")), "H5：色か大きさか書式のために、見えない文字があります。"),
        (dressed(font=Font(size=1)), "H5：色か大きさか書式のために、見えない文字があります。"),
        (dressed(number_format=";;;"), "H5：色か大きさか書式のために、見えない文字があります。"),
        (
            dressed(CellRichText("10", TextBlock(InlineFont(vertAlign="superscript"), "2"), "m")),
            "H5：上付きか下付きの文字「2」を、",
        ),
    ],
)
def test_whatever_else_the_file_says_is_told(edit, told):
    assert [each for each in noted(edit, {}, {}) if each.startswith(told)]


@pytest.mark.django_db
def test_a_text_to_which_its_format_adds_words_is_asked_about():
    [found] = read(edited(issued(), dressed("20", '@"回実施"'))).lines
    assert found.doubts["text"].other == "20回実施"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ('[$-411]ggge"年"m"月"d"日"', "平成22年4月1日"),
        ("[$-411]ge.mm.dd", "H22.04.01"),
        ('yyyy"年"m"月"', "2010年4月"),
        ('m"月"d"日"(aaa)', "4月1日(木)"),
        ("yyyy/m/d", "2010年4月1日"),
    ],
)
def test_a_day_is_read_in_the_words_of_its_format(number_format, shown):
    assert read(edited(issued(), dressed(date(2010, 4, 1), number_format))).lines[0].cells["text"] == shown


@pytest.mark.django_db
def test_a_format_that_excel_of_japan_knows_by_number_alone_shows_a_day_not_40269():
    data = edited(issued(), dressed(date(2010, 4, 1), 'yyyy"年"m"月"d"日"'))
    code = re.search(rb'numFmtId="(\d+)" formatCode="yyyy&quot;', ZipFile(BytesIO(data)).read("xl/styles.xml"))[1]
    data = respelt(data, b'<xf numFmtId="%s"' % code, b'<xf numFmtId="58"', "xl/styles.xml")
    assert read(data).lines[0].cells["text"] == "平成22年4月1日"


@pytest.mark.django_db
def test_each_answer_of_a_discussion_about_a_cell_is_told():
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    stream = BytesIO(edited(issued(), put(H5="実施した。")))
    with ZipFile(stream, "a") as book:
        said = "".join(
            f'<threadedComment ref="H5"><text>{words}</text></threadedComment>' for words in ("一つめ", "返信")
        )
        book.writestr("xl/threadedComments/threadedComment1.xml", f"<ThreadedComments>{said}</ThreadedComments>")
        way = f'<Relationship Id="rId9" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/>'
        book.writestr("xl/worksheets/_rels/sheet1.xml.rels", f"<Relationships>{way}</Relationships>")
        book.writestr("xl/vbaProject.bin", b"x")
    assert read(stream.getvalue()).unread == (
        "H5のコメントは読みません：「一つめ ／ 返信」",
        "マクロは読みません。",
    )


@pytest.mark.parametrize("fact", ['hidden="1"', 'ht="0.75" customHeight="1"', 'ht="0"'])
def test_a_row_of_no_height_is_a_hidden_one(fact):
    xml = f'<row r="5" {fact}></row><row r="6" ht="20.25"/>'.encode()
    assert hidden_numbers(xml, ROW, b"r") == [[5]]
