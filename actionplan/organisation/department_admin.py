"""Departments, with their contact blocks and people, their table to bring in and take out, and partners outside the
city hall.

What is renamed, merged or split goes through the page of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import Case, Count, ManyToManyField, Model, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplan import permissions
from actionplan.admin.base import PortalAdmin
from actionplan.admin.locking import KeepingForm
from actionplan.models import Department, Partner, label_of
from actionplan.organisation.membership import tidy
from actionplan.organisation.people import is_to_come, undoable
from actionplan.organisation.reorganise import left_behind
from actionplan.plan.importing import ImportsFiles
from actionplan.plan.table_cells import Key, NumberCell, Stock, TextCell, as_compared
from actionplan.plan.tables import Field, TreeResource, number_column
from actionplan.trail.object_history import ReadableHistory
from actionplan.words import full_name

NAME, UNIT, ORDER = (label_of(Department, name) for name in ("name", "unit", "order"))
TWICE = "同じ課名・係名の担当課が、同じ時期にすでにあります：{twin}。一覧で確かめてください。"


class LineCell(TextCell):
    """One line without blanks at its edges, which no list shows; mails and files bear what stands in it."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> str:
        """The text, with a blank for each line break."""
        return " ".join(filter(None, map(str.strip, super().clean(value).splitlines())))


class OrderCell(NumberCell):
    """A whole number, or nothing."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> Any:
        """The number, None for an empty cell. Raises CellError."""
        return super().clean(value) if value and value.strip() else None


def line_column(name: str) -> Field:
    """The column of one of the department's lines, under the name that its form has."""
    return Field(name, label_of(Department, name), LineCell())


class DepartmentResource(TreeResource):
    """担当課."""

    keys = {NAME: "name", UNIT: "unit"}
    # Nothing stands above a department; what it points to stays.
    parent = "successor"
    twice = "同じ課名・係名の行がほかにもあります。1行にまとめてください。"

    pk = number_column("ID", "pk", readonly=True)
    name = line_column("name")
    unit = line_column("unit")
    order = Field("order", ORDER, OrderCell(ORDER))
    postal_code = line_column("postal_code")
    address = line_column("address")
    phone = line_column("phone")
    fax = line_column("fax")
    email = line_column("email")
    optional = frozenset(field.column_name for field in (pk, unit, order, postal_code, address, phone, fax, email))

    class Meta:
        model = Department
        fields = ("pk", "name", "unit", "order", "postal_code", "address", "phone", "fax", "email")

    def get_queryset(self) -> QuerySet:
        """The departments that have not ended; what has ended goes by the form alone."""
        return not_ended(super().get_queryset())

    def filter_export(self, queryset: QuerySet, **kwargs) -> QuerySet:
        """The rows of the list that have not ended."""
        return not_ended(queryset)

    def line(self, row: dict) -> tuple[str, Key]:
        """The ID of the line, and its name as people compare it."""
        return row.get("ID", "").strip(), (_compared(row[NAME], row.get(UNIT, "")),)

    def find_parent(self, row: dict, instance: Any) -> Any:
        """The department's successor, as it is."""
        return instance.successor

    def make_ready(self, lines: list[tuple[str, Key]]) -> None:
        """Reads the stored departments; one that the file names by its ID is found by nothing else."""
        self.every = list(Department.objects.all())
        self.stock = DepartmentStock(self.get_queryset().select_for_update(of=("self",)), lines)

    def more_faults(self, instance: Any, row: dict) -> dict[str, str]:
        """That another department bears the name at the same time; one that keeps its name is not asked."""
        kept = next((each for each in self.every if each.pk == instance.pk), None)
        if kept and (kept.name, kept.unit) == (instance.name, instance.unit):
            return {}
        twin = twin_of(instance, self.every)
        return {NAME: TWICE.format(twin=with_days(twin))} if twin else {}


class DepartmentStock(Stock):
    """The stored departments: by ID, and by name, those in force before those to come."""

    def __init__(self, rows: QuerySet, lines: Sequence[tuple[str, Key]]) -> None:
        super().__init__(rows, ("name", "unit"))
        named, day = {pk for pk, _ in lines}, timezone.localdate()
        free = [row for pk, row in self.by_pk.items() if pk not in named]
        free.sort(key=lambda each: each.exists_on(day))
        self.by_key: dict[Key, Model] = {(_compared(each.name, each.unit),): each for each in free}


def _compared(name: str, unit: str) -> str:
    return as_compared(f"{name} {unit}")


def not_ended(departments: QuerySet) -> QuerySet:
    """Those that stand today or are to come."""
    return departments.filter(Q(in_force_until=None) | Q(in_force_until__gte=timezone.localdate()))


def twin_of(department: Department, every: Iterable[Department]) -> Department | None:
    """Another department that lists show under the same name at the same time."""
    name = tidy(str(department))
    others = (each for each in every if each.pk != department.pk and tidy(str(each)) == name)
    return next((each for each in others if _overlap(each, department)), None)


def _overlap(one: Department, other: Department) -> bool:
    return all(
        (first.in_force_from or date.min) <= (second.in_force_until or date.max)
        for first, second in ((one, other), (other, one))
    )


def with_days(department: Department) -> str:
    """「総務課」（2020-04-01設置、2026-03-31廃止）."""
    days = {"設置": department.in_force_from, "廃止": department.in_force_until}
    told = "、".join(f"{day:%Y-%m-%d}{label}" for label, day in days.items() if day)
    return f"「{department}」{f'（{told}）' if told else ''}"


# In the order of the list.
STANDS, TO_COME, ENDED = range(3)
LABELS = {STANDS: "今ある課", TO_COME: "これからできる課", ENDED: "廃止された課"}


def existence_today() -> Case:
    """STANDS, TO_COME or ENDED today, for the database."""
    day = timezone.localdate()
    ended, to_come = When(in_force_until__lt=day, then=Value(ENDED)), When(in_force_from__gt=day, then=Value(TO_COME))
    return Case(ended, to_come, default=Value(STANDS))


class ExistenceFilter(SimpleListFilter):
    """Departments that stand, that are to come, or that have ended; over rows annotated with their existence."""

    title, parameter_name = "今あるかどうか", "existence"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The three kinds."""
        return [(str(kind), label) for kind, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The departments of the kind; all unless one is chosen."""
        kinds: dict[str | None, int] = {str(kind): kind for kind in LABELS}
        return queryset.filter(existence=kinds[self.value()]) if self.value() in kinds else queryset


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
            self.add_error("name", TWICE.format(twin=with_days(twin)))
        if cleaned.get("successor") and not cleaned.get("in_force_until"):
            self.add_error("in_force_until", NO_END)
        if self.instance.pk and _leads_to(cleaned.get("successor"), self.instance.pk):
            self.add_error("successor", CIRCLE)
        return cleaned

    def _twin(self, cleaned: dict) -> Department | None:
        """Another department that lists show under the same name at the same time."""
        wanted = Department(pk=self.instance.pk, name=cleaned.get("name", ""), unit=cleaned.get("unit", ""))
        wanted.in_force_from, wanted.in_force_until = cleaned.get("in_force_from"), cleaned.get("in_force_until")
        return twin_of(wanted, Department.objects.all())


def _leads_to(department: Department | None, pk: int) -> bool:
    """Whether the chain of successors comes to the department with this key."""
    seen: set[int] = set()
    while department and department.pk not in seen:
        if department.pk == pk:
            return True
        seen.add(department.pk)
        department = department.successor
    return False


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
class DepartmentAdmin(ImportsFiles, ReadableHistory, PortalAdmin):
    """担当課."""

    resource_classes = [DepartmentResource]
    file_stem = "departments"
    form = DepartmentForm
    change_form_template = "admin/reorganise/department_change_form.html"
    list_display = ["name", "unit", "order", "phone", "existence", "in_force_from", "in_force_until", "successor"]
    list_filter = [ExistenceFilter]
    list_select_related = ["successor"]
    search_fields = ["name", "unit"]
    search_help_text = "課名か係名で探します。全角と半角、新旧の字体は区別しません。"
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
        return [existence_today().asc(), *(Department._meta.ordering or ())]

    def get_list_display(self, request: HttpRequest) -> list[str | Callable[[Any], str | bool]]:
        """The columns; the way to the reorganisation only for those who may take it."""
        return [*self.list_display, *(["reorganise_link"] if permissions.may_coordinate(request.user) else [])]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs
    ) -> forms.ModelMultipleChoiceField | None:
        """People who can log in, and those who are in the department already, by name."""
        if db_field.name == "members":
            assert request.resolver_match is not None  # the request has come to a page of the admin
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
    def existence(self, department: Any) -> str:
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


@admin.register(Partner)
class PartnerAdmin(ReadableHistory, PortalAdmin):
    """相手方: who carries items out together with the city and has no account."""

    list_display = ["name", "email", "active", "item_count"]
    search_fields = ["name"]
    search_help_text = "名前で探します。"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Partners with the number of their items."""
        return super().get_queryset(request).annotate(items_of_partner=Count("items"))

    @admin.display(description="項目の数")
    def item_count(self, partner: Any) -> int:
        """How many items it is a partner of."""
        return partner.items_of_partner
