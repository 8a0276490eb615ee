"""The annual report's own data, and the way to the pages that turn it into an edition."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from actionplan.admin.base import PortalAdmin
from actionplan.admin.publishing import PublishingPages
from actionplan.models import AnnualReport


@admin.register(AnnualReport)
class AnnualReportAdmin(PublishingPages, PortalAdmin):
    """年次報告."""

    list_display = ["label", "plan", "answers_due", "statuses_link", "publish_link"]
    list_select_related = ["plan"]
    fields = ["plan", "fiscal_year", "label_override", "answers_due", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: AnnualReport | None = None) -> list[str]:
        """Plan and year stay once the year has been published."""
        return ["plan", "fiscal_year"] if obj and obj.editions.exists() else []

    @admin.display(description="年度", ordering="fiscal_year")
    def label(self, report: AnnualReport) -> str:
        """平成21年度（2009年度）."""
        return report.label

    @admin.display(description="実施状況")
    def statuses_link(self, report: AnnualReport) -> str:
        """The way to the year's statuses."""
        address = reverse("admin:actionplan_yearlystatus_changelist")
        return format_html('<a href="{}?report__id__exact={}">書く・直す</a>', address, report.pk)

    @admin.display(description="公表")
    def publish_link(self, report: AnnualReport) -> str:
        """The way to the publishing page."""
        return format_html('<a href="{}">確認・公表・訂正</a>', reverse("admin:publish", args=[report.pk]))
