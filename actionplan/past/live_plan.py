"""The plan as it stands, for a past report that is laid over it: its rows by number and name, and items alike."""

from collections import Counter
from collections.abc import Mapping

from actionplan.folding import fold
from actionplan.models import ActionItem, ActorType, AnnualReport, Department, Measure, Plan, Policy
from actionplan.past.choices import PastLine
from actionplan.past.likeness import Number
from actionplan.scale import Scale

LIKE, MOST_CANDIDATES = 0.45, 6


def categories(scale: Scale) -> list[tuple[str, str]]:
    """Code and label of each category that a past year may have: retired ones too, 未設定 apart."""
    return [(each.code, each.label) for each in (*scale.chosen, *scale.retired)]


def pairs_of(text: str) -> set[str]:
    """The pairs of letters of a text, folded: what two wordings of one thing share."""
    folded = fold(text)
    return {folded[index : index + 2] for index in range(max(1, len(folded) - 1))}


class Alike:
    """Texts by key, each found by what it shares with another text."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self.sizes: dict[int, int] = {}
        self.holders: dict[str, list[int]] = {}
        for key, text in texts.items():
            pairs = pairs_of(text)
            self.sizes[key] = len(pairs)
            for pair in pairs:
                self.holders.setdefault(pair, []).append(key)

    def shares(self, text: str) -> dict[int, float]:
        """How much of each text that shares anything with this one, from 0 to 1."""
        pairs = pairs_of(text)
        shared = Counter(key for pair in pairs for key in self.holders.get(pair, ()))
        return {key: 2 * count / (len(pairs) + self.sizes[key]) for key, count in shared.items()}


class LivePlan:
    """The plan as it stands; five queries."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.scale = plan, plan.scale
        measures = Measure.objects.filter(policy__plan=plan).select_related("policy")
        items = ActionItem.objects.filter(measure__policy__plan=plan).select_related("measure__policy")
        self.items: dict[int, ActionItem] = {item.pk: item for item in items.prefetch_related("actors")}
        self.policies: dict[int, Policy] = {policy.number: policy for policy in Policy.objects.filter(plan=plan)}
        self.measures: dict[Number, Measure] = {(each.policy.number, each.number): each for each in measures}
        self.by_name: dict[str, list[ActionItem]] = {}
        self.by_public_id = {item.public_id: item for item in self.items.values()}
        self.alike = Alike({item.pk: f"{item.name}{item.content}" for item in self.items.values()})
        self.alike_names = Alike({item.pk: item.name for item in self.items.values()})
        for item in self.items.values():
            self.by_name.setdefault(item.name, []).append(item)
        self.departments = list(Department.objects.all())
        self.marks = list(ActorType.objects.all())
        self.reports = list(AnnualReport.objects.filter(plan=plan))

    @property
    def facts(self) -> list:
        """What a person has seen of it, as far as it matters here."""
        items = [(item.pk, item.code, item.name, item.content) for item in self.items.values()]
        scale = categories(self.scale)
        titles = [(number, str(policy)) for number, policy in sorted(self.policies.items())]
        below = [(number, str(measure)) for number, measure in sorted(self.measures.items())]
        offices = [(department.pk, str(department)) for department in self.departments]
        years = [report.fiscal_year for report in self.reports]
        return [self.plan.pk, scale, items, titles, below, offices, years]

    def exact(self, line: PastLine) -> list[ActionItem]:
        """The items that have the line's public id, or its very name and content."""
        if line.public_id in self.by_public_id:
            return [self.by_public_id[line.public_id]]
        named = self.by_name.get(line.name, [])
        return [item for item in named if not line.content or item.content == line.content]

    def candidates(self, line: PastLine) -> list[ActionItem]:
        """The items that the line may be, the likeliest first."""
        exact = self.exact(line)
        likely = self.alike.shares(f"{line.name}{line.content}")
        for pk, share in self.alike_names.shares(line.name).items():
            likely[pk] = max(share, likely.get(pk, 0))
        best = sorted((pk for pk in likely if likely[pk] >= LIKE), key=lambda pk: -likely[pk])
        others = [self.items[pk] for pk in best[:MOST_CANDIDATES] if self.items[pk] not in exact]
        return [*exact, *others]
