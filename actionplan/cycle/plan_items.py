"""The plan's items as opening a year needs them: those that only sample years know are left out."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from actionplan.models import ActionItem, AnnualReport, Plan, YearlyStatus

PLACE = ("measure__policy__number", "measure__number", "number")
OWN = ("pk", "name", "ended", "lead_department_id", "successor_id")
NEXT = ("successor__name", *(f"successor__{name}" for name in PLACE))


class PlanItem(NamedTuple):
    """An item without the weight of a model: a large plan has tens of thousands of them.

    lead_department, successor_id: primary keys. next_code, next_name: of the item that follows; empty for none.
    """

    pk: int
    name: str
    ended: bool
    lead_department: int | None
    successor_id: int | None
    code: str
    next_code: str
    next_name: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def successor(self) -> str:
        """The item that follows, in words."""
        return f"{self.next_code} {self.next_name}".strip()

    @property
    def is_gone(self) -> bool:
        """Whether no answer is asked for any more."""
        return self.ended or self.successor_id is not None


def plan_items(plan: Plan) -> list[PlanItem]:
    """live_items() as PlanItems; one query."""
    return [
        PlanItem(*own, _code(place), _code(following) if name else "", name or "")
        for own, place, (name, *following) in map(_parts, live_items(plan).values_list(*OWN, *PLACE, *NEXT))
    ]


def _parts(row: tuple) -> tuple[tuple, tuple, tuple]:
    own, place = len(OWN), len(OWN) + len(PLACE)
    return row[:own], row[own:place], row[place:]


def _code(numbers: Iterable[int]) -> str:
    return "-".join(map(str, numbers))


def live_items(plan: Plan) -> QuerySet[ActionItem]:
    """The plan's items in report order, ended ones too, without those that only sample years know."""
    statuses = YearlyStatus.objects.filter(item=OuterRef("pk"))
    made_up = Exists(statuses.filter(report__sample=True)) & ~Exists(statuses.filter(report__sample=False))
    return ActionItem.objects.filter(measure__policy__plan=plan).exclude(made_up).order_by(*PLACE)


def missing_items(report: AnnualReport) -> QuerySet[ActionItem]:
    """The plan's items that go on and have no answer in the year."""
    going_on = live_items(report.plan).filter(ended=False, successor=None)
    return going_on.filter(~Q(statuses__report=report))
