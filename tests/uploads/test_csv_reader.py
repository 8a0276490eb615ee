"""CSV files as people save them."""

import pytest

from actionplan.uploads import UploadError, csv_doubt, csv_lines, read_csv

TEXT = "番号,項目\r\n1,対馬市\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp", "iso2022_jp"])
def test_every_encoding_that_offices_save_is_read(encoding):
    result = read_csv(TEXT.encode(encoding))
    assert (result.headers, result.rows) == (["番号", "項目"], [["1", "対馬市"]])


@pytest.mark.parametrize(
    "data",
    [b"\xb9\xe0,\xbc\xc2\n\xad\xa1,3\xa1\xc14\n", b"\x1b$B9`\x1b(B,\x1b$B<B\x1b(B\n\x1b$B-!\x1b(B,3\x1b$B!A\x1b(B4\n"],
)
def test_euc_and_jis_come_with_what_windows_writes_into_them(data):
    assert read_csv(data).rows == [["①", "3～4"]]


@pytest.mark.parametrize(
    ("text", "encoding", "taken"),
    [
        ("項目,実績\nくらしのひろば,ひらいた\n", "euc_jp", "EUC-JPとして読みました"),
        ("ｱｲ,ｳｴ\nｵｶ,ｷｸ\n", "cp932", "シフトJIS（CP932）として読みました"),
    ],
)
def test_a_file_that_two_encodings_fit_is_read_by_the_likelier_one_and_told(text, encoding, taken):
    data = text.encode(encoding)
    assert list(csv_lines(data)) == [line.split(",") for line in text.splitlines()]
    assert [taken in sentence for sentence in csv_doubt(data)] == [True]
    assert not csv_doubt(TEXT.encode("cp932"))


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
        (TEXT.encode("utf-16-le"), "文字コードはUTF-8、シフトJIS（CP932）、EUC-JP、JISのどれか"),
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
