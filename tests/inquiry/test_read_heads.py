"""Columns are known by their words: deleted, moved, renamed and doubled ones each have their own answer."""

import pytest

from tests.inquiry.workbooks import edited, filled, issued, read, refusal, troubles

pytestmark = pytest.mark.django_db
UNTIL_THEN = "戻すまで、この列の回答は読み取らず、変えません。"
ANSWER = {"text": "実施した。", "outcome": "増えた。"}


def test_a_deleted_column_is_absent_not_empty():
    found = read(edited(issued(ANSWER), lambda sheet: sheet.delete_cols(10)))
    assert "outcome" not in found.lines[0].cells
    assert found.lines[0].cells["text"] == "実施した。"
    assert found.notes == ("「成果」の列がないため、この欄の回答は変わりません。",)
    assert found.troubles == ()
    assert found.place(found.lines[0], "outcome") == ""


def test_columns_in_another_order_are_read_by_their_words():
    def swap(sheet):
        for row in sheet.iter_rows(min_row=4):
            row[7].value, row[9].value = row[9].value, row[7].value

    found = read(edited(issued(ANSWER), swap))
    assert (found.lines[0].cells["text"], found.lines[0].cells["outcome"]) == ("実施した。", "増えた。")
    assert (found.letters["text"], found.notes) == ("J", ())


def test_blanks_and_line_breaks_in_a_header_do_not_matter():
    assert read(filled(issued(ANSWER), H4=" 実施\n状況　")).lines[0].cells["text"] == "実施した。"


def test_a_renamed_header_is_named_and_its_cells_are_left_alone():
    data = filled(issued(ANSWER), J4="効果")
    sentence = "J4：見出し「効果」は照会票にありません。もとの見出し（「成果」）に戻してください。"
    assert troubles(data) == [sentence + UNTIL_THEN]
    assert read(data).notes == ()
    assert "outcome" not in read(data).lines[0].cells


def test_of_two_renamed_headers_each_is_told_its_own_word():
    found = troubles(filled(issued(ANSWER), H4="状況", J4="効果"))
    assert [each[: each.index("に戻して")] for each in found] == [
        "H4：見出し「状況」は照会票にありません。もとの見出し（「実施状況」）",
        "J4：見出し「効果」は照会票にありません。もとの見出し（「成果」）",
    ]


def test_a_strange_header_elsewhere_is_told_every_word_that_is_missing():
    def move(sheet):
        sheet.delete_cols(11)
        sheet.delete_cols(10)
        sheet["P4"] = "効果"

    assert "もとの見出し（「成果」「課題」）に戻して" in troubles(edited(issued(ANSWER), move))[0]


def test_an_emptied_header_is_named_when_something_stands_below_it():
    assert troubles(filled(issued(ANSWER), J4=None)) == [
        "J4：見出しが空です。もとの見出し（「成果」）に戻してください。" + UNTIL_THEN
    ]


def test_a_column_that_somebody_added_is_noticed_and_not_read():
    found = read(filled(issued(ANSWER), P4="課内メモ", P5="山田さんに確認"))
    assert found.notes == ("P列の「課内メモ」は照会票にない列なので、読み取りません。",)
    assert found.troubles == ()


def test_a_doubled_column_is_named_and_neither_is_read():
    data = filled(issued(ANSWER), P4="実施状況", P5="別の答え")
    assert troubles(data) == ["P4：見出し「実施状況」の列が2つあります。どちらかの列を削除してください。"]
    assert "text" not in read(data).lines[0].cells


def test_without_its_shown_columns_a_row_is_still_known():
    found = read(edited(issued(ANSWER), lambda sheet: sheet.delete_cols(1, 7)))
    assert (found.lines[0].code, found.lines[0].cells["text"]) == ("1-1-1", "実施した。")
    assert found.troubles == ()


def test_without_any_answer_column_there_is_nothing_to_read():
    assert "見出しが1つもありません" in refusal(edited(issued(ANSWER), lambda sheet: sheet.delete_cols(8, 5)))


def test_without_the_column_of_numbers_no_row_can_be_known():
    def forget(sheet):
        sheet["A1"] = sheet["O1"].value
        sheet.delete_cols(15)

    assert "「照合番号」の見出しの列が見つかりません" in refusal(edited(issued(ANSWER), forget))


def test_without_the_column_of_numbers_and_the_stamp_above_it_it_is_still_known_as_an_inquiry():
    found = refusal(edited(issued(ANSWER), lambda sheet: sheet.delete_cols(15)))
    assert found.startswith("照会票ですが、「照合番号」の見出しの列が見つかりません。照会票をダウンロードし直し")


def test_two_columns_of_numbers_are_refused():
    assert "「照合番号」の見出しの列が2つあります" in refusal(filled(issued(ANSWER), P4="照合番号"))
