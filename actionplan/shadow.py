"""What search matches on: the lines of a text's shadow.

A shadow has the folded text, and below it what only a dictionary knows: words with okurigana by their kanji (取組 for
取り組み), words in hiragana with their bounds (|しま|, which します has not), words in katakana without long vowels.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from actionplan.folding import KANJI, MARK, NUMERALS, Traced, fold, folded, plain

try:
    from sudachipy import Dictionary, SplitMode
except ImportError:  # the plain way stays: words are what one script holds
    Dictionary = None

# What a row was folded by: raise it with every change of folding.py, variants.txt or this module.
VERSION = f"1{'d' if Dictionary else 'p'}"
# Parts the names of a row from its texts.
SEPARATOR = f"\x1d{VERSION}\x1d"
# Stands between letters that must not be taken for those of the text.
APART = "\x1e"
# Letters up to which a word in hiragana must stand as a word, and from which one in katakana may lose its long vowels.
SHORT, LONG = 4, 3

HIRAGANA = re.compile("[ぁ-ゖー]+")
KATAKANA = re.compile("[ァ-ヺー]+")
TWO_KANJI = re.compile(f"[{KANJI}]{{2,}}")
TO_KATAKANA = {code: chr(code + 0x60) for code in range(0x3041, 0x3095)}
TO_HIRAGANA = {katakana: chr(hiragana) for hiragana, katakana in ((code, code + 0x60) for code in TO_KATAKANA)}


# ---- words -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its place, how a dictionary writes it, whether it is a noun, and where its parts begin."""

    start: int
    end: int
    normal: str
    is_noun: bool
    parts: tuple[int, ...]


ONE_SCRIPT = re.compile(f"[{KANJI}]+|[ァ-ヺー]+|[ぁ-ゖー]+|[a-z]+|[0-9]+|.", re.S)
# Sudachi takes 49,149 bytes at once.
AT_ONCE = 10_000
_one_at_a_time = threading.Lock()


@cache
def _tokenizer() -> Any:
    return Dictionary(dict="small").tokenizer(SplitMode.C)


def has_dictionary() -> bool:
    """Whether words are known, or only runs of one script."""
    return Dictionary is not None


def tokens(text: str) -> list[Token]:
    """The words of a text in plain letters, in order; together they are the text."""
    if Dictionary is None:
        return [Token(*found.span(), found[0], False, (found.start(),)) for found in ONE_SCRIPT.finditer(text)]
    with _one_at_a_time:
        return [
            token
            for start in range(0, len(text), AT_ONCE)
            for morpheme in _tokenizer().tokenize(text[start : start + AT_ONCE])
            if (token := _token(morpheme, start)).start < token.end
        ]


def _token(morpheme: Any, offset: int) -> Token:
    start, end = offset + morpheme.begin(), offset + morpheme.end()
    parts = tuple(offset + part.begin() for part in morpheme.split(SplitMode.A, add_single=False)) or (start,)
    return Token(start, end, morpheme.normalized_form(), morpheme.part_of_speech()[0] == "名詞", parts)


# As many as the words of a large record, all of which are asked for where nothing is found.
@lru_cache(maxsize=65_536)
def reading(word: str) -> str:
    """How a word is read, in katakana, so that what was converted wrongly is found: キョウドウ for 共働 and 協働."""
    letters = plain(word).letters
    if Dictionary is None:
        return letters.translate(TO_KATAKANA)
    with _one_at_a_time:
        return "".join(morpheme.reading_form() for morpheme in _tokenizer().tokenize(letters[:AT_ONCE]))


@lru_cache(maxsize=16_384)
def key(surface: str, normal: str, is_noun: bool) -> str:
    """What a word is found by however its okurigana is written: 取組 for 取り組ん; its own shadow where that is all.

    組み合わせ gets 組 and 合 apart, since 組合 is a word of its own.
    """
    if KATAKANA.fullmatch(normal) and len(normal) > LONG:
        return fold(normal).rstrip("ー")
    if set(surface) & set(NUMERALS) or "箇" in normal:
        return fold(surface)
    kanji = "".join(re.findall(f"[{KANJI}]", plain(normal).letters))
    if len(kanji) < 2:
        return fold(normal) if is_noun and kanji and kanji in plain(surface).letters else fold(surface)
    return fold(kanji) if kanji == normal or not _is_another_word(kanji) else APART.join(fold(kanji))


@lru_cache(maxsize=4_096)
def _is_another_word(kanji: str) -> bool:
    found = tokens(kanji)
    return Dictionary is not None and len(found) == 1 and found[0].normal == kanji


# ---- the lines of a shadow -------------------------------------------------------------------------------------------


@lru_cache(maxsize=1_024)
def lines(text: str) -> tuple[Traced, ...]:
    """The shadow's lines: the folded text first, then what a dictionary knows of its words."""
    letters = plain(text)
    whole = folded(letters)
    words = tokens(letters.letters)
    more = (*_keys(letters, words, whole), *_bounded(letters, words), *_without_long_vowels(whole))
    return whole, *more


def shadow(texts: Iterable[str]) -> str:
    """The lines of several texts, each once, so that no hit spans two of them."""
    found = [line.letters for text in texts if text for line in lines(text)]
    return "\n".join(dict.fromkeys(filter(None, found)))


def whole_words(text: str) -> str:
    """The words of a text with their bounds."""
    letters = plain(text).letters
    cuts = [cut for token in tokens(letters) for cut in token.parts]
    words = (fold(letters[start:end]).strip(MARK) for start, end in zip(cuts, [*cuts[1:], None], strict=True))
    return f"{MARK}{MARK.join(filter(None, words))}{MARK}" if cuts else ""


def _keys(letters: Traced, words: Sequence[Token], whole: Traced) -> Iterator[Traced]:
    """What stands together and has a word that is found by its key: 子供会 for 子ども会."""
    run: list[Traced] = []
    for token in [*words, None]:
        found = _by_key(letters, token) if token else None
        if found:
            run.append(found)
        elif run:
            joined = _joined(run)
            if joined.letters not in whole.letters:
                yield joined
            run = []


def _by_key(letters: Traced, token: Token) -> Traced | None:
    """The word by its key; nothing for what only joins words."""
    part = letters.part(token.start, token.end)
    found = key(part.letters, token.normal, token.is_noun)
    if HIRAGANA.fullmatch(part.letters) and not TWO_KANJI.match(found.replace(APART, "")):
        return None
    own = folded(part)
    if not own.letters or not re.search(r"\w", own.letters):
        return None
    return own if own.letters == found else part.put_as(found)


def _joined(parts: Sequence[Traced]) -> Traced:
    joined = Traced(
        "".join(part.letters for part in parts),
        [start for part in parts for start in part.starts],
        [end for part in parts for end in part.ends],
    )
    return joined.replaced(TWO_MARKS, MARK)


TWO_MARKS = re.compile(f"{MARK}{{2,}}")


def _bounded(letters: Traced, words: Sequence[Token]) -> Iterator[Traced]:
    """Each word in hiragana of up to four letters: |する|. Other bounds are around several in a row, すると, and around
    the halves of a noun, まち and づくり: what is typed in katakana is not found there.
    """
    cuts = _cuts(letters.letters, words)
    for place, start in enumerate(cuts):
        for end in cuts[place + 1 :]:
            if end - start > SHORT or not HIRAGANA.fullmatch(letters.letters, start, end):
                break
            if end - start > 1:
                yield _between(APART if end in cuts[place + 2 :] else MARK, letters.part(start, end))
    for token in words:
        if token.is_noun and token.end - token.start >= SHORT and _is_hiragana(letters.letters, token):
            for cut in range(token.start + 2, token.end - 1):
                halves = letters.part(token.start, cut), letters.part(cut, token.end)
                if _are_halves(token.normal, *(half.letters for half in halves)):
                    yield from (_between(APART, half) for half in halves)


def _cuts(letters: str, words: Sequence[Token]) -> list[int]:
    return [*(cut for token in words for cut in token.parts), len(letters)]


def _is_hiragana(letters: str, token: Token) -> bool:
    return bool(HIRAGANA.fullmatch(letters, token.start, token.end))


@lru_cache(maxsize=4_096)
def _are_halves(normal: str, first: str, second: str) -> bool:
    """Whether a noun is made of two: まちづくり (町作り) of まち and づくり (作り); まちがい is not."""
    found = [*tokens(first), *tokens(second)]
    kanji = set(re.findall(f"[{KANJI}]", found[-1].normal))
    return len(found) == 2 and all(half.is_noun for half in found) and bool(kanji) and kanji <= set(normal)


def _between(bound: str, letters: Traced) -> Traced:
    part = folded(letters)
    if not part.letters:
        return part
    return Traced(
        f"{bound}{part.letters}{bound}",
        [part.starts[0], *part.starts, part.starts[-1]],
        [part.ends[0], *part.ends, part.ends[-1]],
    )


def _without_long_vowels(whole: Traced) -> Iterator[Traced]:
    """Words in katakana without their long vowels, letters apart: マネジャ for マネージャー; ビル is not ビール."""
    for found in KATAKANA.finditer(whole.letters):
        part = whole.part(*found.span())
        short = part.replaced(LONG_VOWELS, "")
        if "ー" in part.letters and len(short.letters) >= LONG:
            yield short.replaced(BETWEEN, APART)


LONG_VOWELS = re.compile("ー+")
BETWEEN = re.compile("(?<=.)(?=.)")


def as_number(plain_code: str) -> str:
    """The number of an item as one word, so that 2-1 is not found in 3-2-1."""
    return f"{MARK}{plain_code}{MARK}"
