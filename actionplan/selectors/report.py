"""A year's report as an outline: policies → measures → items, in the newsletter's order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from actionplan.cells import EXTRAS
from actionplan.models import EditionRow, label_of

STATUS_HEADING = "実施状況"
AREAS, TAGS, EVIDENCE = (label_of(EditionRow, name) for name in ("areas", "tags", "evidence"))


@dataclass(frozen=True)
class Mark:
    """A mark and the words that it stands for."""

    symbol: str
    label: str
    short_name: str = ""


@dataclass(frozen=True)
class PublishedCell:
    """A cell of an item, besides those that every item has: its name and its words."""

    label: str
    words: str


@dataclass(frozen=True)
class NamedCell:
    """The areas or the tags of an item. page: what the page of one name is called among the addresses."""

    label: str
    page: str
    names: Sequence[str]

    @property
    def words(self) -> str:
        """The names as one text."""
        return "、".join(self.names)


@dataclass(frozen=True)
class PublishedVoice:
    """The text of a related department or a partner, which stands beside the lead's; kind: related or partner."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class ItemOutline:
    """One item's row: its number as this edition prints it, and the public id that its own page is called by.

    plain_code: the number in figures, by which the row is found on the page. contact: how to reach its department.
    """

    code: str
    plain_code: str
    public_id: str
    marks: Sequence[Mark]
    name: str
    content: str
    status: str
    progress: str
    progress_label: str
    extras: Sequence[PublishedCell]
    department_name: str
    correction_note: str
    areas: Sequence[str] = ()
    tags: Sequence[str] = ()
    evidence: Sequence[dict] = ()
    voices: Sequence[PublishedVoice] = ()
    contact: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> list[NamedCell]:
        """Its areas and its tags, those of the two that there are."""
        both = NamedCell(AREAS, "area", self.areas), NamedCell(TAGS, "tag", self.tags)
        return [cell for cell in both if cell.names]

    @property
    def further(self) -> list[PublishedCell | NamedCell]:
        """Whatever stands below the status on paper: what more is said and by whom, then areas, tags and evidence."""
        words = evidence_words(self.evidence)
        voices = (PublishedCell(voice.name, voice.text) for voice in self.voices)
        return [*self.more, *voices, *self.named, *([PublishedCell(EVIDENCE, words)] if words else [])]

    @property
    def more(self) -> list[PublishedCell]:
        """Those of the extras that say something."""
        return [cell for cell in self.extras if cell.words]


@dataclass(frozen=True)
class MeasureOutline:
    """One ■ with its table; status_heading as the original heads the column."""

    number: int
    code: str
    title: str
    status_heading: str
    items: Sequence[ItemOutline]
    printed: str = ""

    @property
    def heading(self) -> str:
        """Its title, behind its number where the edition prints one."""
        return f"{self.printed}　{self.title}" if self.printed else self.title

    @property
    def has_marks(self) -> bool:
        """Whether any of its items bears a mark; a table without has no column for them."""
        return any(item.marks for item in self.items)

    @property
    def has_contents(self) -> bool:
        """Whether any of its items says what the plan wants of it; a table without has no column for it."""
        return any(item.content for item in self.items)

    @property
    def heading_differs(self) -> bool:
        """Whether the original heads the status column with another word."""
        return self.status_heading != STATUS_HEADING


@dataclass(frozen=True)
class PolicyOutline:
    """One 施策."""

    number: int
    title: str
    measures: Sequence[MeasureOutline]
    printed: str = ""

    @property
    def item_count(self) -> int:
        """How many items the policy holds."""
        return sum(len(measure.items) for measure in self.measures)


@dataclass(frozen=True)
class ReportOutline:
    """A year's report: its front matter as published, the legend, the policies."""

    title: str
    label: str
    front_matter: dict
    legend: Sequence[Mark]
    policies: Sequence[PolicyOutline]

    @property
    def shared_note(self) -> str:
        """The note of a correction that every row bears: it is said once, above them."""
        notes = {item.correction_note for policy in self.policies for each in policy.measures for item in each.items}
        return notes.pop() if len(notes) == 1 and self.item_count > 1 else ""

    @property
    def numbered(self) -> bool:
        """Whether its items' numbers stand in a column: where the edition prints one otherwise than in figures."""
        return "item_printed" in self.front_matter.get("printed", ())

    @property
    def item_count(self) -> int:
        """How many items the report holds."""
        return sum(policy.item_count for policy in self.policies)


def report_outline(front_matter: dict, rows: Iterable[EditionRow]) -> ReportOutline:
    """The outline of rows that stand in page order, saved or not; no query of its own."""
    legend = {actor["symbol"]: Mark(**actor) for actor in front_matter["actors"]}
    policies = [_policy(group, legend) for group in _groups(rows, "policy_number")]
    return ReportOutline(front_matter["title"], front_matter["label"], front_matter, list(legend.values()), policies)


def _groups(rows: Iterable[EditionRow], number: str) -> list[list[EditionRow]]:
    """The rows of each number, in the order in which the numbers come."""
    return [list(group) for _, group in groupby(rows, key=attrgetter(number))]


def _policy(rows: list[EditionRow], legend: dict[str, Mark]) -> PolicyOutline:
    # By number alone: an edition of before that holds two titles of one number is shown under the first of them.
    measures = [_measure(group, legend) for group in _groups(rows, "measure_number")]
    first = rows[0]
    return PolicyOutline(first.policy_number, first.policy_title, measures, first.policy_printed)


def _measure(rows: list[EditionRow], legend: dict[str, Mark]) -> MeasureOutline:
    first = rows[0]
    code = f"{first.policy_number}-{first.measure_number}"
    items = [item_outline(row, legend) for row in rows]
    facts = (first.measure_number, code, first.measure_title, first.status_heading, items, first.measure_printed)
    return MeasureOutline(*facts)


def item_outline(row: EditionRow, legend: dict[str, Mark]) -> ItemOutline:
    """One row as an outline; legend: marks by symbol."""
    return ItemOutline(
        code=row.code,
        plain_code=row.plain_code,
        public_id=row.public_id,
        marks=[legend[symbol] for symbol in row.actor_symbols if symbol in legend],
        name=row.item_name,
        content=row.content,
        status=row.status,
        progress=row.progress,
        progress_label=row.progress_label,
        extras=[
            *(PublishedCell(cell.label, getattr(row, cell.published_words)) for cell in EXTRAS),
            *(PublishedCell(figure.name, figure.words) for figure in row.read_figures),
        ],
        department_name=row.department_name,
        correction_note=row.correction_note,
        areas=row.areas,
        tags=row.tags,
        evidence=row.evidence,
        voices=[PublishedVoice(**voice) for voice in row.voices],
        contact=row.department_contact,
    )


def evidence_words(evidence: Iterable[dict]) -> str:
    """What the evidence is, in words: its captions, for a picture without one what stands for it."""
    return "、".join(each["caption"] or each.get("alt", "") for each in evidence)
