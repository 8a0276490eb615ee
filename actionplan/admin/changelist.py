"""The list behind the admin's tables, asked as few questions as it needs."""

from django.contrib.admin import FieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest


class SteadyChangeList(ChangeList):
    """A change list that builds its filters once, not once more for the counts of each filter."""

    _filters: tuple | None = None
    _facets: dict | None = None

    def get_filters(self, request: HttpRequest) -> tuple:
        """Django's filters, kept."""
        if self._filters is None:
            self._filters = super().get_filters(request)
        return self._filters

    def shared_facets(self, asking: FieldListFilter) -> dict:
        """The counts of one filter. Filters of which nothing is chosen count the same rows: they are asked at once."""
        specs = [spec for spec in self.filter_specs if isinstance(spec, SharesFacets) and not self._is_chosen(spec)]
        if asking not in specs:
            return super(SharesFacets, asking).get_facet_queryset(self)
        if self._facets is None:
            self._facets = self._count(specs)
        mark = f"f{specs.index(asking)}_"
        return {name.removeprefix(mark): count for name, count in self._facets.items() if name.startswith(mark)}

    def _is_chosen(self, spec: FieldListFilter) -> bool:
        return bool(set(spec.expected_parameters()) & self.params.keys())

    def _count(self, specs: list[FieldListFilter]) -> dict:
        rows, key = self.queryset.order_by(), self.model._meta.pk.attname
        counts = {
            f"f{index}_{name}": count
            for index, spec in enumerate(specs)
            for name, count in spec.get_facet_counts(key, rows).items()
        }
        return rows.aggregate(**counts)


class SharesFacets:
    """Mixed into a filter over a column of the row itself, whose counts can be asked together with the others'."""

    def get_facet_queryset(self, changelist: SteadyChangeList) -> dict:
        """The counts by the names that get_facet_counts() gives them."""
        return changelist.shared_facets(self)
