"""The geometry of bars: shares of a scale as percentages, so that a bar is as wide as its place and never distorted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A bar is at least this many pixels wide (a phone of 320); a digit takes this many, its plate's margins that many.
NARROWEST, DIGIT, MARGINS = 270, 9, 8
# Up to this many units on the scale, each item is seen as a unit of its own.
MOST_UNITS = 60


@dataclass(frozen=True)
class Part:
    """A part of a bar: x, width and middle as percentages of the scale; plate is the width of its number in pixels."""

    code: str
    label: str
    count: int
    x: str
    width: str
    middle: str
    plate: int
    shows_count: bool


def percent(count: float, scale: int) -> str:
    """The share as an SVG percentage with at most three decimals: 12.5%."""
    return f"{round(100 * count / scale, 3):g}%" if scale else "0%"


def stacked(counts: Iterable[tuple[str, str, int]], scale: int) -> list[Part]:
    """The parts (code, label, count) one after the other on a scale of so many items; empty parts are left out."""
    parts, start = [], 0
    for code, label, count in counts:
        if count:
            parts.append(_part(code, label, count, start, scale))
        start += count
    return parts


def _part(code: str, label: str, count: int, start: int, scale: int) -> Part:
    plate = DIGIT * len(str(count)) + MARGINS
    middle = percent(start + count / 2, scale)
    fits = NARROWEST * count / scale >= plate
    return Part(code, label, count, percent(start, scale), percent(count, scale), middle, plate, fits)


def unit_marks(total: int, scale: int) -> Sequence[str]:
    """Where the fine lines between items stand on a bar of `total`; none when they would run together."""
    return [percent(unit, scale) for unit in range(1, total)] if scale <= MOST_UNITS else []
