"""Two rows of the same item compared cell by cell, as people read them."""

from collections.abc import Iterator
from dataclasses import dataclass

from actionplan.models import Edition, EditionRow
from actionplan.selectors.wording import Wording, wording_changes

ACTORS = "主体"
COMPARED = (
    "policy_title",
    "measure_title",
    "item_name",
    "content",
    "actor_symbols",
    "progress_label",
    "status",
    "outcome",
    "challenge",
    "next_step",
    "department_name",
)


@dataclass(frozen=True)
class CellChange:
    """A cell whose text is another than before."""

    field: str
    label: str
    wording: Wording


@dataclass(frozen=True)
class Place:
    """Where an edition prints an item."""

    year: int
    code: str
    numbers: tuple[int, int, int]
    name: str
    content: str
    policy_title: str
    measure_title: str


def place(edition: Edition, row: EditionRow) -> Place:
    """The place of a row; the edition is given, so that no query is made for it."""
    numbers = (row.policy_number, row.measure_number, row.item_number)
    year = edition.front_matter["fiscal_year"]
    return Place(year, row.code, numbers, row.item_name, row.content, row.policy_title, row.measure_title)


def cell_changes(before: EditionRow, after: EditionRow, words: dict[str, str]) -> Iterator[CellChange]:
    """The cells that differ, in reading order. words: the legend's words by mark, so that no mark stands bare."""
    for field in COMPARED:
        old, new = getattr(before, field), getattr(after, field)
        if old == new:
            continue
        if field == "actor_symbols":
            yield CellChange(field, ACTORS, wording_changes(_in_words(old, words), _in_words(new, words)))
        else:
            yield CellChange(field, str(EditionRow._meta.get_field(field).verbose_name), wording_changes(old, new))


def mark_words(*editions: Edition) -> dict[str, str]:
    """The legend's words by mark, of several editions; the last one's words win."""
    return {actor["symbol"]: actor["label"] for edition in editions for actor in edition.front_matter["actors"]}


def _in_words(symbols: str, words: dict[str, str]) -> str:
    return "、".join(symbol + words.get(symbol, "") for symbol in symbols)
