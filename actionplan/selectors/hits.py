"""What a search shows of an item that it found: the report's own words with the hits marked."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from actionplan.cells import EXTRAS
from actionplan.models import EditionRow
from actionplan.selectors.report import AREAS, EVIDENCE, TAGS, Mark
from actionplan.text import fold

LONG_VOWELS = "ーｰ"
Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A piece of a text; joined in order, the pieces are the text to the letter."""

    text: str
    hit: bool = False


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in pieces, those that any of the folded words matches as hits; an empty list for an empty text."""
    shadow = fold(text)
    found = sorted(span for word in words for span in _occurrences(shadow, word))
    if not found:
        return [Piece(text)] if text else []
    return list(_pieces(text, _in_text(text, _merged(found))))


def _occurrences(shadow: str, word: str) -> Iterator[Span]:
    start = shadow.find(word) if word else -1
    while start >= 0:
        yield start, start + len(word)
        start = shadow.find(word, start + 1)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans, given in order, with those that overlap or touch as one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _in_text(text: str, spans: Sequence[Span]) -> list[Span]:
    """The places in the text of spans in its shadow; a letter that folds to several is taken whole.

    A long vowel mark after the last letter, which the shadow leaves out, belongs to the word.
    """
    owners = [place for place in _clusters(text) for _ in fold_cluster(text[place[0] : place[1]])]
    places = [(owners[start][0], owners[end - 1][1]) for start, end in spans]
    return _merged([(start, _after_long_vowel(text, end)) for start, end in places])


def _after_long_vowel(text: str, end: int) -> int:
    while end < len(text) and text[end] in LONG_VOWELS:
        end += 1
    return end


def _clusters(text: str) -> Iterator[Span]:
    """The text cut where folding may be done apart: か and its ゙ stay together, since they fold to one letter."""
    start = 0
    for end in range(1, len(text)):
        if not _joins(text[start:end], text[end]):
            yield start, end
            start = end
    if text:
        yield start, len(text)


@lru_cache(maxsize=16_384)
def _joins(cluster: str, letter: str) -> bool:
    """Whether the letter changes, or may be changed by, the cluster before it."""
    after = unicodedata.normalize("NFKC", letter)
    if unicodedata.combining(after[0]):
        return True
    return unicodedata.normalize("NFKC", cluster + letter) != unicodedata.normalize("NFKC", cluster) + after


@lru_cache(maxsize=16_384)
def fold_cluster(cluster: str) -> str:
    """fold(), remembered: the letters of a report are few and come again and again."""
    return fold(cluster)


def _pieces(text: str, places: Sequence[Span]) -> Iterator[Piece]:
    position = 0
    for start, end in places:
        if position < start:
            yield Piece(text[position:start])
        yield Piece(text[start:end], hit=True)
        position = end
    if position < len(text):
        yield Piece(text[position:])


TEXTS = {
    "content": "アクションプランの内容",
    "status": "",
    **{cell.published_words: cell.label for cell in EXTRAS},
    "department_name": "担当課",
    "areas": AREAS,
    "tags": TAGS,
    "evidence": EVIDENCE,
}


@dataclass(frozen=True)
class HitText:
    """One cell of the item under its heading."""

    heading: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Hit:
    """An item that was found: its number in the year it was found in, and the public id of its own page."""

    code: Sequence[Piece]
    plain_code: str
    public_id: str
    marks: Sequence[Mark]
    name: Sequence[Piece]
    measure: Sequence[Piece]
    texts: Sequence[HitText]
    progress: str
    progress_label: Sequence[Piece]


@dataclass(frozen=True)
class HitGroup:
    """Hits of one policy in one report; plan: its title."""

    year: int
    key: str
    label: str
    plan: str
    is_sample: bool
    number: int
    title: Sequence[Piece]
    hits: Sequence[Hit]
    printed: str = ""


def hit_groups(rows: Iterable[EditionRow], words: Sequence[str]) -> list[HitGroup]:
    """The rows, which stand in report order and carry their editions, by year and policy."""
    grouped = groupby(rows, key=lambda row: (row.edition_id, row.policy_number))
    return [_group(list(group), words) for _, group in grouped]


def _group(rows: Sequence[EditionRow], words: Sequence[str]) -> HitGroup:
    first, front = rows[0], rows[0].edition.front_matter
    return HitGroup(
        year=front["fiscal_year"],
        key=first.edition.key,
        label=front["label"],
        plan=front["plan"]["title"],
        is_sample=front.get("sample", False),
        number=first.policy_number,
        title=marked(first.policy_title, words),
        hits=[_hit(row, words) for row in rows],
        printed=first.policy_printed,
    )


def _text(value: str | Sequence) -> str:
    """A cell in words; of a picture also what stands for it, since a search finds by that."""
    if isinstance(value, str):
        return value
    return "、".join(word for each in value for word in _words(each) if word)


def _words(each: str | dict) -> Sequence[str]:
    return (each,) if isinstance(each, str) else (each["caption"], each.get("alt", ""))


def _hit(row: EditionRow, words: Sequence[str]) -> Hit:
    return Hit(
        code=marked(row.code, words if row.item_printed else ()),
        plain_code=row.plain_code,
        public_id=row.public_id,
        marks=[
            Mark(actor["symbol"], actor["label"])
            for actor in row.edition.front_matter["actors"]
            if actor["symbol"] in row.actor_symbols
        ],
        name=marked(row.item_name, words),
        measure=[
            *marked(f"{row.measure_printed}　" if row.measure_printed else "", words),
            *marked(row.measure_title, words),
        ],
        texts=[
            HitText(heading or row.status_heading, marked(text, words))
            for field, heading in TEXTS.items()
            if (text := _text(getattr(row, field)))
        ]
        + [HitText(voice["name"], marked(voice["text"], words)) for voice in row.voices],
        progress=row.progress,
        progress_label=marked(row.progress_label, words),
    )
