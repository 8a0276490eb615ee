"""The annual report's own data, and the way to the pages that turn it into an edition."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from actionplan import permissions
from actionplan.admin.base import PortalAdmin
from actionplan.admin.found import found_or_404
from actionplan.admin.publishing import PublishingPages
from actionplan.cycle.open_year import OpeningRefused, open_year
from actionplan.cycle.plan_items import missing_items
from actionplan.models import AnnualReport


def statuses_address(report: AnnualReport) -> str:
    """The address of the year's list of statuses."""
    return f"{reverse('admin:actionplan_yearlystatus_changelist')}?report__id__exact={report.pk}"


@admin.register(AnnualReport)
class AnnualReportAdmin(PublishingPages, PortalAdmin):
    """年次報告."""

    list_display = ["label", "plan", "answers_due", "statuses_link", "publish_link"]
    list_select_related = ["plan"]
    fields = ["plan", "fiscal_year", "label_override", "answers_due", "note"]

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
        may = permissions.may_coordinate(request.user) and report and not report.sample
        facts = {"missing": missing_items(report).count() if may else 0}
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
