"""The kinds of tables that cities have: what stands around them, how they number, where they join and repeat."""

import pytest
from openpyxl import Workbook
from weasyprint import HTML

from actionplan.past.choices import departments_in
from actionplan.past.files import read_source
from actionplan.past.telling import is_figure
from actionplan.past.vocabulary import kind_of_line, number_and_title, parse_code, suggested, year_in
from tests.past.tables import as_csv, as_docx, as_pdf, as_xlsx, fill, reading_of, saved, suggested_choices


def lines(rows, year=2015, merged=()):
    """The table's lines: numbers, titles and name, and what the year says."""
    return [facts(line, year) for line in reading_of(as_xlsx(rows, merged), "x.xlsx", year).lines]


def facts(line, year=2015):
    said = line.answers.get(year, {})
    return (line.policy, line.measure, line.number, line.name, {name: words.text for name, words in said.items()})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2-(1)-①", (2, 1, 1)),
        ("２－（１）－①", (2, 1, 1)),
        ("Ⅱ-3-④", (2, 3, 4)),
        ("1-2-3", (1, 2, 3)),
        ("1.2.3", (1, 2, 3)),
        ("第１章", (1,)),
        ("施策３", (3,)),
        ("⑫", (12,)),
        ("(2)", (2,)),
        ("⑵", (2,)),
        ("三", (3,)),
        ("2ー1", (2, 1)),
        ("Ｎｏ．５", (5,)),
        ("約120", None),
        ("120人", None),
        ("A-1", None),
        ("", None),
        ("0", None),
        ("1-2-3-4-5", None),
        ("99999", None),
    ],
)
def test_numbers_as_cities_write_them(text, code):
    assert parse_code(text) == code


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("施策１　意識を高める", (1,), "意識を高める"),
        ("基本目標Ⅱ 支え合う", (2,), "支え合う"),
        ("第３章　まちをつくる", (3,), "まちをつくる"),
        ("(1) 広報の充実", (1,), "広報の充実"),
        ("①出前講座", (1,), "出前講座"),
        ("1-2 場づくり", (1, 2), "場づくり"),
        ("１ 知る", (1,), "知る"),
        ("１　知る", (1,), "知る"),
        ("（１）広報", (1,), "広報"),
        ("1）広報", (1,), "広報"),
        ("施策1 知る", (1,), "知る"),
        ("Ⅱ．広報", (2,), "広報"),
        ("㉑広報", (21,), "広報"),
        ("1.2 見守り", (1, 2), "見守り"),
        ("2-(1)-①広報", (2, 1, 1), "広報"),
        ("■多様な機会", (), "多様な機会"),
        *((name, (), name) for name in ("24時間相談", "3R運動", "100歳体操", "2.5次元の集い", "1、2歳児教室")),
        *((name, (), name) for name in ("第３部会の開催", "第3次計画", "事業2か所整備", "3:1の会", "1,000人集会")),
        ("２１校区で説明会", (), "２１校区で説明会"),
        ("平成27年度の取組", (), "平成27年度の取組"),
    ],
)
def test_titles_and_their_numbers(text, number, title):
    assert number_and_title(text) == (number, title)


@pytest.mark.parametrize(
    "text", ["※評価はAからD", "注1 予算額は千円", "小計", "合　計", "（注）このとおり", "ただの説明です"]
)
def test_notes_and_sums_head_nothing(text):
    assert kind_of_line(text) == ""


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("平成27年度実績", "text"),
        ("自己評価", "progress"),
        ("次年度へ向けた取組", "next_step"),
        ("所管課", "department"),
        ("事業費（千円）", "keep"),
        ("Ｎｏ．", "item_number"),
        ("成果\n・効果", "outcome"),
        ("謎", ""),
    ],
)
def test_headings_suggest_what_their_column_is(heading, role):
    assert suggested(heading)[0] == role


@pytest.mark.parametrize(
    ("text", "year"),
    [
        *[("H27進捗", 2015), ("令和元年度", 2019), ("2016年度", 2016), ("平成２７年", 2015), ("R2", 2020)],
        *[("実績", None), ("PH27x", None), ("平成99年度", None)],
    ],
)
def test_a_heading_names_its_year(text, year):
    assert year_in(text) == year


def test_names_that_are_a_word_and_a_number_are_names():
    rows = [["番号", "項目", "実績"], ["1-1-1", "項目1", "3回"], ["1-1-2", "事業２", "2回"]]
    assert [line[3] for line in lines(rows)] == ["項目1", "事業２"]


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        (["基本目標", "施策", "事業名", "実績"], ["policy", "measure", "item", "text"]),
        (["No", "取組名", "取組内容", "結果"], ["item_number", "item", "content", "text"]),
        (["番号", "取組内容", "実績"], ["item_number", "item", "text"]),
        (["項目", "H27目標", "H27実績"], ["item", "keep", "text"]),
        (
            ["施策体系", "事業名", "計画（Plan）", "実施（Do）", "評価（Check）"],
            ["code", "item", "keep", "text", "progress"],
        ),
    ],
)
def test_headings_beside_each_other_say_more_than_each_alone(headings, roles):
    source = read_source(as_csv([headings, ["言葉"] * len(headings)]), "x.csv")
    found = suggested_choices(source).roles
    assert [found[index] for index in range(1, len(roles))] == roles[1:]


def test_an_item_takes_its_number_from_its_name_as_policies_and_measures_do():
    rows = [["施策", "取組名", "項目", "実績"], ["１ 知る", "（１）広報", "(2)講座の開催", "3回"]]
    rows += [["２　守る", "①見守り", "③研修", "1回"], ["", "", "24時間相談", "した"]]
    assert [line[:4] for line in lines(rows)] == [
        ((1, "知る"), (1, "広報"), 2, "講座の開催"),
        ((2, "守る"), (1, "見守り"), 3, "研修"),
        ((2, "守る"), (1, "見守り"), None, "24時間相談"),
    ]


def test_figures_before_a_name_that_bears_another_number_are_words():
    rows = [["番号", "項目", "実績"], ["1-1-1", "１　紙", "4回"], ["1-1-2", "24 時間相談", "した"]]
    assert [line[2:4] for line in lines(rows)] == [(1, "紙"), (2, "24 時間相談")]


def test_names_in_our_own_files_keep_their_figures():
    rows = [["ID", "項目番号", "項目", "実績"], ["422096-2009-bp9cf2kv", "1", "1 on 1の会", "3回"]]
    assert lines(rows)[0][3] == "1 on 1の会"


HEAD = ["施策", "取組方針", "No", "事業名", "実績", "課題"]


def test_titles_above_blank_rows_sums_and_notes_are_not_taken_and_told():
    rows = [
        ["平成27年度 進捗管理表", "", "", "", "", ""],
        [""] * 6,
        HEAD,
        ["1 広報", "(1) 紙", "①", "広報紙", "4回", "少ない"],
        [""] * 6,
        ["", "", "②", "出前講座", "３回", ""],
        ["", "", "", "小計", "7回", ""],
        ["※回数は年度末の数", "", "", "", "", ""],
    ]
    reading = reading_of(as_xlsx(rows, ("A1:F1",)), "x.xlsx", 2015)
    assert [facts(line) for line in reading.lines] == [
        ((1, "広報"), (1, "紙"), 1, "広報紙", {"text": "4回", "challenge": "少ない"}),
        ((1, "広報"), (1, "紙"), 2, "出前講座", {"text": "３回", "challenge": ""}),
    ]
    left = {told.place: told.text for told in reading.left_out}
    assert left == {"A1": "平成27年度 進捗管理表", "7行目": "小計　7回", "A8": "※回数は年度末の数"}


def test_cells_merged_down_give_their_value_to_every_row():
    rows = [HEAD, ["1 広報", "(1) 紙", "①", "広報紙", "4回", ""], ["", "", "②", "講座", "3回", ""], ["2 場"] + [""] * 5]
    rows[3][1:] = ["(1) 所", "①", "サロン", "開いた", ""]
    found = lines(rows, merged=("A2:A3", "B2:B3"))
    assert [(policy, measure) for policy, measure, *_ in found] == [
        ((1, "広報"), (1, "紙")),
        ((1, "広報"), (1, "紙")),
        ((2, "場"), (1, "所")),
    ]


def test_a_new_policy_does_not_keep_the_measure_of_the_one_before():
    rows = [HEAD, ["1 広報", "(1) 紙", "①", "広報紙", "4回", ""], ["2 場", "", "①", "サロン", "開いた", ""]]
    assert lines(rows)[1][:2] == ((2, "場"), (None, ""))


def test_two_rows_of_headings_without_merged_cells():
    rows = [
        ["番号", "項目", "H27", "", "H28", ""],
        ["", "", "実績", "課題", "実績", "課題"],
        ["1-1-1", "学習会", "3回", "人", "4回", "場所"],
    ]
    [line] = reading_of(as_csv(rows), "x.csv").lines
    assert facts(line, 2015)[4] == {"text": "3回", "challenge": "人"}
    assert facts(line, 2016)[4] == {"text": "4回", "challenge": "場所"}


def test_headings_with_line_breaks_and_full_width_signs():
    rows = [["Ｎｏ．", "事 業 名", "平成２７年度\n実施状況", "担当\n課"], ["１", "広報紙", "４回", "広報課"]]
    [line] = reading_of(as_xlsx(rows), "x.xlsx").lines
    assert facts(line)[2:] == (1, "広報紙", {"text": "４回"})
    assert line.departments == ["広報課"]


def test_sheets_of_one_shape_are_read_as_one_table():
    book = Workbook()
    for number, sheet in enumerate([book.active, book.create_sheet()], 1):
        rows = [[f"基本目標{number}　題{number}"], ["No", "事業名", "実績"], ["①", f"事業{number}", "した"]]
        fill(sheet, rows, title=f"目標{number}")
    reading = reading_of(saved(book), "x.xlsx", 2015)
    assert [(line.policy, line.name) for line in reading.lines] == [((1, "題1"), "事業1"), ((2, "題2"), "事業2")]


def test_repeated_headings_of_a_long_pdf_are_no_items():
    rows = [["番号", "項目", "実績"], *([f"1-1-{number}", f"項目{number}", "行った。"] for number in range(1, 90))]
    reading = reading_of(as_pdf(rows), "x.pdf", 2015)
    assert [line.number for line in reading.lines] == list(range(1, 90))


def test_the_paragraph_above_a_table_names_the_policy():
    [line] = reading_of(as_docx([["項目", "実績"], ["学習会", "3回"]], "施策２　支え合う"), "x.docx", 2015).lines
    assert line.policy == (2, "支え合う")


def test_a_row_without_a_name_goes_on_with_the_one_above_and_says_so():
    rows = [["No", "事業名", "実績"], ["1", "広報紙", "4回"], ["", "", "特集1回"]]
    reading = reading_of(as_csv(rows), "x.csv", 2015)
    assert facts(reading.lines[0])[4] == {"text": "4回\n特集1回"}
    assert "上の行「広報紙」の続き" in str(reading.notes[0])


def test_a_column_of_years_gives_each_row_its_year():
    rows = [["年度", "項目", "実績"], ["H27", "学習会", "3回"], ["平成28年度", "学習会", "4回"]]
    [line] = reading_of(as_csv(rows), "x.csv").lines
    assert {year: words["text"].text for year, words in line.answers.items()} == {2015: "3回", 2016: "4回"}


def test_a_year_that_nothing_is_said_of_is_none_of_the_items():
    rows = [["項目", "H27実績", "H28実績"], ["学習会", "3回", ""], ["講座", "2回", "1回"]]
    reading = reading_of(as_csv(rows), "x.csv")
    assert [line.years for line in reading.lines] == [[2015], [2015, 2016]]
    assert "2016年度の欄がどれも空です" in str(reading.notes[0])


@pytest.mark.parametrize(
    ("head", "text", "place"),
    [("番号", "約120", "A2"), ("No", "A-1から", "A2"), ("項目番号", "1-2-3-4-5-6-7", "A2"), ("年度", "先年", "A2")],
)
def test_what_is_no_number_is_told_at_its_cell(head, text, place):
    reading = reading_of(as_csv([[head, "項目", "実績"], [text, "学習会", "3回"], ["1", "講座", "2回"]]), "x.csv", 2015)
    assert reading.troubles[0].place == place
    assert f"「{text}」" in str(reading.troubles[0])


def test_a_figure_that_is_none_is_kept_and_told():
    rows = [
        ["項目", "実績", "参加者数の指標"],
        ["学習会", "3回", "120"],
        ["講座", "2回", "95人"],
        ["祭り", "1回", "約120"],
    ]
    reading = reading_of(as_csv(rows), "x.csv", 2015)
    assert [str(told) for told in reading.notes] == [
        "C4：「参加者数の指標」の「約120」は数値として読めません。文のまま残します。"
    ]
    assert reading.lines[2].kept[2015][0][1].text == "約120"


@pytest.mark.parametrize("text", ["120", "1,200人", "84.0%", "△3", "－", "", "１か所", "276千円"])
def test_figures(text):
    assert is_figure(text)


@pytest.mark.parametrize("text", ["約120", "120人程度の方", "多数", "12-3"])
def test_no_figures(text):
    assert not is_figure(text)


@pytest.mark.parametrize("text", ["甲課／乙課", "甲課、乙課", "甲課・乙課", "甲課\n乙課", "甲課　乙課", "◎甲課, 乙課"])
def test_departments_of_one_cell(text):
    assert departments_in(text) == ["甲課", "乙課"]


def test_a_control_character_is_told_at_its_cell():
    reading = reading_of(as_csv([["項目", "実績"], ["学習会", "3回\x07"]]), "x.csv", 2015)
    assert "B2：目に見えない制御文字（U+0007）" in str(reading.troubles[0])


def test_a_table_of_headings_alone_says_so():
    reading = reading_of(as_csv([["項目", "実績"]]), "x.csv", 2015)
    assert "取り込める行がありません" in str(reading.troubles[0])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市民\n協働課", ["市民協働課"]),
        ("市民部　協働課", ["市民部　協働課"]),
        ("市民部 協働課", ["市民部 協働課"]),
        ("まちづくり・協働課、福祉課", ["まちづくり・協働課", "福祉課"]),
        ("総務課・福祉センター", ["総務課", "福祉センター"]),
        ("地域振興課\n（防災担当）", ["地域振興課（防災担当）"]),
        ("福祉課\n高齢者支援係／総務課", ["福祉課 高齢者支援係", "総務課"]),
        ("総務課 外", ["総務課 外"]),
        ("教育委員会 学校教育課", ["教育委員会 学校教育課"]),
        ("教育委員会\n学校教育課", ["教育委員会 学校教育課"]),
        ("消防本部　警防課、福祉課", ["消防本部　警防課", "福祉課"]),
        ("峰支所 地域振興課", ["峰支所 地域振興課"]),
        ("危機管理室 防災係", ["危機管理室 防災係"]),
        ("総務部 企画部", ["総務部", "企画部"]),
        ("教育委員会 農業委員会", ["教育委員会", "農業委員会"]),
        ("保健センター 図書館", ["保健センター", "図書館"]),
        ("", []),
    ],
)
def test_what_stands_within_a_departments_name_does_not_part_it(text, names):
    assert departments_in(text) == names


def book_of(*sheets: tuple[str, list[list[str]]]) -> bytes:
    book = Workbook()
    for number, (title, rows) in enumerate(sheets):
        fill(book.active if number == 0 else book.create_sheet(), rows, title=title)
    return saved(book)


def test_sheets_that_name_the_policy_give_it_to_their_rows():
    rows = [["No", "事業名", "実績"], ["①", "広報紙", "4回"]]
    reading = reading_of(book_of(("1 広報", rows), ("2 場づくり", rows)), "x.xlsx", 2015)
    assert [line.policy for line in reading.lines] == [(1, "広報"), (2, "場づくり")]


def test_sheets_of_years_make_one_item_of_several_years():
    rows = [["番号", "事業名", "実績"], ["1-1-1", "広報紙", "4回"]]
    other = [["番号", "事業名", "実績"], ["1-1-1", "広報紙", "5回"]]
    [line] = reading_of(book_of(("H27", rows), ("H28", other)), "x.xlsx").lines
    assert {year: words["text"].text for year, words in line.answers.items()} == {2015: "4回", 2016: "5回"}


def test_several_rows_of_figures_stay_with_the_item_that_they_are_merged_into():
    rows = [["No", "事業名", "指標名", "目標値"], ["1", "広報紙", "発行回数", "4"], ["", "", "部数", "1000"]]
    [line] = reading_of(as_xlsx(rows, ("A2:A3", "B2:B3")), "x.xlsx", 2015).lines
    assert [(heading, words.text) for heading, words in line.kept[2015]] == [
        ("指標名", "発行回数"),
        ("目標値", "4"),
        ("指標名", "部数"),
        ("目標値", "1000"),
    ]


def test_one_number_for_several_items_is_the_number_of_none():
    rows = [["No", "事業名", "実績"], ["1", "広報紙", "4回"], ["", "講座", "3回"]]
    assert [line[2] for line in lines(rows, merged=("A2:A3",))] == [1, None]


def test_rows_and_columns_that_are_only_formatted_are_none():
    book = Workbook()
    fill(book.active, [["項目", "実績"], ["学習会", "3回"]])
    for row in range(3, 6_000):
        book.active.cell(row, 1).number_format = "@"
    book.active.cell(1, 400).number_format = "@"
    assert len(reading_of(saved(book), "x.xlsx", 2015).lines) == 1


def test_merged_cells_of_a_pdf_are_understood():
    html = (
        "<style>table{border-collapse:collapse}td,th{border:1px solid;font:9pt 'BIZ UDGothic';padding:4px}</style>"
        "<table><tr><th rowspan=2>施策</th><th rowspan=2>項目</th><th colspan=2>平成27年度</th></tr>"
        "<tr><th>実績</th><th>課題</th></tr>"
        "<tr><td rowspan=2>1 広報</td><td>広報紙</td><td>4回</td><td>少ない</td></tr>"
        "<tr><td>講座</td><td>3回</td><td>遠い</td></tr></table>"
    )
    for tagged in (None, "pdf/ua-1"):
        found = [facts(line) for line in reading_of(HTML(string=html).write_pdf(pdf_variant=tagged), "x.pdf").lines]
        assert found == [
            ((1, "広報"), (None, ""), None, "広報紙", {"text": "4回", "challenge": "少ない"}),
            ((1, "広報"), (None, ""), None, "講座", {"text": "3回", "challenge": "遠い"}),
        ]


def test_what_was_parted_into_departments_is_told_at_its_cell():
    rows = [["項目", "担当課", "実績"], ["清掃", "環境課 生活課", "3回"], ["学習会", "教育委員会 学校教育課", "2回"]]
    reading = reading_of(as_csv(rows), "x.csv", 2015)
    told = [str(note) for note in reading.notes if "分けて" in note.sentence]
    assert told == ["B2：担当課を「環境課」、関係課を「生活課」に分けて読みました。"]
