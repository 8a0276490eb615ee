"""The form of a department: what the database would refuse, and what would leave two of one name, told in words."""

from datetime import date

from django import forms

from actionplan.admin.keeping import KeepingForm
from actionplan.models import Department
from actionplan.organisation.offices import tidy

TWICE = "同じ課名・係名の担当課が、同じ時期にすでにあります：{twin}。一覧で確かめてください。"
CIRCLE = "引き継いだ課をたどると、この課に戻ってきます。ほかの課を選んでください。"
NO_END = "引き継いだ課を選んだときは、廃止日も入れてください。"


class DepartmentForm(KeepingForm):
    """Says in words what the database would refuse, and what would leave nobody in charge."""

    def clean_name(self) -> str:
        """The name without blanks at its edges, which no list shows. Raises ValidationError for blanks alone."""
        if name := self.cleaned_data["name"].strip():
            return name
        raise forms.ValidationError(self.fields["name"].error_messages["required"], code="required")

    def clean_unit(self) -> str:
        """The unit without blanks at its edges."""
        return self.cleaned_data["unit"].strip()

    def clean(self) -> dict:
        """The cleaned data, with an error at the box that cannot stay as it is."""
        cleaned = super().clean()
        if twin := self._twin(cleaned):
            self.add_error("name", TWICE.format(twin=_with_days(twin)))
        if cleaned.get("successor") and not cleaned.get("in_force_until"):
            self.add_error("in_force_until", NO_END)
        if self.instance.pk and _leads_to(cleaned.get("successor"), self.instance.pk):
            self.add_error("successor", CIRCLE)
        return cleaned

    def _twin(self, cleaned: dict) -> Department | None:
        """Another department that lists show under the same name at the same time."""
        name = tidy(f"{cleaned.get('name', '')} {cleaned.get('unit', '')}")
        first, last = cleaned.get("in_force_from") or date.min, cleaned.get("in_force_until") or date.max
        others = (each for each in Department.objects.exclude(pk=self.instance.pk) if tidy(str(each)) == name)
        return next((each for each in others if _overlaps(each, first, last)), None)


def _overlaps(department: Department, first: date, last: date) -> bool:
    begun = (department.in_force_from or date.min) <= last
    return begun and first <= (department.in_force_until or date.max)


def _with_days(department: Department) -> str:
    days = {"設置": department.in_force_from, "廃止": department.in_force_until}
    told = "、".join(f"{day:%Y-%m-%d}{label}" for label, day in days.items() if day)
    return f"「{department}」{f'（{told}）' if told else ''}"


def _leads_to(department: Department | None, pk: int) -> bool:
    """Whether the chain of successors comes to the department with this key."""
    seen: set[int] = set()
    while department and department.pk not in seen:
        if department.pk == pk:
            return True
        seen.add(department.pk)
        department = department.successor
    return False
