"""A word that is searched for: the spellings of which any may stand in a shadow."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actionplan.folding import ERAS, KANJI, MARK, NUMERALS, Span, fold, folded, in_figures, plain
from actionplan.shadow import (
    APART,
    HIRAGANA,
    KATAKANA,
    LONG,
    SHORT,
    TO_HIRAGANA,
    TO_KATAKANA,
    TWO_MARKS,
    as_number,
    has_dictionary,
    key,
    lines,
    tokens,
    whole_words,
)

KANA = re.compile("[ぁ-ゖァ-ヺー]+")
LATIN = re.compile("[a-z]+")


@dataclass(frozen=True)
class Word:
    """A word that is searched for. spellings: any of them in a shadow is a hit. whole: the word with its bounds."""

    typed: str
    spellings: tuple[str, ...]
    whole: str

    def is_number_of(self, plain_code: str) -> bool:
        """Whether it is the number of an item, 3-2-1, or of what the item stands under, 3-2."""
        return any(spelling in as_number(plain_code) for spelling in self.spellings if NUMBER.search(spelling))

    def places(self, text: str) -> list[Span]:
        """Each place of the text where it stands in any spelling; a long vowel after its last letter belongs to it."""
        found = [place for line in lines(text) for spelling in self.spellings for place in line.places(spelling)]
        return [(start, _after_long_vowel(text, end)) for start, end in found]


def _after_long_vowel(text: str, end: int) -> int:
    while end < len(text) and text[end] in "ーｰ":
        end += 1
    return end


# The number of an item as one word: a mark stands before and after the whole of it only.
NUMBER = re.compile(f"{MARK}[0-9]+(-[0-9]+)+")


def is_wordless(typed: str) -> bool:
    """Whether what was typed has no letter to search for, as ー alone."""
    return not fold(typed).strip(MARK)


def read_word(typed: str, alike: Sequence[str] = ()) -> Word:
    """The word that was typed. alike: other words that mean the same; they are searched for too."""
    found = [spelling for each in (typed, *alike) for spelling in _spellings(each) if spelling.strip(MARK + APART)]
    return Word(typed, tuple(dict.fromkeys(found)), whole_words(typed))


def _spellings(typed: str) -> Iterator[str]:
    letters = plain(typed).letters
    core = folded(plain(typed)).letters
    if KATAKANA.fullmatch(core):
        yield from _in_katakana(core)
        yield from _in_hiragana(core.translate(TO_HIRAGANA))
    elif HIRAGANA.fullmatch(core):
        yield from _hiragana(core)
        yield from _in_katakana(core.translate(TO_KATAKANA))
    else:
        yield from _mixed(core)
    yield from _numbers(core)
    yield from _by_keys([(letters[token.start : token.end], token.normal, token.is_noun) for token in tokens(letters)])


def _by_keys(words: Sequence[tuple[str, str, bool]]) -> Iterator[str]:
    """The words by their keys where one has any, without the お of お問い合わせ too."""
    keys = [key(*word) for word in words]
    if keys == [fold(surface) for surface, *_ in words] or KANA.fullmatch("".join(keys)):
        return
    yield TWO_MARKS.sub(MARK, "".join(keys))
    if words[0][0] in ("お", "ご", "御") and len(words) > 1:
        yield TWO_MARKS.sub(MARK, "".join(keys[1:]))


def _in_katakana(core: str) -> Iterator[str]:
    """As it stands, without a last long vowel, and without any where enough is left to tell it from other words."""
    short = core.replace("ー", "")
    last = core.rstrip("ー")
    yield last if len(last) >= LONG else core
    if len(short) >= LONG:
        yield short
        yield APART.join(short)


def _in_hiragana(core: str) -> Iterator[str]:
    """A word in katakana, as one word in hiragana; of four letters also as several (ぱそこん)."""
    yield core if len(core) > SHORT else f"{MARK}{core}{MARK}"
    if len(core) == SHORT:
        yield f"{APART}{core}{APART}"


def _hiragana(core: str) -> Iterator[str]:
    """As a word, of two or three letters; others as they stand."""
    if len(core) not in (2, 3) or not has_dictionary():
        yield core
        return
    yield f"{MARK}{core}{MARK}"
    yield f"{APART}{core}{APART}"


# 送り仮名の付け方 (1973, 内閣告示) lets verbs of one kanji be written with a kana more, 表わす, or less, 終る.
ONE_KANA_MORE = re.findall(
    "..", "行な表わ現わ著わ断わ賜わ終わ変わ代わ替わ換わ当た果た起こ落と暮ら積も生ま済ま聞こ押さ捕ら浮か向か"
)


def _with_other_okurigana(core: str) -> Iterator[str]:
    """行った for 行なった, 終る for 終わる, and the other way round."""
    for more in ONE_KANA_MORE:
        if more in core:
            yield core.replace(more, more[0])
        elif more[0] in core:
            yield re.sub(f"{more[0]}(?=[ぁ-ゖ])", more, core)


def _mixed(core: str) -> Iterator[str]:
    """As it stands; its kana in the other script; が for ヶ; a longer Latin word also as the beginning of one."""
    if LATIN.fullmatch(core.strip(MARK)) and len(core.strip(MARK)) > LONG:
        yield core.rstrip(MARK)
        return
    yield core
    yield core.translate(TO_KATAKANA)
    yield core.translate(TO_HIRAGANA)
    yield re.sub(f"(?<=[{KANJI}ぁ-ゖ])が(?=[{KANJI}])", "ヶ", core)
    yield re.sub(f"(?<=[{KANJI}ぁ-ゖ])ヶ(?=[{KANJI}])", "が", core)
    yield from _with_other_okurigana(core)


def _numbers(core: str) -> Iterator[str]:
    """H21 for 平成21 and the other way round; 21 for 二十一; the number of an item as one."""
    if re.fullmatch(f"[{NUMERALS}]+", core):
        yield f"{MARK}{in_figures(core)}{MARK}"
    core = TWO_MARKS.sub(MARK, FIRST_YEAR.sub(f"\\1{MARK}1{MARK}", core))
    if MARK in core:
        yield from _years(core)
        yield from _large(core)
    number = core.replace(MARK, "")
    if NUMBER.fullmatch(f"{MARK}{number}"):
        yield as_number(number)
        yield f"{MARK}{number}-"


def _years(core: str) -> Iterator[str]:
    """平成21年 for H21年 and 2009年, and the other way round."""
    for letter, (era, before) in ERAS.items():
        for found in re.finditer(f"(?:{era}{MARK}|{MARK}{letter}{MARK})([0-9]{{1,2}})(?={MARK})", core):
            for era_as in (f"{era}{MARK}", f"{MARK}{letter}{MARK}"):
                yield f"{core[: found.start()]}{era_as}{found[1]}{core[found.end() :]}"
            if core.startswith("年", found.end() + 1):
                yield f"{core[: found.start()]}{MARK}{before + int(found[1])}{core[found.end() :]}"
        for found in re.finditer(f"{MARK}([0-9]{{4}})(?={MARK}年)", core):
            if 1 <= (year := int(found[1]) - before) <= LONGEST_ERA:
                yield f"{core[: found.start()]}{era}{MARK}{year}{core[found.end() :]}"


LONGEST_ERA = 64
# R元; folding knows 令和元年.
FIRST_YEAR = re.compile(f"({MARK}[mtshr]{MARK}|{'|'.join(era for era, _ in ERAS.values())})元")


def _large(core: str) -> Iterator[str]:
    """20000人 for 2万人, and the other way round; 2000円 for 2千円."""
    for unit, noughts in (("億", "00000000"), ("万", "0000"), ("千", "000")):
        yield re.sub(f"(?<=[0-9]){MARK}{unit}", f"{noughts}{MARK}", core)
        yield re.sub(f"(?<=[1-9]){noughts}{MARK}", f"{MARK}{unit}", core)
