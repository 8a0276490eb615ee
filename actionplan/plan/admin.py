"""Policies with their measures, measures with their items, and items."""

from itertools import groupby
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import RelatedFieldListFilter
from django.core.paginator import Page, Paginator
from django.db.models import Count, Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from actionplan import permissions
from actionplan.admin import ForModelAdmin
from actionplan.admin.base import PortalAdmin, PortalInline, change_address, marks_html
from actionplan.admin.finding import OfPlans
from actionplan.admin.site import found_or_404
from actionplan.models import (
    ActionItem,
    ActorType,
    AnnualReport,
    Edition,
    Measure,
    Plan,
    Policy,
)
from actionplan.plan import first_year
from actionplan.plan.importing import ImportsFiles
from actionplan.plan.inlines import (
    CLOSED,
    AimInline,
    CategoryInline,
    FigureInline,
    HasScale,
    StageInline,
    StoryRemarkInline,
    StoryStepInline,
)
from actionplan.plan.named_admin import ItemForm, TagsBox
from actionplan.plan.tables import ActionItemResource, MeasureResource, PolicyResource
from actionplan.publishing.pages import PublishingPages
from actionplan.round.opening import missing_items
from actionplan.round.years import OpeningRefused, open_year
from actionplan.trail.object_history import ReadableHistory


def statuses_address(report: AnnualReport) -> str:
    """The address of the year's list of statuses."""
    return f"{reverse('admin:actionplan_yearlystatus_changelist')}?report__id__exact={report.pk}"


@admin.register(AnnualReport)
class AnnualReportAdmin(PublishingPages, ReadableHistory, PortalAdmin):
    """年次報告."""

    list_display = ["label", "plan", "answers_due", "statuses_link", "publish_link"]
    list_select_related = ["plan"]
    fields = ["plan", "fiscal_year", "label_override", "answers_due", "past_published_on", "past_source", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: AnnualReport | None = None) -> list[str]:
        """Plan and year stay once the year asks for answers or has been published."""
        return ["plan", "fiscal_year"] if obj and obj.is_settled else []

    def get_urls(self) -> list[URLPattern]:
        """Django's and the publishing pages', and the button that gives a year its items."""
        own = path("<int:pk>/fill/", self.admin_site.admin_view(require_POST(self.fill)), name="fill_year")
        return [own, *super().get_urls()]

    def fill(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes the missing statuses and leads to the year's list."""
        report = found_or_404(AnnualReport.objects.all(), pk=pk)
        try:
            made = len(open_year(report.plan, report.fiscal_year, by=request.user).coming)
        except OpeningRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, f"{report}に{made}件の項目を用意しました。", messages.SUCCESS)
        return HttpResponseRedirect(statuses_address(report))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The form, told how many items the year misses."""
        report = self.get_object(request, object_id)
        may = report is not None and not report.sample and permissions.may_coordinate(request.user)
        facts = {"missing": missing_items(report).count() if report and may else 0}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})

    @admin.display(description="年度", ordering="fiscal_year")
    def label(self, report: AnnualReport) -> str:
        """平成21年度（2009年度）."""
        return report.label

    @admin.display(description="実施状況")
    def statuses_link(self, report: AnnualReport) -> str:
        """The way to the year's statuses."""
        return format_html('<a href="{}">実施状況の一覧</a>', statuses_address(report))

    @admin.display(description="公表")
    def publish_link(self, report: AnnualReport) -> str:
        """The way to the publishing page."""
        return format_html('<a href="{}">公表の画面</a>', reverse("admin:publish", args=[report.pk]))


# Measures on one page of the whole plan.
MEASURES = 50
GUIDELINE = (
    ("指針：目的", {**CLOSED, "fields": ["purpose_heading", "purpose"]}),
    ("指針：ストーリー", {**CLOSED, "fields": ["story_heading", "narrative_heading", "vision", "process_heading"]}),
    ("指針：ねらい", {**CLOSED, "fields": ["aims_heading", "aims_title", "aims_lead"]}),
    ("指針：段階", {**CLOSED, "fields": ["stages_heading", "stages_text"]}),
)


class PolicyInline(PortalInline):
    """The plan's policies, each with a link to its own page."""

    model = Policy
    fields = ["number", "title"]


@admin.register(Plan)
class PlanAdmin(HasScale, ReadableHistory, PortalAdmin):
    """The plan's page."""

    list_display = ["title", "period", "predecessor", "tree_link"]
    list_select_related = ["predecessor"]
    search_fields = ["title", "short_name"]
    search_help_text = "計画名で探します。"
    change_form_template = "admin/actionplan/plan/change_form.html"
    change_list_template = "admin/actionplan/plan/change_list.html"
    fieldsets: ClassVar[Any] = (
        ("計画", {"fields": ["title", "short_name", "slug", "start_year", "end_year", "predecessor"]}),
        ("市", {"fields": ["municipality", "municipality_code", "newsletter"]}),
        ("問い合わせ先とオープンデータ", {"fields": ["office", "licence_name", "licence_url"]}),
        *GUIDELINE,
    )
    inlines = [CategoryInline, PolicyInline, StoryStepInline, StoryRemarkInline, AimInline, StageInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[str]:
        """The slug stays once it is given: addresses are made of it."""
        return ["slug"] if obj else []

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list, with the way to the first year's steps for whose they are."""
        return super().changelist_view(
            request, {"may_start": first_year.may_look(request.user)} | (extra_context or {})
        )

    @admin.display(description="期間", empty_value="")
    def period(self, plan: Plan) -> str:
        """平成21年度（2009年度）～平成25年度（2013年度）."""
        return plan.period

    @admin.display(description="全体の一覧")
    def tree_link(self, plan: Plan) -> SafeString:
        """A link to the whole tree."""
        return format_html('<a href="{}">施策・取組・項目を一覧で見る</a>', reverse("admin:plan-tree", args=[plan.pk]))

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the tree."""
        tree = path("<int:plan_id>/tree/", self.admin_site.admin_view(self.tree_view), name="plan-tree")
        return [tree, *super().get_urls()]

    def tree_view(self, request: HttpRequest, plan_id: int) -> HttpResponse:
        """The plan's policies, measures and items, each with the way to its form; a long plan on several pages."""
        permissions.require(permissions.may_view(request.user, Plan))
        plan = found_or_404(Plan.objects.all(), pk=plan_id)
        paginator = Paginator(_measures(plan), MEASURES)
        page = paginator.get_page(request.GET.get("page"))
        facts = {
            "title": "計画の全体",
            "plan": plan,
            "opts": self.opts,
            "may_add": permissions.may_import(request.user, ActionItem),
            "may_open": permissions.may_coordinate(request.user),
            "first_year": first_year.may_look(request.user) and not _has_public_year(plan),
            "page": page,
            "pages": list(paginator.get_elided_page_range(page.number)),
            "policies": _under_policies(plan, page),
            "has_marks": any(item.actors.all() for measure in page for item in measure.items.all()),
            "has_contents": any(item.content for measure in page for item in measure.items.all()),
        }
        facts = self.admin_site.each_context(request) | facts
        return TemplateResponse(request, "admin/actionplan/plan/tree.html", facts)


def _has_public_year(plan: Plan) -> bool:
    return Edition.objects.public().filter(report__plan=plan).exists()


def _measures(plan: Plan) -> QuerySet[Measure]:
    items = ActionItem.objects.select_related("lead_department").prefetch_related("actors").order_by("number")
    measures = Measure.objects.filter(policy__plan=plan).select_related("policy").order_by("policy__number", "number")
    return measures.prefetch_related(Prefetch("items", items))


def _under_policies(plan: Plan, page: Page) -> list[tuple[Policy, list[Measure]]]:
    """The page's measures under their policies; on the last page those policies too that have none yet."""
    groups = {policy: list(found) for policy, found in groupby(page, key=lambda measure: measure.policy)}
    if not page.has_next():
        groups |= {policy: [] for policy in plan.policies.filter(measures=None)}
    return sorted(groups.items(), key=lambda group: group[0].number)


@admin.register(ActorType)
class ActorTypeAdmin(ReadableHistory, PortalAdmin):
    """The marks of the legend."""

    list_display = ["symbol", "label", "short_name", "order"]
    search_fields = ["symbol", "label", "short_name"]
    search_help_text = "記号か凡例の言葉で探します。"


PARENT = {"actionitem": "measure", "measure": "policy", "policy": "plan"}


def change_url(obj: Model) -> str:
    """The address of the object's form."""
    return change_address(obj._meta, obj.pk)


def ancestors(obj: Model) -> list[tuple[str, str]]:
    """The names and addresses of the objects above this one, the plan first."""
    above: list[tuple[str, str]] = []
    while name := PARENT.get(str(obj._meta.model_name)):
        obj = getattr(obj, name)
        above.insert(0, (str(obj), change_url(obj)))
    return above


class WalksTheTree(ForModelAdmin):
    """Puts the way up on the form's page."""

    change_form_template = "admin/actionplan/tree_change_form.html"

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's page with the ancestors of the object, none on the page that adds one."""
        original = context.get("original")
        context["ancestors"] = ancestors(original) if original else []
        return super().render_change_form(request, context, *args, **kwargs)


class MeasureInline(PortalInline):
    """The policy's measures."""

    model = Measure
    fields = ["number", "printed_number", "title", "status_heading", "relisted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The measures, named without asking for each one's policy."""
        return super().get_queryset(request).select_related("policy")


class ActionItemInline(PortalInline):
    """The measure's items, the marks as checkboxes."""

    model = ActionItem
    form = ItemForm
    fields = ["number", "printed_number", "actors", "name", "content", "lead_department", "ended"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The items, named without asking for each one's measure."""
        items = super().get_queryset(request).select_related("measure__policy", "lead_department")
        return items.prefetch_related("actors")


class PolicyFilter(RelatedFieldListFilter):
    """Policies to narrow a list by; where there are several plans, each policy under its plan's name."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Key and name of each policy; one query."""
        policies = list(Policy.objects.select_related("plan"))
        several = len({policy.plan_id for policy in policies}) > 1
        return [(each.pk, f"{each.plan.name}　{each}" if several else str(each)) for each in policies]


class TreeAdmin(OfPlans, WalksTheTree, ImportsFiles, ReadableHistory, PortalAdmin):
    """The common ground of the tree's three levels."""


@admin.register(Policy)
class PolicyAdmin(TreeAdmin):
    """施策."""

    resource_classes = [PolicyResource]
    file_stem = "policies"
    list_display = ["number", "printed_number", "title", "measure_count"]
    list_display_links = ["title"]
    list_select_related = ["plan"]
    search_fields = ["title", "printed_number", "plan__title", "plan__short_name"]
    numbers = ("number",)
    search_help_text = "施策の番号（3）、施策名、計画名で探します。"
    inlines = [MeasureInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Policies with the number of their measures."""
        return super().get_queryset(request).annotate(measures_of_policy=Count("measures"))

    @admin.display(description="取組の数")
    def measure_count(self, policy: Any) -> int:
        """How many measures the policy has."""
        return policy.measures_of_policy


@admin.register(Measure)
class MeasureAdmin(TreeAdmin):
    """取組（■）."""

    resource_classes = [MeasureResource]
    file_stem = "measures"
    list_display = ["code", "title", "item_count", "policy", "relisted_word"]
    list_display_links = ["title"]
    list_select_related = ["policy"]
    list_filter = [("policy", PolicyFilter), "relisted"]
    search_fields = ["title", "printed_number", "policy__plan__title", "policy__plan__short_name"]
    numbers = ("policy__number", "number")
    plan_path = "policy__plan"
    search_help_text = "取組の番号（3-2）、取組名、計画名で探します。"
    sortable_by = ()
    inlines = [ActionItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Measures with the number of their items."""
        return super().get_queryset(request).annotate(items_of_measure=Count("items"))

    @admin.display(description="番号")
    def code(self, measure: Measure) -> str:
        """Policy and measure number: 3-2, or as it is printed."""
        return measure.code

    @admin.display(description="再掲", empty_value="")
    def relisted_word(self, measure: Measure) -> str:
        """再掲, or nothing."""
        return "再掲" if measure.relisted else ""

    @admin.display(description="項目の数")
    def item_count(self, measure: Any) -> int:
        """How many items the measure has."""
        return measure.items_of_measure


@admin.register(ActionItem)
class ActionItemAdmin(TagsBox, TreeAdmin):
    """項目."""

    resource_classes = [ActionItemResource]
    file_stem = "action_items"
    form = ItemForm
    inlines = [FigureInline]
    fields: ClassVar[Any] = [
        *("measure", "number", "printed_number", "actors", "name", "content", "areas", "tags"),
        *("lead_department", "related_departments", "partners", "ended", "successor", "public_id"),
    ]
    readonly_fields = ["public_id"]
    list_display = ["code", "marks", "name", "content", "lead_department", "ended_word"]
    list_display_links = ["name"]
    list_select_related = ["measure__policy", "lead_department"]
    list_filter = [("measure__policy", PolicyFilter), "actors", "areas", "tags", "lead_department", "ended"]
    search_fields = [
        *("name", "content", "printed_number", "public_id", "lead_department__name", "lead_department__unit"),
        *("measure__policy__plan__title", "measure__policy__plan__short_name"),
    ]
    numbers = ("measure__policy__number", "measure__number", "number")
    plan_path = "measure__policy__plan"
    search_help_text = "番号（3-2-1）、項目と内容の文、担当課、計画名、公開IDで探します。"
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Items with their marks."""
        return super().get_queryset(request).prefetch_related("actors")

    @admin.display(description="番号")
    def code(self, item: ActionItem) -> str:
        """3-2-1, or as it is printed."""
        return item.code

    @admin.display(description="終了", empty_value="")
    def ended_word(self, item: ActionItem) -> str:
        """終了, or nothing."""
        return "終了" if item.ended else ""

    @admin.display(description="主体")
    def marks(self, item: ActionItem) -> SafeString:
        """★◎ in one piece."""
        return marks_html(item.actors.all())
