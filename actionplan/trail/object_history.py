"""The history page of one object: who changed what and when, in words; nothing is written from there."""

from collections.abc import Sequence

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalChanges

from actionplan import permissions
from actionplan.admin import ForModelAdmin
from actionplan.trail.names import Names
from actionplan.trail.records import records

# What the page of all records calls an object of this kind; others are found there by kind and key.
ASKED_AS = {"actionitem": "item", "department": "department", "user": "person"}


def trail_address(obj: Model) -> str:
    """The address of every record about the object, those of its answers too."""
    name = obj._meta.model_name
    query = f"{ASKED_AS[name]}={obj.pk}" if name in ASKED_AS else f"kind={name}&object={obj.pk}"
    return f"{reverse('admin:trail')}?{query}"


class ReadableHistory(ForModelAdmin):
    """A history page in Japanese that only shows: an old text is copied from it, not written back by it."""

    object_history_template = "admin/portal/history.html"
    object_history_list_template = "admin/portal/history_list.html"
    history_list_per_page = 50

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Always: a revert would pass by the locking, and by the right to change."""
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """The library's page. Raises Http404 for an address that can be nobody's."""
        try:
            self.model._meta.pk.to_python(unquote(object_id))
        except ValidationError:
            raise Http404("このページはありません。") from None
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Leads to the list, which shows every version; refuses the library's way of writing one back."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return HttpResponseRedirect(reverse(admin_urlname(self.opts, SafeString("history")), args=[object_id]))

    def get_history_queryset(
        self, request: HttpRequest, history_manager: HistoryManager, pk_name: str, object_id: str
    ) -> QuerySet:
        """The object's records, newest first; the trail reads what stands in them."""
        return history_manager.filter(**{pk_name: object_id}).order_by("-history_id")

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Sequence[HistoricalChanges], **options
    ) -> None:
        """Tells each record of the page in the trail's words, by two queries for all of them."""
        keys = [(str(self.opts.model_name), record.history_id) for record in historical_records]
        told = {record.stored.number: record for record in records(keys, Names())}
        for record in historical_records:
            record.told = told[record.history_id]

    def render_history_view(self, request: HttpRequest, template: str, context: dict, **kwargs) -> HttpResponse:
        """The library's page with what the trail tells, and the way to it for who may go there."""
        page = context["page_obj"]
        context |= {"page": page, "pages": list(context["page_range"]), "records": [each.told for each in page]}
        if permissions.may_audit(request.user):
            context["trail_address"] = trail_address(context["object"])
            if isinstance(context["object"], User):
                context["account_address"] = f"{reverse('admin:trail')}?kind=user&object={context['object'].pk}"
        render = super().render_history_view  # type: ignore[misc]  # the library's, which brings no types
        return render(request, template, context, **kwargs)

    def history_view_title(self, request: HttpRequest, obj: Model) -> str:
        """変更の履歴：(object)."""
        return f"変更の履歴：{obj}"

    def get_history_list_display(self, request: HttpRequest) -> Sequence[str]:
        """No columns besides who, when, why and what."""
        return ()
