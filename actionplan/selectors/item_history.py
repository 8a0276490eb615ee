"""One item through the years, found by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from actionplan.models import Edition, EditionRow
from actionplan.selectors.report import ItemOutline, Mark, item_outline


@dataclass(frozen=True)
class ItemYear:
    """The item as one year's public edition printed it; number is the edition's."""

    year: int
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


def item_history(policy: int, measure: int, item: int) -> Sequence[ItemYear]:
    """The item's years, latest first. The code is read in the latest public year that has it.

    Raises Http404 when no public edition has an item of that code. Three queries, however many items there are.
    """
    public = Edition.objects.public().latest_per_year()
    rows = EditionRow.objects.filter(edition__in=public.values("pk")).order_by("-edition__report__fiscal_year")
    coded = rows.filter(policy_number=policy, measure_number=measure, item_number=item)
    identity = coded.values_list("item", flat=True).first()
    if identity is None:
        raise Http404(f"「{policy}-{measure}-{item}」という項目は、公表された報告にありません。")
    return [_item_year(row) for row in rows.filter(item=identity).select_related("edition")]


def _item_year(row: EditionRow) -> ItemYear:
    front = row.edition.front_matter
    legend = {actor["symbol"]: Mark(actor["symbol"], actor["label"]) for actor in front["actors"]}
    return ItemYear(
        year=front["fiscal_year"],
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
    )
