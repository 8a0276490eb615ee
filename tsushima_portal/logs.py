"""What the log says: a line of JSON for each event that matters to security, one line a minute for a failing database.

A request has an id (watching.py), which every line of it carries. No line holds a secret or what somebody wrote:
an address is told without its question, and without a key that stands in it.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest

from tsushima_portal.metrics import count_event, count_request
from tsushima_portal.patience import is_weather

security, requests = logging.getLogger("portal.security"), logging.getLogger("portal.request")
# Sent for each event once its line is written: request, and line as a dictionary. Receivers raise nothing.
event_told = Signal()
_now: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
# Keys that stand in an address: a partner's, a head's, and that of who set a new password.
KEY = re.compile(r"^(/partner/|/admin/forgotten/|/admin/approve/).+", re.DOTALL)
SAID_KEY = re.compile(r"(/partner/|/admin/forgotten/|/admin/approve/)[^\s'\"?]+")
SECRETS = {"password", "token", "secret", "code", "otp", "key"}
LONGEST = 200
# Asked every few seconds by who watches: a good answer is no news.
ASKED_BY_MACHINES = {"/healthz", "/readyz"}
GOOD = 200


@contextmanager
def request_of_now(request: HttpRequest) -> Iterator[None]:
    """Lets told() know whose request it is inside the block."""
    before = _now.set(request)
    try:
        yield
    finally:
        _now.reset(before)


def told(event: str, request: HttpRequest | None = None, **facts: Any) -> None:
    """Writes one line for the event: login, export, forbidden … request: the one of now, where none is given.

    facts: short values about accounts, counts and names; what is called a password or a token is left out.
    """
    request = request or _now.get()
    line = {"time": now(), "event": event, **(whose(request) if request else {})}
    line |= {name: _short(value) for name, value in facts.items() if name not in SECRETS and value is not None}
    security.info(as_line(line), extra={"event": event})
    count_event(event)
    event_told.send(None, request=request, line=line)


def answered(request: HttpRequest, wing: str, status: int, size: int | None, seconds: float) -> None:
    """Counts the request, and writes its line where LOG_REQUESTS says so. size: of the answer, where it is known."""
    count_request(wing, status, seconds)
    is_news = status != GOOD or request.path_info not in ASKED_BY_MACHINES
    if settings.LOG_REQUESTS and is_news:
        ms = round(seconds * 1000, 1)
        requests.info(as_line({"time": now(), **whose(request), "status": status, "ms": ms, "bytes": size}))


def whose(request: HttpRequest) -> dict[str, Any]:
    """What every line of a request says of it."""
    return {
        "request_id": getattr(request, "request_id", ""),
        "method": str(request.method)[:10],
        "path": path_of(request),
        "user": user_of(request),
        "address": address_of(request),
    }


def path_of(request: HttpRequest) -> str:
    """The address without what was asked for, and without a key that stands in it."""
    return KEY.sub(r"\1…", request.path_info)[:LONGEST]


def user_of(request: HttpRequest) -> int | None:
    """The account's number, where it is known already; the log asks the database nothing."""
    known = vars(request).get("_cached_user") or vars(request).get("user")
    return getattr(known, "pk", None) if "_wrapped" not in getattr(known, "__dict__", {}) else None


def client_address(request: HttpRequest) -> str:
    """Where the request comes from: what the proxy that we trust has seen, else the other end of the line."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return (seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))[:45]


def address_of(request: HttpRequest) -> str:
    """The address as the log may have it: LOG_ADDRESSES says full, short (citizens' without their last part) or off."""
    told_as, address = settings.LOG_ADDRESSES, client_address(request)
    if told_as == "off":
        return ""
    is_citizen = not request.path_info.startswith("/admin/")
    return shortened(address) if told_as == "short" and is_citizen else address


def shortened(address: str) -> str:
    """192.0.2.0 for 192.0.2.77; 2001:db8:1:: for a longer one."""
    if ":" in address:
        return ":".join(address.split("::")[0].split(":")[:3]) + "::"
    return f"{address.rpartition('.')[0]}.0" if "." in address else ""


def now() -> str:
    """The time as log lines write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def as_line(facts: dict[str, Any]) -> str:
    """The facts as one line of JSON; line breaks within them are escaped."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=str)


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | None) else str(value)[:LONGEST]


class Lines(logging.Formatter):
    """One line of JSON for each record, whoever wrote it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line itself, or the words of a record that is none yet."""
        words = record.getMessage()
        return words if words.startswith("{") else as_line({"time": now(), "event": "note", "words": words})


class Dated(logging.Formatter):
    """Errors as ever, with their traceback; keys are cut from what Django says of their pages."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in words."""
        return SAID_KEY.sub(r"\1…", super().format(record))


class Refusals(logging.Handler):
    """Tells of a request that Django refused (a strange host, a forged field) as one event, without its traceback."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line."""
        request, kind = getattr(record, "request", None), record.name.rpartition(".")[2]
        if request is None:
            told("bad_request", why=kind)
        elif kind == "DisallowedHost":
            told("bad_host", request, host=request.META.get("HTTP_HOST", ""))
        else:
            told("upload_refused" if kind == "TooManyFilesSent" else "bad_request", request, why=kind)


MINUTE = 60.0


class OneLineAMinute(logging.Filter):
    """Lets the first record of a cause through as one line, and the next one after a minute with the count between.

    A cause is the database's condition, in its own words, or a page that could not be shown (503). What is a fault of
    the program keeps its traceback, and every line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; it is shortened to one line where it tells of the database."""
        cause = _cause(record)
        if not cause:
            return True
        at, held_back = self._told.get(cause, (-MINUTE, 0))
        if monotonic() - at < MINUTE:
            self._told[cause] = at, held_back + 1
            return False
        self._told[cause] = monotonic(), 0
        more = f"（この1分ほどの間に、ほかに{held_back}件）" if held_back else ""
        record.msg, record.args = f"{record.getMessage()} [{cause}]{more}", ()
        record.exc_info = record.exc_text = None
        return True


def _cause(record: logging.LogRecord) -> str:
    mishap = record.exc_info[1] if record.exc_info else None
    if mishap is not None and is_weather(mishap):
        return f"{type(mishap).__name__}: {str(mishap).strip().splitlines()[0] if str(mishap).strip() else ''}"
    if getattr(record, "status_code", 0) == 503 and mishap is None:
        return "503"
    return "時計" if "clock is behind" in record.getMessage() else ""
