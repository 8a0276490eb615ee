"""What an uploaded table must be, and the sentences that say where it is not."""

import pytest

from actionplan import upload_table, uploads
from actionplan.uploads import UploadError, check_columns, check_size, column_letters, table

HEADER = ["番号", "項目"]


def refusal(lines: list) -> str:
    with pytest.raises(UploadError) as caught:
        table(lines)
    return str(caught.value)


def test_short_lines_are_filled_up_and_empty_lines_at_the_end_do_not_count():
    result = table([HEADER, ["1"], ["2", "二"], ["", ""], []])
    assert result.headers == HEADER
    assert result.rows == [["1", ""], ["2", "二"]]


def test_an_empty_column_without_header_at_the_right_does_not_count():
    assert table([[*HEADER, ""], ["1", "一", ""]]).headers == HEADER


@pytest.mark.parametrize("lines", [[], [["", ""]]])
def test_a_missing_header_is_refused(lines):
    assert refusal(lines).startswith("1行目に見出しがありません。")


def test_a_header_without_records_is_refused():
    assert "データの行がありません" in refusal([HEADER])


def test_a_doubled_column_is_refused_with_both_places():
    assert refusal([["番号", "項目", "番号"], ["1", "一", "2"]]).startswith("A1とC1：見出し「番号」が重なっています。")


def test_a_nameless_column_is_refused_with_its_place():
    assert refusal([["番号", "", "項目"], ["1", "x", "一"]]).startswith("B1：見出しが空です。")


def test_a_value_beyond_the_header_is_refused_with_its_place():
    assert refusal([HEADER, ["1", "一"], ["2", "二", "余り"]]).startswith("C3：見出しのない列に値があります。")


def test_titles_and_empty_rows_are_passed_over_and_told_and_the_rows_keep_their_numbers():
    found = table([["計画の一覧", ""], [], HEADER, ["1", "一"], ["", "　"], ["2", "二"]])
    assert (found.headers, found.rows, found.numbers) == (HEADER, [["1", "一"], ["2", "二"]], [4, 6])
    assert found.passed_over == [
        "1行目の「計画の一覧」は、見出しより上にあるため、読んでいません。",
        "空の行は読み飛ばしました：5行目。",
    ]
    assert refusal([["題名"], HEADER, ["1", "一", "余り"]]).startswith("C3：見出しのない列に値があります。2行目に")


def test_too_many_lines_or_columns_are_refused(monkeypatch):
    monkeypatch.setattr(upload_table, "MOST_ROWS", 2)
    monkeypatch.setattr(upload_table, "MOST_COLUMNS", 3)
    assert len(table([HEADER, ["1"], ["2"]]).rows) == 2
    assert refusal([HEADER, ["1"], ["2"], ["3"]]).startswith("行が多すぎます。2行まで")
    assert refusal([list("一二三四"), ["1"]]).startswith("列が多すぎます（4列）。")


def test_an_empty_and_an_oversized_file_are_refused(monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", uploads.MEGABYTE)
    with pytest.raises(UploadError, match="ファイルが空です"):
        check_size(b"")
    with pytest.raises(UploadError, match=r"ファイルが大きすぎます（1\.5MB）。1MB以下"):
        check_size(b"x" * (uploads.MEGABYTE * 3 // 2))


def test_missing_columns_are_named():
    check_columns(HEADER, ["項目"])
    with pytest.raises(UploadError, match="「施策番号」「施策名」の列がありません"):
        check_columns(HEADER, ["施策番号", "項目", "施策名"])


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_in_a_spreadsheet(index, letters):
    assert column_letters(index) == letters
