"""An independent reader of the source report: decides from the text alone what stands in which cell.

The source came out of a PDF. Three things in it tell cells apart, and none of them is the fixture:
a line that the page merely wrapped ends without a blank; cells never share a line unless a sentence ends there;
and only the middle column (アクションプランの内容) is wide enough for lines of fifteen characters or more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "h21-report.txt"
MARKS = "★●◎"
WIDE = 15
PAGE_NUMBER = re.compile(r" - \d+ -")
POLICY = re.compile(r" ?施策([１-９]) (.+)")
LEGEND = re.compile(r"★.+●.+◎.+")
HEADER = re.compile(r"項 *目 アクションプランの内容 (.+?) *")
END_OF_CONTENT = re.compile(r"(。|ます・?)([（(][^（(]*[）)])?$")
BRACKETED = re.compile(r"[（(].*[）)]")

Piece = list[str]


@dataclass(frozen=True)
class Item:
    """One line of a table, by its place in the report."""

    code: str
    marks: str
    name: str
    content: str
    status: str


@dataclass(frozen=True)
class Measure:
    """One table: its title, the heading of its last column and its items."""

    title: str
    status_heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Policy:
    """One policy with the legend printed under it."""

    number: str
    title: str
    legend: str
    measures: tuple[Measure, ...]


def squeeze(text: str) -> str:
    """The text without any white space."""
    return re.sub(r"\s", "", text)


def page_numbers() -> list[str]:
    """The page numbers of the source, in order."""
    return [line.strip() for line in _all_lines() if PAGE_NUMBER.fullmatch(line)]


def front_matter() -> list[str]:
    """Every heading, word and sentence before the first policy, in the order of the source."""
    front, *_ = _split(_lines(), POLICY.fullmatch)
    return [squeeze("".join(piece)) for piece in _pieces(front)]


def policies() -> list[Policy]:
    """The five policies with their measures and items."""
    return [_policy(block) for block in _split(_lines(), POLICY.fullmatch)[1:]]


def _all_lines() -> list[str]:
    return SOURCE.read_text(encoding="utf-8").split("\n")


def _lines() -> list[str]:
    return [line for line in _all_lines() if not PAGE_NUMBER.fullmatch(line)]


def _split(lines: list[str], starts) -> list[list[str]]:
    """Blocks of lines: what comes before the first start, then one block from each start."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if starts(line):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _pieces(lines: list[str]) -> list[Piece]:
    """Runs of lines that the page wrapped; each run lies within one cell."""
    pieces: list[Piece] = []
    wrapped = False
    for before, line in zip(["", *lines], lines, strict=False):
        if not line.strip():
            continue
        for fragment in re.split(r" {2,}|(?<=。) ", line.strip()):
            if wrapped and not before.strip():
                pieces[-1].append(fragment)
            else:
                pieces.append([fragment])
            wrapped = False
        wrapped = not line.endswith(" ")
    return pieces


def _policy(lines: list[str]) -> Policy:
    head, *tables = _split(lines, lambda line: line.startswith("■"))
    number, title = POLICY.fullmatch(head[0]).groups()
    [legend] = [line for line in head if LEGEND.match(line)]
    measures = tuple(_measure(table, f"{int(number)}-{place}") for place, table in enumerate(tables, 1))
    return Policy(number, squeeze(title), squeeze(legend), measures)


def _measure(lines: list[str], code: str) -> Measure:
    title, rows = _split(lines, HEADER.fullmatch)
    heading = HEADER.fullmatch(rows[0])[1]
    items = (_item(f"{code}-{place}", *block) for place, block in enumerate(_items(rows[1:]), 1))
    return Measure(squeeze("".join(title)).removeprefix("■"), heading, tuple(items))


def _items(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The marks and the remaining lines of each item; marks on lines of their own belong together."""
    for block in re.findall(rf"^([{MARKS}](?:\s|[{MARKS}])*)([^{MARKS}]+)", "\n".join(lines), re.MULTILINE):
        marks, text = block
        yield squeeze(marks), text.split("\n")


def _item(code: str, marks: str, lines: list[str]) -> Item:
    pieces = _pieces(lines)
    start = next(place for place, piece in enumerate(pieces) if len(piece[0]) >= WIDE)
    end = start + 1
    while not END_OF_CONTENT.search(_joined(pieces[start:end])):
        end += 1
    if BRACKETED.fullmatch(_joined(pieces[end : end + 1])):
        end += 1
    return Item(code, marks, _joined(pieces[:start]), _joined(pieces[start:end]), _joined(pieces[end:]))


def _joined(pieces: list[Piece]) -> str:
    """The cell's text: layout goes out, and a bullet keeps the line that it opens."""
    return re.sub(r"\n(?!・)", "", "\n".join(squeeze("".join(piece)) for piece in pieces))
