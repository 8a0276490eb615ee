"""The open sessions of an account, known by the hash of their key, which django-axes keeps with each log-in."""

from hashlib import sha256
from typing import Any

from axes.models import AccessLog
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import force_bytes


def hash_of(request: HttpRequest) -> str:
    """The hash of the request's own session."""
    return _hash(request.session.session_key)


def _hash(key: str | None) -> str:
    return sha256(force_bytes(key or "")).hexdigest()


def renew_key(request: HttpRequest) -> None:
    """Gives the session another key: what somebody knew of the one before opens nothing. The log-in's row follows."""
    before = hash_of(request)
    request.session.cycle_key()
    follow(request, before)


def follow(request: HttpRequest, before: str) -> None:
    """Tells the log-in's row that its session has another key than the one with this hash."""
    own = AccessLog.objects.filter(username=request.user.get_username(), session_hash=before)
    own.update(session_hash=hash_of(request))


def live_sessions(user: Any) -> dict[str, str]:
    """The keys of the account's sessions that have not ended, by their hash."""
    known = set(AccessLog.objects.filter(username=user.get_username()).values_list("session_hash", flat=True))
    keys = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    own = {key: hashed for key in keys if (hashed := _hash(key)) in known}
    # A session that a new password has closed is still stored, until it is asked for.
    closed = {
        session.session_key
        for session in Session.objects.filter(session_key__in=own)
        if session.get_decoded().get(HASH_SESSION_KEY) != user.get_session_auth_hash()
    }
    return {hashed: key for key, hashed in own.items() if key not in closed}


def end_sessions(user: Any, but: str = "") -> int:
    """How many sessions of the account were ended. but: the hash of one that stays."""
    keys = [key for hashed, key in live_sessions(user).items() if hashed != but]
    return Session.objects.filter(session_key__in=keys).delete()[0]
