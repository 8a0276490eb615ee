"""What an uploaded table must be: a header, and its records below it; every refusal names the place.

Titles above the header and empty rows are passed over, and told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from actionplan.apart import UploadError

MOST_ROWS, MOST_COLUMNS, MOST_NAMED, HEADER_WITHIN = 100_000, 500, 10, 20
TITLE = "{number}行目の「{words}」は、見出しより上にあるため、読んでいません。"
EMPTY = "空の行は読み飛ばしました：{rows}。"
Numbered = tuple[int, Sequence[str]]  # the number of a line in its file, and its cells


@dataclass(frozen=True)
class Table:
    """A header and its records: every cell a text, every row as long as the header.

    numbers: of the rows in the file. passed_over: sentences about what was not read.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = field(default=(), compare=False)
    passed_over: Sequence[str] = field(default=(), compare=False)

    @property
    def lines(self) -> Iterator[Numbered]:
        """Each row with its number in the file."""
        return zip(self.numbers or range(2, len(self.rows) + 2), self.rows, strict=True)


def table(lines: Iterable[Sequence[str]]) -> Table:
    """The table that the lines of a file make.

    Raises UploadError for a missing header, a missing or doubled column name, no records, a line that is longer than
    the header, and too many lines.
    """
    kept = _filled(lines)
    if not kept:
        raise UploadError("1行目に見出しがありません。1行目に列の名前を書いてください。")
    at = _header_at(kept)
    top, headers = kept[at][0], _trimmed(kept[at][1])
    _check_headers(headers, top)
    records = kept[at + 1 :]
    if not records:
        raise UploadError(f"見出しだけで、データの行がありません。{top + 1}行目からデータを書いてください。")
    rows = [_row(number, line, len(headers), top) for number, line in records]
    numbers = [number for number, _ in records]
    return Table(headers, rows, numbers, [*_titles(kept[:at]), *_gaps(top, numbers)])


def _filled(lines: Iterable[Sequence[str]]) -> list[Numbered]:
    kept = []
    for number, line in enumerate(lines, 1):
        if any(cell.strip() for cell in line):
            kept.append((number, line))
            if len(kept) > MOST_ROWS + 1:
                raise UploadError(f"行が多すぎます。{MOST_ROWS}行までに分けてください。")
    return kept


def _header_at(kept: Sequence[Numbered]) -> int:
    """Where the header is: the first line of several cells, at least half as full as the fullest of the beginning."""
    counts = [sum(bool(cell.strip()) for cell in line) for _, line in kept[:HEADER_WITHIN]]
    least = max(min(2, max(counts)), max(counts) / 2)
    return next(index for index, count in enumerate(counts) if count >= least)


def _titles(above: Iterable[Numbered]) -> list[str]:
    named = [(number, "　".join(filter(None, line))) for number, line in above]
    return [TITLE.format(number=number, words=words[:40]) for number, words in named][:MOST_NAMED]


def _gaps(top: int, numbers: Sequence[int]) -> list[str]:
    empty = sorted(set(range(top + 1, numbers[-1])) - set(numbers))
    more = f"ほか{len(empty) - MOST_NAMED}行" if len(empty) > MOST_NAMED else ""
    return [EMPTY.format(rows="、".join(f"{each}行目" for each in empty[:MOST_NAMED]) + more)] if empty else []


def check_columns(headers: Sequence[str], required: Iterable[str]) -> None:
    """Raises UploadError that names the required columns which the file lacks."""
    if missing := [name for name in required if name not in headers]:
        names = "」「".join(missing)
        raise UploadError(f"見出しの行に「{names}」の列がありません。書き出したファイルの見出しのまま使ってください。")


def column_letters(index: int) -> str:
    """The letters of a column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _trimmed(line: Sequence[str]) -> list[str]:
    end = max((index for index, cell in enumerate(line, 1) if cell), default=0)
    return list(line[:end])


def _check_headers(headers: Sequence[str], top: int) -> None:
    if len(headers) > MOST_COLUMNS:
        raise UploadError(f"列が多すぎます（{len(headers)}列）。{MOST_COLUMNS}列までにしてください。")
    first: dict[str, int] = {}
    for index, header in enumerate(headers):
        place = f"{column_letters(index)}{top}"
        if not header:
            raise UploadError(f"{place}：見出しが空です。列の名前を書くか、列ごと削除してください。")
        if header in first:
            places = f"{column_letters(first[header])}{top}と{place}"
            raise UploadError(f"{places}：見出し「{header}」が重なっています。どちらかの列を削除してください。")
        first[header] = index


def _row(number: int, line: Sequence[str], width: int, top: int) -> list[str]:
    cells = _trimmed(line)
    if len(cells) > width:
        place = f"{column_letters(width)}{number}"
        raise UploadError(f"{place}：見出しのない列に値があります。{top}行目に見出しを書くか、値を消してください。")
    return cells + [""] * (width - len(cells))
