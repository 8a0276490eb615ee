"""Tables of a PDF without ruled lines: columns and rows by where the letters stand.

Columns stand below headings, with a free strip between each two; lines make rows where it is certain, or none is read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf
from operator import and_
from statistics import median
from typing import Any

from actionplan.past.letters import Letter, joined, letter_lines, line_text, needed_room

UNCLEAR_ROWS = (
    "罫線のない表ですが、どこまでが1つの行か、文字の位置からは分かりません。"
    "もとのExcelかWordのファイルを選ぶか、表をExcelに写して選んでください。"
)


@dataclass(frozen=True)
class StandingRow:
    """A row of a table without ruled lines. cells: text and room (see SourceCell) by column; is_line: a line of text
    that runs across the columns, as the one cell.
    """

    page: int
    left: float
    top: float
    cells: Sequence[tuple[str, float]]
    is_line: bool = False


Line = tuple[int, list[Letter]]
Span = tuple[float, float]


def in_columns(
    pages: Sequence[Sequence[Letter]], are_heads: Callable[[list[str]], bool]
) -> tuple[int, list[StandingRow]] | None:
    """How many columns stand on the pages, and the rows; None where no table clearly stands in columns, no rows where
    one does but nothing tells which lines make a row.

    are_heads: whether the pieces of a line are headings.
    """
    lines = [(number, line) for number, letters in enumerate(pages, 1) for line in letter_lines(letters)]
    lines = [(number, line) for number, line in lines if line_text(line)]
    pieces = [_pieces(line) for _, line in lines]
    start = next((at for at, each in enumerate(pieces) if len(each) > 1 and are_heads([*map(line_text, each)])), None)
    if start is None:
        return None
    walls = _walls(pieces[start], [line for line, each in zip(lines, pieces, strict=True) if len(each) > 1])
    walls = _narrowed(walls, lines[start:])
    below = [line for line in lines[start:] if walls and not _crosses(line[1], walls)]
    full = sum(len(_filled(line, walls)) > 1 for _, line in below)
    if full < 3 or len(below) < (len(lines) - start) * 0.7:
        return None
    return len(walls) + 1, list(_standing_rows(lines, start, walls))


def _pieces(line: Sequence[Letter]) -> list[list[Letter]]:
    """The parts of a line that wide gaps keep apart."""
    found: list[list[Letter]] = []
    for letter in (each for each in line if each["text"].strip()):
        if found and letter["x0"] - found[-1][-1]["x1"] < letter["size"] * 1.6:
            found[-1].append(letter)
        else:
            found.append([letter])
    return found


def _walls(heads: Sequence[Sequence[Letter]], lines: Sequence[Line]) -> list[Span]:
    """The strip between each two headings that hardly any line enters; none where one of them is missing."""
    found = []
    for one, other in pairwise(heads):
        first, last = int((one[0]["x0"] + one[-1]["x1"]) / 2), int((other[0]["x0"] + other[-1]["x1"]) / 2)
        entered = dict.fromkeys(range(first, last), 0)
        entered |= dict.fromkeys(range(first, int(one[-1]["x1"] + 1)), len(lines))
        entered |= dict.fromkeys(range(int(other[0]["x0"]), last), len(lines))
        for _, line in lines:
            inside = {x for each in line if each["text"].strip() for x in range(int(each["x0"]), int(each["x1"] + 1))}
            for x in inside & entered.keys():
                entered[x] += 1
        free = [x for x, times in entered.items() if times <= len(lines) * 0.1]
        strips = [[x for _, x in group] for _, group in groupby(enumerate(free), lambda pair: pair[1] - pair[0])]
        widest = max(strips, key=len, default=[])
        if len(widest) < heads[0][0]["size"] * 0.15:
            return []
        found.append((float(widest[0]), float(widest[-1] + 1)))
    return found


def _narrowed(walls: Sequence[Span], lines: Sequence[Line]) -> list[Span]:
    """The strips without what lines of one column alone take of them: it is longer there than beside other cells."""
    found = list(walls)
    for _, line in lines:
        seen = [each for each in line if each["text"].strip()]
        begin, end = min(each["x0"] for each in seen), max(each["x1"] for each in seen)
        touched = [at for at, (left, right) in enumerate(found) if begin < right and end > left]
        left, right = found[touched[0]] if len(touched) == 1 else (0.0, 0.0)
        if left < end < right - 1:
            found[touched[0]] = (end, right)
        elif left + 1 < begin < right:
            found[touched[0]] = (left, begin)
    return found


def _crosses(line: Sequence[Letter], walls: Sequence[Span]) -> bool:
    seen = [each for each in line if each["text"].strip()]
    return any(each["x0"] < right - 0.5 and each["x1"] > left + 0.5 for each in seen for left, right in walls)


def _filled(line: Sequence[Letter], walls: Sequence[Span]) -> set[int]:
    return {_column(letter, walls) for letter in line if letter["text"].strip()}


def _column(letter: Letter, walls: Sequence[Span]) -> int:
    return sum((letter["x0"] + letter["x1"]) / 2 > (left + right) / 2 for left, right in walls)


def _standing_rows(lines: Sequence[Line], start: int, walls: Sequence[Span]) -> Iterator[StandingRow]:
    flat = [at < start or _crosses(line, walls) for at, (_, line) in enumerate(lines)]
    own = [each for each, across in zip(lines, flat, strict=True) if not across]
    apart = [True, *(one or before[0] != after[0] for one, before, after in zip(flat, lines, lines[1:], strict=False))]
    found = _begins(own, walls, [each for each, across in zip(apart, flat, strict=True) if not across])
    if found is None:
        return
    begins = {id(line) for (_, line), first in zip(own, found, strict=True) if first}
    letters = [letter for _, line in own for letter in line if letter["text"].strip()]
    bounds = [[each for each in letters if _column(each, walls) == column] for column in range(len(walls) + 1)]
    boxes = [(min(each["x0"] for each in of), 0, max(each["x1"] for each in of), 0) for of in bounds if of]
    row: list[Letter] = []
    at = 0
    for (page, line), across in zip(lines, flat, strict=True):
        if row and (across or id(line) in begins or page != at):
            yield _one_row(at, row, walls, boxes)
            row = []
        if across:
            yield StandingRow(page, line[0]["x0"], line[0]["top"], [(line_text(line), inf)], is_line=True)
        else:
            row, at = [*row, *line], page
    if row:
        yield _one_row(at, row, walls, boxes)


def _one_row(page: int, row: Sequence[Letter], walls: Sequence[Span], boxes: Sequence[Any]) -> StandingRow:
    cells = [joined([each for each in row if _column(each, walls) == column], box) for column, box in enumerate(boxes)]
    return StandingRow(page, row[0]["x0"], row[0]["top"], cells)


# What a cell of numbers begins with: a line that has one in its first column is a row's own, however little it says.
NUMBERED = re.compile(r"[（(]?[0-9０-９①-⑳⑴-⒇Ⅰ-ⅫA-ZＡ-Ｚ]")


def _begins(lines: Sequence[Line], walls: Sequence[Span], cut: Sequence[bool]) -> list[bool] | None:
    """Of each line, whether a row begins with it; None where that cannot be told. cut: whether it stands apart anyhow.

    A row has one line that fills most columns, or says its number. The lines of a cell that its width broke are one's.
    """
    size = median(letter["size"] for _, line in lines for letter in line)
    gaps, filled = _gaps(lines, cut), [_filled(line, walls) for _, line in lines]
    full = [
        at == 0
        or len(columns) > (len(walls) + 1) / 2
        or (0 in columns and bool(NUMBERED.match(line_text(lines[at][1]))))
        for at, columns in enumerate(filled)
    ]
    tied = _tied(lines, walls, cut, full)
    inner = sorted(gap for gap in gaps if gap < inf)
    usual = inner[len(inner) // 10] if inner else 0.0
    wide = [gap > usual + size * 0.6 for gap in gaps]
    rows: list[int] = []
    for begins, many in zip(wide, full, strict=True):
        rows = [*rows, many] if begins else [*rows[:-1], rows[-1] + many]
    if not any(map(and_, wide, tied)) and max(rows) < 2 and rows.count(0) * 5 <= len(rows):
        return wide
    anchors = [at for at, many in enumerate(full) if many]
    found = [apart or (at > anchors[-1] and wide[at]) for at, apart in enumerate(cut)]
    between = [range(one + 1, other + 1) for one, other in pairwise(anchors)]
    # All cells begin at the top: lines were broken, and none of them goes on in the line that has a row's number.
    on_top = any(tied[at] for places in between for at in places[:-1]) and not any(tied[at] for at in anchors)
    for places in between:
        if on_top or any(cut[at] for at in places):
            found[places[-1]] = not tied[places[-1]]
            continue
        best = _widest([at for at in places if not tied[at]], gaps, size)
        if best is None or any(gaps[at] > gaps[best] + size * 0.1 for at in places):
            return None
        found[best] = True
    return found


def _gaps(lines: Sequence[Line], cut: Sequence[bool]) -> list[float]:
    """The room above each line, endless where it stands apart."""
    gaps, lowest = [], 0.0
    for (_, line), apart in zip(lines, cut, strict=True):
        gaps.append(inf if apart else max(0.0, _top(line) - lowest))
        lowest = max(0.0 if apart else lowest, *(letter["bottom"] for letter in line))
    return gaps


def _top(line: Sequence[Letter]) -> float:
    return min(letter["top"] for letter in line)


def _widest(places: Sequence[int], gaps: Sequence[float], size: float) -> int | None:
    """The only place of them, or the one with clearly the widest gap above it."""
    ranked = sorted(places, key=lambda at: -gaps[at])
    clear = bool(ranked) and all(gaps[ranked[0]] > gaps[at] + size * 0.6 for at in ranked[1:])
    return ranked[0] if clear else None


def _edge(parts: Sequence[Sequence[Letter]], following: float) -> float:
    """Where the width of a column breaks its lines: texts of some length end there, close to the column that follows;
    endless where nothing shows it.
    """
    edge = max((part[-1]["x1"] for part in parts), default=0.0)
    full = [part for part in parts if edge - part[-1]["x1"] < part[-1]["size"] * 1.6]
    long = [part for part in full if part[-1]["x1"] - part[0]["x0"] > part[0]["size"] * 6]
    close = bool(long) and (not following or following - edge < long[0][0]["size"] * 3)
    return edge if close and len({line_text(part) for part in long}) > 1 else inf


def _tied(lines: Sequence[Line], walls: Sequence[Span], cut: Sequence[bool], full: Sequence[bool]) -> list[bool]:
    """Of each line, whether a cell that only its width broke goes on there from above."""
    tied = [False] * len(lines)
    for column in range(len(walls) + 1):
        parts = [
            [each for each in line if each["text"].strip() and _column(each, walls) == column] for _, line in lines
        ]
        held = [at for at, part in enumerate(parts) if part]
        edge = _edge([parts[at] for at in held], walls[column][1] if column < len(walls) else 0.0)
        for one, other in pairwise(held):
            near = _top(parts[other]) - _top(parts[one]) < parts[one][0]["size"] * 2.2
            broken = edge - parts[one][-1]["x1"] < needed_room(parts[other]) - 0.5
            if near and broken and sum(full[one : other + 1]) < 2 and not any(cut[one + 1 : other + 1]):
                tied[one + 1 : other + 1] = [True] * (other - one)
    return tied
