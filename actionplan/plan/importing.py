"""Bringing rows in from a file, with a preview before anything is saved, and taking them out.

Whoever brings in or saves items while a year is open is asked what becomes of its answers.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import FieldError, PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import Format
from import_export.results import Result, RowResult
from tablib import Dataset

from actionplan.admin.base import AsksPermission
from actionplan.exports.tabular import XLSX, write_xlsx
from actionplan.models import ActionItem, Measure
from actionplan.plan.first_year import tell_next_step
from actionplan.plan.tables import seal
from actionplan.round.plan_changes import tell_open_years
from actionplan.seen import Moved
from actionplan.uploads import UploadError
from actionplan.waiting_files import FORMATS, ConfirmForm, FileForm, UploadForm, WaitingFile

UNREADABLE = "ファイルを読めません。書き出したファイルの形のまま、CSVかExcel（.xlsx）で保存し直してください。"
EXPIRED = "確認の途中のファイルがなくなりました。何も保存していません。もう一度ファイルを選んでください。"
CANCELLED = "取り込みをやめました。何も保存していません。"
CHANGED = "確認していただいた後に、内容が変わりました。もう一度、変更点を確認してください。"
OVERTAKEN = "確認のあとに計画が変わったため、何も保存していません。もう一度ファイルを選んで確認してください。"


class AsksOpenYears:
    """For forms of items, and of measures with their items: a plain save leads to the question, others tell of it."""

    def response_add(self, request: HttpRequest, obj: Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """Django's answer, or the page that asks."""
        return asked(request, obj, super().response_add(request, obj, *args, **kwargs))  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same."""
        return asked(request, obj, super().response_change(request, obj, *args, **kwargs))  # type: ignore[misc]


def asked(request: HttpRequest, obj: Model, answer: HttpResponse) -> HttpResponse:
    """The answer, or the page that asks about the items that were saved, where one of the open years asks anything."""
    items = items_of(obj)
    if not items or "_popup" in request.POST:
        return answer
    place = tell_open_years(request, items)
    return HttpResponseRedirect(place) if place and "_save" in request.POST else answer


def items_of(obj: Model) -> set[int]:
    """The keys of the items that the form saves."""
    if isinstance(obj, ActionItem):
        return {obj.pk}
    return set(obj.items.values_list("pk", flat=True)) if isinstance(obj, Measure) else set()


class ImportsFiles(AsksOpenYears, AsksPermission, ImportExportMixin):
    """import-export in the portal's words: two formats, all or nothing, every refusal a sentence.

    AsksPermission stands before the library's mixin, whose own permission hooks say yes to everybody.
    """

    file_stem = ""
    formats = FORMATS
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = FileForm
    tmp_storage_class = WaitingFile
    import_template_name = "admin/portal/import.html"
    export_template_name = "admin/portal/export.html"
    import_export_change_list_template = "admin/portal/change_list_files.html"

    def get_urls(self) -> list[URLPattern]:
        """The library's and Django's, and the empty table."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_template"
        return [path("template.xlsx", self.admin_site.admin_view(self.template_file), name=name), *super().get_urls()]

    def template_file(self, request: HttpRequest) -> HttpResponse:
        """A workbook with the headings alone, to be filled in and brought in."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        columns = [field.column_name for field in self.resource_classes[0]().get_import_fields()]
        headers = {"Content-Disposition": f'attachment; filename="{self.file_stem}.xlsx"'}
        return HttpResponse(write_xlsx(columns, []), content_type=XLSX, headers=headers)

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        """Puts the reader's sentence on the form."""
        form.add_error("import_file", str(e) if isinstance(e, UploadError) else UNREADABLE)

    def import_action(self, request: HttpRequest, **kwargs) -> HttpResponse:
        """The preview, sealed; a file that was refused does not stay behind."""
        response = super().import_action(request, **kwargs)
        if confirm := response.context_data.get("confirm_form"):
            confirm.initial["seen"] = seal(response.context_data["result"])
        elif name := getattr(request.FILES.get("import_file"), "tmp_storage_name", None):
            WaitingFile(name=name).remove()
        return response

    def process_import(self, request: HttpRequest, **kwargs) -> HttpResponse:
        """Saves what was previewed; a file that is no longer there leads back to the beginning."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_confirm_form(request)
        if request.method == "POST" and not form.is_valid():
            return self._again(request, EXPIRED)
        if "cancel" in request.POST:
            WaitingFile(name=form.cleaned_data["import_file_name"]).remove()
            return self._again(request, CANCELLED)
        try:
            return super().process_import(request, **kwargs)
        except (FileNotFoundError, IndexError):  # the latter for a resource that no form of ours names
            return self._again(request, EXPIRED)
        except Moved:
            return self._preview_again(request, form)

    def _preview_again(self, request: HttpRequest, form: ConfirmForm) -> HttpResponse:
        waiting = WaitingFile(name=form.cleaned_data["import_file_name"])
        request.FILES["import_file"] = SimpleUploadedFile(form.cleaned_data["original_file_name"], waiting.read())
        waiting.remove()
        messages.warning(request, CHANGED)
        return self.import_action(request)

    def process_dataset(self, dataset: Dataset, form: Form, request: HttpRequest, **kwargs) -> Result:
        """Saves all rows or none. Raises Moved when what was confirmed is no longer what would change."""
        kwargs |= {"rollback_on_validation_errors": True, "seen": form.cleaned_data["seen"]}
        result = super().process_dataset(dataset, form, request, **kwargs)
        if any(isinstance(error.error, Moved) for error in result.base_errors):
            raise Moved
        return result

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Back to the list; back to the beginning when something came between preview and confirmation."""
        if result.has_errors() or result.has_validation_errors():
            return self._again(request, OVERTAKEN)
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        """Says how many rows were added, changed and left."""
        new, changed, same = (
            result.totals[kind]
            for kind in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP)
        )
        name = self.opts.verbose_name
        messages.success(request, f"{name}を取り込みました（追加{new}件、変更{changed}件、変更なし{same}件）。")
        if self.model is ActionItem and (new or changed):
            tell_open_years(request)
        tell_next_step(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """The library's page; an address that narrows by what no row has leads to the page without it."""
        try:
            return super().export_action(request)
        except (FieldError, IncorrectLookupParameters):
            return HttpResponseRedirect(request.path)

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet, file_format: Format) -> str:
        """action_items_2026-11-23.csv."""
        return f"{self.file_stem}_{timezone.localdate()}.{file_format.get_extension()}"

    def _again(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse(admin_urlname(self.opts, SafeString("import"))))
