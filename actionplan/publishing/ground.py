"""What a year's rows are made of: few queries however many rows, and what rows share is built once, not once a row."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, NamedTuple

from actionplan.models import ActionItem, AnnualReport, Department, Measure
from actionplan.publishing.front_matter import contact_facts


class Answer(NamedTuple):
    """An answer and its item, without the weight of two models: a large year has tens of thousands of them."""

    pk: int
    state: str
    department: int | None
    text: str
    progress: str
    outcome: str
    challenge: str
    next_step: str
    item: int
    number: int
    name: str
    content: str
    measure: int


CELLS = ("pk", "state", "department_id", "text", "progress", "outcome", "challenge", "next_step")
ITEM_CELLS = ("item_id", "item__number", "item__name", "item__content", "item__measure_id")


@dataclass(frozen=True)
class Ground:
    """The year's answers in page order, and what hangs on them by primary key.

    measures: the cells of an edition's row that a measure and its policy word. departments: as they are called now.
    contacts: their contact blocks. marks: symbols in the legend's order, by item. merged: the items that were merged
    into an item, by that item. items: the primary keys that were asked for, None for the whole year.
    """

    answers: Sequence[Answer]
    measures: Mapping[int, dict[str, Any]]
    departments: Mapping[int | None, str]
    contacts: Mapping[int | None, dict]
    marks: Mapping[int, str]
    merged: Mapping[int, list[dict]]
    items: Collection[int] | None = None

    def code(self, answer: Answer) -> str:
        """The code of the answer's item: 3-2-1."""
        measure = self.measures[answer.measure]
        return f"{measure['policy_number']}-{measure['measure_number']}-{answer.number}"


def ground_of(report: AnnualReport, items: Collection[int] | None = None) -> Ground:
    """The ground of the report as the live tables have it now; items: of these primary keys alone, None for all."""
    measures = {row.pk: _measure_cells(row) for row in Measure.objects.select_related("policy")}
    among = {} if items is None else {"item__in": items}
    found = report.statuses.filter(**among).order_by().values_list(*CELLS, *ITEM_CELLS)
    answers = sorted(starmap(Answer, found), key=lambda answer: _place(measures[answer.measure], answer))
    departments = {row.pk: row for row in Department.objects.filter(pk__in={answer.department for answer in answers})}
    return Ground(
        answers,
        measures,
        {pk: str(row) for pk, row in departments.items()},
        {pk: contact_facts(row) for pk, row in departments.items()},
        _marks(report, items),
        _merged(report, items),
        items,
    )


def _measure_cells(measure: Measure) -> dict[str, Any]:
    return {
        "policy_number": measure.policy.number,
        "policy_title": measure.policy.title,
        "measure_number": measure.number,
        "measure_title": measure.title,
        "measure_relisted": measure.relisted,
        "status_heading": measure.status_heading,
    }


def _place(measure: Mapping[str, Any], answer: Answer) -> tuple[int, ...]:
    return (measure["policy_number"], measure["measure_number"], answer.number, answer.item)


def _marks(report: AnnualReport, items: Collection[int] | None) -> Mapping[int, str]:
    marks: dict[int, str] = defaultdict(str)
    chosen = ActionItem.actors.through.objects.filter(**_which("actionitem", report, items))
    for item, symbol in chosen.order_by("actortype__order").values_list("actionitem_id", "actortype__symbol"):
        marks[item] += symbol
    return marks


def _merged(report: AnnualReport, items: Collection[int] | None) -> Mapping[int, list[dict]]:
    merged: dict[int, list[dict]] = defaultdict(list)
    for old in ActionItem.objects.filter(**_which("successor", report, items)).select_related("measure__policy"):
        merged[old.successor_id].append({"item": old.pk, "code": old.code, "name": old.name})
    return merged


def _which(path: str, report: AnnualReport, items: Collection[int] | None) -> dict[str, Any]:
    return {f"{path}__statuses__report": report} if items is None else {f"{path}__in": items}
