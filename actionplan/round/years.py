"""Opening a year: its report, its due date, an empty answer for each item that goes on; all of it or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from simple_history.utils import bulk_create_with_history

from actionplan import permissions
from actionplan.answers.saving import BATCH, lock, remove
from actionplan.cells import CELLS
from actionplan.fiscal_year import parse_fiscal_year
from actionplan.models import AnnualReport, Person, Plan, State, YearlyStatus, note_source, remove_with_year
from actionplan.round.opening import Coming, Opening, opening_of
from actionplan.round.responses import REPORT_ORDER
from actionplan.seen import fingerprint, refuse_moved
from actionplan.voices.asked import UNTOUCHED as UNTOUCHED_VOICE
from actionplan.voices.asked import ask
from actionplan.voices.asked import remove as remove_voices

CLOSING_REASON = "年度を開くのを取り消す"
ANSWERS_MOVED = "確かめていただいている間に、回答が変わりました。もう一度確かめてください。"
UNTOUCHED = Q(state=State.NOT_STARTED, **{cell.name: cell.empty for cell in CELLS})
MOST_CODES = 10


class ClosingRefused(ValueError):
    """Raised when the year has to stay; the message is the Japanese sentence for the person."""


@dataclass(frozen=True)
class Closing:
    """What taking the year back would do. empty: how many answers go. why_not: why the year has to stay, or nothing."""

    report: AnnualReport
    empty: int
    why_not: str
    seal: str


def closing_of(report: AnnualReport) -> Closing:
    """What taking the year back does now; reads only."""
    rows = list(report.statuses.order_by("pk").values_list("pk", "revision"))
    facts = (report.pk, report.answers_due, rows)
    return Closing(report, len(rows), why_not_close(report), fingerprint(*facts))


def why_not_close(report: AnnualReport) -> str:
    """The Japanese sentence that says why the year stays, or an empty string when it may go."""
    if report.sample:
        return "見本データの年度です。見本データは、専用のコマンドで取り除きます。"
    if report.editions.exists():
        return "公表したことのある年度（予約を含む）なので、取り消せません。"
    if report.reminders.exists():
        return "督促のメールを送った年度なので、取り消せません。督促の記録を残すためです。"
    written = report.statuses.exclude(UNTOUCHED).select_related("item__measure__policy")
    if codes := [row.item.code for row in written.order_by(*REPORT_ORDER)]:
        more = f" ほか{len(codes) - MOST_CODES}件" if len(codes) > MOST_CODES else ""
        return f"もう書かれた回答があるので、取り消せません：{'、'.join(codes[:MOST_CODES])}{more}"
    if report.partner_links.exists():
        return "相手方の回答用リンクを作った年度なので、取り消せません。"
    if report.head_links.exists():
        return "課長に承認のメールを送った年度なので、取り消せません。"
    if voice := report.voices.exclude(UNTOUCHED_VOICE).select_related("item__measure__policy").first():
        return f"もう書かれた文があるので、取り消せません：{voice.item.code}（{voice.source}）"
    return ""


@transaction.atomic
def close_year(report: AnnualReport, *, by: Person | None, seen: str) -> int:
    """How many empty answers went, together with the year's report; each leaves a record of its deletion.

    seen: the seal of the closing that the person looked at.
    Raises PermissionDenied for who does not coordinate, ClosingRefused, Moved.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    stored = AnnualReport.objects.select_for_update().filter(pk=report.pk).first()
    if stored is None:
        raise ClosingRefused("この年度は、すでに取り消されています。")
    rows = lock(stored.statuses.values_list("pk", flat=True))
    closing = closing_of(stored)
    if closing.why_not:
        raise ClosingRefused(closing.why_not)
    refuse_moved(seen, closing.seal, ANSWERS_MOVED)
    remove_with_year(stored, by=by, reason=CLOSING_REASON)
    remove(rows, by=by, reason=CLOSING_REASON)
    remove_voices(list(stored.voices.order_by("pk")), by=by, reason=CLOSING_REASON)
    noted = note_source(stored, reason=CLOSING_REASON)
    noted._history_user = by
    noted.delete()
    return len(rows)


OPENING_REASON = "年度を開く"
ITEMS_MOVED = "確かめていただいている間に、項目か締切が変わりました。もう一度確かめてください。"


def asked_report(text: str, plan: str = "") -> AnnualReport:
    """The report that a command names: by a year as people write it, or by its key (2015-second).

    plan: title or slug; needed where several plans report on the year. Raises ValueError with a Japanese sentence.
    """
    found = AnnualReport.objects.select_related("plan")
    found = found.filter(key=text) if "-" in text else found.filter(fiscal_year=parse_fiscal_year(text))
    if plan:
        found = found.filter(Q(plan__title=plan) | Q(plan__slug=plan))
    if not found:
        raise ValueError(
            f"{text}の年次報告がありません。" if not plan else f"「{plan}」に、{text}の年次報告がありません。"
        )
    if len(found) > 1:
        names = "、".join(f"「{report.plan}」" for report in found)
        raise ValueError(f"{text}は、いくつかの計画にあります。--plan で、どの計画か指定してください：{names}")
    return found[0]


class OpeningRefused(ValueError):
    """Raised when the year cannot be opened; the message is the Japanese sentence for the person."""


def open_year(
    plan: Plan, fiscal_year: int, *, answers_due: date | None = None, by: Person | None, seen: str = ""
) -> Opening:
    """What was done; a second call does nothing and says so (Opening.changes_nothing).

    answers_due: the due date from now on; None leaves it. by: None when the machine opens the year.
    seen: the seal of the opening that the person looked at.
    Raises PermissionDenied for who does not coordinate, OpeningRefused, Moved.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    try:
        return _open(plan, fiscal_year, answers_due, by, seen)
    except IntegrityError:
        # Somebody added the year or one of the answers by its own form just now: asked again, it is there.
        return _open(plan, fiscal_year, answers_due, by, seen)


@transaction.atomic
def _open(plan: Plan, fiscal_year: int, answers_due: date | None, by: Person | None, seen: str) -> Opening:
    # The plan's row is the lock: of two who open at once, the second finds everything done.
    Plan.objects.select_for_update().get(pk=plan.pk)
    refuse_year(plan, fiscal_year)
    opening = opening_of(plan, fiscal_year, answers_due)
    refuse_moved(seen or opening.seal, opening.seal, ITEMS_MOVED)
    report = _report(opening, by)
    make_answers(report, opening.coming, by=by, reason=OPENING_REASON)
    return opening


def make_answers(report: AnnualReport, coming: Iterable[Coming], *, by: Person | None, reason: str) -> None:
    """Makes an empty answer for each, and the texts that are asked for beside them. Only where the plan is locked."""
    rows = [YearlyStatus(report=report, item_id=row.item.pk, department=row.department) for row in coming]
    bulk_create_with_history(rows, YearlyStatus, batch_size=BATCH, default_user=by, default_change_reason=reason)
    ask(report, by=by, reason=reason)


def refuse_year(plan: Plan, fiscal_year: int) -> None:
    """Raises OpeningRefused for a year of the plan that holds made-up data."""
    report = AnnualReport.objects.filter(plan=plan, fiscal_year=fiscal_year).select_related("plan").first()
    if report and report.sample:
        raise OpeningRefused(f"{report}には見本データが入っています。見本データを消してから、開いてください。")


def _report(opening: Opening, by: Person | None) -> AnnualReport:
    report = opening.report or AnnualReport(plan=opening.plan, fiscal_year=opening.fiscal_year)
    if opening.sets_due:
        report.answers_due = opening.answers_due
    if opening.report is None or opening.sets_due:
        noted = note_source(report, reason=OPENING_REASON)
        noted._history_user = by
        noted.save()
    return report
