"""The plan with its guideline and its policies, the marks of the legend, and the whole tree on one page."""

from itertools import groupby

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplan import permissions
from actionplan.admin.base import PortalAdmin, PortalInline
from actionplan.admin.found import found_or_404
from actionplan.models import ActionItem, ActorType, Aim, Measure, Plan, Policy, Stage, StoryRemark, StoryStep

# Measures on one page of the whole plan.
MEASURES = 50
GUIDELINE = (
    ("指針の目的", {"fields": ["purpose_heading", "purpose"]}),
    ("ストーリー", {"fields": ["story_heading", "narrative_heading", "vision", "process_heading"]}),
    ("ねらい", {"fields": ["aims_heading", "aims_title", "aims_lead"]}),
    ("段階", {"fields": ["stages_heading", "stages_text"]}),
)


class GuidelineInline(PortalInline):
    """A part of the guideline; no published row rests on it, so it may be deleted here."""

    can_delete = True
    show_change_link = False


class StoryStepInline(GuidelineInline):
    """起承転結."""

    model = StoryStep


class StoryRemarkInline(GuidelineInline):
    """The remarks beside the process."""

    model = StoryRemark


class AimInline(GuidelineInline):
    """①②③."""

    model = Aim


class StageInline(GuidelineInline):
    """The stages with their fiscal years."""

    model = Stage


class PolicyInline(PortalInline):
    """The plan's policies, each with a link to its own page."""

    model = Policy
    fields = ["number", "title"]


@admin.register(Plan)
class PlanAdmin(PortalAdmin):
    """The plan's page."""

    list_display = ["title", "municipality", "tree_link"]
    search_fields = ["title"]
    search_help_text = "計画名で探します。"
    change_form_template = "admin/actionplan/plan/change_form.html"
    fieldsets = (
        ("計画", {"fields": ["title", "municipality", "municipality_code", "newsletter"]}),
        ("問い合わせ先とオープンデータ", {"fields": ["office", "licence_name", "licence_url"]}),
        *GUIDELINE,
    )
    inlines = [PolicyInline, StoryStepInline, StoryRemarkInline, AimInline, StageInline]

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
            "page": page,
            "pages": list(paginator.get_elided_page_range(page.number)),
            "policies": _under_policies(plan, page),
        }
        return TemplateResponse(
            request, "admin/actionplan/plan/tree.html", {**self.admin_site.each_context(request), **facts}
        )


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
class ActorTypeAdmin(PortalAdmin):
    """The marks of the legend."""

    list_display = ["symbol", "label", "short_name", "order"]
    search_fields = ["symbol", "label", "short_name"]
    search_help_text = "記号か凡例の言葉で探します。"
