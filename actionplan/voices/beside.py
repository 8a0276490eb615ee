"""What stands beside a department's own answers: the texts of others on its items, and its own on others' items."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from actionplan.models import OPEN_STATES, AnnualReport, Department, Edition, State, Succession, Voice
from actionplan.voices.asked import of_departments, voices_of


@dataclass(frozen=True)
class BesideText:
    """The text of another, as the lead department reads it: its words once they were handed in.

    name: of the department of today, or of the partner.
    """

    voice: Voice
    name: str
    lead_text: str

    @property
    def words(self) -> str:
        """What was handed in; empty while it was not."""
        return self.voice.text if self.voice.is_handed_in else ""

    @property
    def block(self) -> str:
        """How it stands in the lead's text once it is joined."""
        return self.voice.block if self.voice.name else f"【{self.name}】{self.voice.text}"

    @property
    def is_joined(self) -> bool:
        """Whether the lead's stored text holds it, name and words."""
        return bool(self.words.strip()) and self.block in self.lead_text

    @property
    def may_join(self) -> bool:
        """Whether the lead may take it into its own text: a partner's words stay the partner's."""
        return bool(self.words.strip()) and not self.voice.partner_id and not self.is_joined


def joined_text(own: str, beside: Iterable[BesideText]) -> str:
    """The lead's text with the texts that it may join after it, each under its name."""
    parts = [own.rstrip("\n")] if own.strip() else []
    return "\n".join([*parts, *(each.block for each in beside if each.may_join)])


@dataclass(frozen=True)
class SheetVoices:
    """The rows that concern a department's sheet: those on its own items by item, and those that it writes itself."""

    by_item: dict[int, list[Voice]]
    own: Sequence[Voice]
    names: dict[int | None, str]

    def beside(self, item: int, lead_text: str) -> list[BesideText]:
        """The texts of others on the item."""
        found = self.by_item.get(item, ())
        return [self._text(voice, lead_text) for voice in sorted(found, key=attrgetter("place"))]

    def _text(self, voice: Voice, lead_text: str) -> BesideText:
        return BesideText(voice, self.names.get(voice.department_id) or voice.source, lead_text)

    @property
    def summary(self) -> list[tuple[str, str, int]]:
        """Code, name and count of each state of the department's own rows that there is."""
        counts = Counter(voice.state for voice in self.own)
        return [(state.value, state.label, counts[state]) for state in State if counts[state]]


NONE = SheetVoices({}, (), {})


def sheet_voices(
    report: AnnualReport, forms: frozenset[int | None], items: Iterable[int], succession: Succession, day: date
) -> SheetVoices:
    """The rows on these items, and those of the department; one query. forms: every form of the department."""
    wanted, by_item, own = set(items), defaultdict(list), []
    for voice in voices_of(report).filter(Q(item__in=wanted) | of_departments(forms)):
        if voice.item_id in wanted:
            by_item[voice.item_id].append(voice)
        if voice.department_id in forms and voice.department_id is not None:
            own.append(voice)
    names: dict[int | None, str] = {
        pk: str(succession.by_pk[succession.current(pk, day)]) for pk in succession.by_pk if pk is not None
    }
    return SheetVoices(dict(by_item), own, names)


@dataclass(frozen=True)
class RelatedTally:
    """How far a department has come with what it writes as a related one in a year."""

    report: AnnualReport
    department: Department
    open: int
    returned: int
    total: int

    @property
    def address(self) -> str:
        """The page of these texts."""
        return reverse("admin:related_texts", args=[self.report.key, self.department.pk])

    @property
    def words(self) -> str:
        """In sentences, what waits."""
        back = f"差し戻された文が{self.returned}件あります。" if self.returned else ""
        return f"{back}{self.total}項目のうち{self.total - self.open}項目が提出済み"


def related_tallies(departments: frozenset[int], succession: Succession, day: date) -> list[RelatedTally]:
    """What these departments write as related ones, in years that are under way; two queries, or one."""
    if not departments:
        return []
    published = Exists(Edition.objects.standing().filter(report=OuterRef("report")))
    rows = Voice.objects.filter(of_departments(departments), report__sample=False)
    under_way = rows.filter(~published | Q(state=State.RETURNED)).order_by()
    states: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for report, department, state in under_way.values_list("report", "department", "state"):
        states[report, succession.current(department, day)][state] += 1
    reports = AnnualReport.objects.select_related("plan").in_bulk({report for report, _ in states}) if states else {}
    found = [
        RelatedTally(
            reports[report],
            succession.by_pk[pk],
            sum(counts[state] for state in OPEN_STATES),
            counts[State.RETURNED],
            counts.total(),
        )
        for (report, pk), counts in states.items()
    ]
    return sorted(found, key=lambda tally: (-tally.report.fiscal_year, tally.report.plan_id, tally.department.place))
