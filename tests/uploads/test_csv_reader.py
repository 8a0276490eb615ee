"""CSV files as people save them."""

import pytest

from actionplan.uploads import UploadError, read_csv

TEXT = "番号,項目\r\n1,対馬市\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_encoding_that_excel_saves_is_read(encoding):
    result = read_csv(TEXT.encode(encoding))
    assert (result.headers, result.rows) == (["番号", "項目"], [["1", "対馬市"]])


def test_line_ends_of_other_systems_are_read():
    assert read_csv(TEXT.replace("\r\n", "\n").encode()).rows == [["1", "対馬市"]]


def test_a_line_break_inside_quotation_marks_belongs_to_the_cell():
    assert read_csv('番号,項目\r\n1,"一行目\n二行目"\r\n'.encode()).rows == [["1", "一行目\n二行目"]]


def test_the_guard_against_formulas_is_taken_off_headers_too():
    result = read_csv("番号,'＝式\r\n1,'=1+1\r\n".encode())
    assert (result.headers[1], result.rows[0][1]) == ("＝式", "=1+1")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ファイルが空です"),
        (b"PK\x03\x04 and so on", "Excelのファイルのようです"),
        (TEXT.encode("utf-16-le"), "文字コードはUTF-8かシフトJIS"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "CSVファイルとして読めません"),
        (b"%PDF-1.7\n\xff\xfe\x00", "CSVファイルとして読めません"),
        ("ID,項目名\n1,説明\0会\n".encode(), "B2：目に見えない制御文字（U\\+0000）が入っています"),
    ],
)
def test_what_is_not_a_csv_is_refused(data, sentence):
    with pytest.raises(UploadError, match=sentence):
        read_csv(data)


@pytest.mark.parametrize("body", ['1,"閉じない', '1,"閉じた"後'])
def test_quotation_marks_that_do_not_pair_are_refused_with_the_line(body):
    with pytest.raises(UploadError, match="2行目の付近：引用符"):
        read_csv(f"番号,項目\r\n{body}\r\n".encode())
