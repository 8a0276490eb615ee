"""What a rule of the check looks at, and what it finds: plain values, without a database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from actionplan.scale import Category, Scale


@dataclass(frozen=True)
class Finding:
    """What is asked about: the sentence, and the place in the text. start == end: the text as a whole.

    about: the words that it is about, where they are not the text's.
    """

    sentence: str
    start: int = 0
    end: int = 0
    about: str = ""


@dataclass(frozen=True)
class Subject:
    """A text and what it is held against.

    year: the fiscal year that it reports on. needed: whether it has to say something. ahead: whether it tells of the
    time after the year. before: what stood in its place, by fiscal year, newest first. category: what was chosen beside
    it, of the scale; None for a text that stands beside no category.
    """

    words: str
    year: int
    needed: bool = False
    ahead: bool = False
    before: tuple[tuple[int, str], ...] = ()
    category: Category | None = None
    scale: Scale | None = None

    @cached_property
    def letters(self) -> frozenset[str]:
        """Which characters it has: most rules need one that it has not, which is known sooner than where it stands."""
        return frozenset(self.words)

    @cached_property
    def last(self) -> list[str]:
        """What stood in its place the last time; several where items were merged."""
        return [words for year, words in self.before if year == self.before[0][0]]


Rule = Callable[[Subject], Iterator[Finding]]
Telling = Callable[[re.Match], str]


def each_match(pattern: re.Pattern, told: str | Telling) -> Rule:
    """The rule that finds every place of the pattern. told: the sentence, {} for the words, or what makes it."""
    tell = told if callable(told) else lambda found: told.format(found[0])

    def rule(subject: Subject) -> Iterator[Finding]:
        return (Finding(tell(each), *each.span()) for each in pattern.finditer(subject.words))

    return rule


# What stands beside a word tells it from the same word elsewhere in the text.
BESIDE = 8


def excerpt(text: str, finding: Finding) -> str:
    """The words found with what stands beside them; the whole text where it is asked about as a whole."""
    if finding.about or finding.start == finding.end:
        return finding.about or text
    return text[max(0, finding.start - BESIDE) : finding.end + BESIDE]
