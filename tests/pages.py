"""The public pages, one of each kind: what every check of looks, grammar and accessibility goes through."""

import json
from functools import cache
from typing import Any

from django.conf import settings


@cache
def _ids() -> dict[str, str]:
    rows = json.loads((settings.BASE_DIR / "fixtures" / "h21.json").read_text(encoding="utf-8"))
    items = [row["fields"] for row in rows if row["model"] == "actionplan.actionitem"]
    return {"-".join(map(str, [*item["measure"][1:], item["number"]])): item["public_id"] for item in items}


def item_page(code: str) -> str:
    """The address of the real report's item that 2009 printed under the code."""
    return f"/items/{_ids()[code]}/"


PUBLIC = (
    "/",
    "/reports/",
    "/reports/2009/",
    "/reports/2009/policies/3/",
    "/reports/2009/changes/",
    "/reports/2009/not-done/",
    "/reports/2009/v1/",
    "/reports/2009/streaks/",
    "/reports/2009/promises/",
    item_page("3-2-1"),
    "/search/",
    "/search/?year=2009&progress=not_done",
    "/about/",
    "/plans/1/",
    "/areas/",
    "/areas/試験地域/",
    "/tags/",
    "/tags/試験のタグ/",
    "/departments/",
    "/departments/試験課/",
    "/marks/",
    "/marks/★/",
    "/sitemap/",
    "/verify/",
    "/accessibility/",
    "/embed/reports/2009/",
    f"/embed{item_page('3-2-1')}",
    "/nothing/",
)


def publish_all_kinds(report: Any) -> Any:
    """The edition of the real report with what it does not bear itself, so that no kind of page is missing."""
    from actionplan.models import Area, Department, Tag
    from actionplan.publishing.publish import publish

    for item in [status.item for status in report.statuses.all()[:3]]:
        item.areas.add(Area.objects.get_or_create(name="試験地域", order=1)[0])
        item.tags.add(Tag.objects.get_or_create(name="試験のタグ")[0])
    department = Department.objects.create(name="試験課", phone="0920-00-0000")
    for status in report.statuses.filter(progress="not_done"):
        status.department = department
        status.save()
    return publish(report, by=None)


STAFF = (
    "/admin/",
    "/admin/actionplan/yearlystatus/",
    "/admin/actionplan/annualreport/",
    "/admin/actionplan/policy/",
    "/admin/actionplan/department/import/",
    "/admin/first-year/",
    "/admin/actionplan/area/",
    "/admin/actionplan/actionitem/add/",
    "/admin/actionplan/annualreport/{report}/publish/",
    "/admin/components/",
    "/admin/trail/",
    "/admin/round/2009/",
    "/admin/round/2009/remind/",
    "/admin/round/open/?year=2010",
)
