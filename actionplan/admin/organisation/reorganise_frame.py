"""What the pages of a reorganisation share: who may pass, and where they stand."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.own_page import own_page
from actionplan.admin.pickers import in_force
from actionplan.models import Department

FOLDER = "admin/reorganise"


def require_office(request: HttpRequest) -> None:
    """Returns for the coordinator's office; raises PermissionDenied for everybody else."""
    allowed = permissions.may_coordinate(request.user) and permissions.may_change(request.user, Department)
    permissions.require(allowed, "組織改正は事務局が行います。変更が必要なときは事務局に連絡してください。")


def framed(
    request: HttpRequest, name: str, old: Department, *, heading: str = "組織改正", **facts: object
) -> HttpResponse:
    """The page about the department, below the list and the department's own page."""
    crumbs = [
        ("担当課の一覧", reverse("admin:actionplan_department_changelist")),
        (str(old), reverse("admin:actionplan_department_change", args=[old.pk])),
    ]
    facts |= {"old": old, "stands": in_force(old, timezone.localdate())}
    return own_page(request, f"{FOLDER}/{name}.html", title=f"{heading}：{old}", crumbs=crumbs, **facts)
