"""What a request meets that failed: a post of the staff gets its words back, everybody else a page of their wing."""

import sys

from django.http import HttpRequest, HttpResponse

from actionplan.admin import rescue
from actionplan.views import errors
from tsushima_portal.middleware import is_staff_wing
from tsushima_portal.patience import SharedFolderAway, is_weather


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an error that nobody caught; nothing is asked of the database, which may be what failed."""
    mishap = sys.exc_info()[1]
    passing = is_weather(mishap) or isinstance(mishap, SharedFolderAway)
    if mishap is not None and passing and request.method == "POST" and is_staff_wing(request):
        return rescue.away(request, mishap)
    return errors.server_error(request)
