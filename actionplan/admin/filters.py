"""Filters of the year's list."""

from collections.abc import Iterator

from django.contrib.admin import ChoicesFieldListFilter, ModelAdmin, RelatedOnlyFieldListFilter, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from actionplan.admin.changelist import SharesFacets
from actionplan.models import ActorType, AnnualReport


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
        """The years, without the choice of all, and without counts: how many items another year has says nothing."""
        for report, label in self.lookup_choices:
            address = changelist.get_query_string({self.parameter_name: report})
            yield {"selected": report == self.value(), "query_string": address, "display": label}


class SharedRelated(SharesFacets, RelatedOnlyFieldListFilter):
    """Rows by what they belong to."""


class SharedChoices(SharesFacets, ChoicesFieldListFilter):
    """Rows by a choice."""


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
