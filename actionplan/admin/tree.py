"""Policies with their measures, measures with their items, and items."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from actionplan.admin.base import PortalAdmin, PortalInline
from actionplan.admin.importing import ImportsFiles
from actionplan.admin.marks import marks_html
from actionplan.admin.resources import ActionItemResource, MeasureResource, PolicyResource
from actionplan.admin.walk import WalksTheTree
from actionplan.models import ActionItem, Measure, Policy


class MeasureInline(PortalInline):
    """The policy's measures."""

    model = Measure
    fields = ["number", "title", "status_heading", "relisted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The measures, named without asking for each one's policy."""
        return super().get_queryset(request).select_related("policy")


class ActionItemInline(PortalInline):
    """The measure's items, the marks as checkboxes."""

    model = ActionItem
    fields = ["number", "actors", "name", "content", "lead_department", "ended"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The items, named without asking for each one's measure."""
        items = super().get_queryset(request).select_related("measure__policy", "lead_department")
        return items.prefetch_related("actors")


class TreeAdmin(WalksTheTree, ImportsFiles, PortalAdmin):
    """The common ground of the tree's three levels."""


@admin.register(Policy)
class PolicyAdmin(TreeAdmin):
    """施策."""

    resource_classes = [PolicyResource]
    file_stem = "policies"
    list_display = ["number", "title", "measure_count", "plan"]
    list_display_links = ["title"]
    list_select_related = ["plan"]
    search_fields = ["title"]
    search_help_text = "施策名で探します。"
    inlines = [MeasureInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Policies with the number of their measures."""
        return super().get_queryset(request).annotate(measures_of_policy=Count("measures"))

    @admin.display(description="取組の数")
    def measure_count(self, policy: Policy) -> int:
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
    list_filter = ["policy", "relisted"]
    search_fields = ["title"]
    search_help_text = "取組名で探します。"
    sortable_by = ()
    inlines = [ActionItemInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Measures with the number of their items."""
        return super().get_queryset(request).annotate(items_of_measure=Count("items"))

    @admin.display(description="番号")
    def code(self, measure: Measure) -> str:
        """Policy and measure number: 3-2."""
        return f"{measure.policy.number}-{measure.number}"

    @admin.display(description="再掲", empty_value="")
    def relisted_word(self, measure: Measure) -> str:
        """再掲, or nothing."""
        return "再掲" if measure.relisted else ""

    @admin.display(description="項目の数")
    def item_count(self, measure: Measure) -> int:
        """How many items the measure has."""
        return measure.items_of_measure


@admin.register(ActionItem)
class ActionItemAdmin(TreeAdmin):
    """項目."""

    resource_classes = [ActionItemResource]
    file_stem = "action_items"
    fields = ["measure", "number", "actors", "name", "content", "lead_department", "ended", "successor"]
    list_display = ["code", "marks", "name", "content", "lead_department", "ended_word"]
    list_display_links = ["name"]
    list_select_related = ["measure__policy", "lead_department"]
    list_filter = ["measure__policy", "actors", "lead_department", "ended"]
    search_fields = ["name", "content"]
    search_help_text = "項目と内容の文で探します。"
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Items with their marks."""
        return super().get_queryset(request).prefetch_related("actors")

    @admin.display(description="番号")
    def code(self, item: ActionItem) -> str:
        """3-2-1."""
        return item.code

    @admin.display(description="終了", empty_value="")
    def ended_word(self, item: ActionItem) -> str:
        """終了, or nothing."""
        return "終了" if item.ended else ""

    @admin.display(description="主体")
    def marks(self, item: ActionItem) -> SafeString:
        """★◎ in one piece."""
        return marks_html(item.actors.all())
