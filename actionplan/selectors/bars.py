"""The geometry of bars: shares of a scale as percentages, so that a bar is as wide as its place and never distorted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A bar is at least this many pixels wide (a phone of 320), and a digit of its numbers takes this many.
NARROWEST, DIGIT = 270, 10
# Up to this many items on the scale, each item is drawn as a cell of its own.
MOST_CELLS = 60


@dataclass(frozen=True)
class Cell:
    """A drawn piece: x and width as percentages of the scale."""

    x: str
    width: str


@dataclass(frozen=True)
class Part:
    """A category's part of a bar: its cells, and where its number stands (left out where there is no room)."""

    code: str
    label: str
    count: int
    cells: Sequence[Cell]
    middle: str
    shows_count: bool


def percent(count: float, scale: int) -> str:
    """The share as an SVG percentage with at most three decimals: 12.5%."""
    return f"{round(100 * count / scale, 3):g}%" if scale else "0%"


def stacked(counts: Iterable[tuple[str, str, int]], scale: int) -> list[Part]:
    """The parts (code, label, count) one after the other on a scale of so many items; empty parts are left out."""
    parts, start = [], 0
    for code, label, count in counts:
        if count:
            middle = percent(start + count / 2, scale)
            fits = NARROWEST * count / scale >= DIGIT * len(str(count))
            parts.append(Part(code, label, count, _cells(start, count, scale), middle, fits))
        start += count
    return parts


def _cells(start: int, count: int, scale: int) -> list[Cell]:
    """One cell an item, or one for all where single ones would run together."""
    size = 1 if scale <= MOST_CELLS else count
    return [Cell(percent(at, scale), percent(size, scale)) for at in range(start, start + count, size)]
