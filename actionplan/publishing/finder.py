"""Words in any writing: what must go is found however it is written."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from actionplan.folding import folded, plain
from actionplan.shadow import TO_HIRAGANA

SHORTEST = 2


@dataclass(frozen=True)
class Finder:
    """Finds words in any writing: width, kana, numerals, old and new letters, blanks, dashes and brackets aside."""

    words: Sequence[str]
    known: dict[str, bool] = field(default_factory=dict)  # most texts stand in every version

    @cached_property
    def spellings(self) -> list[tuple[str, str]]:
        """What is compared of each word."""
        return [readings(word) for word in self.words]

    def finds(self, text: str) -> bool:
        """Whether any of the words stands in the text."""
        if text not in self.known:
            pairs = [pair for word in self.spellings for pair in zip(word, readings(text), strict=True)]
            self.known[text] = any(len(word) >= SHORTEST and word in letters for word, letters in pairs)
        return self.known[text]

    def first_span(self, text: str) -> tuple[int, int]:
        """Where the first of the words begins and ends in a text that holds one."""
        end = bisect_left(range(len(text) + 1), True, key=lambda end: self.finds(text[:end]))
        back = bisect_left(range(end + 1), True, key=lambda length: self.finds(text[end - length : end]))
        return end - back, end


@lru_cache(10_000)  # the same texts are asked for at each look
def readings(text: str) -> tuple[str, str]:
    """The letters and figures of a text alone: each in its plain form, and as search folds them, all kana in hiragana.

    Folding goes by what stands around: neither finds all that the other does.
    """
    letters = plain(text)
    return _bare(letters.letters), _bare(folded(letters).letters.translate(TO_HIRAGANA))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))
