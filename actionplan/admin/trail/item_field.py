"""The chooser of an item: by name from a list while a list can be read, by its number in a plan of many items."""

import re
from collections.abc import Collection

from django import forms

from actionplan.models import ActionItem, YearlyStatus
from actionplan.trail.names import GONE, Names

MOST = 300
CODE = re.compile(r"([0-9]{1,4})-([0-9]{1,4})-([0-9]{1,4})")
NO_SUCH = "「%(code)s」という項目は見つかりません。3-2-1 のように、項目の番号を書いてください。"
LABEL = "項目"


class ItemCode(forms.CharField):
    """The key of an item, as text, from its number (3-2-1), or from its key as links carry it."""

    def __init__(self, own: Collection[int] | None) -> None:
        super().__init__(label=f"{LABEL}の番号（例：3-2-1）", required=False, max_length=20)
        self.own = own

    def prepare_value(self, value: str | None) -> str | None:
        """The number, also for a key."""
        item = _found(value or "")
        return item.code if item else value

    def clean(self, value: str | None) -> str:
        """The key. Raises ValidationError when the person may see no such item."""
        text = super().clean(value)
        item = _found(text)
        if text and (item is None or (self.own is not None and item.pk not in self.own)):
            raise forms.ValidationError(NO_SUCH, params={"code": text})
        return str(item.pk) if item else ""


def _found(text: str) -> ActionItem | None:
    items = ActionItem.objects.select_related("measure__policy")
    if numbers := CODE.fullmatch(text):
        policy, measure, number = map(int, numbers.groups())
        return items.filter(measure__policy__number=policy, measure__number=measure, number=number).first()
    return items.filter(pk=int(text)).first() if re.fullmatch(r"[0-9]{1,15}", text) else None


def own_items(departments: Collection[int] | None) -> set[int] | None:
    """The items that the departments have answered for; None when every item may be seen."""
    if departments is None:
        return None
    own = YearlyStatus.objects.filter(department__in=departments).values_list("item", flat=True)
    return set(own.distinct().order_by())


def item_choices(names: Names, own: Collection[int] | None) -> list[tuple[str, list]] | None:
    """The items under their policies, in the plan's order, deleted ones too; None when there are too many to read."""
    if (len(own) if own is not None else ActionItem.objects.count()) > MOST:
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
