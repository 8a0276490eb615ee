"""One item through the years, found by its public id, or by a code that it once bore."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from django.db.models import F
from django.http import Http404

from actionplan.cells import CHOICES, EXTRAS
from actionplan.figures import Frozen
from actionplan.models import Edition, EditionRow
from actionplan.scale import Category
from actionplan.selectors.editions import bearing
from actionplan.selectors.report import AREAS, EVIDENCE, TAGS, ItemOutline, Mark, evidence_words, item_outline
from actionplan.wording import Wording, wording_changes


@dataclass(frozen=True)
class ItemYear:
    """The item as one year's public edition printed it; number is the edition's."""

    edition: Edition
    year: int
    key: str
    label: str
    number: int
    public_from: datetime
    policy_number: int
    policy_title: str
    measure_title: str
    status_heading: str
    item: ItemOutline
    contact: dict
    sample: bool
    merged_from: Sequence[dict]
    origins: Sequence[dict]
    figures: Sequence[Frozen]
    policy_printed: str
    measure_printed: str
    position: int

    @property
    def category(self) -> Category | None:
        """The category that people set for the year; None where they set none."""
        found = self.edition.scale.find(self.item.progress)
        return found if found and not found.is_unset else None


def item_history(public_id: str) -> Sequence[ItemYear]:
    """The item's years, latest first.

    Raises Http404 when no public edition has the item. One query, however many items there are.
    """
    public = Edition.objects.public().latest_per_year()
    rows = EditionRow.objects.filter(edition__in=public.values("pk"), public_id=public_id)
    years = [
        _item_year(row)
        for row in rows.select_related("edition__report__plan").order_by("-edition__report__fiscal_year")
    ]
    if not years:
        raise Http404(f"「{public_id}」という項目は、公表された報告にありません。")
    return years


@dataclass(frozen=True)
class Heir:
    """An item of a later plan that goes on with this one, as that plan's newest public year names it."""

    public_id: str
    name: str
    plan: str


def heirs(public_id: str) -> list[Heir]:
    """The items that name this one among those that they come from, in the order of their plans and codes.

    Read from what is public: while no edition says it, no page does. An item is asked about its newest year, which
    staff may have drawn otherwise since. One query.
    """
    newest: dict[str, EditionRow] = {}
    public = Edition.objects.public().latest_per_year().values("pk")
    rows = EditionRow.objects.filter(edition__in=public)
    named = rows.filter(bearing("origins", public_id)).order_by().values("public_id")
    of_them = rows.filter(public_id__in=named).annotate(plan_title=F("edition__front_matter__plan__title"))
    order = ("-edition__report__fiscal_year", "edition__report__plan", "position")
    for row in of_them.only("public_id", "item_name", "origins").order_by(*order):
        newest.setdefault(row.public_id, row)
    found = [row for row in newest.values() if any(old["public_id"] == public_id for old in row.origins)]
    return [Heir(row.public_id, row.item_name, row.plan_title) for row in found]  # type: ignore[attr-defined]


def first_with_code(policy: int, measure: int, item: int) -> str:
    """The public id of the item that bore the code when a public edition first printed it.

    Raises Http404 when none ever did. One query.
    """
    rows = EditionRow.objects.filter(policy_number=policy, measure_number=measure, item_number=item)
    public = rows.filter(edition__in=Edition.objects.public().values("pk"))
    found = public.order_by("edition__public_from", "edition").values_list("public_id", flat=True).first()
    if found is None:
        raise Http404(f"「{policy}-{measure}-{item}」という項目は、公表された報告にありません。")
    return found


def _item_year(row: EditionRow) -> ItemYear:
    front = row.edition.front_matter
    legend = {actor["symbol"]: Mark(actor["symbol"], actor["label"]) for actor in front["actors"]}
    return ItemYear(
        edition=row.edition,
        year=front["fiscal_year"],
        key=row.edition.key,
        label=front["label"],
        number=row.edition.number,
        public_from=row.edition.public_from,
        policy_number=row.policy_number,
        policy_title=row.policy_title,
        measure_title=row.measure_title,
        status_heading=row.status_heading,
        item=item_outline(row, legend),
        contact=row.department_contact,
        sample=front.get("sample", False),
        merged_from=row.merged_from,
        origins=row.origins,
        figures=row.read_figures,
        policy_printed=row.policy_printed,
        measure_printed=row.measure_printed,
        position=row.position,
    )


@dataclass(frozen=True)
class Neighbours:
    """The items before and after one on the page of its latest year; None at either end."""

    before: EditionRow | None
    after: EditionRow | None


def neighbours(year: ItemYear) -> Neighbours:
    """Those of the year's edition; one query."""
    places = (year.position - 1, year.position + 1)
    rows = EditionRow.objects.filter(edition=year.edition, position__in=places).only(
        "position", "public_id", "item_name"
    )
    found = {row.position: row for row in rows}
    return Neighbours(*(found.get(place) for place in places))


# A cell of words rather than sentences (進捗区分, 担当課): one that changed is marked whole.
FEW_WORDS = 20
# More columns than this are too narrow to read beside each other: older years follow in a table of their own.
COLUMNS = 3


@dataclass(frozen=True)
class YearCell:
    """What a year wrote in a cell; wording is against the year before, None where nothing is compared: for the first
    year, and for a category of another scale, of which the note says so.

    same_as: the year after it, where that wrote the same, so that it need not be read twice.
    """

    label: str
    text: str
    wording: Wording | None
    note: str = ""
    same_as: str = ""

    @property
    def brief(self) -> bool:
        """Whether the cell holds a few words only."""
        return len(self.text) <= FEW_WORDS


@dataclass(frozen=True)
class CellRow:
    """A cell through the years, latest first."""

    label: str
    cells: Sequence[YearCell]

    @property
    def is_constant(self) -> bool:
        """Whether every year of several wrote the same."""
        return len(self.cells) > 1 and all(cell.same_as for cell in self.cells[1:])

    @property
    def says_nothing(self) -> bool:
        """Whether no year wrote anything, or the name is the one that stands above the table."""
        texts = {cell.text for cell in self.cells}
        return texts == {""} or (self.label == NAME and len(texts) == 1)


@dataclass(frozen=True)
class YearTable:
    """Up to three years beside each other, latest first, and their rows; rows that say nothing are left out."""

    years: Sequence[ItemYear]
    rows: Sequence[CellRow]


def _marks(year: ItemYear) -> str:
    return "、".join(mark.symbol + mark.label for mark in year.item.marks)


def _extra(label: str, year: ItemYear) -> str:
    return next(cell.words for cell in year.item.extras if cell.label == label)


NAME = "項目"
OTHER_SCALE = "前の年度とは、進捗区分の決め方が違います。"
CATEGORIES = {cell.label for cell in CHOICES}
Reading = Callable[[ItemYear], str]
# What came of it first, then what was meant.
READINGS: dict[str, Reading] = {
    "実施状況": lambda year: year.item.status,
    "進捗区分": lambda year: year.item.progress_label,
    **{cell.label: partial(_extra, cell.label) for cell in EXTRAS},
    NAME: lambda year: year.item.name,
    "アクションプランの内容": lambda year: year.item.content,
    "主体": _marks,
    AREAS: lambda year: "、".join(year.item.areas),
    TAGS: lambda year: "、".join(year.item.tags),
    EVIDENCE: lambda year: evidence_words(year.item.evidence),
    "担当課": lambda year: year.item.department_name,
}


def year_tables(years: Sequence[ItemYear]) -> Sequence[YearTable]:
    """The item's years (latest first) in tables of up to three; no query of its own."""
    rows = [CellRow(label, _cells(years, reading, label in CATEGORIES)) for label, reading in READINGS.items()]
    starts = range(0, len(years), COLUMNS)
    return [YearTable(years[start : start + COLUMNS], _part(rows, start)) for start in starts]


def _cells(years: Sequence[ItemYear], reading: Reading, is_category: bool) -> list[YearCell]:
    """The cells of the years, latest first, each against the year before it where the two can be compared."""
    texts = [reading(year) for year in years]
    scales = [year.edition.scale.identity if is_category else None for year in years]
    pairs = zip(pairwise(texts), pairwise(scales), strict=True)
    wordings = [wording_changes(old, new) if now == before else None for (new, old), (now, before) in pairs]
    notes = ["" if wording else OTHER_SCALE for wording in wordings]
    # Across the break of a table nothing is folded: the text stands in the other one.
    same = [
        years[place].label if wording and not wording.changed and (place + 1) % COLUMNS and texts[place] else ""
        for place, wording in enumerate(wordings)
    ]
    facts = zip([year.label for year in years], texts, [*wordings, None], [*notes, ""], ["", *same], strict=True)
    return [YearCell(*each) for each in facts]


def _part(rows: list[CellRow], start: int) -> list[CellRow]:
    parts = [CellRow(row.label, row.cells[start : start + COLUMNS]) for row in rows]
    return [row for row in parts if not row.says_nothing]
