"""The picture that stands beside a link where people share it: a page's title in the report's own words, as a PNG."""

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import chain, groupby, pairwise

from PIL import Image, ImageDraw, ImageFont

from actionplan.exports.fonts import FONTS, fallback_file, font_files, glyphs
from actionplan.selectors.shared import PictureWords

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN, BAND, RIBBON = 72, 16, 64
# As the tokens of static/css/citizen/tokens.css name them.
INK, QUIET, PAPER, SEA, SEA_TINT, YELLOW = "#1a1a1a", "#4d4d4d", "#ffffff", "#00118f", "#e8f1fe", "#fff0b3"
SAMPLE = "見本データ（試しに作った架空の内容です）"
# The largest letters in which the title stands whole; the smallest cut it with an ellipsis.
SIZES = (80, 72, 64, 56, 48, 42, 36)
SMALL, LEADING = 34, 1.35
# 行頭禁則 and 行末禁則: what begins no line, and what ends none.
NOT_FIRST = "、。，．,.・：；:;？！?!）)」』】〕］]〉》”’ー～々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%"
NOT_LAST = "（(「『【〔［[〈《“‘"
# Two letters of one word or number; of kanji and hiragana nobody can say where a word ends.
IN_A_WORD = re.compile(r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９-]{2}|[ァ-ヺー]{2}|\S[0-9]")
PHRASES = re.compile(r"[^　]+　*|　+")


def can_draw() -> bool:
    """Whether this machine has the font."""
    return len(font_files()) == len(FONTS)


def share_picture(words: PictureWords) -> bytes:
    """A PNG of 1200 × 630; the same words give the same bytes. Asks for a machine that can_draw()."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, BAND), fill=SEA)
    over = _Type(SMALL, bold=False)
    top = MARGIN
    for line in over.lines(words.over, 2):
        over.write(draw, MARGIN, top, line, QUIET)
        top += over.height
    foot = _draw_foot(draw, words)
    _draw_title(draw, words.title, top, foot)
    file = BytesIO()
    # Letters of a few colours on one ground: a palette holds them in a third of the bytes.
    image.quantize(64, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()


def _draw_foot(draw: ImageDraw.ImageDraw, words: PictureWords) -> int:
    """Draws the ribbon, the category and the lines under the title, from below; where they begin."""
    bottom = HEIGHT - MARGIN // 2
    if words.sample:
        small = _Type(SMALL, bold=True)
        draw.rectangle((0, HEIGHT - RIBBON, WIDTH, HEIGHT), fill=YELLOW)
        small.write(draw, MARGIN, HEIGHT - RIBBON + (RIBBON - small.height) // 2, SAMPLE, INK)
        bottom = HEIGHT - RIBBON - MARGIN // 3
    under = _Type(SMALL, bold=False, phrases=True)
    for line in reversed(under.lines(words.under, 3)):
        bottom -= under.height
        under.write(draw, MARGIN, bottom, line, INK)
    return _draw_category(draw, words.category, bottom) if words.category else bottom


def _draw_category(draw: ImageDraw.ImageDraw, label: str, bottom: int) -> int:
    bold = _Type(SMALL, bold=True)
    box = MARGIN, bottom - bold.height - 28, MARGIN + int(bold.width(label)) + 48, bottom - 12
    draw.rounded_rectangle(box, 8, fill=SEA_TINT)
    bold.write(draw, MARGIN + 24, box[1] + 8, label, SEA)
    return box[1]


def _draw_title(draw: ImageDraw.ImageDraw, title: str, top: int, bottom: int) -> None:
    """As large as it fits between top and bottom, in the middle of them."""
    for size in SIZES:
        bold = _Type(size, bold=True)
        most = (bottom - top - SMALL) // bold.height
        lines = bold.lines(title)
        if len(lines) <= most:
            break
    if len(lines) > most:
        lines = bold.lines(title, most)
    place = top + (bottom - top - len(lines) * bold.height) // 2
    for line in lines:
        bold.write(draw, MARGIN, place, line, INK)
        place += bold.height


class _Type:
    """Letters of one size: the font's own, and another font's for those that it lacks.

    phrases: whether lines break where blanks part them, as long as that is possible.
    """

    def __init__(self, size: int, *, bold: bool, phrases: bool = False) -> None:
        self.own, self.other = _fonts(size, bold)
        self.phrases = phrases
        self.height = round(size * LEADING)
        self.widths: dict[str, float] = {}

    def _runs(self, text: str) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        for known, letters in groupby(text, key=glyphs().__contains__):
            yield "".join(letters), self.own if known else self.other

    def width(self, text: str) -> float:
        """In pixels."""
        if text not in self.widths:
            self.widths[text] = sum(font.getlength(letters) for letters, font in self._runs(text))
        return self.widths[text]

    def write(self, draw: ImageDraw.ImageDraw, x: float, y: float, text: str, colour: str) -> None:
        """Draws the line, its upper left corner at the point."""
        base = y + self.height * 0.78
        for letters, font in self._runs(text):
            draw.text((x, base), letters, font=font, fill=colour, anchor="ls")
            x += font.getlength(letters)

    def lines(self, text: str, most: int = 0) -> list[str]:
        """The text in lines that fit, about as long as each other; beyond so many the last one ends in …."""
        room = WIDTH - 2 * MARGIN
        found = self._wrapped(text, room)
        if most and len(found) > most:
            kept = found[:most]
            kept[-1] = self._wrapped(f"{kept[-1]}{found[most]}", room - int(self.width("…")))[0] + "…"
            return kept
        while len(found) > 1 and len(self._wrapped(text, room - 20)) == len(found):
            room -= 20
        return self._wrapped(text, room)

    def _wrapped(self, text: str, room: int) -> list[str]:
        lines = []
        for paragraph in text.splitlines():
            line, length = "", 0.0
            for piece in self._fitting(paragraph, room):
                if line and length + self.width(piece) > room:
                    lines.append(line.rstrip())
                    line, length, piece = "", 0.0, piece.lstrip()
                line, length = line + piece, length + self.width(piece)
            lines.append(line.rstrip())
        return lines

    def _fitting(self, text: str, room: int) -> Iterator[str]:
        """What is kept whole as long as it is no longer than a line: pieces, or phrases (a category with its count)."""
        for phrase in PHRASES.findall(text) if self.phrases else [text]:
            pieces = [phrase] if self.phrases and self.width(phrase) <= room else _pieces(phrase)
            yield from chain.from_iterable(piece if self.width(piece) > room else [piece] for piece in pieces)


def _pieces(text: str) -> Iterator[str]:
    """What no line may break inside of: a letter with the marks that go with it, a number, a word in Latin or カナ."""
    piece = text[:1]
    for before, letter in pairwise(text):
        if letter in NOT_FIRST or before in NOT_LAST or IN_A_WORD.fullmatch(before + letter):
            piece += letter
        else:
            yield piece
            piece = letter
    yield piece


@lru_cache(maxsize=32)
def _fonts(size: int, bold: bool) -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
    own = font_files()[bold]
    return ImageFont.truetype(own, size), ImageFont.truetype(fallback_file() or own, size)
