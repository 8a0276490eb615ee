"""Departments: their contact blocks and people. What is renamed, merged or split goes through the page of its own."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplan import permissions
from actionplan.admin.base import PortalAdmin
from actionplan.admin.organisation.department_filters import LABELS, ExistenceFilter, existence_today
from actionplan.admin.organisation.department_form import DepartmentForm
from actionplan.cycle.names import full_name
from actionplan.models import Department
from actionplan.organisation.holdings import left_behind
from actionplan.organisation.registered import is_to_come, undoable

MISTAKES_ONLY = (
    "ここで課名・係名を直すのは、誤字を訂正するときだけにしてください。"
    "課の名前が変わった・統合した・分かれたときは「組織改正」の画面で行います。前の名前がこれまでの年度に残ります。"
)
LEFT_BEHIND = "引き継ぐ課のないまま廃止日を入れました。残っているもの：{}。引き継ぐ課があれば選んでください。"
DAYS = (
    "ふだんは「組織改正」の画面で自動的に入ります。ここで直すのは、日付や引き継いだ課を間違えて登録したときだけです。"
)


class MembersField(forms.ModelMultipleChoiceField):
    """People by their names."""

    def label_from_instance(self, person: User) -> str:
        """山田 太郎（yamada）."""
        return f"{full_name(person)}（{person.username}）"


@admin.register(Department)
class DepartmentAdmin(PortalAdmin):
    """担当課."""

    form = DepartmentForm
    change_form_template = "admin/reorganise/department_change_form.html"
    list_display = ["name", "unit", "order", "phone", "existence", "in_force_from", "in_force_until", "successor"]
    list_filter = [ExistenceFilter]
    list_select_related = ["successor"]
    search_fields = ["name", "unit"]
    search_help_text = "課名か係名で探します。"
    filter_horizontal = ["members"]
    fieldsets = (
        ("名称", {"fields": ["name", "unit", "order"], "description": MISTAKES_ONLY}),
        ("連絡先", {"fields": ["postal_code", "address", "phone", "fax", "email"]}),
        ("設置と廃止", {"fields": ["in_force_from", "in_force_until", "successor"], "description": DAYS}),
        ("職員", {"fields": ["members"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Departments with whether they exist today."""
        return super().get_queryset(request).annotate(existence=existence_today())

    def get_ordering(self, request: HttpRequest) -> list:
        """Those that stand first, then those to come."""
        return [existence_today().asc(), *Department._meta.ordering]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """The columns; the way to the reorganisation only for those who may take it."""
        return [*self.list_display, *(["reorganise_link"] if permissions.may_coordinate(request.user) else [])]

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs) -> forms.Field:
        """People who can log in, and those who are in the department already, by name."""
        if db_field.name == "members":
            used = Q(is_active=True, is_staff=True) | Q(departments=request.resolver_match.kwargs.get("object_id"))
            people = User.objects.filter(used).distinct().order_by("last_name", "first_name", "username")
            kwargs |= {"form_class": MembersField, "queryset": people}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: DepartmentForm, formsets: list, change: bool) -> None:
        """Saves the people; points out what a department leaves behind that ends without a successor."""
        super().save_related(request, form, formsets, change)
        department = form.instance
        ends = {"in_force_until", "successor"} & set(form.changed_data) and department.in_force_until
        if ends and not department.successor_id and (left := left_behind(department)):
            self.message_user(request, LEFT_BEHIND.format(left), messages.WARNING)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's page, told whether a reorganisation, and taking one back, may be offered."""
        department = context.get("original")
        context["may_reorganise"] = may = permissions.may_coordinate(request.user)
        context["undoable"] = undoable(department) if may and department else []
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="今ある課か", ordering="existence")
    def existence(self, department: Department) -> str:
        """Whether the department exists today, in words."""
        return LABELS[department.existence]

    @admin.display(description="組織改正", empty_value="")
    def reorganise_link(self, department: Department) -> SafeString | str:
        """The way to renaming, merging and splitting, or to taking that back; none for a department that has ended."""
        if department.in_force_until and not is_to_come(department):
            return ""
        page, words = ("undo_reorganisation", "取り消す") if department.in_force_until else ("reorganise", "組織改正")
        address = reverse(f"admin:{page}", args=[department.pk])
        name = f"{department}の組織改正{'を取り消す' if department.in_force_until else ''}"
        return format_html('<a href="{}" aria-label="{}">{}</a>', address, name, words)
