"""What can go wrong at any door of the staff wing ends in a sentence, and what was written comes back with it."""

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse

from actionplan.admin import rescue
from actionplan.admin.odd import ODD, is_odd

log = logging.getLogger(__name__)


def weathered(door: Callable, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """The door's answer, or the page that gives a refused post its words back.

    Raises what the door raises where there is nothing to give back, BadRequest for what no page of ours sends.
    """
    try:
        if is_odd(request):
            raise BadRequest(ODD)
        return door(request, *args, **kwargs)
    except (PermissionDenied, BadRequest, DataError, OverflowError, OperationalError) as mishap:
        return _page_for(mishap, request)


def _page_for(mishap: Exception, request: HttpRequest) -> HttpResponse:
    """Raises the mishap anew, an unreadable number as BadRequest, where there is nothing to give back."""
    posted = request.method == "POST"
    if isinstance(mishap, OperationalError):
        if not posted:
            raise mishap
        log.error("A post waited too long for the database.", exc_info=mishap)
        return rescue.crowded(request)
    if isinstance(mishap, PermissionDenied):
        # Somebody may have confirmed the answer while it was being written.
        if not posted or not any(rescue.texts(request)):
            raise mishap
        return rescue.refused(request, str(mishap) or rescue.CLOSED)
    if not posted:
        raise BadRequest(ODD) from mishap
    # A number beyond the database's: forged, or a fault of ours that should be known.
    log.warning("A post was refused as unreadable.", exc_info=mishap)
    return rescue.refused(request, ODD, status=400)
