"""Events of security from the log into 変更の記録: those of staff, one row a minute for each kind, person and address.

The log's line is written first and stays whatever becomes of the row: a database that is away fails no request.
"""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import F
from django.db.models.signals import post_save
from django.http import HttpRequest
from django.utils import timezone

from actionplan.models import Approval, ApprovalKind, ApprovalState, HeldEvent, SecurityEvent, label_of
from actionplan.models.approval import STEPS
from actionplan.models.security import EVENTS
from actionplan.text import as_words
from tsushima_portal.logs import event_told, told
from tsushima_portal.middleware import is_staff_wing

log = logging.getLogger(__name__)
KEPT = "keep events of security"
MINUTE = timedelta(minutes=1)
# What may be kept though nobody is logged in: it is limited at the log-in, and names an account or nobody.
BEFORE_LOGIN = {"login_failed", "login_locked", "first_password_lapsed", "password_link_sent", "password_reset"}
BEFORE_LOGIN |= {"single_sign_on_refused", "login_elsewhere", "head_link_used", "head_link_refused"}
# As many rows of such a kind may begin within a minute; from then on they are counted together, without an address.
MOST_BEFORE_LOGIN = 30
PLACED = {"export", "forbidden", "upload_refused", "scanner_away", "confirmed", "confirmation_failed"}
WHY = {
    "busy": "前のファイルを読取り中",
    "virus": "ウイルス",
    "raised": "読めない内容",
    "broken": "壊れたファイル",
    "much": "大きすぎる内容",
    "slow": "時間のかかる内容",
    "TooManyFilesSent": "ファイルが多すぎる",
}


def keep(sender: object, request: HttpRequest | None, line: dict[str, Any], **signal: Any) -> None:
    """Keeps the event as a row, or counts it; what citizens, strangers and commands do stays in the log alone."""
    if request is None or not is_staff_wing(request) or line["event"] not in EVENTS:
        return
    facts = facts_of(line)
    if facts["done_by_id"] is None and facts["event"] not in BEFORE_LOGIN:
        return
    try:
        with transaction.atomic():
            _keep(facts, timezone.now())
    except Error as error:
        log.warning("An event of security is in the log only: %s", error)


def facts_of(line: dict[str, Any]) -> dict[str, Any]:
    """The columns of the event's row, but for its time and how often."""
    person, about = line.get("user"), line.get("account", line.get("of"))
    if line.get("table") == "group" or about == person:
        about = None
    what = " ".join(filter(None, _what(line)))[:255]
    return {
        "event": line["event"],
        "done_by_id": person,
        "account_id": about,
        "address": line["address"],
        "what": what,
    }


def _what(line: dict[str, Any]) -> list[str]:
    """What else is worth knowing, in words: the page, why a file was refused, which right became what."""
    told = [line["path"] if line["event"] in PLACED else "", WHY.get(line.get("why", ""), ""), line.get("found", "")]
    told += [line.get("step", ""), line.get("kept_out") or ""]
    told += [f"{label_of(_user(), name)}：{as_words(line[name])}" for name in RIGHTS if name in line]
    if "table" in line:
        told.append("役割の中身か、役割に入る人" if line["table"] == "group" else "役割か個別の権限")
    return told


RIGHTS = ("is_active", "is_staff", "is_superuser")


def _user() -> Any:
    return SecurityEvent._meta.get_field("done_by").related_model


def _keep(facts: dict[str, Any], now: datetime) -> None:
    _empty(now - MINUTE)
    if facts["done_by_id"] is None and _is_crowded(facts["event"]):
        facts |= {"account_id": None, "address": ""}
    held, made = HeldEvent.objects.get_or_create(key=_key(facts), defaults={"facts": facts, "since": now})
    if made:
        SecurityEvent.objects.create(happened_at=now, **facts)
    else:
        HeldEvent.objects.filter(pk=held.pk).update(times=F("times") + 1)


def _key(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _is_crowded(event: str) -> bool:
    return HeldEvent.objects.filter(facts__event=event, facts__done_by_id=None).count() >= MOST_BEFORE_LOGIN


def _empty(before: datetime) -> None:
    """Writes a row for what was counted in a minute that is over; a worker that is at it already is not waited for."""
    over = list(HeldEvent.objects.select_for_update(skip_locked=True).filter(since__lt=before).order_by("pk"))
    HeldEvent.objects.filter(pk__in=[held.pk for held in over]).delete()
    for held in over:
        if held.times:
            SecurityEvent.objects.create(happened_at=held.since, times=held.times, **held.facts)


def tell_step(sender: type, instance: Approval, **signal: Any) -> None:
    """Tells the log of a step of 起案 and 決裁, whichever door it was taken by."""
    step = STEPS[ApprovalKind(instance.kind), ApprovalState(instance.state)]
    told("approval", number=instance.pk, step=f"{instance}：{step}")


def connect() -> None:
    """Called once when the application is ready."""
    post_save.connect(tell_step, sender=Approval, dispatch_uid="tell steps of approvals")
    event_told.connect(keep, dispatch_uid=KEPT)
