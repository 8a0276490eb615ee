"""What a search shows of an item that it found: the report's own words with the hits marked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from actionplan.cells import EXTRAS
from actionplan.folding import Span
from actionplan.models import EditionRow
from actionplan.selectors.report import AREAS, EVIDENCE, STATUS_HEADING, TAGS, Mark
from actionplan.spellings import Word


@dataclass(frozen=True)
class Piece:
    """A piece of a text; joined in order, the pieces are the text to the letter."""

    text: str
    hit: bool = False


def marked(text: str, words: Sequence[Word]) -> list[Piece]:
    """The text in pieces, those that any of the words matches as hits; an empty list for an empty text."""
    found = sorted(place for word in words for place in word.places(text)) if text else []
    if not found:
        return [Piece(text)] if text else []
    return list(_pieces(text, _merged(found)))


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans, given in order, with those that overlap or touch as one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


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


# Why a row stands where it does, by its rank: names that have the words whole, names that hold them, texts.
WHOLE_NAME, IN_NAME, IN_TEXT = range(3)
WHY = ("名前にあります", "名前の一部にあります", "文の中にあります")


@dataclass(frozen=True)
class HitGroup:
    """Hits of one policy in one report that have one rank; plan: its title; why: the rank in words."""

    year: int
    key: str
    label: str
    plan: str
    is_sample: bool
    number: int
    title: Sequence[Piece]
    hits: Sequence[Hit]
    printed: str = ""
    why: str = ""


def hit_groups(rows: Iterable[Any], words: Sequence[Word]) -> list[HitGroup]:
    """The rows, which carry their editions and their rank, in their order: by rank, year and policy."""
    grouped = groupby(rows, key=lambda row: (row.rank, row.edition_id, row.policy_number))
    return [_group(list(group), words) for _, group in grouped]


def _group(rows: Sequence[Any], words: Sequence[Word]) -> HitGroup:
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
        why=WHY[first.rank] if words else "",
    )


def _text(value: str | Sequence) -> str:
    """A cell in words; of a picture also what stands for it, since a search finds by that."""
    if isinstance(value, str):
        return value
    return "、".join(word for each in value for word in _words(each) if word)


def _words(each: str | dict) -> Sequence[str]:
    return (each,) if isinstance(each, str) else (each["caption"], each.get("alt", ""))


def _code(row: EditionRow, words: Sequence[Word]) -> list[Piece]:
    """The number as it is printed; a plain one is found as a whole only, so that 2009 is not marked in it."""
    if any(word.is_number_of(row.plain_code) for word in words):
        return [Piece(row.code, hit=True)]
    return marked(row.code, words if row.item_printed else ())


def _status_heading(row: EditionRow) -> str:
    """What the cell is, with what the original calls it where that is another word: 関係部署 is a misprint of 2009."""
    printed = row.status_heading
    return STATUS_HEADING if printed == STATUS_HEADING else f"{STATUS_HEADING}（原本の見出しは「{printed}」）"


def _hit(row: EditionRow, words: Sequence[Word]) -> Hit:
    return Hit(
        code=_code(row, words),
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
            HitText(heading or _status_heading(row), marked(text, words))
            for field, heading in TEXTS.items()
            if (text := _text(getattr(row, field)))
        ]
        + [HitText(voice["name"], marked(voice["text"], words)) for voice in row.voices],
        progress=row.progress,
        progress_label=marked(row.progress_label, words),
    )
