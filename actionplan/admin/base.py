"""What every form and list of the staff wing shares: permissions, history, and the refusal to delete."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin import ChoicesFieldListFilter, ModelAdmin, RelatedOnlyFieldListFilter, TabularInline
from django.contrib.admin.filters import FacetsMixin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget, AdminURLFieldWidget
from django.db.models import DateField, Field, Model, ProtectedError, TextField, URLField
from django.db.models.options import Options
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from actionplan import permissions
from actionplan.admin import ForModelAdmin, rescue
from actionplan.admin.finding import FindsFolded
from actionplan.admin.locking import KeepingForm, RecordField
from actionplan.admin.pickers import PicksMixin
from actionplan.admin.site import tell_reading
from actionplan.models import ActorType, RecordTextField, why_not_delete


class SteadyChangeList(ChangeList):
    """A change list that builds its filters once, not once more for the counts of each filter."""

    _filters: tuple | None = None
    _facets: dict | None = None

    def get_filters(self, request: HttpRequest) -> tuple:
        """Django's filters, kept."""
        if self._filters is None:
            self._filters = super().get_filters(request)
        return self._filters

    def shared_facets(self, asking: "SharesFacets") -> dict:
        """The counts of one filter. Filters of which nothing is chosen count the same rows: they are asked at once."""
        specs: list[Any] = [
            spec for spec in self.filter_specs if isinstance(spec, SharesFacets) and not self._is_chosen(spec)
        ]
        if asking not in specs:
            return asking.own_facets(self)
        if self._facets is None:
            self._facets = self._count(specs)
        mark = f"f{specs.index(asking)}_"
        return {name.removeprefix(mark): count for name, count in self._facets.items() if name.startswith(mark)}

    def _is_chosen(self, spec: Any) -> bool:
        return bool(set(spec.expected_parameters()) & self.params.keys())

    def _count(self, specs: list[Any]) -> dict:
        rows, key = self.queryset.order_by(), self.model._meta.pk.attname
        counts = {
            f"f{index}_{name}": count
            for index, spec in enumerate(specs)
            for name, count in spec.get_facet_counts(key, rows).items()
        }
        return rows.aggregate(**counts)


class SharesFacets(FacetsMixin):
    """Mixed into a filter over a column of the row itself, whose counts can be asked together with the others'."""

    def get_facet_queryset(self, changelist: Any) -> dict:
        """The counts by the names that get_facet_counts() gives them. changelist: a SteadyChangeList."""
        return changelist.shared_facets(self)

    def own_facets(self, changelist: ChangeList) -> dict:
        """Django's counts, of this filter alone."""
        return super().get_facet_queryset(changelist)


class SharedRelated(SharesFacets, RelatedOnlyFieldListFilter):
    """Rows by what they belong to."""


class SharedChoices(SharesFacets, ChoicesFieldListFilter):
    """Rows by a choice."""


class AsksPermission(ForModelAdmin):
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


class KeepsPublished(ForModelAdmin):
    """Deleting what a published year rests on ends in a sentence that says why, never in an error page."""

    delete_confirmation_template = "admin/portal/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/portal/delete_selected_confirmation.html"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
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
            return self._refused(request, error, change_address(self.opts, object_id))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The list; a refusal that comes only while deleting the chosen rows is shown above it."""
        try:
            return super().changelist_view(request, extra_context)
        except ProtectedError as error:
            return self._refused(request, error, request.get_full_path())

    def _refused(self, request: HttpRequest, error: ProtectedError, url: str) -> HttpResponse:
        self.message_user(request, error.args[0], messages.ERROR)
        return HttpResponseRedirect(url)


class PlainList(FindsFolded):
    """A list under a plain title, asked as few questions as it needs."""

    list_per_page = 50
    list_max_show_all = 100

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Options, object_id: str) -> HttpResponse:
        """Django's way back to the front page; who sends words for a row that was deleted gets them back."""
        if request.method == "POST" and any(rescue.texts(request)):
            return rescue.refused(request, rescue.GONE)
        redirect = super()._get_obj_does_not_exist_redirect  # type: ignore[misc]  # Django's own, not in the stubs
        return redirect(request, opts, object_id)

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
        return HttpResponseRedirect(change_address(self.opts, object_id))


class PortalAdmin(AsksPermission, KeepsPublished, PlainList, PicksMixin, SimpleHistoryAdmin):
    """The common ground of every form that staff write in."""

    form = KeepingForm
    save_on_top = True
    actions_selection_counter = False  # Django words it as a count of nothing: 0個の内ひとつも選択されていません
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
            values = ((str(form.fields[name].label), getattr(obj, name, "")) for name in form.changed_data)
            tell_reading(request, ((label, value) for label, value in values if isinstance(value, str)))


class PortalInline(AsksPermission, PicksMixin, TabularInline):
    """Rows edited on their parent's page; they are deleted on their own page, where the reason can be told."""

    template = "admin/portal/tabular.html"
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


def change_address(opts: Options, pk: object) -> str:
    """The address of the form of a model's object."""
    return reverse(admin_urlname(opts, SafeString("change")), args=[pk])


def links_in_words(model: Any, deleted: list, counts: Mapping[str, int]) -> tuple[list, dict[str, int]]:
    """Django's nested list without the rows of the model's many-to-many relations, and its counts with their names."""
    named = {field.remote_field.through._meta: str(field.verbose_name) for field in model._meta.many_to_many}
    words = {str(table.verbose_name_plural): name for table, name in named.items()}
    starts = tuple(f"{capfirst(table.verbose_name)}: " for table in named)
    return _without(deleted, starts), {words.get(str(name), str(name)): count for name, count in counts.items()}


def _without(nested: list, starts: tuple[str, ...]) -> list:
    kept = [_without(each, starts) if isinstance(each, list) else each for each in nested]
    return [each for each in kept if each != [] and not (isinstance(each, str) and each.startswith(starts))]


def marks_html(actors: Iterable[ActorType]) -> SafeString:
    """★◎ in legend order in one piece, followed by the words for those who hear the page."""
    ordered = sorted(actors, key=lambda actor: actor.order)
    symbols, words = "".join(actor.symbol for actor in ordered), "、".join(actor.label for actor in ordered)
    return format_html(
        '<span class="marks" aria-hidden="true" title="{}">{}</span><span class="visually-hidden">{}</span>',
        words,
        symbols,
        words,
    )


# By the end of the page's name and by what happened; the first that fits.
REASONS = (
    ("_password_change", "~", "パスワードの変更"),
    ("_changelist", "-", "一覧の画面でまとめて削除"),
    ("_changelist", "~", "一覧の画面で入力"),
    ("_add", "+", "追加の画面で入力"),
    ("_delete", "-", "削除の画面で削除"),
    ("_change", "", "変更の画面で入力"),
)
OTHER = "管理画面での操作"


def reason_of(request: HttpRequest, history_type: str) -> str:
    """The page in words, as the history shows it."""
    name = getattr(request.resolver_match, "url_name", None) or ""
    fits = (words for end, kind, words in REASONS if name.endswith(end) and history_type.startswith(kind))
    return next(fits, OTHER)


def name_the_door(sender: type, instance: Model, history_instance: Any, **kwargs) -> None:
    """Writes the reason into a record that has none, in a request."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request and not history_instance.history_change_reason:
        history_instance.history_change_reason = reason_of(request, history_instance.history_type)


def connect() -> None:
    """Called once when the application is ready, after one_record, whose reasons come first."""
    pre_create_historical_record.connect(name_the_door, dispatch_uid="which door")
