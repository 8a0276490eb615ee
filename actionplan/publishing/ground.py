"""What a year's rows are made of: four queries however many rows, and what rows share is built once, not once a row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actionplan.models import ActionItem, AnnualReport, Measure, YearlyStatus
from actionplan.publishing.front_matter import contact_facts


@dataclass(frozen=True)
class Ground:
    """The year's answers in page order, each with its item, measure, policy and department; and what hangs on those.

    marks: symbols in the legend's order, by item. merged: the items that were merged into an item, by that item.
    contacts: the contact block, by department.
    """

    statuses: Sequence[YearlyStatus]
    marks: Mapping[int, str]
    merged: Mapping[int, list[dict]]
    contacts: Mapping[int, dict]


def ground_of(report: AnnualReport) -> Ground:
    """The ground of the report as the live tables have it now."""
    measures = {row.pk: row for row in Measure.objects.select_related("policy")}
    statuses = list(report.statuses.select_related("item", "department").order_by())
    for status in statuses:
        status.item.measure = measures[status.item.measure_id]
    statuses.sort(key=_place)
    departments = {status.department_id: status.department for status in statuses if status.department}
    contacts = {pk: contact_facts(department) for pk, department in departments.items()}
    return Ground(statuses, _marks(report), _merged(report), contacts)


def _place(status: YearlyStatus) -> tuple[int, ...]:
    item, measure = status.item, status.item.measure
    return (measure.policy.number, measure.number, item.number, item.pk)


def _marks(report: AnnualReport) -> Mapping[int, str]:
    chosen = ActionItem.actors.through.objects.filter(actionitem__statuses__report=report)
    marks: dict[int, str] = defaultdict(str)
    for item, symbol in chosen.order_by("actortype__order").values_list("actionitem_id", "actortype__symbol"):
        marks[item] += symbol
    return marks


def _merged(report: AnnualReport) -> Mapping[int, list[dict]]:
    merged: dict[int, list[dict]] = defaultdict(list)
    for old in ActionItem.objects.filter(successor__statuses__report=report).select_related("measure__policy"):
        merged[old.successor_id].append({"item": old.pk, "code": old.code, "name": old.name})
    return merged
