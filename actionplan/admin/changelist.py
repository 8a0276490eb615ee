"""The list behind the admin's tables, asked as few questions as it needs."""

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest


class SteadyChangeList(ChangeList):
    """A change list that builds its filters once, not once more for the counts of each filter."""

    _filters: tuple | None = None

    def get_filters(self, request: HttpRequest) -> tuple:
        """Django's filters, kept."""
        if self._filters is None:
            self._filters = super().get_filters(request)
        return self._filters
