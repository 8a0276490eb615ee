"""What every form and list of the staff wing shares: permissions, history, and the refusal to delete."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.admin import ModelAdmin, TabularInline
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.widgets import AdminTextareaWidget, AdminURLFieldWidget
from django.db.models import DateField, Field, Model, ProtectedError, TextField, URLField
from django.db.models.options import Options
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from actionplan import permissions
from actionplan.admin import rescue
from actionplan.admin.changelist import SteadyChangeList
from actionplan.admin.deleted import links_in_words
from actionplan.admin.history import ReadableHistory
from actionplan.admin.keeping import KeepingForm
from actionplan.admin.locking import RecordField
from actionplan.admin.pickers import PicksMixin
from actionplan.models.fields import RecordTextField
from actionplan.models.protection import why_not_delete


class AsksPermission:
    """Every door asks permissions.py; for ModelAdmin and inlines alike."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the model is on the front page."""
        return self.has_view_permission(request) or self.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may read."""
        return permissions.may_view(request.user, self.model)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may add."""
        return permissions.may_add(request.user, self.model)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may change; an inline is handed its parent, which says nothing about its own rows."""
        own = obj if isinstance(obj, self.model) else None
        return permissions.may_change(request.user, self.model, own)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may delete."""
        own = obj if isinstance(obj, self.model) else None
        return permissions.may_delete(request.user, self.model, own)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the user may bring rows in from a file."""
        return permissions.may_import(request.user, self.model)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the user may take rows out as a file."""
        return permissions.may_export(request.user, self.model)


class KeepsPublished:
    """Deleting what a published year rests on ends in a sentence that says why, never in an error page."""

    delete_confirmation_template = "admin/portal/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/portal/delete_selected_confirmation.html"

    def get_deleted_objects(self, objs: Iterable[Model], request: HttpRequest) -> tuple:
        """Django's answer in words, with the reasons of objects that must stay put first among the protected."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        deleted, counts = links_in_words(self.model, deleted, counts)
        reasons = [f"{obj}：{sentence}" for obj in objs if (sentence := why_not_delete(obj))]
        # Rights that are lacking would be told in place of the reason, as if more rights could help.
        return deleted, counts, set() if reasons else lacking, [*reasons, *protected]

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """The confirmation page; a refusal that comes only while deleting is shown on the object's page."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError as error:
            return self._refused(request, error, reverse(admin_urlname(self.opts, "change"), args=[object_id]))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list; a refusal that comes only while deleting the chosen rows is shown above it."""
        try:
            return super().changelist_view(request, extra_context)
        except ProtectedError as error:
            return self._refused(request, error, request.get_full_path())

    def _refused(self, request: HttpRequest, error: ProtectedError, url: str) -> HttpResponse:
        self.message_user(request, error.args[0], messages.ERROR)
        return HttpResponseRedirect(url)


class PlainList:
    """A list under a plain title, asked as few questions as it needs."""

    list_per_page = 50
    list_max_show_all = 100

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Options, object_id: str) -> HttpResponse:
        """Django's way back to the front page; who sends words for a row that was deleted gets them back."""
        if request.method == "POST" and any(rescue.texts(request)):
            return rescue.refused(request, rescue.GONE)
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[SteadyChangeList]:
        """The list that builds its filters once."""
        return SteadyChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's list, titled 項目の一覧."""
        return super().changelist_view(request, {"title": f"{self.opts.verbose_name}の一覧"} | (extra_context or {}))


class FrozenAdmin(AsksPermission, PlainList, ModelAdmin):
    """Reading only: permissions.py lets nobody add, change or delete what is published."""

    actions = None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Leads to the object: what never changes has no history."""
        return HttpResponseRedirect(reverse(admin_urlname(self.opts, "change"), args=[object_id]))


class PortalAdmin(AsksPermission, KeepsPublished, PlainList, PicksMixin, ReadableHistory, SimpleHistoryAdmin):
    """The common ground of every form that staff write in."""

    form = KeepingForm
    save_on_top = True
    formfield_overrides = {
        DateField: {"help_text": "2026-04-01 の形で書きます。"},
        RecordTextField: {"widget": AdminTextareaWidget(attrs={"rows": 4}), "form_class": RecordField},
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
    }

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Saves; a form that its user did not touch writes nothing, so that nothing newer is taken back."""
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)


class PortalInline(AsksPermission, PicksMixin, TabularInline):
    """Rows edited on their parent's page; they are deleted on their own page, where the reason can be told."""

    form = KeepingForm
    extra = 0
    can_delete = False
    show_change_link = True
    formfield_overrides = {
        RecordTextField: {"widget": AdminTextareaWidget(attrs={"rows": 3}), "form_class": RecordField},
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs) -> FormField | None:
        """The field, named for screen readers by its column: a table of boxes has no label beside each box."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(field.label or db_field.verbose_name)
        return field
