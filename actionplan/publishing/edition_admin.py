"""Editions, to be read: what was published, when and by whom, and every row of it."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.formats.base_formats import Format

from actionplan import permissions
from actionplan.admin.base import AsksPermission, FrozenAdmin
from actionplan.admin.site import found_or_404, named
from actionplan.exports.columns import EditionFacts, ReportResource, told_beside
from actionplan.models import Edition, EditionRow
from actionplan.waiting_files import FORMATS


class EditionRowInline(AsksPermission, admin.TabularInline):
    """The rows as published."""

    model = EditionRow
    fields = readonly_fields = (
        "code",
        "marks",
        "item_name",
        "content",
        "status",
        "progress_label",
        "department_name",
        "correction",
    )
    extra = 0
    can_delete = False

    @admin.display(description="番号")
    def code(self, row: EditionRow) -> str:
        """3-2-1."""
        return row.code

    @admin.display(description="主体")
    def marks(self, row: EditionRow) -> SafeString:
        """★◎ in one piece."""
        return format_html('<span class="marks">{}</span>', row.actor_symbols)

    @admin.display(description="訂正")
    def correction(self, row: EditionRow) -> SafeString:
        """The way to correct the answer that it was made of; the page itself asks who may."""
        address = reverse("admin:correct_published", args=[row.pk])
        return format_html('<a href="{}">訂正する<span class="visually-hidden">（{}）</span></a>', address, row.code)


@admin.register(Edition)
class EditionAdmin(FrozenAdmin):
    """公表した版."""

    list_display = ["name", "standing", "public_from", "publisher", "correction_note"]
    list_filter = ["report"]
    list_select_related = ["report", "published_by", "withdrawal"]
    fields = ["name", "standing", "public_from", "published_at", "publisher", "correction_note", "content_sha256"]
    readonly_fields = ["name", "standing", "publisher"]
    inlines = [EditionRowInline]
    change_form_template = "admin/actionplan/edition/change_form.html"

    publisher = named(Edition, "published_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Editions with their report and their withdrawal."""
        return super().get_queryset(request).select_related("report__plan", "published_by", "withdrawal")

    @admin.display(description="版")
    def name(self, edition: Edition) -> str:
        """平成21年度（2009年度） 第1版."""
        return str(edition)

    @admin.display(description="状態")
    def standing(self, edition: Edition) -> str:
        """Whether citizens may see it; an older edition gives way to a newer one."""
        if hasattr(edition, "withdrawal"):
            ahead = edition.withdrawal.withdrawn_at < edition.public_from
            return f"{'予約の取消し' if ahead else '取下げ'}（{edition.withdrawal.reason}）"
        return "公表の予約" if edition.public_from > timezone.now() else "公表"

    def get_urls(self) -> list[URLPattern]:
        """Django's, and the edition as a file."""
        view = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/download.<str:ending>", view, name="edition-download"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int, ending: str) -> HttpResponse:
        """The edition in the columns of the open data, also one that citizens cannot see."""
        permissions.require(permissions.may_export(request.user, Edition))
        edition = found_or_404(Edition.objects.select_related("report__plan"), pk=pk)
        return report_file(edition, edition.rows.all(), ending, f"v{edition.number}")


ENDINGS: dict[str, type[Format]] = {"csv": FORMATS[0], "xlsx": FORMATS[1]}


def report_file(facts: EditionFacts, rows: Iterable[EditionRow], ending: str, suffix: str) -> HttpResponse:
    """The file as an attachment, named like the public ones. Raises Http404 for another ending."""
    if ending not in ENDINGS:
        raise Http404("CSVかExcel（xlsx）を選んでください。")
    file_format = ENDINGS[ending]()
    printed = list(rows)
    data = file_format.export_data(ReportResource(facts, told_beside(printed)).export(printed))
    front = facts.front_matter
    name = f"{front['plan']['municipality_code']}_action_plan_fy{front['fiscal_year']}_{suffix}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=file_format.get_content_type(), headers=headers)
