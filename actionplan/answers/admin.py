"""The year's list: one report at a time in its printed order, written in place or in the full form."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import (
    ModelAdmin,
    ShowFacets,
    SimpleListFilter,
)
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplan import permissions
from actionplan.admin.base import PortalAdmin, SharedChoices, SharedRelated, marks_html, reason_of
from actionplan.admin.locking import LockedForm, record_field
from actionplan.admin.site import named, standing_in
from actionplan.answers.own_rows import OwnRows, fixed_in, may_write_in
from actionplan.answers.saving import HANDED_IN, Answer, save_answers
from actionplan.cells import CELLS, CHOICES, FIGURES, NAMES, TEXT
from actionplan.exports.tabular import CellsDoNotFit
from actionplan.figures import keys_of
from actionplan.models import ActorType, AnnualReport, PlanCategory, Policy, State, YearlyStatus
from actionplan.publishing.compose import compose
from actionplan.publishing.edition_admin import report_file
from actionplan.scale import DEFAULT, Scale
from actionplan.seen import Moved
from actionplan.trail.object_history import ReadableHistory


def reports_in(request: HttpRequest) -> list[AnnualReport]:
    """Every report, latest first, read once a request."""
    if "_reports" not in vars(request):
        vars(request)["_reports"] = list(AnnualReport.objects.select_related("plan"))
    return vars(request)["_reports"]


class YearFilter(SimpleListFilter):
    """One year at a time: the latest report unless another is chosen; there is no 「すべて」."""

    title = "年度"
    parameter_name = "report__id__exact"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The years that have a report, latest first."""
        return [(str(report.pk), str(report)) for report in reports_in(request)]

    def value(self) -> str | None:
        """The key of the report chosen, or of the latest; None when there is no report at all."""
        reports = [report for report, _ in self.lookup_choices]
        chosen = super().value()
        return chosen if chosen in reports else next(iter(reports), None)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the year."""
        return queryset.filter(report=self.value()) if self.value() else queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The years, without the choice of all, and without counts: how many items another year has says nothing."""
        for report, label in self.lookup_choices:
            address = changelist.get_query_string({self.parameter_name: report})
            yield {"selected": report == self.value(), "query_string": address, "display": label}


def shown_report(request: HttpRequest) -> AnnualReport | None:
    """The report whose year the list shows; the same choice as YearFilter's."""
    reports = {str(report.pk): report for report in reports_in(request)}
    chosen = reports.get(request.GET.get(YearFilter.parameter_name, ""))
    return chosen or next(iter(reports.values()), None)


class PolicyOfYear(SharedRelated):
    """Rows by a policy of the shown year's plan: other plans have policies of the same names."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Key and name of each policy; one query."""
        report = shown_report(request)
        return [(each.pk, str(each)) for each in Policy.objects.filter(plan=report.plan_id)] if report else []


class CategoryFilter(SharedChoices):
    """Rows by a category of the shown year's scale."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        report = shown_report(request)
        named = field.clone()
        named.choices = category_choices(report.scale if report else DEFAULT)
        named.set_attributes_from_name(field.name)
        super().__init__(named, request, *args, **kwargs)


def category_choices(scale: Scale) -> list[tuple[str, str]]:
    """Code and label of each category that a row may bear, retired ones and 未設定 last."""
    known = [*scale.chosen, *scale.retired, scale.unset]
    return [(each.code, each.label) for each in known]


class MarkFilter(SimpleListFilter):
    """Rows by who leads their item."""

    title = "主体"
    parameter_name = "mark"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The legend, which the page shows as well."""
        self.legend = list(ActorType.objects.all())
        return [(str(actor.pk), str(actor)) for actor in self.legend]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows whose item carries the mark."""
        known = self.value() in {str(actor.pk) for actor in self.legend}
        return queryset.filter(item__actors=self.value()) if known else queryset


GONE = (
    "この行は、ほかの人が削除しました。書いた文は欄に残っています。必要なら控えを取ってから、一覧を開き直してください。"
)

CONFIRMED = (
    "この項目は確定されているため、保存していません。"
    "直すときは、事務局が、くわしい画面の「この回答を訂正する」から書き直します。"
)

TWICE = "この項目の実施状況は、この年度にすでにあります。一覧から開いてください。"


class ScaledForm(LockedForm):
    """A form that offers the categories of the row's own plan."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for cell in CHOICES:
            if cell.name in self.fields:
                cast(forms.ChoiceField, self.fields[cell.name]).choices = self._choices(cell.name)

    def _choices(self, name: str) -> list[tuple[str, str]]:
        """What the row may become; for a new row, whose plan nobody knows yet, every plan's categories."""
        if self.instance.report_id:
            return [(each.code, each.label) for each in self.instance.scale.offered(getattr(self.instance, name))]
        own = PlanCategory.objects.filter(retired=False).order_by("plan", "order").values_list("code", "label")
        return list(dict([*own] or category_choices(DEFAULT)).items())


class StatusRowForm(ScaledForm):
    """The text and the category, in the list."""

    text = record_field(YearlyStatus, "text", rows=4)

    class Meta:
        model = YearlyStatus
        fields = ["text", "progress"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.cells:
                self.fields[name].widget.attrs["aria-label"] = f"{self.instance.item} {self.fields[name].label}"
            if not self.may_write(self.instance):
                self._close()

    @staticmethod
    def may_write(row: YearlyStatus) -> bool:
        """Whether the person may write the row; the list gives each request's own rule."""
        return row.state != State.CONFIRMED

    def _close(self) -> None:
        """A closed row is read only; what somebody sends for it all the same is refused in clean(), with the words.

        Not Field.disabled: that would drop, unseen, what was typed before somebody else closed the row.
        """
        self.fields["text"].widget.attrs["readonly"] = True
        progress = cast(forms.ChoiceField, self.fields["progress"])
        progress.choices = [(self.instance.progress, self.instance.scale.label(self.instance.progress))]
        progress.error_messages["invalid_choice"] = self._closed

    @property
    def _closed(self) -> str:
        return CONFIRMED if self.instance.state == State.CONFIRMED else HANDED_IN

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError for a row that is gone, closed or newer."""
        if not self.instance.pk:
            raise ValidationError(GONE, code="gone")
        if self.changed_data and not self.may_write(self.instance):
            raise ValidationError(self._closed, code="confirmed")
        return super().clean()


TEXTS = [cell for cell in CELLS if cell.kind == TEXT]
# A form with a box as high as the list says for each text of an answer.
CellsForm: Any = type(
    "CellsForm", (ScaledForm,), {cell.name: record_field(YearlyStatus, cell.name, rows=cell.rows) for cell in TEXTS}
)


class StatusForm(CellsForm):
    """Everything that staff write about an item's year."""

    class Meta:
        model = YearlyStatus
        fields: Any = forms.ALL_FIELDS
        error_messages = {NON_FIELD_ERRORS: {"unique_together": TWICE}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if (figures := self.fields.get(FIGURES.name)) and self.instance.pk:
            figures.help_text = "　".join(f"{key}＝" for key in keys_of(self.instance.declared))
        if progress := self.fields.get("progress"):
            progress.help_text = "　".join(
                f"{each.label}：{each.definition}" for each in _scale_of(self.instance).offered()
            )


def _scale_of(row: YearlyStatus) -> Scale:
    """The scale that the form of the row explains; the default one while nobody knows its plan."""
    return row.scale if row.report_id else DEFAULT


STEPS = ("answered", "submitted", "returned", "confirmed")
WHO_AND_WHEN = [f"{step}_{fact}" for step in STEPS for fact in ("person", "at")]
OVERTAKEN = (Moved, YearlyStatus.DoesNotExist)


@admin.register(YearlyStatus)
class YearlyStatusAdmin(OwnRows, ReadableHistory, PortalAdmin):
    """実施状況."""

    form = StatusForm
    list_display = ["code", "marks", "item_name", "text", "progress", "department_name", "state", "full_form"]
    list_display_links = ["full_form"]
    list_editable = ["text", "progress"]
    list_filter = [
        YearFilter,
        ("item__measure__policy", PolicyOfYear),
        MarkFilter,
        ("progress", CategoryFilter),
        ("department", SharedRelated),
        ("state", SharedChoices),
    ]
    show_facets = ShowFacets.ALWAYS
    show_full_result_count = False
    search_fields = [
        *("item__name", "item__content", "item__printed_number", "item__public_id", *(cell.name for cell in TEXTS)),
        *("department__name", "department__unit"),
    ]
    numbers = ("item__measure__policy__number", "item__measure__number", "item__number")
    search_help_text = "番号（3-2-1）、項目・アクションプランの内容・実施状況の文、担当課で探します。"
    sortable_by = ()
    actions = None
    fieldsets = (
        ("項目", {"fields": ["report", "item", "content", "actors"]}),
        ("実施状況", {"fields": NAMES}),
        ("担当と状態", {"fields": ["department", "state", "return_reason", *WHO_AND_WHEN, "read_revision"]}),
    )

    answered_person, submitted_person, returned_person, confirmed_person = (
        named(YearlyStatus, f"{step}_by") for step in STEPS
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Statuses with everything that a row shows."""
        rows = super().get_queryset(request).select_related("department", "item__measure__policy")
        return rows.prefetch_related(Prefetch("report", AnnualReport.objects.select_related("plan")), "item__actors")

    def get_fieldsets(self, request: HttpRequest, obj: YearlyStatus | None = None) -> Any:
        """Those above; the figures of an item that declares any only."""
        if obj is not None and obj.declared:
            return self.fieldsets
        return [(name, {"fields": [n for n in each["fields"] if n != FIGURES.name]}) for name, each in self.fieldsets]

    def get_readonly_fields(self, request: HttpRequest, obj: YearlyStatus | None = None) -> list[str]:
        """Report and item are fixed once they are chosen; the state moves by the steps of the round, never by hand."""
        return ["content", "actors", "state", "return_reason", *WHO_AND_WHEN, *fixed_in(request, obj)]

    def get_changelist_form(self, request: HttpRequest, **kwargs) -> type[forms.ModelForm]:
        """The form of a row."""
        return super().get_changelist_form(request, form=StatusRowForm, fields=self.list_editable, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list. A save that somebody overtakes at the last moment is asked again, and then shows both texts."""
        try:
            response = super().changelist_view(request, extra_context)
        except OVERTAKEN:
            return self.changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if cl := context.get("cl"):
            context |= self._list_facts(cl)
        return response

    def _list_facts(self, cl: Any) -> dict:
        # A refused save shows the rows that were sent, also those that no longer pass the filter: Django would pair
        # the boxes with whatever rows the filter gives now.
        if cl.formset is not None and cl.formset.is_bound:
            cl.result_list = [form.instance for form in cl.formset.forms]
        year = next((spec for spec in cl.filter_specs if isinstance(spec, YearFilter)), None)
        titles: dict[str | None, Any] = dict(year.lookup_choices) if year else {}
        title = titles[year.value()] if year else "年次報告がまだありません"
        return {
            "title": f"実施状況　{title}",
            "report_pk": year and year.value(),
            "legend": [actor for spec in cl.filter_specs for actor in getattr(spec, "legend", ())],
            "refused": [form for form in getattr(cl.formset, "forms", ()) if form.non_field_errors()],
        }

    def changeform_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """The full form, with the same second asking."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except OVERTAKEN:
            return self.changeform_view(request, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, with the ways to the department's own page and to a correction for who may go them."""
        row, standing = context.get("original"), standing_in(request)
        if row and standing.may_answer_for(row.department_id):
            place = reverse("admin:answer_sheet", args=[row.report.key, row.department_id or 0])
            context |= {"answers": f"{place}#item-{row.pk}", "stands_in": standing.stands_in(row.department_id)}
        confirmed = row is not None and row.state == State.CONFIRMED
        context["correctable"] = confirmed and permissions.may_coordinate(request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Saves by the one way (saving.py); a new row is stored as it is, with who wrote it."""
        changed = set(form.changed_data)
        if not change:
            if changed & set(NAMES):
                obj.answered_by, obj.answered_at = request.user, timezone.now()
            return super().save_model(request, obj, form, change)
        cells = {name: getattr(obj, name) for name in NAMES if name in changed}
        department = (obj.department_id,) if "department" in changed else ()
        answer = Answer(obj.pk, obj.revision, cells, department=department)
        save_answers([answer], by=request.user, reason=reason_of(request, "~"), may_write=may_write_in(request))

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the year as a file."""
        view = self.admin_site.admin_view(self.download)
        return [path("download/<int:pk>.<str:ending>", view, name="statuses-download"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int, ending: str) -> HttpResponse:
        """The year as it stands now, in the columns of the open data."""
        permissions.require(permissions.may_export(request.user, YearlyStatus))
        report = AnnualReport.objects.select_related("plan").filter(pk=pk).first()
        if report is None:
            raise Http404("この年次報告はありません。")
        draft = compose(report)
        try:
            return report_file(draft, draft.rows, ending, "draft")
        except CellsDoNotFit as error:
            self.message_user(request, f"Excelの1つのセルに入らない文があります。{error}", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:actionplan_yearlystatus_changelist"))

    @admin.display(description="番号")
    def code(self, status: YearlyStatus) -> str:
        """3-2-1."""
        return status.item.code

    @admin.display(description="主体")
    def marks(self, status: YearlyStatus) -> SafeString:
        """★◎ in one piece."""
        return marks_html(status.item.actors.all())

    @admin.display(description="主体")
    def actors(self, status: YearlyStatus) -> str:
        """The marks with their words."""
        return "　".join(str(actor) for actor in status.item.actors.all())

    @admin.display(description="項目とアクションプランの内容")
    def item_name(self, status: YearlyStatus) -> SafeString:
        """The item's name, and below it what the plan promises."""
        return format_html("<strong>{}</strong><p>{}</p>", status.item.name, status.item.content)

    @admin.display(description="アクションプランの内容")
    def content(self, status: YearlyStatus) -> str:
        """What the plan promises."""
        return status.item.content

    @admin.display(description="担当課")
    def department_name(self, status: YearlyStatus) -> str:
        """The department of that year."""
        return str(status.department or "")

    @admin.display(description="くわしく")
    def full_form(self, status: YearlyStatus) -> str:
        """The words of the link to the full form."""
        return "開く"
