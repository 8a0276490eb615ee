"""An item named by its number (3-2-1), where a plan has more items than a list can be read."""

import re

from django import forms

from actionplan.models import ActionItem

MOST = 300
NUMBER = re.compile(r"([0-9]{1,4})-([0-9]{1,4})-([0-9]{1,4})")
NO_SUCH = "「%(number)s」という項目は見つかりません。3-2-1 のように、項目の番号を書いてください。"


def find_item(text: str) -> ActionItem | None:
    """The item with this number, or with this key as links and stored values carry it."""
    items = ActionItem.objects.select_related("measure__policy")
    if numbers := NUMBER.fullmatch(text):
        policy, measure, number = map(int, numbers.groups())
        return items.filter(measure__policy__number=policy, measure__number=measure, number=number).first()
    return items.filter(pk=int(text)).first() if re.fullmatch(r"[0-9]{1,15}", text) else None


def no_such_item(text: str) -> forms.ValidationError:
    """The error for a number that no item has."""
    return forms.ValidationError(NO_SUCH, params={"number": text})


class ItemByNumber(forms.CharField):
    """An item by its number, shown as its number and its name."""

    def __init__(self, *, label: str, required: bool) -> None:
        super().__init__(label=label, required=required, max_length=20, help_text="項目の番号を書きます。例：3-2-1")

    def prepare_value(self, value: object) -> object:
        """The number of the item, also for its key."""
        item = value if isinstance(value, ActionItem) else find_item(str(value or ""))
        return item.code if item else value

    def clean(self, value: str | None) -> ActionItem | None:
        """The item, None for an empty box. Raises ValidationError for a number that no item has."""
        text = super().clean(value)
        item = find_item(text)
        if text and item is None:
            raise no_such_item(text)
        return item

    def has_changed(self, initial: object, data: str | None) -> bool:
        """Whether another item is named than before."""
        return str(self.prepare_value(initial) or "") != str(self.prepare_value(data) or "")
