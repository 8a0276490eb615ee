"""What a search shows of an item that it found: the report's own words with the hits marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from actionplan.models import EditionRow
from actionplan.selectors.highlight import Piece, marked
from actionplan.selectors.report import Mark

Numbers = tuple[int, int, int]

TEXTS = {
    "content": "アクションプランの内容",
    "status": "",
    "outcome": "成果",
    "challenge": "課題",
    "next_step": "今後の方針",
    "department_name": "担当課",
}


@dataclass(frozen=True)
class HitText:
    """One cell of the item under its heading."""

    heading: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Hit:
    """An item that was found. code: in the year it was found in; numbers: those that its own page is called by."""

    code: str
    numbers: Numbers
    marks: Sequence[Mark]
    name: Sequence[Piece]
    measure: Sequence[Piece]
    texts: Sequence[HitText]
    progress: str
    progress_label: Sequence[Piece]


@dataclass(frozen=True)
class HitGroup:
    """Hits of one policy in one year."""

    year: int
    label: str
    is_sample: bool
    number: int
    title: Sequence[Piece]
    hits: Sequence[Hit]


def hit_groups(rows: Iterable[EditionRow], words: Sequence[str], current: Mapping[int, Numbers]) -> list[HitGroup]:
    """The rows, which stand in report order and carry their editions, by year and policy.

    current: the numbers that an item's own page is called by, by item.
    """
    grouped = groupby(rows, key=lambda row: (row.edition_id, row.policy_number, row.policy_title))
    return [_group(list(group), words, current) for _, group in grouped]


def _group(rows: Sequence[EditionRow], words: Sequence[str], current: Mapping[int, Numbers]) -> HitGroup:
    first, front = rows[0], rows[0].edition.front_matter
    return HitGroup(
        year=front["fiscal_year"],
        label=front["label"],
        is_sample=front.get("sample", False),
        number=first.policy_number,
        title=marked(first.policy_title, words),
        hits=[_hit(row, words, current[row.item_id]) for row in rows],
    )


def _hit(row: EditionRow, words: Sequence[str], numbers: Numbers) -> Hit:
    return Hit(
        code=row.code,
        numbers=numbers,
        marks=[
            Mark(actor["symbol"], actor["label"])
            for actor in row.edition.front_matter["actors"]
            if actor["symbol"] in row.actor_symbols
        ],
        name=marked(row.item_name, words),
        measure=marked(row.measure_title, words),
        texts=[
            HitText(heading or row.status_heading, marked(getattr(row, field), words))
            for field, heading in TEXTS.items()
            if getattr(row, field)
        ],
        progress=row.progress,
        progress_label=marked(row.progress_label, words),
    )
