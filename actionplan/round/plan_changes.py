"""計画の変更: how the plan went on while a year is open, asked about until somebody decides, question by question.

An item that leads elsewhere now, is new, or ended: the year's answers stay as they are until then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from actionplan import permissions
from actionplan.admin.site import own_page, succession_in
from actionplan.answers.saving import Answer, lock, remove, save_answers
from actionplan.models import (
    ActionItem,
    AnnualReport,
    Department,
    Edition,
    Person,
    Plan,
    State,
    Succession,
    note_source,
)
from actionplan.models import YearlyStatus as Status
from actionplan.round.opening import missing_items, opening_of, years_under_way
from actionplan.round.responses import REPORT_ORDER, TITLE, report_of
from actionplan.round.years import UNTOUCHED, make_answers
from actionplan.seen import Moved, fingerprint, refuse_moved

MOVED, MISSING, ENDED = "moved", "missing", "ended"
MOVE, ADD, DROP, LEAVE = "move", "add", "drop", "leave"
DEEDS = {MOVED: MOVE, MISSING: ADD, ENDED: DROP}
REASONS = {
    MOVE: "計画の担当課の変更に合わせて移す",
    ADD: "計画に加わった項目を年度に加える",
    DROP: "計画で終了した項目を年度から外す",
    LEAVE: "計画の変更を、この年度に入れない",
}
DONE = {
    MOVE: "{}の回答を{}に移しました。",
    ADD: "{}を、この年度に加えました。",
    DROP: "{}を、この年度から外しました。",
    LEAVE: "{}は、この年度ではこのままにします。",
}


@dataclass(frozen=True)
class PlanQuestion:
    """What is to be decided about an item. status: its answer of the year. lead: the department that leads it today.

    untouched: whether nobody has written the answer, in a year that was never published.
    """

    kind: str
    item: ActionItem
    status: Status | None = None
    lead: Department | None = None
    untouched: bool = False

    @property
    def key(self) -> str:
        """Its name."""
        return f"{self.kind}-{self.item.pk}"

    @property
    def against(self) -> str:
        """What a decision to leave it holds against; another lead asks anew."""
        return str(self.lead.pk) if self.kind == MOVED and self.lead else ""

    @property
    def deed(self) -> str:
        """What may be done besides leaving it; empty where nothing may."""
        if self.kind == MOVED and self.status and self.status.state == State.CONFIRMED:
            return ""
        return "" if self.kind == ENDED and not self.untouched else DEEDS[self.kind]

    @property
    def seal(self) -> str:
        """What the page remembers of it."""
        return fingerprint(self.key, self.against, self.deed, self.status and self.status.revision, length=16)


def questions(report: AnnualReport, succession: Succession | None = None) -> list[PlanQuestion]:
    """What nobody has decided yet, in report order; two queries when told the succession."""
    day, succession = timezone.localdate(), succession or Succession()
    found = [PlanQuestion(MISSING, item) for item in missing_items(report).select_related("measure__policy")]
    ended = Q(item__ended=True) | Q(item__successor__isnull=False)
    elsewhere = Q(department=None) | ~Q(department=F("item__lead_department"))
    published = Exists(Edition.objects.filter(report=OuterRef("report")))
    rows = report.statuses.annotate(published=published).filter(
        ended | (elsewhere & Q(item__lead_department__isnull=False))
    )
    for row in rows.select_related("department", "item__measure__policy").order_by(*REPORT_ORDER):
        found += _about(row, succession, day)
    return [each for each in found if report.left_as_is.get(each.key) != each.against]


def asked(report: AnnualReport, succession: Succession | None = None) -> list[PlanQuestion]:
    """The same while anybody is asked for the year; nothing of one that is over, to which a page of before may lead."""
    return questions(report, succession) if years_under_way().filter(pk=report.pk).exists() else []


def _about(row: Status, succession: Succession, day: date) -> list[PlanQuestion]:
    if row.item.ended or row.item.successor_id:
        return [PlanQuestion(ENDED, row.item, row, untouched=_is_untouched(row))]
    lead = succession.current(row.item.lead_department_id, day)
    if lead == succession.current(row.department_id, day) or _follows(row, lead, succession, day):
        return []
    return [PlanQuestion(MOVED, row.item, row, succession.by_pk[lead])]


def _follows(row: Status, lead: int | None, succession: Succession, day: date) -> bool:
    """Whether the answer stands under a department that ended and whose part leads the item: that is no change."""
    own = row.department
    return bool(own and own.in_force_until and own.in_force_until < day and lead in succession.heirs(own.pk, day))


def _is_untouched(row: Any) -> bool:
    return row.state == State.NOT_STARTED and row.answered_at is None and not row.published


@transaction.atomic
def decide(report: AnnualReport, deed: str, key: str, seen: str, *, by: Person) -> str:
    """What was done, in a sentence. key, seen: of the question that the person looked at.

    Raises PermissionDenied, Moved, and what saving raises; then nothing is changed.
    """
    permissions.require(permissions.may_coordinate(by))
    Plan.objects.select_for_update().get(pk=report.plan_id)
    stored = AnnualReport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=report.pk)
    question = next((each for each in asked(stored) if each.key == key), None)
    refuse_moved(seen, question.seal if question else "")
    if question is None or deed not in (LEAVE, question.deed):
        raise Moved
    _do(stored, question, deed, by)
    return DONE[deed].format(question.item.code, question.lead)


def _do(report: AnnualReport, question: PlanQuestion, deed: str, by: Person) -> None:
    reason, status = REASONS[deed], question.status
    if deed == LEAVE:
        report.left_as_is[question.key] = question.against
        note_source(report, reason=f"{reason}：{question.item.code}").save(update_fields=["left_as_is"])
    elif deed == ADD:
        coming = opening_of(report.plan, report.fiscal_year).coming
        make_answers(report, [each for each in coming if each.item.pk == question.item.pk], by=by, reason=reason)
    elif deed == MOVE and status and question.lead:
        answer = Answer(status.pk, status.revision, department=(question.lead.pk,))
        save_answers([answer], by=by, reason=reason)
    elif status:
        _drop(report, status, by, reason)


def _drop(report: AnnualReport, status: Status, by: Person, reason: str) -> None:
    """Raises Moved where somebody has written meanwhile, or the year has been published."""
    rows = lock([status.pk])
    if report.editions.exists() or not Status.objects.filter(UNTOUCHED, pk=status.pk).exists():
        raise Moved("書かれた回答か、公表したことのある年度なので、外せません")
    remove(rows, by=by, reason=reason)


HEADING = "計画の変更"


def plan_changes_page(request: HttpRequest, key: str) -> HttpResponse:
    """The questions with a button for each way; a post decides one, or all as the plan has it (do=all)."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    if request.method == "POST":
        sent = request.POST.getlist("question") if request.POST.get("do") == "all" else [request.POST.get("do", "")]
        for each in sent:
            _decide(request, report, each)
        return HttpResponseRedirect(request.path)
    found = asked(report, succession_in(request))
    facts = {"report": report, "questions": found, "several": sum(bool(each.deed) for each in found) > 1}
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    return own_page(request, "admin/round/plan_changes.html", title=HEADING, crumbs=crumbs, **facts)


def _decide(request: HttpRequest, report: AnnualReport, sent: str) -> None:
    deed, _, question = sent.partition(":")
    key, _, seen = question.partition(":")
    try:
        messages.success(request, decide(report, deed, key, seen, by=request.user))
    except Moved as moved:
        messages.error(request, f"何も変えていません。{str(moved).rstrip('。')}。")


def tell_open_years(request: HttpRequest, items: set[int] | None = None) -> str:
    """Tells of each year under way in which something about these items (of all when None) is to be decided.

    The address of the page that asks, for who may decide; empty where nothing is to be decided.
    """
    asks = permissions.may_coordinate(request.user)
    places = []
    for report in years_under_way():
        found = [each for each in questions(report) if items is None or each.item.pk in items]
        if not found:
            continue
        place = reverse("admin:round_plan", args=[report.key])
        words = f"{report}の回答が進行中です。回答を移すか、項目を加えるか、このままにするかが決まっていない項目が"
        link = format_html('<a href="{}">決める</a>', place) if asks else "事務局に知らせてください。"
        messages.warning(request, format_html("{}{}件あります。{}", words, len(found), link))
        places.append(place)
    return places[0] if places and asks else ""


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<slug:key>/plan/", guarded(plan_changes_page), name="round_plan")]
