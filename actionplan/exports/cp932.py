"""The CSV for old systems, in CP932 (Windows-31J), and the cells that this character set cannot hold."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from actionplan.exports.misfits import CellsDoNotFit, Misfit
from actionplan.exports.tabular import Row, csv_text

ENCODING = "cp932"


def encode(headers: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The table as CSV in CP932 with CRLF and no byte order mark.

    Raises CellsDoNotFit, naming every cell, when a character has no place in CP932: nothing is replaced, not even
    〜 (U+301C) by ～ (U+FF5E), since what is downloaded is the record.
    """
    rows = [list(row) for row in rows]
    if misfits := unencodable(headers, rows):
        raise CellsDoNotFit(misfits)
    return csv_text(headers, rows).encode(ENCODING)


def unencodable(headers: Sequence[str], rows: Sequence[Row]) -> list[Misfit]:
    """The cells that CP932 cannot hold, top to bottom, left to right."""
    return [
        Misfit(number, header, f"{'、'.join(strangers)}はCP932で表せません。")
        for number, row in enumerate([headers, *rows], 1)
        for header, cell in zip(headers, row, strict=True)
        if isinstance(cell, str) and (strangers := strange_characters(cell))
    ]


def strange_characters(text: str) -> list[str]:
    """The characters of the text that CP932 cannot hold, each once, as 𠮷（U+20BB7）."""
    return [f"{character}（U+{ord(character):04X}）" for character in dict.fromkeys(text) if not _fits(character)]


@lru_cache(maxsize=4096)
def _fits(character: str) -> bool:
    try:
        return character.encode(ENCODING).decode(ENCODING) == character
    except UnicodeError:
        return False
