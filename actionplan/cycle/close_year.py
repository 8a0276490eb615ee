"""Taking back a year that was opened by mistake: its empty answers and its report go, their history stays."""

from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from actionplan import permissions
from actionplan.cycle.rows import lock, remove
from actionplan.models import AnnualReport, Progress, State, YearlyStatus
from actionplan.models.sourced import note_source

REASON = "年度を開くのを取り消す"
CHANGED = "確かめていただいている間に、回答が変わりました。もう一度確かめてください。"
UNTOUCHED = Q(state=State.NOT_STARTED, progress=Progress.UNSET, text="", outcome="", challenge="", next_step="")
MOST_CODES = 10


class ClosingRefused(ValueError):
    """Raised when the year has to stay; the message is the Japanese sentence for the person."""


@dataclass(frozen=True)
class Closing:
    """What taking the year back would do. empty: how many answers go. why_not: why the year has to stay, or nothing."""

    report: AnnualReport
    empty: int
    why_not: str
    fingerprint: str


def closing_of(report: AnnualReport) -> Closing:
    """What taking the year back does now; reads only."""
    rows = list(report.statuses.order_by("pk").values_list("pk", "revision"))
    facts = (report.pk, report.answers_due, rows)
    return Closing(report, len(rows), why_not_close(report), sha256(repr(facts).encode()).hexdigest())


def why_not_close(report: AnnualReport) -> str:
    """The Japanese sentence that says why the year stays, or an empty string when it may go."""
    if report.sample:
        return "見本データの年度です。見本データは、専用のコマンドで取り除きます。"
    if report.editions.exists():
        return "公表したことのある年度（予約を含む）なので、取り消せません。"
    if report.reminders.exists():
        return "督促のメールを送った年度なので、取り消せません。督促の記録を残すためです。"
    written = report.statuses.exclude(UNTOUCHED).select_related("item__measure__policy")
    if codes := [row.item.code for row in written.order_by(*YearlyStatus._meta.ordering[1:])]:
        more = f" ほか{len(codes) - MOST_CODES}件" if len(codes) > MOST_CODES else ""
        return f"もう書かれた回答があるので、取り消せません：{'、'.join(codes[:MOST_CODES])}{more}"
    return ""


@transaction.atomic
def close_year(report: AnnualReport, *, by: AbstractBaseUser | None, seen: str) -> int:
    """How many empty answers went, together with the year's report; each leaves a record of its deletion.

    seen: the fingerprint of the closing that the person looked at.
    Raises PermissionDenied for who does not coordinate, ClosingRefused.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    report = AnnualReport.objects.select_for_update().filter(pk=report.pk).first()
    if report is None:
        raise ClosingRefused("この年度は、すでに取り消されています。")
    rows = lock(report.statuses.values_list("pk", flat=True))
    closing = closing_of(report)
    if closing.why_not or closing.fingerprint != seen:
        raise ClosingRefused(closing.why_not or CHANGED)
    remove(rows, by=by, reason=REASON)
    report._history_user = by
    note_source(report, reason=REASON).delete()
    return len(rows)
