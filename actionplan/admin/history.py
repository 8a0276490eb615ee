"""The history page: who changed what and when, in words; nothing is written from there."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from simple_history.models import HistoricalChanges, ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper

SILENT_FIELDS = {"revision"}


class WordsHelper(HistoricalRecordContextHelper):
    """Formats changes in full and with labels in place of codes."""

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        """The changes that mean something to a reader."""
        delta.changes[:] = [change for change in delta.changes if change.field not in SILENT_FIELDS]
        return super().context_for_delta_changes(delta)

    def stringify_delta_change_values(self, change: ModelChange, old: Any, new: Any) -> tuple[str, str]:
        """Both values as words, nothing cut."""
        return self._words(change, old), self._words(change, new)

    def _words(self, change: ModelChange, value: Any) -> str:
        if isinstance(value, list):
            return "、".join(str(part) for part in value) or "（なし）"
        if isinstance(value, bool):
            return "はい" if value else "いいえ"
        labels = dict(self.model._meta.get_field(change.field).flatchoices)
        return str(labels.get(value, "（なし）" if value in (None, "") else value))


class ReadableHistory:
    """A history page in Japanese that only shows: an old text is copied from it, not written back by it."""

    object_history_template = "admin/portal/history.html"
    object_history_list_template = "admin/portal/history_list.html"
    history_list_per_page = 50

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Always: a revert would pass by the locking, and by the right to change."""
        return True

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Leads to the list, which shows every version; refuses the library's way of writing one back."""
        if request.method != "GET":
            raise PermissionDenied
        return HttpResponseRedirect(reverse(admin_urlname(self.opts, "history"), args=[object_id]))

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: HistoricalChanges
    ) -> WordsHelper:
        """The helper that writes labels."""
        return WordsHelper(self.model, historical_record)

    def history_view_title(self, request: HttpRequest, obj: Model) -> str:
        """変更の履歴：(object)."""
        return f"変更の履歴：{obj}"

    def get_history_list_display(self, request: HttpRequest) -> Sequence[str]:
        """No columns besides who, when, why and what."""
        return ()
