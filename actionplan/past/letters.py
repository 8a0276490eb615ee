"""The letters of a PDF: which of them count, which cell each stands in, and the text that they make line by line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf
from typing import Any

from actionplan.cells import CELLS

Letter = dict[str, Any]


# What may not begin a line: it is drawn to the letter before it, so both are asked for room.
CLINGING = "、。，．」』）】〕〉》｝・：；！？ゝ々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]}!?:;％%"
OPENING = "（「『【〔〈《｛([{"
LATIN = re.compile(r"[A-Za-z0-9]")


def clings(before: str, letter: str) -> bool:
    """Whether no line may break between the two letters."""
    latin = LATIN.match(before) and LATIN.match(letter)
    return letter in CLINGING or before in OPENING or bool(latin)


def line_goes_on(room: float, text: str) -> bool:
    """Whether the text goes on with a line that left so much room: its beginning would not have fitted there."""
    needed = 0.0
    for before, letter in zip([text[:1], *text], text, strict=False):
        if needed and not clings(before, letter):
            break
        needed += 0.5 if letter.isascii() else 1
    return room < needed - 0.05


# Fonts give some letters back as the radical that looks the same: ⾒ for 見. NFKC knows most of them.
RADICALS = str.maketrans("⺠⻁⻄⻆⻑⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻫⻭⻯⻲", "民虎西角長青韋頁風飛食馬骨鬼魚鳥麦黄斉歯竜亀")
RADICAL = re.compile(r"[⼀-⿕]")
BLANKS = {"\u2003": "　", "\u2002": " ", "\u00a0": " "}


def plain_letter(text: str) -> str:
    """A letter as the page shows it, whatever the font calls it."""
    text = RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text.translate(RADICALS))
    return BLANKS.get(text, text)


def slim(letter: Letter) -> Letter:
    """What is needed of a letter: its text as the page shows it, its place, and its piece of marked content."""
    kept = {name: letter[name] for name in ("x0", "x1", "top", "bottom", "size")}
    return {"text": plain_letter(letter["text"]), "mcid": letter.get("mcid", -1), **kept}


def distinct(letters: Iterable[Letter]) -> list[Letter]:
    """The letters, one that was drawn twice upon itself, to look bold or to cast a shadow, once."""
    kept: list[Letter] = []
    held: dict[tuple[str, int], list[Letter]] = {}
    for letter in letters:
        level = int(letter["top"] / 8)
        near = (other for row in (level - 1, level, level + 1) for other in held.get((letter["text"], row), ()))
        if not any(_covers(other, letter) for other in near):
            kept.append(letter)
            held.setdefault((letter["text"], level), []).append(letter)
    return kept


def _covers(one: Letter, other: Letter) -> bool:
    wide = max(one["x1"] - one["x0"], 0.1)
    return abs(one["x0"] - other["x0"]) < wide * 0.3 and abs(one["top"] - other["top"]) < one["size"] * 0.3


KANA, KANJI = re.compile(r"[ぁ-ゖァ-ヺー゛゜・]"), re.compile(r"[一-龥々〆ヶ]")


def ruby_apart(letters: list[Letter]) -> tuple[list[Letter], list[str]]:
    """The letters without small readings above kanji, and those readings."""
    if not letters or min(each["size"] for each in letters) > max(each["size"] for each in letters) * 0.65:
        return letters, []
    bases = [letter for letter in letters if KANJI.match(letter["text"])]
    sizes: dict[float, list[Letter]] = {}
    for letter in letters:
        sizes.setdefault(round(letter["size"], 1), []).append(letter)
    lines = [line for of in sizes.values() for line in letter_lines(of)]
    small = [run for line in lines for run in _runs(line) if _is_ruby(run, bases)]
    gone = {id(letter) for run in small for letter in run}
    return [each for each in letters if id(each) not in gone], ["".join(each["text"] for each in run) for run in small]


def _runs(line: Sequence[Letter]) -> Iterator[list[Letter]]:
    """The letters of a line that stand close together."""
    run: list[Letter] = []
    for letter in line:
        if run and letter["x0"] - run[-1]["x1"] > letter["size"] * 2:
            yield run
            run = []
        run.append(letter)
    if run:
        yield run


def _is_ruby(run: Sequence[Letter], bases: Sequence[Letter]) -> bool:
    if not all(KANA.match(letter["text"]) for letter in run):
        return False
    size, left, right = run[0]["size"], run[0]["x0"], run[-1]["x1"]
    return any(
        size <= base["size"] * 0.65
        and -base["size"] * 0.6 < base["top"] - run[0]["bottom"] < base["size"] * 0.4
        and base["x0"] < right
        and base["x1"] > left
        for base in bases
    )


class Boxes:
    """The cells of a table, to be asked by where a letter stands."""

    def __init__(self, cells: Sequence[Any]) -> None:
        self.by_level: dict[int, list[Any]] = {}
        for box in cells:
            for level in range(int(box[1]), int(box[3]) + 1):
                self.by_level.setdefault(level, []).append(box)

    def of(self, letter: Letter) -> Any:
        """The cell that holds the middle of the letter; None where none does."""
        x, y = (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2
        near = self.by_level.get(int(y), ())
        return next((box for box in near if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)


def tagged_cells(page: Any) -> dict[int, int]:
    """By number of marked content, the table cell of the document's structure that it belongs to."""
    found: dict[int, int] = {}
    try:
        todo: list[tuple[dict, int | None]] = [(element, None) for element in page.structure_tree]
    except Exception:  # a broken structure says nothing: the letters stand where they stand
        return {}
    while todo:
        element, cell = todo.pop()
        if element.get("type") in ("TD", "TH"):
            cell = id(element)
        if cell is not None:
            found.update(dict.fromkeys(element.get("mcids", ()), cell))
        todo += [(child, cell) for child in element.get("children", ())]
    return found


def letter_lines(letters: Sequence[Letter]) -> list[list[Letter]]:
    """The letters by line, from top to bottom and left to right; those of one piece of marked content stay together."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (each["top"] + each["bottom"]) / 2):
        middle = (letter["top"] + letter["bottom"]) / 2
        if lines and abs(middle - (lines[-1][0]["top"] + lines[-1][0]["bottom"]) / 2) < letter["size"] * 0.6:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [_in_order(line) for line in lines]


def _in_order(line: list[Letter]) -> list[Letter]:
    starts: dict[Any, float] = {}
    for letter in line:
        starts[letter.get("mcid")] = min(letter["x0"], starts.get(letter.get("mcid"), letter["x0"]))
    return sorted(line, key=lambda each: (starts[each.get("mcid")], each.get("mcid") or 0, each["x0"]))


def line_text(line: Sequence[Letter]) -> str:
    """The letters of a line as text; a gap between Latin letters is a blank."""
    words = ""
    for before, letter in zip([None, *line], line, strict=False):
        if before and letter["x0"] - before["x1"] > letter["size"] * 0.25 and not words.endswith((" ", "　")):
            words += " "
        words += letter["text"]
    return words.strip()


# A line of the portal's own paper that begins a cell of its own, whatever room the line before it left.
HEADED = re.compile("|".join(f"{re.escape(cell.label)}：" for cell in CELLS))


def joined(letters: Sequence[Letter], box: Any) -> tuple[str, float]:
    """The text of a cell, and how many letters its last line leaves room for.

    A line that only the width of the cell broke goes on in the next one.
    """
    left, right = box[0], box[2]
    texts = [(line_text(line), line) for line in letter_lines(letters)]
    texts = [(text, line) for text, line in texts if text]
    if not texts:
        return "", inf
    # What the text keeps from the left edge it keeps from the right one, too.
    edge = right - max(0.0, min(line[0]["x0"] for _, line in texts) - left)
    words, before = texts[0]
    for text, line in texts[1:]:
        broken = edge - max(each["x1"] for each in before) >= needed_room(line) - 0.5 or HEADED.match(text)
        words += f"\n{text}" if broken else _glue(words, text)
        before = line
    return words, (edge - max(each["x1"] for each in before)) / before[-1]["size"]


def needed_room(line: Sequence[Letter]) -> float:
    """The room that the beginning of a line would have taken on the line before: a letter with what clings to it."""
    needed = line[0]["x1"] - line[0]["x0"]
    for before, letter in pairwise(line):
        if not clings(before["text"], letter["text"]):
            break
        needed += letter["x1"] - letter["x0"]
    return needed


def _glue(before: str, text: str) -> str:
    """What goes between two parts of a line: a blank between words of Latin letters, nothing otherwise."""
    return f" {text}" if re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", text) else text


def wrapped(lines: list[list[Letter]], edge: float) -> Iterator[tuple[int, list[Letter]]]:
    """The lines, those numbered alike that go on: close below a full one, and no further left."""
    number, before = 0, None
    for line in lines:
        if before is not None:
            size = line[0]["size"]
            close = line[0]["top"] - before[0]["bottom"] < size and abs(before[0]["size"] - size) < 0.5
            full = edge - max(each["x1"] for each in before) < size * 1.5
            number += not (close and full and line[0]["x0"] >= before[0]["x0"] - 1)
        yield number, line
        before = line
