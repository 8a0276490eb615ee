"""Pickers in place of free text: marks as checkboxes, years with their era, departments those in force first."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field, ForeignKey, ManyToManyField, Q
from django.http import HttpRequest
from django.utils import timezone

from actionplan.admin import ForModelAdmin
from actionplan.admin.finding import folded, has_several_plans
from actionplan.fiscal_year import fiscal_year_of, web_label
from actionplan.folding import MARK, fold
from actionplan.models import (
    ActionItem,
    ActorType,
    AnnualReport,
    Area,
    Department,
    Measure,
    Plan,
    Policy,
    Stage,
)
from actionplan.words import NO_DEPARTMENT

EMPTY = ("", "（選んでください）")
NO_MARK = "主体（★●◎）を1つ以上選んでください。"
MARKS_HELP = "主体の記号を使う計画では、1つ以上選びます。使わない計画では、どれも選びません。"
YEAR_FIELDS = {"fiscal_year", "start_year", "end_year", "last_year"}
# What a row's own name needs, so that a list of choices asks once and not once a row.
NAMED_WITH = {Policy: [], Measure: ["policy"], ActionItem: ["measure__policy"], AnnualReport: []}
# The way to the plan of what a list of choices offers.
PLAN_OF = {Policy: "plan", Measure: "policy__plan", ActionItem: "measure__policy__plan"}


def year_choices(blank: bool = False) -> list[tuple]:
    """Fiscal years with their era labels, from the earliest that the plan or a report names to the year after next."""
    stages = Stage.objects.values_list("start_year", "end_year")
    known = [
        *AnnualReport.objects.values_list("fiscal_year", flat=True),
        *(year for stage in stages for year in stage if year),
        fiscal_year_of(timezone.localdate()),
    ]
    years = range(min(known), max(known) + 3)
    return [("", "（決まっていない）" if blank else EMPTY[1]), *((year, web_label(year)) for year in years)]


def department_choices() -> list[tuple]:
    """Departments for a select: those in force first, the others apart below them."""
    day = timezone.localdate()
    groups: dict[bool, list] = {True: [], False: []}
    for department in Department.objects.all():
        ended = department.in_force_until is not None and department.in_force_until < day
        groups[department.exists_on(day)].append((department.pk, f"{department}{'（廃止）' if ended else ''}"))
    others = [("廃止された課・これからできる課", groups[False])] if groups[False] else []
    return [("", f"（{NO_DEPARTMENT}）"), *groups[True], *others]


def _once(request: HttpRequest, name: str, read: Callable[[], Any]) -> Any:
    """What reading gave the first time in this request: a page builds its forms several times over."""
    kept = request.__dict__.setdefault("picker_choices", {})
    if name not in kept:
        kept[name] = read()
    return kept[name]


def plan_of(row: Any) -> Plan:
    """The plan of a policy, a measure or an item."""
    for name in PLAN_OF[type(row)].split("__"):
        row = getattr(row, name)
    return row


def with_plan(row: Any) -> str:
    """3-2-1 出前講座（第2次計画）."""
    return f"{row}（{plan_of(row).name}）"


class PicksMixin(ForModelAdmin):
    """Swaps the form fields of a ModelAdmin or an inline for pickers, their choices fetched once a form set."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field | None:
        """Django's field, or a select of years; the small icons beside selects are left out."""
        if db_field.name in YEAR_FIELDS:
            return forms.TypedChoiceField(
                label=db_field.verbose_name.replace("（西暦）", ""),
                choices=_once(request, f"years {db_field.null}", lambda: year_choices(blank=db_field.null)),
                coerce=int,
                empty_value=None,
                required=not db_field.null,
                error_messages={"unique": "この年度の年次報告は、すでにあります。"},
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs) -> Any:
        """A select whose choices are read once."""
        model = db_field.remote_field.model
        if model in NAMED_WITH and "queryset" not in kwargs:
            path = PLAN_OF.get(model) if has_several_plans(request) else None
            kwargs["queryset"] = model.objects.select_related(*([path] if path else NAMED_WITH[model]))
        if model is ActionItem and _once(request, "many items", lambda: ActionItem.objects.count() > MOST):
            return ItemByNumber(label=str(db_field.verbose_name), required=not db_field.blank)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if model in PLAN_OF and has_several_plans(request):
            field.label_from_instance = with_plan
        if model is Department:
            field.choices = _once(request, "departments", department_choices)
        return field

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs) -> Any:
        """Marks, areas, related departments and partners as checkboxes; other relations as Django has them."""
        model: Any = db_field.remote_field.model
        if model not in (ActorType, Area) and db_field.name not in ("related_departments", "partners"):
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        kwargs["widget"] = forms.CheckboxSelectMultiple
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name in ("related_departments", "partners"):
            if model is Department:
                field.choices = _once(request, "departments", department_choices)[1:]
            return field
        field.choices = [(row.pk, str(row)) for row in model.objects.all()]
        field.help_text = MARKS_HELP if model is ActorType else ""
        return field


MOST = 300
NUMBER = re.compile(r"([0-9]{1,4})-([0-9]{1,4})-([0-9]{1,4})")
BY_NUMBER = "項目の番号か公開IDか名前を書きます。例：3-2-1"
SEVERAL = "「%(number)s」の項目は、いくつかあります。番号のかわりに公開IDを書いてください：%(ids)s"
# How many items of one name a refusal tells.
MOST_NAMED = 10
LONGEST_TYPED = 200
NO_SUCH = "「%(number)s」という項目は見つかりません。3-2-1 のように、項目の番号を書いてください。"


def find_items(text: str) -> list[ActionItem]:
    """The items with this number as it is printed, else by its numbers, one in each plan that has it; or with this
    public id, or with this key as links and stored values carry it: digits alone are a key.
    """
    items = ActionItem.objects.select_related("measure__policy__plan")
    if re.fullmatch(r"[0-9]{1,15}", text):
        return list(items.filter(pk=int(text)))
    if text and (named := list(items.filter(Q(printed_number=text) | Q(public_id=text)))):
        return named
    if numbers := NUMBER.fullmatch(fold(text).replace(MARK, "")):
        policy, measure, number = map(int, numbers.groups())
        return list(items.filter(measure__policy__number=policy, measure__number=measure, number=number))
    return []


def named_items(text: str) -> list[ActionItem]:
    """The items of this name, however its letters are written; two queries."""
    name = folded(text)
    found = [pk for pk, stored in ActionItem.objects.values_list("pk", "name") if folded(stored) == name]
    items = ActionItem.objects.filter(pk__in=found).select_related("measure__policy__plan")
    return list(items.order_by("measure__policy__plan", "measure__policy__number", "measure__number", "number"))


def no_such_item(text: str) -> forms.ValidationError:
    """The error for a number that no item has."""
    return forms.ValidationError(NO_SUCH, params={"number": text})


class ItemByNumber(forms.CharField):
    """An item by its number, shown as its number and its name."""

    def __init__(self, *, label: str, required: bool) -> None:
        super().__init__(label=label, required=required, max_length=LONGEST_TYPED, help_text=BY_NUMBER)

    def prepare_value(self, value: object) -> object:
        """The number of the item, also for its key; its public id where no number leads to it alone."""
        found = [value] if isinstance(value, ActionItem) else find_items(str(value or ""))
        if len(found) != 1:
            return value
        names = (found[0].code, found[0].plain_code, found[0].public_id)
        return next((name for name in names if find_items(name) == found), value)

    def clean(self, value: str | None) -> ActionItem | None:
        """The item, None for an empty box. Raises ValidationError for a number that no item has, or several have."""
        text = super().clean(value)
        found = find_items(text) or (named_items(text) if text else [])
        if text and not found:
            raise no_such_item(text)
        if len(found) > 1:
            ids = "、".join(f"{with_plan(item)}は{item.public_id}" for item in found[:MOST_NAMED])
            raise forms.ValidationError(SEVERAL, params={"number": text, "ids": ids})
        return found[0] if found else None

    def has_changed(self, initial: object, data: str | None) -> bool:
        """Whether another item is named than before."""
        return str(self.prepare_value(initial) or "") != str(self.prepare_value(data) or "")


KEY = re.compile(r"[0-9]{1,18}")


def number_in(text: str | None) -> int | None:
    """The number that the text is; None for anything else, and for one longer than any key of the database."""
    return int(text) if text and KEY.fullmatch(text) else None
