"""What the person behind a request may do, asked once a request however many parts of a page want to know."""

from django.http import HttpRequest

from actionplan.models import Succession
from actionplan.permissions import Standing, standing_of


def succession_in(request: HttpRequest) -> Succession:
    """The departments and who stands for whom, read once a request; for pages that only read."""
    if not hasattr(request, "_succession"):
        request._succession = Succession()
    return request._succession


def standing_in(request: HttpRequest) -> Standing:
    """What the person may do in the round, read once a request. A write asks permissions.standing_of() anew."""
    if not hasattr(request, "_standing"):
        request._standing = standing_of(request.user, succession=succession_in(request))
    return request._standing
