"""Departments, which are renamed and merged every April."""

from django.contrib import admin
from django.utils import timezone

from actionplan.admin.base import PortalAdmin
from actionplan.admin.keeping import KeepingForm
from actionplan.admin.pickers import in_force
from actionplan.models import Department

RENAMED = "課の名前が変わったときは、古い課に廃止日を入れ、新しい課を追加して「引き継いだ課」に選びます。"

TWICE = "同じ課名・係名・設置日の担当課が、すでにあります。一覧で確かめてください。"


class DepartmentForm(KeepingForm):
    """Says in words that a department is there already; the constraint would name itself."""

    def clean(self) -> dict:
        """The cleaned data, with an error at the name of a department that is there already."""
        cleaned = super().clean()
        same = {name: cleaned.get(name) for name in ("name", "unit", "in_force_from")}
        if Department.objects.filter(**same).exclude(pk=self.instance.pk).exists():
            self.add_error("name", TWICE)
        return cleaned


@admin.register(Department)
class DepartmentAdmin(PortalAdmin):
    """担当課."""

    form = DepartmentForm
    list_display = ["name", "unit", "phone", "is_in_force", "in_force_from", "in_force_until", "successor"]
    list_select_related = ["successor"]
    search_fields = ["name", "unit"]
    search_help_text = "課名か係名で探します。"
    filter_horizontal = ["members"]
    fieldsets = (
        ("名称", {"fields": ["name", "unit"]}),
        ("連絡先", {"fields": ["postal_code", "address", "phone", "fax", "email"]}),
        (
            "設置と廃止",
            {"fields": ["in_force_from", "in_force_until", "successor"], "description": RENAMED},
        ),
        ("職員", {"fields": ["members"]}),
    )

    @admin.display(description="今ある課か")
    def is_in_force(self, department: Department) -> str:
        """Whether the department exists today, in words."""
        return "今ある" if in_force(department, timezone.localdate()) else "今はない"
