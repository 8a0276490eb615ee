"""The departments whose workbooks a person may download, with what each workbook holds."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from actionplan.inquiry.ground import Ground
from actionplan.models import YearlyStatus, place_of


@dataclass(frozen=True)
class Door:
    """One department's workbook: the department's name, how many items it has this year, where to get it."""

    name: str
    items: int
    address: str


def doors(ground: Ground) -> list[Door]:
    """The workbooks that there are for this person, by department; that of no department comes last. One query."""
    counted = YearlyStatus.objects.filter(report=ground.report).order_by().values_list("department")
    items: Counter[int | None] = Counter()
    for department, number in counted.annotate(Count("pk")):
        items[ground.current(department)] += number
    own = [department for department in items if ground.standing.may_answer_for(department)]
    return [
        Door(ground.name(pk), items[pk], reverse("admin:inquiry_workbook", args=[ground.report.fiscal_year, pk or 0]))
        for pk in sorted(own, key=lambda pk: place_of(ground.succession.by_pk.get(pk)))
    ]
