"""Folding: the shadow of a text that search matches on, with the place in the text of each of its letters.

Nothing here changes what is shown. Two writings of one thing fold to the same: ２１校区 and 二十一校区, 嚴原 and 厳原.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from actionplan.text import FILLERS

# Stands on both sides of every number and every word in Latin letters, so that 21校区 is not found in 121校区.
MARK = "\x1f"
Span = tuple[int, int]


def _variants() -> dict[int, str]:
    """The letter that each variant becomes. Source: variants.txt, which names its own."""
    lines = (Path(__file__).parent / "variants.txt").read_text(encoding="utf-8").splitlines()
    groups = [group for line in lines if not line.startswith("#") for group in line.split()]
    first = {ord(letter): group[0] for group in groups for letter in group[1:]}
    return {letter: put.translate(first) for letter, put in first.items()}


VARIANTS = _variants() | str.maketrans("○◯ヰヱヷヸヹヺゐゑ", "〇〇イエバビベボいえ")
LAST = str.maketrans("ァィゥェォぁぃぅぇぉ,", "アイウエオあいうえお、")
# Unicode has Ⅱ and ⅱ as letters.
ROMAN = {start + figure: str(figure + 1) for start in (0x2160, 0x2170) for figure in range(12)}
V_SOUNDS = {"ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴュ": "ビュ", "ヴ": "ブ", "ゔ": "ぶ"}


@dataclass(frozen=True, slots=True)
class Traced:
    """Letters, each with the start and the end of what it stands for in the text."""

    letters: str
    starts: Sequence[int]
    ends: Sequence[int]

    def replaced(self, pattern: re.Pattern[str], put: str | Callable[[re.Match[str]], str]) -> "Traced":
        """With other letters where the pattern matches; each stands for all that they replace."""
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for found in pattern.finditer(self.letters):
            start, end = found.span()
            new = put if isinstance(put, str) else put(found)
            place = self.span(start, end)
            letters += self.letters[last:start], new
            starts += [*self.starts[last:start], *[place[0]] * len(new)]
            ends += [*self.ends[last:start], *[place[1]] * len(new)]
            last = end
        if not last and not letters:
            return self
        letters.append(self.letters[last:])
        return Traced("".join(letters), [*starts, *self.starts[last:]], [*ends, *self.ends[last:]])

    def translated(self, table: Mapping[int, str | int]) -> "Traced":
        """With each letter as the table has it, one for one."""
        return Traced(self.letters.translate(table), self.starts, self.ends)

    def part(self, start: int, end: int) -> "Traced":
        """The letters from start to end."""
        return Traced(self.letters[start:end], self.starts[start:end], self.ends[start:end])

    def put_as(self, letters: str) -> "Traced":
        """Other letters, each of which stands for the whole of these."""
        place = self.span(0, len(self.letters))
        return Traced(letters, [place[0]] * len(letters), [place[1]] * len(letters))

    def span(self, start: int, end: int) -> Span:
        """The place in the text of the letters from start to end; of none, the place before start."""
        if start < end:
            return self.starts[start], self.ends[end - 1]
        place = self.ends[start - 1] if start else 0
        return place, place

    def places(self, spelling: str) -> Iterator[Span]:
        """Each place in the text where the spelling stands; the marks at its edges are no part of the text."""
        start = self.letters.find(spelling)
        while start >= 0:
            inner = [place for place, letter in enumerate(spelling, start) if letter != MARK]
            if inner:
                yield self.span(inner[0], inner[-1] + 1)
            start = self.letters.find(spelling, start + 1)


# ---- letters ---------------------------------------------------------------------------------------------------------

# Letters that fold alone and one for one, where no mark that joins them follows.
PLAIN = r"[ぁ-ゖァ-ヺー一-鿿a-z0-9、。]"
RUNS = re.compile(rf"(?:{PLAIN}(?={PLAIN}|$))+")
UNSEEN = re.compile(rf"[{FILLERS}\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def plain(text: str) -> Traced:
    """The text in plain letters: one width, small, no variants, nothing unseen, and blanks between figures only."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = text[start:end]
        if RUNS.fullmatch(piece):
            letters.append(piece)
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            new = _folded(piece)
            letters.append(new)
            starts += [start] * len(new)
            ends += [end] * len(new)
    return Traced("".join(letters), starts, ends).translated(VARIANTS).replaced(BLANKS, _between_figures)


def _clusters(text: str) -> Iterator[Span]:
    """The text cut where folding may be done apart: か and its ゙ stay together, since they fold to one letter."""
    start = 0
    while start < len(text):
        end = found.end() if (found := RUNS.match(text, start)) else _end_of_cluster(text, start)
        yield start, end
        start = end


def _end_of_cluster(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and _joins(text[start:end], text[end]):
        end += 1
    return end


@lru_cache(maxsize=16_384)
def _joins(cluster: str, letter: str) -> bool:
    """Whether the letter changes, or may be changed by, the cluster before it."""
    after = unicodedata.normalize("NFKC", letter)
    if unicodedata.combining(after[0]) or UNSEEN.match(letter):
        return True
    return unicodedata.normalize("NFKC", cluster + letter) != unicodedata.normalize("NFKC", cluster) + after


@lru_cache(maxsize=16_384)
def _folded(cluster: str) -> str:
    """The letters of a cluster; a letter that Unicode has no small form of but in two steps takes both."""
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", cluster.translate(ROMAN)).casefold()
    ).casefold()
    return "".join(letter for letter in UNSEEN.sub("", folded) if letter.isspace() or not _is_control(letter))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs")


BLANKS = re.compile(r"\s+")


def _between_figures(found: re.Match[str]) -> str:
    around = found.string[found.start() - 1 : found.start()] + found.string[found.end() : found.end() + 1]
    return " " if re.fullmatch("[0-9]{2}", around) else ""


# ---- writings --------------------------------------------------------------------------------------------------------

KANJI = "一-鿿㐀-䶿々〇\U00020000-\U0003134f"
FIGURES = "〇一二三四五六七八九"
NUMERALS = f"{FIGURES}十百千"
PLACES = "所国月年町村条"
# What is counted: in front of it a numeral is a number, 一丁目 and 1丁目.
COUNTED = (
    f"丁目|校区|地区|世帯|団体|項目|世紀|周年|番|年|月|日|回|件|人|名|歳|才|号|条|章|節|割|円|次|期|つ|個|本|枚|台|戸|社|校|級|"
    f"位|組|班|階|時|秒|週|万|億|度|町|市|島|倍|巻|冊|点|者|ヶ月|か月|[ヶケヵカか箇個][{PLACES}]"
)
DASHES = "‐‑‒–—―−~〜～\\-"
# Brackets, quotes, middle dots and blanks.
NOTHING = "[「」『』()\\[\\]{}【】〔〕〘〙〚〛〈〉《》≪≫«»‹›“”‘’〝〟\"'・･·‧•∙⋅ ]+"
POINT = "．"
# By the letter: an era's name and the year before its first.
ERAS = {"m": ("明治", 1867), "t": ("大正", 1911), "s": ("昭和", 1925), "h": ("平成", 1988), "r": ("令和", 2018)}

STEPS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(f"(?<=([{KANJI}]))々"), lambda found: found[1]),
    (re.compile("(?<=([ぁ-ゖァ-ヺ]))[ゝヽ]"), lambda found: found[1]),
    (re.compile("(?<=([ぁ-ゖァ-ヺ]))[ゞヾ]"), lambda found: unicodedata.normalize("NFC", f"{found[1]}\u3099")),
    # A code may be written with any dash, ー included; elsewhere a dash is none, and a long vowel follows a kana.
    (re.compile(f"(?<=[0-9])[{DASHES}ー]+(?=[0-9])"), "-"),
    (re.compile(f"(?<![0-9])[{DASHES}]+|[{DASHES}]+(?![0-9])"), ""),
    (re.compile("(?<![ぁ-ゖァ-ヺー])ー+|(?<=ー)ー+"), ""),
    (re.compile("(?<=[0-9]),(?=[0-9]{3}(?![0-9]))"), ""),
    (re.compile(f"(?<=[0-9]){NOTHING}(?=[0-9])"), MARK),
    (re.compile(NOTHING), ""),
    (re.compile("ヴ[ァィェォュ]?|ゔ"), lambda found: V_SOUNDS.get(found[0]) or "ブ"),
    (re.compile("(?<=明治|大正|昭和|平成|令和)元(?=年)"), "1"),
    (
        re.compile(f"(?<![0-9{NUMERALS}])(?:(?<=第)[{NUMERALS}]+|[{NUMERALS}]+(?={COUNTED}))"),
        lambda found: in_figures(found[0]),
    ),
    (re.compile(f"(?<=[0-9])[ヶケヵカか箇個](?=[{PLACES}])"), "ヶ"),
    (re.compile(f"(?<=[数何各幾])[ヵカか箇](?=[{PLACES}])"), "ヶ"),
    (re.compile(f"(?<=[{KANJI}ぁ-ゖ])[ヶケ](?=[{KANJI}])"), "ヶ"),
    # 1.5 is one number; 21.4.1 are three.
    (re.compile("(?<![0-9.])[0-9]+\\.[0-9]+(?![0-9]|\\.[0-9])"), lambda found: found[0].replace(".", POINT)),
    (
        re.compile(f"(?<![0-9{POINT}])(?=[0-9])|(?<=[0-9])(?![0-9{POINT}])|(?<![a-z])(?=[a-z])|(?<=[a-z])(?![a-z])"),
        MARK,
    ),
    (re.compile(f"{MARK}{{2,}}"), MARK),
]


def in_figures(numeral: str) -> str:
    """21 for 二十一 and 2025 for 二〇二五; the numeral itself where it says no number."""
    if not set(numeral) - {"〇"}:
        return numeral
    if not set(numeral) & set("十百千"):
        return "".join(str(FIGURES.index(letter)) for letter in numeral)
    total = figure = 0
    for letter in numeral:
        if letter in FIGURES:
            figure = figure * 10 + FIGURES.index(letter)
        else:
            total, figure = total + max(1, figure) * {"十": 10, "百": 100, "千": 1000}[letter], 0
    return str(total + figure)


def folded(text: Traced) -> Traced:
    """The shadow of a text in plain letters."""
    for pattern, put in STEPS:
        text = text.replaced(pattern, put)
    return text.translated(LAST)


def fold(text: str) -> str:
    """The shadow of a text: ２１校区 and 二十一校区, 問合「せ」 and 問合せ, 3−2−1 and 3ー2ー1 fold to the same."""
    return folded(plain(text)).letters
