"""What an uploaded table must be, whatever its format; every refusal is a sentence that names the place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
LARGEST_FILE = 10 * MEGABYTE
MOST_ROWS = 100_000
MOST_COLUMNS = 500


class UploadError(ValueError):
    """Raised for a file that cannot be read; the message is the Japanese sentence for the person."""


@dataclass(frozen=True)
class Table:
    """A header and its records: every cell a text, every row as long as the header."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def check_size(data: bytes) -> None:
    """Raises UploadError for an empty file and for one that is too large."""
    if not data:
        raise UploadError("ファイルが空です。内容のあるファイルを選んでください。")
    if len(data) > LARGEST_FILE:
        raise UploadError(
            f"ファイルが大きすぎます（{len(data) / MEGABYTE:.1f}MB）。"
            f"{LARGEST_FILE // MEGABYTE}MB以下に分けてください。"
        )


def table(lines: Iterable[Sequence[str]]) -> Table:
    """The table that the lines of a file make; empty lines at its end do not count.

    Raises UploadError for a missing header, a missing or doubled column name, no records, a gap, a line of another
    length than the header, and too many lines.
    """
    kept = _without_empty_end(lines)
    if not kept or not any(kept[0]):
        raise UploadError("1行目に見出しがありません。1行目に列の名前を書いてください。")
    headers = _trimmed(kept[0])
    _check_headers(headers, kept[1:])
    if len(kept) == 1:
        raise UploadError("見出しだけで、データの行がありません。2行目からデータを書いてください。")
    return Table(headers, [_row(number, line, len(headers)) for number, line in enumerate(kept[1:], 2)])


def check_columns(headers: Sequence[str], required: Iterable[str]) -> None:
    """Raises UploadError that names the required columns which the file lacks."""
    if missing := [name for name in required if name not in headers]:
        names = "」「".join(missing)
        raise UploadError(f"1行目に「{names}」の列がありません。書き出したファイルの見出しのまま使ってください。")


def column_letters(index: int) -> str:
    """The letters of a column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _without_empty_end(lines: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    kept: list[Sequence[str]] = []
    gap = 0
    for line in lines:
        if not any(line):
            gap += 1
            continue
        kept += [()] * gap + [line]
        gap = 0
        if len(kept) > MOST_ROWS + 1:
            raise UploadError(f"行が多すぎます。{MOST_ROWS}行までに分けてください。")
    return kept


def _trimmed(line: Sequence[str]) -> list[str]:
    end = max((index for index, cell in enumerate(line, 1) if cell), default=0)
    return list(line[:end])


def _check_headers(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    if len(headers) > MOST_COLUMNS:
        raise UploadError(f"列が多すぎます（{len(headers)}列）。{MOST_COLUMNS}列までにしてください。")
    first: dict[str, int] = {}
    for index, header in enumerate(headers):
        if not header:
            raise UploadError(f"{column_letters(index)}1：見出しが空です。列の名前を書くか、列ごと削除してください。")
        if header in first:
            places = f"{column_letters(first[header])}1と{column_letters(index)}1"
            raise UploadError(f"{places}：見出し「{header}」が重なっています。どちらかの列を削除してください。")
        first[header] = index


def _row(number: int, line: Sequence[str], width: int) -> list[str]:
    cells = _trimmed(line)
    if not cells:
        raise UploadError(f"{number}行目が空です。空の行を削除してください。")
    if len(cells) > width:
        place = f"{column_letters(width)}{number}"
        raise UploadError(f"{place}：見出しのない列に値があります。1行目に見出しを書くか、値を消してください。")
    return cells + [""] * (width - len(cells))
