"""Filters of the year's list."""

from collections.abc import Iterator

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from actionplan.models import AnnualReport


class YearFilter(SimpleListFilter):
    """One year at a time: the latest report unless another is chosen; there is no 「すべて」."""

    title = "年度"
    parameter_name = "report__id__exact"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The years that have a report, latest first."""
        return [(str(report.pk), report.label) for report in AnnualReport.objects.all()]

    def value(self) -> str | None:
        """The key of the report chosen, or of the latest; None when there is no report at all."""
        reports = [report for report, _ in self.lookup_choices]
        chosen = super().value()
        return chosen if chosen in reports else next(iter(reports), None)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the year."""
        return queryset.filter(report=self.value()) if self.value() else queryset

    def choices(self, changelist: ChangeList) -> Iterator[dict]:
        """The years, without the choice of all."""
        choices = super().choices(changelist)
        next(choices)
        return choices
