"""Each request gets an id and a line in the log; refusals, exports and changes of rights are events."""

import re
from time import perf_counter
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db.models.signals import m2m_changed, post_init, post_save
from django.http import HttpRequest, HttpResponse

from tsushima_portal.logs import answered, request_of_now, told
from tsushima_portal.middleware import PARTNERS, STAFF_WING, Handler

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
FORBIDDEN = 403


def watched(get_response: Handler) -> Handler:
    """The outermost middleware: names the request, tells what became of it, and counts it."""

    def answer(request: HttpRequest) -> HttpResponse:
        start = perf_counter()
        request.request_id = request_id(request)  # type: ignore[attr-defined]
        with request_of_now(request):
            response = get_response(request)
            response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            _tell(request, response, perf_counter() - start)
        return response

    return answer


def request_id(request: HttpRequest) -> str:
    """The id that a proxy we trust gave the request, else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUST_PROXY else ""
    return given if GIVEN_ID.fullmatch(given) else uuid4().hex


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    wing = wing_of(request)
    if wing != "citizens":
        _tell_events(request, response)
    size = None if response.streaming else int(response.headers.get("Content-Length") or len(response.content))
    answered(request, wing, response.status_code, size, seconds)


def wing_of(request: HttpRequest) -> str:
    """Whose door the request came through."""
    if request.path_info.startswith(STAFF_WING):
        return "staff"
    return "partners" if request.path_info.startswith(PARTNERS) else "citizens"


def _tell_events(request: HttpRequest, response: HttpResponse) -> None:
    if response.status_code == FORBIDDEN:
        told("forbidden", request)
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        told("export", request, kind=response.headers.get("Content-Type", "").partition(";")[0])


RIGHTS = ("is_active", "is_staff", "is_superuser")


def _rights(user: User) -> dict[str, Any]:
    return {name: vars(user).get(name) for name in RIGHTS}


def _noted(sender: type, instance: User, **kwargs) -> None:
    vars(instance)["_rights_before"] = _rights(instance)


def _account_saved(sender: type, instance: User, created: bool, **kwargs) -> None:
    before, after = vars(instance).get("_rights_before", {}), _rights(instance)
    changed = {name: value for name, value in after.items() if created or before.get(name) != value}
    if changed:
        told("rights", of=instance.pk, **changed)
    if vars(instance).get("_password") is not None:
        told("password_set", of=instance.pk)
    vars(instance)["_rights_before"] = after


def _memberships_changed(sender: type, instance: Any, action: str, pk_set: set | None, **kwargs) -> None:
    if action.startswith("post_") and (pk_set or action == "post_clear"):
        keys = ",".join(map(str, sorted(pk_set or ())))
        told("rights", of=instance.pk, table=instance._meta.model_name, action=action[5:], keys=keys)


def connect() -> None:
    """Called once when the application is ready."""
    post_init.connect(_noted, sender=User, dispatch_uid="note rights")
    post_save.connect(_account_saved, sender=User, dispatch_uid="tell rights")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_memberships_changed, sender=through, dispatch_uid=f"tell {through.__name__}")
