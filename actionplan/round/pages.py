"""取りまとめ状況: every department of a year, how far its answers have come, and the ways on from there."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import FrontLink, own_page, succession_in
from actionplan.checks.questions import Check
from actionplan.checks.reading import check_year
from actionplan.mail import goes_out
from actionplan.models import AnnualReport, Approval, State, YearlyStatus
from actionplan.round.opening import years_under_way
from actionplan.round.plan_changes import questions
from actionplan.round.reminders import sends_workbooks
from actionplan.round.responses import TITLE, Response, report_of, responses, tallies, waiting_revisions
from actionplan.round.staffing import lacking
from actionplan.round.years import why_not_close
from actionplan.seen import fingerprint
from actionplan.words import day_words, days_words, due_day

# Years under way that the front page names.
MOST_YEARS = 3
# Answers that are checked only to say how much there is to look at.
MOST_CHECKED = 500
# What the page may be narrowed to, by the word in the address.
SHOWN: dict[str, tuple[str, Callable[[Response], bool]]] = {
    "": ("すべての課", lambda response: True),
    "open": ("未提出がある", lambda response: response.open > 0),
    "not_started": ("未着手がある", lambda response: response.counts[State.NOT_STARTED] > 0),
    "draft": ("記入中がある", lambda response: response.counts[State.DRAFT] > 0),
    "returned": ("差戻しがある", lambda response: response.counts[State.RETURNED] > 0),
    "submitted": ("確定を待っている", lambda response: response.waiting > 0),
    "confirmed": ("すべて確定", lambda response: response.finished),
}


@dataclass(frozen=True)
class Narrowing:
    """A link that narrows the page to some departments, and how many they are."""

    word: str
    label: str
    departments: int
    chosen: bool


@dataclass(frozen=True)
class Due:
    """The due date in words; late is whether it has passed."""

    date: str
    rest: str
    late: bool


def may_look(request: HttpRequest) -> None:
    """Returns for who may read every department's answers; raises PermissionDenied for everybody else."""
    standing = permissions.may_view(request.user, YearlyStatus) or permissions.may_coordinate(request.user)
    permissions.require(standing)


def latest_report() -> AnnualReport | None:
    """The newest year that has something to answer, a sample one only when there is no other."""
    asked = Exists(YearlyStatus.objects.filter(report=OuterRef("pk")))
    return AnnualReport.objects.filter(asked).order_by("sample", "-fiscal_year").first()


def round_front(request: HttpRequest) -> HttpResponse:
    """Leads to the newest year; says how to begin when there is none."""
    may_look(request)
    if report := latest_report():
        return HttpResponseRedirect(reverse("admin:round", args=[report.key]))
    coordinates = permissions.may_coordinate(request.user)
    return own_page(request, "admin/round/nothing.html", title=TITLE, coordinates=coordinates)


def round_page(request: HttpRequest, key: str) -> HttpResponse:
    """The year's departments, those that need attention first."""
    may_look(request)
    report = report_of(key)
    found = responses(report)
    word = request.GET.get("show", "")
    word = word if word in SHOWN else ""
    coordinates = permissions.may_coordinate(request.user)
    shown = [response for response in found if SHOWN[word][1](response)]
    ticks = coordinates and any(response.waiting for response in shown)
    ticked = ticks and request.GET.get("tick") == "all"
    total = total_of(found)
    # A very large year is checked only where it is to be confirmed unread.
    check = check_year(report) if total.total <= MOST_CHECKED or ticked else None
    facts: dict[str, Any] = {
        "report": report,
        "untouched": coordinates and _is_untouched(report, found),
        "years": AnnualReport.objects.exclude(pk=report.pk).select_related("plan"),
        "due": due_of(report),
        "edition": report.editions.public().defer("front_matter").order_by("-number").first(),
        "asked": Approval.objects.requests().filter(report=report).first() if permissions.four_eyes() else None,
        "responses": _sealed(report, shown, check) if ticks else shown,
        "ticks": ticks,
        "ticked": ticked,
        "word": word,
        "narrowings": [narrowing(each, found, word) for each in SHOWN],
        "total": total,
        "asked_about": len(check.listed) if check else None,
        "coordinates": coordinates,
        "missed": _missed(request, report, found) if coordinates else [],
        **_letters(report, found),
    }
    if coordinates and _is_under_way(report, facts):
        facts["undecided"] = len(questions(report, succession_in(request)))
    return own_page(request, "admin/round/round.html", title=f"{TITLE}　{report}", **facts)


def _letters(report: AnnualReport, found: list[Response]) -> dict[str, bool]:
    """What the page says of mails: whether opening letters are to send, were sent, and whether mails only print."""
    return {
        "announcing": sends_workbooks() and not report.sample and any(each.unannounced for each in found),
        "announced": any(each.opening for each in found),
        "printed_only": not goes_out() and any(each.reminder for each in found),
    }


def waiting_seal(revisions: Mapping[int, int]) -> str:
    """What a tick box of a department remembers of what waited when the page was read."""
    return fingerprint(sorted(revisions.items()), length=16)


def _sealed(report: AnnualReport, found: list[Response], check: Check | None) -> list[Response]:
    """The same, with the seal of what waits, which a tick box sends, and with what the check asks of it."""
    revisions, asked = waiting_revisions(report, found), check.by_answer if check else {}
    return [
        replace(
            each,
            seal=waiting_seal(revisions[each.key]),
            asked=sum(len(asked.get(pk, ())) for pk in revisions[each.key]),
        )
        if each.waiting
        else each
        for each in found
    ]


def _is_under_way(report: AnnualReport, facts: dict[str, Any]) -> bool:
    """Whether anybody is still asked for the year, as years_under_way() has it: plans go on after one is closed."""
    past = report.sample or report.past_source or report.past_published_on
    return not past and (facts["edition"] is None or not facts["total"].finished)


def _is_untouched(report: AnnualReport, found: list[Response]) -> bool:
    """Whether the year may still be taken back; asked of the database only when nobody has begun."""
    begun = any(response.counts[state] for response in found for state in State if state != State.NOT_STARTED)
    return not begun and not why_not_close(report)


def _missed(request: HttpRequest, report: AnnualReport, found: list[Response]) -> list[str]:
    """Which departments of those that are not through have nobody to hand in or to write, in sentences."""
    asked = [] if report.sample else [each.department for each in found if not each.finished]
    return lacking(asked, succession_in(request)).sentences if any(asked) else []


def due_of(report: AnnualReport) -> Due | None:
    """The year's due date in words, None when it has none."""
    due, today = report.answers_due, timezone.localdate()
    return Due(day_words(due), days_words(due, today), due < today) if due else None


def narrowing(word: str, found: list[Response], chosen: str) -> Narrowing:
    """The link for the word."""
    label, fits = SHOWN[word]
    return Narrowing(word, label, sum(map(fits, found)), word == chosen)


def total_of(found: list[Response]) -> Response:
    """All departments together, as if they were one."""
    return Response(None, frozenset(), sum((response.counts for response in found), Counter()))


def years_in(request: HttpRequest) -> list[AnnualReport]:
    """The newest years under way, read once a request."""
    if "_years_under_way" not in vars(request):
        vars(request)["_years_under_way"] = list(years_under_way()[:MOST_YEARS])
    return vars(request)["_years_under_way"]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """How far each year under way has come, newest first; for the coordinator also what waits for confirmation."""
    coordinates = permissions.may_coordinate(request.user)
    if not coordinates and not permissions.may_view(request.user, YearlyStatus):
        return []
    reports = years_in(request) or list(filter(None, [latest_report()]))
    if not reports or reports[0].sample:
        return [FrontLink("年度を開く", reverse("admin:open_year"))] if coordinates else []
    return [link for report in reports for link in _year_links(report, request, coordinates, len(reports) > 1)]


def _year_links(report: AnnualReport, request: HttpRequest, coordinates: bool, several: bool) -> list[FrontLink]:
    found, year = tallies(report, succession_in(request)), f"　{report}" if several else ""
    address = reverse("admin:round", args=[report.key])
    links = [FrontLink(f"{TITLE}{year}", address, f"{report}：{_how_far(report, found)}")]
    if coordinates and (waiting := sum(response.waiting for response in found)):
        queue = reverse("admin:round_queue", args=[report.key])
        links.append(FrontLink(f"確定を待っている回答{year}", queue, f"{waiting}件"))
    if coordinates and (voices := getattr(report, "voices_waiting", 0)):
        place = reverse("admin:voices", args=[report.key])
        links.append(FrontLink(f"確定を待っている関係課・相手方の文{year}", place, f"{voices}件"))
    return links


def _how_far(report: AnnualReport, found: list[Response]) -> str:
    asked = [response for response in found if response.department]
    done = sum(not response.open for response in asked)
    sentence = f"{len(asked)}課のうち{done}課が提出済み。" if asked else "担当課が決まっていません。"
    due, today = report.answers_due, timezone.localdate()
    return f"{sentence}締切は{due_day(due, today)}（{days_words(due, today)}）。" if due else sentence


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("round/", guarded(round_front), name="round_front"),
        path("round/<slug:key>/", guarded(round_page), name="round"),
    ]
