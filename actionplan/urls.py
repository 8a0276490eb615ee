"""The addresses of the citizen wing; what does not match one is a 404, before any database is asked."""

from django.urls import path, re_path, register_converter
from django.views.decorators.http import require_safe

from actionplan.views.downloads import (
    CODES,
    EVIDENCE_NAME,
    embedded_item,
    embedded_report,
    evidence_file,
    item_picture,
    plan_picture,
    policy_code,
    policy_picture,
    report_file,
    report_form,
    report_picture,
    site_picture,
)
from actionplan.views.found import department_news, feed, icon, item_news, plan_news, robots, sitemap_xml
from actionplan.views.pages import (
    about,
    accessibility,
    accessibility_data,
    annual_report,
    changes,
    edition_page,
    era_redirect,
    home,
    item,
    item_by_code,
    led_home,
    plan,
    plans,
    policy,
    reports,
    search_csv,
    search_page,
    sitemap,
    verify,
)
from actionplan.views.parts import name_page, names_page, not_done_page
from actionplan.views.years import compare_years, promises_page, streaks_page


class NumberConverter:
    """A number from 1 to 9999 without leading zeros."""

    regex = r"[1-9]\d{0,3}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The number as written in an address."""
        return str(value)


class FileFormatConverter:
    """The ending of a report file."""

    regex = r"csv|xlsx|content\.json|json|pdf|txt|sha256"

    def to_python(self, value: str) -> str:
        """The ending as it stands."""
        return value

    to_url = to_python


class KeptFileConverter(FileFormatConverter):
    """The name of a kept file (kept_files.py)."""

    regex = EVIDENCE_NAME.pattern


class CodeConverter(FileFormatConverter):
    """The ending of a QR code's picture."""

    regex = "|".join(CODES)


class PublicIdConverter(FileFormatConverter):
    """What an item is called for good (public_id.py)."""

    regex = r"[a-z0-9]{8}"


register_converter(NumberConverter, "number")
register_converter(FileFormatConverter, "format")
register_converter(CodeConverter, "code")
register_converter(PublicIdConverter, "public_id")
register_converter(KeptFileConverter, "kept_file")

urlpatterns = [
    path("", home, name="home"),
    path("reports/", reports, name="reports"),
    path("<report:key>/", annual_report, name="annual_report"),
    path("<report:key>.<format:file_format>", report_file, name="report_file"),
    path("<report:key>/v<number:number>.<format:file_format>", report_file, name="report_file_version"),
    path("<report:key>/v<number:number>/", edition_page, name="edition"),
    path("<report:key>-form.xlsx", report_form, name="report_form"),
    path("<report:key>/policies/<number:number>/", policy, name="policy"),
    path("<report:key>/policies/<number:number>/qr.<code:ending>", policy_code, name="policy_code"),
    path("<report:key>/changes/", changes, name="changes"),
    path("<report:key>/compare/<number:year>/", compare_years, name="compare"),
    path("<report:key>/streaks/", streaks_page, name="streaks"),
    path("<report:key>/promises/", promises_page, name="promises"),
    path("<report:key>/not-done/", not_done_page, name="not_done"),
    path("plans/", plans, name="plans"),
    path("plans/<plan:slug>/", plan, name="plan"),
    path("plans/<plan:slug>/about/", about, name="plan_about"),
    path("items/<number:policy>-<number:measure>-<number:number>/", item_by_code, name="item_by_code"),
    path("items/<public_id:public_id>/", item, name="item"),
    path("areas/", names_page, {"facet": "area"}, name="areas"),
    path("areas/<str:name>/", name_page, {"facet": "area"}, name="area"),
    path("tags/", names_page, {"facet": "tag"}, name="tags"),
    path("tags/<str:name>/", name_page, {"facet": "tag"}, name="tag"),
    path("departments/", names_page, {"facet": "department"}, name="departments"),
    path("departments/<path:name>/", name_page, {"facet": "department"}, name="department"),
    path("marks/", names_page, {"facet": "mark"}, name="marks"),
    path("marks/<str:name>/", name_page, {"facet": "mark"}, name="mark"),
    path("evidence/<kept_file:name>", evidence_file, name="evidence"),
    path("search/", search_page, name="search"),
    path("search.csv", search_csv, name="search_csv"),
    path("sitemap/", sitemap, name="sitemap"),
    path("accessibility/", accessibility, name="accessibility"),
    path("accessibility.csv", accessibility_data, name="accessibility_data"),
    path("about/", about, name="about"),
    path("verify/", verify, name="verify"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_xml, name="sitemap_xml"),
    path("sitemap-<number:number>.xml", sitemap_xml, name="sitemap_part"),
    path("favicon.ico", icon, {"name": "favicon.ico"}, name="favicon"),
    path("apple-touch-icon.png", icon, {"name": "apple-touch-icon.png"}, name="touch_icon"),
    path("feed.atom", feed, name="feed"),
    path("plans/<plan:slug>/feed.atom", plan_news, name="plan_feed"),
    path("departments/<path:name>/feed.atom", department_news, name="department_feed"),
    path("items/<public_id:public_id>/feed.atom", item_news, name="item_feed"),
    path("share.png", site_picture, name="share"),
    path("plans/<plan:slug>/share.png", plan_picture, name="plan_share"),
    path("<report:key>/share.png", report_picture, name="report_share"),
    path("<report:key>/v<number:number>/share.png", report_picture, name="report_share_version"),
    path("<report:key>/policies/<number:number>/share.png", policy_picture, name="policy_share"),
    path("items/<public_id:public_id>/share.png", item_picture, name="item_share"),
    path("embed/<report:key>/", embedded_report, name="embedded_report"),
    path("embed/items/<public_id:public_id>/", embedded_item, name="embedded_item"),
    re_path(r"^(?P<place>(?:plans/[a-z0-9-]+/)?reports)/(?P<era>[HhRrSs]\d{1,2})(?P<rest>[-/.].*)$", era_redirect),
]

# Reading only: anything but GET and HEAD is refused before a view is asked. A report's address by another plan's leads.
for pattern in urlpatterns:
    named = led_home(pattern.callback) if "key" in pattern.pattern.regex.groupindex else pattern.callback
    pattern.callback = require_safe(named)
