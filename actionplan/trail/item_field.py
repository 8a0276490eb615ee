"""The chooser of an item: by name from a list while a list can be read, by its number in a plan of many items."""

from collections.abc import Collection

from actionplan.admin import pickers
from actionplan.admin.pickers import ItemByNumber, no_such_item
from actionplan.models import ActionItem, YearlyStatus
from actionplan.trail.names import GONE, Names

LABEL = "項目"


class ItemCode(ItemByNumber):
    """The key of an item, as text; of one that the person may see."""

    def __init__(self, own: Collection[int] | None) -> None:
        super().__init__(label=f"{LABEL}の番号（例：3-2-1）", required=False)
        self.own = own

    def clean(self, value: str | None) -> str:
        """The key. Raises ValidationError when the person may see no such item."""
        item = super().clean(value)
        if item and self.own is not None and item.pk not in self.own:
            raise no_such_item(value)
        return str(item.pk) if item else ""


def own_items(departments: Collection[int] | None) -> set[int] | None:
    """The items that the departments have answered for; None when every item may be seen."""
    if departments is None:
        return None
    own = YearlyStatus.objects.filter(department__in=departments).values_list("item", flat=True)
    return set(own.distinct().order_by())


def item_choices(names: Names, own: Collection[int] | None) -> list[tuple[str, list]] | None:
    """The items under their policies, in the plan's order, deleted ones too; None when there are too many to read."""
    if (len(own) if own is not None else ActionItem.objects.count()) > pickers.MOST:
        return None
    names.learn_items(own)
    rows = [item for item in names.rows[ActionItem].values() if own is None or item.pk in own]
    groups: dict[str, list] = {}
    for item in sorted(rows, key=_place):
        gone = "" if (ActionItem, item.pk) in names.live else GONE
        groups.setdefault(str(item.measure.policy), []).append((str(item.pk), f"{item}{gone}"))
    return list(groups.items())


def _place(item: ActionItem) -> tuple[int, ...]:
    policy = item.measure.policy
    return (policy.number, policy.pk or 0, item.measure.number, item.number, item.pk)
