"""The letters of a PDF's cell as text: by line, and which lines go on in the next one."""

import re
import unicodedata
from collections.abc import Sequence
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
        broken = edge - max(each["x1"] for each in before) >= _needed(line) - 0.5 or HEADED.match(text)
        words += f"\n{text}" if broken else _glue(words, text)
        before = line
    return words, (edge - max(each["x1"] for each in before)) / before[-1]["size"]


def _needed(line: Sequence[Letter]) -> float:
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
