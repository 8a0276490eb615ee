"""Marks that stand for other words: 〃 and 同上 are read where a row belongs, and told where somebody wrote a text."""

import pytest

from actionplan.past.source import Source, SourceCell, SourceRow, SourceTable, packed, unpacked
from tests.past.tables import as_csv, as_pdf, as_xlsx, reading_of

HEAD = ["施策", "項目", "担当課", "主体", "評価", "実績"]
FIRST = ["1 広報", "紙", "総務課", "◎", "A", "4回"]


@pytest.mark.parametrize(
    "mark", ["〃", "”", '"', "同上", "（同上）", "々", "↓", "上に同じ", "上記と同じ", "〃　〃", "同"]
)
def test_a_mark_is_read_as_what_stands_above_it_where_the_row_belongs_and_told(mark):
    reading = reading_of(as_xlsx([HEAD, FIRST, [mark, "講座", mark, mark, mark, "3回"]]), "x.xlsx", 2015)
    first, second = reading.lines
    assert (second.policy, second.departments, second.marks) == (first.policy, ["総務課"], "◎")
    assert second.answers[2015]["progress"].text == "A"
    told = [str(note) for note in reading.notes if "上の行と同じ" in str(note)]
    assert any(note.startswith("C3：") and f"「{mark}」" in note and "「総務課」" in note for note in told)


@pytest.mark.parametrize("mark", ["〃", "同上", "→", "同左", "右に同じ"])
def test_a_mark_in_a_running_text_stays_and_is_told(mark):
    reading = reading_of(as_csv([HEAD, FIRST, ["", "講座", "福祉課", "◎", "B", mark]]), "x.csv", 2015)
    assert reading.lines[1].answers[2015]["text"].text == mark
    assert [str(note) for note in reading.notes if str(note).startswith("F3：")]


def test_a_mark_below_a_sum_or_a_blank_row_means_the_last_row_that_says_something():
    rows = [HEAD, FIRST, ["", "小計", "", "", "", "4回"], [""] * 6, ["〃", "講座", "〃", "〃", "〃", "3回"]]
    line = reading_of(as_xlsx(rows), "x.xlsx", 2015).lines[1]
    assert (line.policy, line.departments, line.answers[2015]["progress"].text) == ((1, "広報"), ["総務課"], "A")


def test_a_mark_with_nothing_above_it_stays_and_is_told():
    reading = reading_of(as_csv([HEAD, ["1 広報", "紙", "〃", "◎", "A", "4回"]]), "x.csv", 2015)
    assert reading.lines[0].departments == ["〃"]
    assert any(str(note).startswith("C2：") for note in reading.notes)


def test_the_same_note_is_told_once_with_all_its_places():
    reading = reading_of(as_csv([HEAD, FIRST, *[["", f"講座{n}", "〃", "◎", "A", "1回"] for n in "ab"]]), "x.csv", 2015)
    assert any(str(note).startswith("C3、C4：") for note in reading.notes)


def test_a_mark_on_the_next_page_of_a_pdf_means_the_row_before_the_page():
    rows = [["番号", "項目", "担当課", "実績"], ["1-1-1", "項目", "総務課", "した"]]
    rows += [[f"1-1-{number}", f"項目{number}", "〃", "した"] for number in range(2, 90)]
    lines = reading_of(as_pdf(rows), "x.pdf", 2015).lines
    assert {name for line in lines for name in line.departments} == {"総務課"}


def test_a_second_department_of_an_item_is_not_lost():
    rows = [["No", "事業名", "担当課", "実績"], ["1", "広報紙", "総務課", "4回"], ["", "", "福祉課", "特集1回"]]
    [line] = reading_of(as_csv(rows), "x.csv", 2015).lines
    assert line.departments == ["総務課", "福祉課"]


def test_a_name_that_is_too_long_is_told_at_its_row():
    rows = [["施策", "項目", "実績"], ["あ" * 3_000, "い" * 3_000, "した"]]
    troubles = [str(told) for told in reading_of(as_csv(rows), "x.csv", 2015).troubles]
    assert [told.partition("「")[0] for told in troubles] == ["2行目：施策の名前", "2行目：項目の名前"]
    assert all("字までにしてください（いまは3,000字）" in told for told in troubles)


def test_headings_of_three_levels_and_of_parts():
    rows = [
        ["施策", "取組", "事業名", "実績", ""],
        ["", "", "", "内容", "参加者数"],
        ["1 知", "（1）報", "紙", "出した", "80"],
    ]
    [line] = reading_of(as_xlsx(rows, ("A1:A2", "B1:B2", "C1:C2", "D1:E1")), "x.xlsx", 2015).lines
    assert (line.policy, line.measure, line.name) == ((1, "知"), (1, "報"), "紙")
    assert line.answers[2015]["text"].text == "出した"
    assert [(heading, words.text) for heading, words in line.kept[2015]] == [("実績／参加者数", "80")]


def test_a_row_of_units_belongs_to_the_headings_and_a_bulleted_policy_is_one():
    rows = [
        ["番号", "項目", "目標値", "実績"],
        ["", "", "（回）", "(回)"],
        ["■ 施策１　知る", "", "", ""],
        ["1", "紙", "4", "5"],
    ]
    [line] = reading_of(as_xlsx(rows, ("A3:D3",)), "x.xlsx", 2015).lines
    assert (line.policy, line.number, line.name) == ((1, "知る"), 1, "紙")
    assert line.kept[2015][0][0] == "目標値／（回）"


def test_what_was_read_is_kept_and_given_back_the_same():
    cell = SourceCell("言葉", "A1", 1, 2, 3, "注", 4.5)
    table = SourceTable("表1", [SourceRow([cell, SourceCell("", "B1")], "1行目", is_line=True)], True, "題", True)
    source = Source("x.pdf", "pdf", [table], ["読んだ"])
    assert unpacked(packed(source)) == source
