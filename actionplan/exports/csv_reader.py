"""CSV files that people upload: UTF-8 (with or without byte order mark) or CP932, as Excel saves them."""

import csv
from collections.abc import Iterator
from io import StringIO

from actionplan.exports.formula_guard import unguard
from actionplan.exports.uploads import Table, UploadError, check_size, column_letters, table

ENCODINGS = ("utf-8-sig", "cp932")
STRAYS = {"utf-8-sig": 3, "cp932": 0}
NOT_CSV_BUT_EXCEL = (
    "CSVではなく、Excelのファイルのようです。ファイルの名前の終わりを「.xlsx」に直して、選び直してください。"
)
NOT_CSV = "CSVファイルとして読めません。Excelで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。"


def read_csv(data: bytes) -> Table:
    """The table of a CSV file, formula guards taken off. Raises UploadError."""
    check_size(data)
    if data.startswith(b"PK\x03\x04"):
        raise UploadError(NOT_CSV_BUT_EXCEL)
    return table(_lines(_decoded(data)))


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        # CP932 decodes almost anything; no text file holds these. A stray one in UTF-8 is named by its cell.
        if text.count("\0") <= STRAYS[encoding]:
            return text
    raise UploadError(f"{NOT_CSV}文字コードはUTF-8かシフトJIS（CP932）にしてください。")


def _lines(text: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for number, line in enumerate(reader, 1):
            _check_strays(number, line)
            yield [unguard(cell) for cell in line]
    except csv.Error as error:
        raise UploadError(f'{reader.line_num}行目の付近：引用符（"）の数か位置が合いません。{NOT_CSV}') from error


def _check_strays(number: int, line: list[str]) -> None:
    for index, cell in enumerate(line):
        if "\0" in cell:
            place = f"{column_letters(index)}{number}"
            raise UploadError(f"{place}：目に見えない制御文字（U+0000）が入っています。取り除いてください。")
