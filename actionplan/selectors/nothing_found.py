"""What may help who found nothing: which word is to blame, and what the record has in its place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain

from django.db.models import Count, QuerySet

from actionplan.folding import KANJI
from actionplan.models import Edition, EditionRow
from actionplan.selectors.facets import words_match
from actionplan.selectors.filters import Filters
from actionplan.shadow import reading
from actionplan.spellings import Word

# Of how many rows, the newest first, words are offered, and for how many that find nothing: each costs a look at all.
ROWS_TO_LOOK_AT, WORDS_TO_HELP = 1_000, 3
WORDS = re.compile(f"[{KANJI}]{{2,8}}|[ァ-ヺー]{{2,}}|[A-Za-zＡ-Ｚａ-ｚ]{{2,}}")


@dataclass(frozen=True)
class WordLink:
    """A word, how many items it finds by itself, 0 where that was not asked, and the address of the search for it."""

    word: str
    count: int
    address: str


@dataclass(frozen=True)
class NothingFound:
    """Why nothing was found. alone: each word by itself; silent: those that find nothing; near: words of the record
    that look like them.
    """

    alone: Sequence[WordLink]
    silent: Sequence[str]
    near: Sequence[WordLink]


def nothing_found(filters: Filters, words: Sequence[Word], editions: Sequence[Edition]) -> NothingFound:
    """Which of the words find nothing in these editions, whatever else was chosen, and what comes near them.

    Two queries; one where each word finds something, and one where a single word is all that was asked for.
    """
    rows = EditionRow.objects.filter(edition__in=[edition.pk for edition in editions])
    counts = _counts(rows, words) if len(words) > 1 or filters.has_choice else [0]
    alone = [
        WordLink(word.typed, count, filters.address(text=word.typed)) for word, count in zip(words, counts, strict=True)
    ]
    silent = [found.word for found in alone if not found.count]
    near = _near(rows, filters, silent) if silent else []
    return NothingFound(alone, silent, near)


def _counts(rows: QuerySet[EditionRow], words: Sequence[Word]) -> list[int]:
    """How many items each of the words finds by itself."""
    each = {f"word_{place}": Count("pk", filter=words_match([word])) for place, word in enumerate(words)}
    return list(rows.aggregate(**each).values())


def _near(rows: QuerySet[EditionRow], filters: Filters, silent: Sequence[str]) -> list[WordLink]:
    """Up to three words of the record for each of the first that find nothing, each with the search for it there."""
    newest = rows.order_by("-edition__report__fiscal_year", "position")
    texts = newest.values_list("policy_title", "measure_title", "item_name", "content")[:ROWS_TO_LOOK_AT]
    words = sorted({word for text in dict.fromkeys(chain.from_iterable(texts)) for word in WORDS.findall(text)})
    by_reading: dict[str, list[str]] = {}
    for each in words:
        by_reading.setdefault(reading(each), []).append(each)
    return [
        WordLink(near, 0, filters.address(text=" ".join(near if each == word else each for each in filters.typed)))
        for word in silent[:WORDS_TO_HELP]
        for near in _alike(word, words, by_reading)
    ]


def _alike(word: str, words: Sequence[str], by_reading: Mapping[str, Sequence[str]]) -> list[str]:
    """Those of the words that are read as the word is, or nearly so, or share most of its letters; three at most."""
    read_alike = get_close_matches(reading(word), by_reading, n=3, cutoff=0.8)
    found = [each for near in read_alike for each in by_reading[near]]
    return list(dict.fromkeys([*found, *get_close_matches(word, words, n=3, cutoff=0.6)]))[:3]
