"""The addresses of the citizen wing; what does not match one is a 404, before any database is asked."""

from django.urls import path, re_path, register_converter
from django.views.decorators.http import require_safe

from actionplan.views.downloads import report_file, report_form
from actionplan.views.pages import (
    about,
    accessibility,
    annual_report,
    changes,
    era_redirect,
    healthz,
    home,
    item,
    item_by_code,
    policy,
    reports,
    search_csv,
    search_page,
    sitemap,
)


class FiscalYearConverter:
    """A year of four digits."""

    regex = r"[12]\d{3}"

    def to_python(self, value: str) -> int:
        """The year as a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The year as written in an address."""
        return str(value)


class NumberConverter(FiscalYearConverter):
    """A number from 1 to 9999 without leading zeros."""

    regex = r"[1-9]\d{0,3}"


class FileFormatConverter:
    """The ending of a report file."""

    regex = r"csv|xlsx|pdf|txt"

    def to_python(self, value: str) -> str:
        """The ending as it stands."""
        return value

    to_url = to_python


class PublicIdConverter(FileFormatConverter):
    """What an item is called for good (public_id.py)."""

    regex = r"[a-z0-9]{8}"


register_converter(FiscalYearConverter, "year")
register_converter(NumberConverter, "number")
register_converter(FileFormatConverter, "format")
register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("", home, name="home"),
    path("reports/", reports, name="reports"),
    path("reports/<year:year>/", annual_report, name="annual_report"),
    path("reports/<year:year>.<format:file_format>", report_file, name="report_file"),
    path("reports/<year:year>/v<number:number>.<format:file_format>", report_file, name="report_file_version"),
    path("reports/<year:year>-form.xlsx", report_form, name="report_form"),
    path("reports/<year:year>/policies/<number:number>/", policy, name="policy"),
    path("reports/<year:year>/changes/", changes, name="changes"),
    path("items/<number:policy>-<number:measure>-<number:number>/", item_by_code, name="item_by_code"),
    path("items/<public_id:public_id>/", item, name="item"),
    path("search/", search_page, name="search"),
    path("search.csv", search_csv, name="search_csv"),
    path("sitemap/", sitemap, name="sitemap"),
    path("accessibility/", accessibility, name="accessibility"),
    path("about/", about, name="about"),
    path("healthz", healthz, name="healthz"),
    re_path(r"^reports/(?P<era>[HhRrSs]\d{1,2})(?P<rest>[-/.].*)$", era_redirect),
]

# Reading only: anything but GET and HEAD is refused before a view is asked.
for pattern in urlpatterns:
    pattern.callback = require_safe(pattern.callback)
