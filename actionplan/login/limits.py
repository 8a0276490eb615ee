"""How often a password or a code may be wrong: by account and by address, asked before anything is hashed.

django-axes keeps the failures and stands first among the ways to log in; what is too many is decided here:

- An account may fail FREE times in a row; then it waits a minute, and twice as long after each further failure.
- An address at which somebody has logged in before counts per account: a stranger cannot keep its people out.
- While many fail at once, wherever from, passwords are looked at one after the other; see needs_turn().
- An address may fail for many accounts, too: few times where nobody has ever logged in, more often behind the office's
  router. That keeps nobody out who has logged in from there before.
"""

import fcntl
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from actionplan.login import address_of, told
from actionplan.models import LoginLock

FREE, FREE_AT_STRANGE_ADDRESS, FREE_AT_KNOWN_ADDRESS = 5, 10, 50
ACCOUNT_WAITS, ADDRESS_WAITS = (1, 30), (5, 60)  # Minutes: the first wait, and the longest.
KNOWN_DAYS = 90
CROWD = 5  # Names or addresses that were wrong within a minute.
# What else is counted under a name, beside its password and apart from it.
CODE, FORGOTTEN = "確認の番号", "パスワードの再設定"
NOBODYS = "登録のない利用者名"
LONGEST_NAME = 255
BUSY = "たくさんのログインが試されているため、受け付けられませんでした。1分ほど待って、もう一度ログインしてください。"
HELD = "誤りが続いたため、しばらく受け付けません。少し待つか、事務局に解除を頼んでください。"


@dataclass(frozen=True)
class Hold:
    """Whom nobody is let in as until when. address: the one that is kept out; None when it is the account."""

    until: datetime
    failures: int
    address: str | None = None


def key_of(name: str, kind: str = "") -> str:
    """Under what a name's failures are kept: passwords are typed into the wrong box, so never as it stands."""
    return salted_hmac(f"login limits {kind}", _plain(name).casefold()).hexdigest()[:40]


def _plain(name: str) -> str:
    """The name as the log-in reads it, with nothing that a database would choke on."""
    return unicodedata.normalize("NFKC", name).replace("\0", "").strip()[:LONGEST_NAME]


def key_in(request: HttpRequest, credentials: dict | None = None) -> str:
    """The key of the name that somebody logs in under; settings.AXES_USERNAME_CALLABLE."""
    return key_of((credentials or {}).get("username") or "")


def hold_on(request: HttpRequest, name: str, kind: str = "") -> Hold | None:
    """What keeps this request from trying the name's password or code now, or None. Three small queries."""
    now, address, key = timezone.now(), address_of(request), key_of(name, kind)
    since = now - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(Q(username=key) | Q(ip_address=address), attempt_time__gte=since)
    failures = list(rows.values_list("username", "ip_address", "failures_since_start", "attempt_time"))
    if not failures:
        return None
    here = AccessLog.objects.filter(ip_address=address, attempt_time__gte=now - timedelta(days=KNOWN_DAYS))
    known = here.filter(username=_plain(name)).exists()
    # Who tries codes has the password already, and counts wherever they are.
    apart = known and kind != CODE
    of_name = [row for row in failures if row[0] == key and (not apart or row[1] == address)]
    held = _hold(of_name, FREE, ACCOUNT_WAITS, None, now)
    if held or known:
        return held
    free = FREE_AT_KNOWN_ADDRESS if here.exists() else FREE_AT_STRANGE_ADDRESS
    return _hold([row for row in failures if row[1] == address], free, ADDRESS_WAITS, address, now)


def _hold(rows: list[tuple], free: int, waits: tuple[int, int], address: str | None, now: datetime) -> Hold | None:
    failures = sum(row[2] for row in rows)
    if failures < free:
        return None
    first, longest = waits
    wait = min(first * 2 ** min(failures - free, 20), longest)
    until = max(row[3] for row in rows) + timedelta(minutes=wait)
    return Hold(until, failures, address) if until > now else None


def needs_turn(request: HttpRequest, name: str) -> bool:
    """Whether the password may be looked at only while no other one is: many have just been wrong, wherever from.

    Hashing takes a worker a third of a second: however many strangers try, one worker at most works for them. Who comes
    as ever, from where they have logged in before, and has not been wrong, never waits for a turn.
    """
    lately = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - timedelta(minutes=1))
    if lately.count() < CROWD:
        return False
    here = {"ip_address": address_of(request)}
    wrong = AccessAttempt.objects.filter(username=key_of(name), **here).exists()
    return wrong or not AccessLog.objects.filter(username=_plain(name), **here).exists()


@contextmanager
def turn() -> Iterator[bool]:
    """True when no other process of this machine has its turn; held while the block runs, gone with the process."""
    with (settings.VAR_DIR / "login.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def note_failure(request: HttpRequest, name: str, kind: str = "") -> Hold | None:
    """Counts a wrong password or code, and returns what follows from it."""
    where = {"username": key_of(name, kind), "ip_address": address_of(request), "user_agent": ""}
    with transaction.atomic():
        row, made = AccessAttempt.objects.select_for_update().get_or_create(
            **where, defaults={"failures_since_start": 1}
        )
        if not made:
            facts = {"failures_since_start": F("failures_since_start") + 1, "attempt_time": timezone.now()}
            AccessAttempt.objects.filter(pk=row.pk).update(**facts)
    held = hold_on(request, name, kind)
    if held:
        _note_hold(request, held, name, kind)
    return held


def forget_failures(request: HttpRequest, name: str, kind: str = "") -> None:
    """Begins to count anew for who has just shown that they know the password, or the code."""
    AccessAttempt.objects.filter(username=key_of(name, kind), ip_address=address_of(request)).delete()


@transaction.atomic
def _note_hold(request: HttpRequest, held: Hold, name: str, kind: str) -> None:
    """Keeps a hold for the office's page; one that goes on is the same one."""
    nobody = held.address or kind == FORGOTTEN
    account = None if nobody else User.objects.filter(username__iexact=_plain(name)).first()
    same = {"label": held.address or _label(account, kind), "account": account, "address": held.address}
    same |= {"key": "" if held.address else key_of(name, kind), "lifted_at": None}
    recent = LoginLock.objects.filter(**same, until__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    # The record tells of its beginning; that it goes on is no new event.
    if not recent.update(until=held.until, failures=held.failures, told=False):
        LoginLock.objects.create(**same, until=held.until, failures=held.failures)
    told("login_locked", request, account=account and account.pk, kept_out=held.address, failures=held.failures)


def _label(account: User | None, kind: str) -> str:
    if account is None:
        return kind or NOBODYS
    return f"{account.get_username()}（{kind}）" if kind else account.get_username()


@transaction.atomic
def lift(lock: LoginLock) -> None:
    """Lets in again whom the lock keeps out, and forgets the failures."""
    gone = {"ip_address": lock.address} if lock.address else {"username": lock.key}
    AccessAttempt.objects.filter(**gone).delete()
    lock.lifted_at = timezone.now()
    lock.save()


class LimitsHandler(AxesDatabaseHandler):
    """django-axes's own store, with the portal's rules of what is too many."""

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:
        """1, the limit in the settings, while the name or the address is kept out."""
        return 1 if hold_on(request, (credentials or {}).get("username") or "") else 0

    def user_login_failed(self, sender: Any, credentials: dict, request: Any = None, **kwargs: Any) -> None:
        """Counts a wrong password; who was refused before it was looked at is not counted again."""
        if request is None or request.axes_locked_out:
            return
        name = credentials.get("username") or ""
        known = User.objects.filter(username__iexact=_plain(name)).values_list("pk", flat=True).first()
        told("login_failed", request, account=known)
        self.clean_expired_user_attempts(request)
        request.axes_locked_out = note_failure(request, name) is not None


class LimitsBackend(AxesStandaloneBackend):
    """Refuses who is kept out before any password is hashed; what no request asks for is let through."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Nothing, or PermissionDenied, which ends the log-in."""
        if request is not None:
            super().authenticate(request, username=username, password=password, **kwargs)
