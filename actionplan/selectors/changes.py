"""What changed since the year before: new, continued, merged and ended items, category by category, word by word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from actionplan.models import Edition, EditionRow, label_of
from actionplan.wording import Wording, wording_changes

Rows = dict[int, EditionRow]
ACTORS = "主体"
# The one that counts and charts go by.
CATEGORY = "progress_label"
SET_OR_NOT = "区分が付いた・なくなった"
COMPARED = (
    "policy_title",
    "measure_title",
    "item_name",
    "content",
    "actor_symbols",
    CATEGORY,
    *(field for field in EditionRow.cells_in_words if field != CATEGORY),
    "department_name",
    "areas",
    "tags",
    "evidence",
    "voices",
)


@dataclass(frozen=True)
class WordingChange:
    """A cell whose text is another than before."""

    field: str
    label: str
    wording: Wording


@dataclass(frozen=True)
class Place:
    """Where an edition prints an item; report: the key of its report."""

    report: str
    code: str
    plain_code: str
    public_id: str
    name: str
    content: str
    policy_title: str
    measure_title: str


def place(edition: Edition, row: EditionRow) -> Place:
    """The place of a row; the edition is given, so that no query is made for it."""
    facts = (row.public_id, row.item_name, row.content, row.policy_title, row.measure_title)
    return Place(edition.key, row.code, row.plain_code, *facts)


def cell_changes(before: EditionRow, after: EditionRow, words: dict[str, str]) -> Iterator[WordingChange]:
    """The cells that differ, in reading order. words: the legend's words by mark, so that no mark stands bare."""
    for field in COMPARED:
        old, new = _words(before, field), _words(after, field)
        if old == new:
            continue
        if field == "actor_symbols":
            yield WordingChange(field, ACTORS, wording_changes(_in_words(old, words), _in_words(new, words)))
        else:
            yield WordingChange(field, label_of(EditionRow, field), wording_changes(_as_text(old), _as_text(new)))


def _as_text(value: str | Sequence) -> str:
    """A cell in words: of evidence its captions, and what tells one file from another."""
    return value if isinstance(value, str) else "、".join(map(_one_text, value))


def _one_text(each: str | dict) -> str:
    if isinstance(each, str):
        return each
    file = f"（ファイル {each['sha256'][:8]}）" if "sha256" in each else f"（{each['url']}）"
    return f"{each['caption'] or each.get('alt', '')}{file}"


def figure_changes(before: EditionRow, after: EditionRow) -> Iterator[WordingChange]:
    """The figures, where a correction says something else of them; two years' are not compared as texts."""
    old, new = before.figures_in_words, after.figures_in_words
    if old != new:
        yield WordingChange("figures", label_of(EditionRow, "figures"), wording_changes(old, new))


def number_changes(before: EditionRow, after: EditionRow) -> Iterator[WordingChange]:
    """How the numbers are printed, where a correction says it otherwise; of two years the pages say it elsewhere."""
    for field in ("policy_printed", "measure_printed", "item_printed"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield WordingChange(field, label_of(EditionRow, field), wording_changes(old, new))


def _words(row: EditionRow, field: str) -> str:
    words = getattr(row, field)
    return words if field != "voices" else "\n".join(f"【{voice['name']}】{voice['text']}" for voice in words)


def mark_words(*editions: Edition) -> dict[str, str]:
    """The legend's words by mark, of several editions; the last one's words win."""
    return {actor["symbol"]: actor["label"] for edition in editions for actor in edition.front_matter["actors"]}


def _in_words(symbols: str, words: dict[str, str]) -> str:
    return "、".join(symbol + words.get(symbol, "") for symbol in symbols)


@dataclass(frozen=True)
class Continued:
    """An item of both years: where each prints it, and the cells that differ.

    categories: what each year says, where they have different scales and one of them says something; else empty.
    move: where its category went (a CategoryMove), where both years set one of one scale.
    """

    before: Place
    now: Place
    cells: Sequence[WordingChange]
    categories: tuple[str, str] = ("", "")
    move: Any = None

    @property
    def renumbered(self) -> bool:
        """Whether the item has another code than the year before."""
        return self.before.code != self.now.code

    @property
    def category(self) -> WordingChange | None:
        """The change of category, if there is one."""
        return next((cell for cell in self.cells if cell.field == CATEGORY), None)

    @property
    def texts(self) -> Sequence[WordingChange]:
        """The changed cells other than the category."""
        return [cell for cell in self.cells if cell.field != CATEGORY]


@dataclass(frozen=True)
class Merged:
    """An item of the year before that this year's item has taken in."""

    before: Place
    into: Place


@dataclass(frozen=True)
class Split:
    """An item of the plan before from which several of this plan come."""

    before: Place
    into: Sequence[Place]


@dataclass(frozen=True)
class YearChanges:
    """Everything between two years; the counts add up to both years' items.

    Between a plan's first year and the plan before it: by the lineage that staff drew (by_lineage), where items may be
    split too, and `joined` counts the items that come of what was split or merged.
    """

    added: Sequence[Place]
    continued: Sequence[Continued]
    merged: Sequence[Merged]
    ended: Sequence[Place]
    split: Sequence[Split] = ()
    joined: int = 0
    by_lineage: bool = False
    same_scale: bool = True

    @property
    def now_total(self) -> int:
        """How many items this year has."""
        return len(self.added) + len(self.continued) + self.joined

    @property
    def before_total(self) -> int:
        """How many items the year before had."""
        return len(self.continued) + len(self.split) + len(self.merged) + len(self.ended)

    @property
    def renumbered(self) -> Sequence[Continued]:
        """Continued items with another code; another plan's codes are others anyway."""
        return [item for item in self.continued if item.renumbered and not self.by_lineage]

    @property
    def categories(self) -> Sequence[Continued]:
        """Continued items whose category is another; none where the years' scales differ."""
        return [item for item in self.continued if item.category]

    @property
    def moved(self) -> list[tuple[str, Sequence[Continued]]]:
        """The items whose category changed, by where it went, in words; one of them without a category comes last."""
        found: dict[Any, list[Continued]] = {}
        for item in sorted(self.categories, key=lambda item: (item.move is None, item.move != "forward")):
            found.setdefault(item.move, []).append(item)
        return [(str(move.label) if move else SET_OR_NOT, items) for move, items in found.items()]

    @property
    def still(self) -> Sequence[Continued]:
        """Continued items of which both years say the same category."""
        return [item for item in self.continued if item.move and not item.category]

    @property
    def paired(self) -> Sequence[Continued]:
        """Continued items with what each year's own scale says; none where the years have one scale."""
        return [item for item in self.continued if any(item.categories)]

    @property
    def texts(self) -> Sequence[Continued]:
        """Continued items of which some text is another."""
        return [item for item in self.continued if item.texts]


def year_changes(
    before: Edition, before_rows: Iterable[EditionRow], now: Edition, now_rows: Iterable[EditionRow]
) -> YearChanges:
    """The changes between two years' editions, in page order; items are matched by identity, not by code.

    Of two plans by the lineage that the second one's items bear. The editions come with their reports. Categories are
    compared where both years go by one scale; else they only stand beside each other.
    """
    old = {row.item_id: row for row in before_rows}
    new = {row.item_id: row for row in now_rows}
    if before.report.plan_id != now.report.plan_id:
        return _lineage_changes(before, old, now, new)
    ids = {row.public_id: key for key, row in old.items()}
    taken_in = {key: row for row in new.values() for key in _sources(row.merged_from, ids)}
    gone = [row for row in old.values() if row.item_id not in new]
    return YearChanges(
        added=[place(now, row) for row in new.values() if row.item_id not in old],
        continued=list(_continued(before, now, [(old[key], row) for key, row in new.items() if key in old])),
        merged=[Merged(place(before, r), place(now, taken_in[r.item_id])) for r in gone if r.item_id in taken_in],
        ended=[place(before, row) for row in gone if row.item_id not in taken_in],
        same_scale=before.scale.identity == now.scale.identity,
    )


def _sources(told: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> list[int | None]:
    """The keys of the items that a row says it comes from; editions of before 2026-12 name these by key."""
    return [each.get("item") or ids.get(each["public_id"]) for each in told]


def _lineage_changes(before: Edition, old: Rows, now: Edition, new: Rows) -> YearChanges:
    ids = {row.public_id: key for key, row in old.items()}
    origins = {key: [source for source in _sources(row.origins, ids) if source in old] for key, row in new.items()}
    heirs = {item: [key for key, sources in origins.items() if item in sources] for item in old}
    alone = {key: item for item, keys in heirs.items() if len(keys) == 1 for key in keys if len(origins[key]) == 1}
    single = {item: keys[0] for item, keys in heirs.items() if len(keys) == 1 and keys[0] not in alone}
    places = {key: place(now, row) for key, row in new.items()}
    return YearChanges(
        added=[places[key] for key in new if not origins[key]],
        continued=list(_continued(before, now, [(old[alone[key]], row) for key, row in new.items() if key in alone])),
        merged=[Merged(place(before, old[item]), places[key]) for item, key in single.items()],
        ended=[place(before, row) for item, row in old.items() if not heirs[item]],
        split=[
            Split(place(before, old[item]), [places[key] for key in keys])
            for item, keys in heirs.items()
            if len(keys) > 1
        ],
        joined=sum(bool(sources) and key not in alone for key, sources in origins.items()),
        by_lineage=True,
        same_scale=before.scale.identity == now.scale.identity,
    )


def _continued(before: Edition, now: Edition, pairs: Iterable[tuple[EditionRow, EditionRow]]) -> Iterator[Continued]:
    words = mark_words(before, now)
    same_scale = before.scale.identity == now.scale.identity
    for old, new in pairs:
        cells, places = tuple(cell_changes(old, new, words)), (place(before, old), place(now, new))
        if same_scale:
            yield Continued(*places, cells, move=now.scale.move(old.progress, new.progress))
        else:
            cells = tuple(cell for cell in cells if cell.field not in EditionRow.categories_in_words)
            yield Continued(*places, cells, _both_categories(before, old, now, new))


def _both_categories(before: Edition, old: EditionRow, now: Edition, new: EditionRow) -> tuple[str, str]:
    """What both years say, unless neither says anything."""
    says_nothing = old.progress == before.scale.unset.code and new.progress == now.scale.unset.code
    return ("", "") if says_nothing else (old.progress_label, new.progress_label)


@dataclass(frozen=True)
class RowChange:
    """An item that a correction added, took out or changed."""

    kind_label: str
    place: Place
    cells: Sequence[WordingChange]


@dataclass(frozen=True)
class Correction:
    """A corrected edition; `against` is the number of the public edition before it."""

    number: int
    against: int
    public_from: datetime
    note: str
    rows: Sequence[RowChange]

    @property
    def before_label(self) -> str:
        """第1版, the edition that it corrects."""
        return f"第{self.against}版"

    @property
    def label(self) -> str:
        """第2版."""
        return f"第{self.number}版"


def correction_changes(edition: Edition) -> Sequence[Correction]:
    """The corrections up to this edition, latest first; two queries, or one when there is none.

    Withdrawn and scheduled editions are passed over: each is compared with what citizens could see before it.
    """
    public = Edition.objects.public().filter(report=edition.report_id, number__lte=edition.number)
    editions = list(public.order_by("number"))
    if len(editions) < 2:
        return []
    rows: dict[int, Rows] = {one.pk: {} for one in editions}
    for row in EditionRow.objects.filter(edition__in=list(rows)).order_by("position").defer("search_text"):
        rows[row.edition_id][row.item_id] = row
    return [_correction(old, rows[old.pk], new, rows[new.pk]) for old, new in pairwise(editions)][::-1]


def _correction(before: Edition, old: Rows, after: Edition, new: Rows) -> Correction:
    changes = list(_row_changes(before, old, after, new))
    return Correction(after.number, before.number, after.public_from, after.correction_note, changes)


def _row_changes(before: Edition, old: Rows, after: Edition, new: Rows) -> Iterator[RowChange]:
    words = mark_words(before, after)
    for key, row in new.items():
        if key not in old:
            yield RowChange("追加", place(after, row), ())
        elif cells := (
            *cell_changes(old[key], row, words),
            *figure_changes(old[key], row),
            *number_changes(old[key], row),
        ):
            yield RowChange("変更", place(after, row), cells)
    for key, row in old.items():
        if key not in new:
            yield RowChange("削除", place(before, row), ())
