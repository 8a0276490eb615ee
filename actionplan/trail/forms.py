"""The question that the page of records asks: plain choosers by name, each narrowed to what the person may see."""

from collections.abc import Collection, Iterable

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils import timezone

from actionplan.admin import pickers
from actionplan.admin.pickers import ItemByNumber, no_such_item
from actionplan.models import ActionItem, AnnualReport, Department, YearlyStatus, place_of
from actionplan.trail.kinds import ACTIONS, ANSWERS, Reach
from actionplan.trail.names import GONE, Names
from actionplan.trail.wanted import Wanted

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


EVERYTHING = ("", "すべて")
NO_DEPARTMENT = ("0", "（担当課なし）")
NOT_YOURS = "選んだ条件の記録は、ご覧になれません。一覧から選び直してください。"
BAD_DAY = "日付は、2026-04-01 の形で書いてください。"
BACKWARDS = "終わりの日が、始まりの日より前になっています。"


class TrailForm(forms.Form):
    """What to look for; empty boxes narrow nothing."""

    item = forms.ChoiceField(label=LABEL, required=False)
    department = forms.ChoiceField(label="担当課", required=False)
    person = forms.ChoiceField(label="操作した人", required=False)
    year = forms.ChoiceField(label="年度", required=False)
    kind = forms.ChoiceField(label="種類", required=False)
    action = forms.ChoiceField(label="操作", required=False, choices=[EVERYTHING, *ACTIONS.items()])
    first = forms.DateField(label="始まりの日", required=False, error_messages={"invalid": BAD_DAY})
    last = forms.DateField(label="終わりの日", required=False, error_messages={"invalid": BAD_DAY})
    words = forms.CharField(label="理由・ファイル名のことば", required=False, max_length=100)
    object = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, names: Names, reach: Reach) -> None:
        super().__init__(_plain(data, names), label_suffix="")
        self.names, self.reach = names, reach
        own = own_items(reach.departments)
        items = item_choices(names, own)
        if items is None:
            self.fields["item"] = ItemCode(own)
        choices = {
            **({} if items is None else {"item": items}),
            "department": self._departments(),
            "person": self._people(),
            "year": _by_name((row.fiscal_year, str(row)) for row in names.living(AnnualReport))[::-1],
            "kind": [(kind.key, str(kind)) for kind in reach.kinds],
        }
        for name, found in choices.items():
            self.fields[name].choices = [EVERYTHING, *found]
            self.fields[name].error_messages["invalid_choice"] = NOT_YOURS
        if len(reach.kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _departments(self) -> list[tuple[str, str]]:
        """Those that stand today, and ended ones that nobody follows."""
        succession, day = self.names.succession(), timezone.localdate()
        standing = {succession.current(pk, day) for pk in succession.by_pk}
        if self.reach.departments is not None:
            standing &= self.reach.departments
        rows = sorted((succession.by_pk[pk] for pk in standing), key=place_of)
        found = [(str(row.pk), str(row)) for row in rows]
        return [*found, NO_DEPARTMENT] if self.reach.departments is None else found

    def _people(self) -> list[tuple[str, str]]:
        if self.reach.departments is not None:
            self.fields["person"].widget = forms.HiddenInput()
        return _by_name((user.pk, self.names.of(User, user.pk)) for user in self.names.living(User))

    def clean(self) -> dict:
        """The cleaned data; the last day is not before the first."""
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", BACKWARDS)
        return cleaned

    def wanted(self) -> Wanted:
        """The question in the trail's own terms; only for a form that is valid."""
        told = self.cleaned_data
        keys = {name: int(told[name]) if told[name] else None for name in ("item", "person", "year")}
        plain = {name: told[name] for name in ("kind", "action", "first", "last", "words")}
        return Wanted(**keys, **plain, number=told["object"], departments=self._forms_of(told["department"]))

    def _forms_of(self, department: str) -> frozenset[int | None]:
        """Every form of the department, the ended ones that it follows too."""
        if department in ("", "0"):
            return frozenset({None}) if department else frozenset()
        return self.names.succession().standing_for([int(department)], timezone.localdate())


def _plain(data: QueryDict, names: Names) -> dict[str, str]:
    """The address in the form's own terms: ?status= is an answer by its key, an ended department its successor."""
    plain = {name: value for name, value in data.items() if value}
    if status := plain.pop("status", ""):
        plain |= {"kind": ANSWERS.key, "object": status}
    department = plain.get("department", "")
    if department.isdecimal() and names.find(Department, int(department)):
        succession = names.succession()
        if int(department) in succession.by_pk:
            plain["department"] = str(succession.current(int(department), timezone.localdate()))
    return plain


def _by_name(pairs: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    return sorted(((str(pk), name) for pk, name in pairs), key=lambda pair: pair[1])
