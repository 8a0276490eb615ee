"""Pages for what went wrong, in plain Japanese."""

import logging
import sys

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actionplan.selectors.editions import Frame, Withdrawn, page_frame
from tsushima_portal.patience import SharedFolderAway, is_weather

log = logging.getLogger(__name__)
TOO_MANY_FILES = (
    "一度に選べるファイルは{most}個までです。何も保存していません。前の画面に戻り、何回かに分けて選んでください。"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 400 page; it asks nothing of the database. Too many files at once are told how many may come."""
    reason = ""
    if isinstance(exception, TooManyFilesSent):
        reason = TOO_MANY_FILES.format(most=settings.DATA_UPLOAD_MAX_NUMBER_FILES)
    return render(request, "400.html", {"reason": reason, "page_id": "E-400"}, status=400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page, with the sentence of the view that raised it; the 410 page for what was taken down with one."""
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    status = 410 if isinstance(exception, Withdrawn) else 404
    context = {"frame": _frame_or_none(), "reason": reason, "page_id": f"E-{status}", "gone": exception}
    response = render(request, f"{status}.html", context, status=status)
    response["Cache-Control"] = "no-cache"
    return response


RETRY_AFTER = 30  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page, or the 503 page where the database or the shared folder is away; neither asks the database."""
    mishap = sys.exc_info()[1]
    if is_weather(mishap):
        return database_away(request)
    if isinstance(mishap, SharedFolderAway):
        return _unavailable(request)
    return render(request, "500.html", {"page_id": "E-500"}, status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """That the page cannot be shown for the moment (503), and when to come back; marked for whoever has it kept."""
    response = _unavailable(request)
    response.database_away = True  # type: ignore[attr-defined]  # read by views/kept.py
    return response


def _unavailable(request: HttpRequest) -> HttpResponse:
    response = render(request, "503.html", {"page_id": "E-503"}, status=503)
    response["Retry-After"], response["Cache-Control"] = str(RETRY_AFTER), "no-store"
    return response


def _frame_or_none() -> Frame | None:
    try:
        return page_frame()
    except DatabaseError:
        log.exception("The 404 page is shown without its frame.")
        return None
