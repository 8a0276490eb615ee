"""The annual report's own data; publishing.py adds what turns it into an edition."""

from django.contrib import admin

from actionplan.admin.base import PortalAdmin
from actionplan.models import AnnualReport


@admin.register(AnnualReport)
class AnnualReportAdmin(PortalAdmin):
    """年次報告."""

    list_display = ["label", "plan", "answers_due"]
    list_select_related = ["plan"]
    fields = ["plan", "fiscal_year", "label_override", "answers_due", "note"]

    @admin.display(description="年度", ordering="fiscal_year")
    def label(self, report: AnnualReport) -> str:
        """平成21年度（2009年度）."""
        return report.label
