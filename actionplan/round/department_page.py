"""One department's answers of a year, in full, for the coordinator: read, confirm, return, reopen."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.rescue import Text
from actionplan.admin.site import own_page
from actionplan.answers.facts import names_of
from actionplan.answers.saving import StepRefused, confirm, reopen, return_answers
from actionplan.answers.sheet import SheetRow, sheet_rows, statuses
from actionplan.cells import NAMES
from actionplan.checks.questions import Check
from actionplan.checks.reading import check_answers
from actionplan.mail import goes_out
from actionplan.models import AnnualReport, Department, State, YearlyStatus, label_of
from actionplan.round.pages import TITLE, due_of, may_look, report_of
from actionplan.round.responses import REPORT_ORDER, Response, response_of
from actionplan.round.return_mail import Notice, tell_department
from actionplan.round.rows import CONFIRM, REOPEN, RETURN, ReadRow, StepForm, read_row, seen_revisions
from actionplan.seen import Moved, fingerprint
from actionplan.text import as_stored
from actionplan.words import person_name

# Answers on one page; the steps are taken with those that are on it.
PER_PAGE = 200
DONE = {
    CONFIRM: "{}の{}件を確定しました。",
    RETURN: "{}の{}件を差し戻しました。",
    REOPEN: "{}の{}件の確定を取り消しました。",
}
COMPARED = (*NAMES, "state", "department")
# All submitted answers are ticked at first, for confirming: whoever wants one back easily sends all of them.
ASKED = "次の{}件を差し戻しますか。{}。まだ何も変えていません。"
OTHERS = "この課の回答ではない項目が含まれているため、何も変えていません。画面を開き直して、もう一度選んでください。"
NOTHING_TICKED = "回答が一つも選ばれていません。左の四角に印を付けてから、もう一度押してください。"


@dataclass(frozen=True)
class Refusal:
    """Why the step was not taken, and what the page gives back; changed: words by primary key of the answer.

    sure: what the button sends that returns all the ticked answers after all; empty where nothing is asked.
    """

    sentence: str
    reason: str = ""
    ticks: frozenset[int] = frozenset()
    changed: Mapping[int, str] = field(default_factory=dict)
    sure: str = ""


def take_step(request: HttpRequest, report: AnnualReport, response: Response) -> Refusal | None:
    """None when the step was taken and told in a message, otherwise the refusal."""
    sent, _, sure = request.POST.get("step", "").partition(":")
    form, seen = StepForm({"step": sent, "reason": request.POST.get("reason", "")}), seen_revisions(request.POST)
    reason, ticks = as_stored(request.POST.get("reason", "")), frozenset(seen)
    if not form.is_valid():
        sentence = " ".join(str(each) for sentences in form.errors.values() for each in sentences)
        return Refusal(sentence, reason, ticks)
    if not seen:
        return Refusal(NOTHING_TICKED, reason)
    others = YearlyStatus.objects.filter(pk__in=seen).exclude(pk__in=statuses(report, response.forms).values("pk"))
    if others.exists():
        return Refusal(OTHERS, reason)
    step = form.cleaned_data["step"]
    if step == RETURN and reason.strip() and len(ticks) > 1 and sure != _seal(ticks):
        return Refusal(ASKED.format(len(ticks), _codes(ticks)), reason, ticks, sure=f"{RETURN}:{_seal(ticks)}")
    try:
        count = _take(step, seen, request, form.cleaned_data["reason"])
    except StepRefused as refusal:
        return Refusal(str(refusal), reason, ticks)
    except Moved as moved:
        sentence = f"まだ何も変えていません。{moved}。下で確かめて、よければもう一度押してください。"
        return Refusal(sentence, reason, ticks, changes(moved.now, seen))
    messages.success(request, DONE[step].format(response.name, count))
    if step == RETURN:
        _tell(request, report, response, seen, form.cleaned_data["reason"])
    return None


def sent_texts(post: Mapping[str, str]) -> Iterable[Text]:
    """The reason that was written, to be given back where the post itself is refused (see rescue.py)."""
    if reason := post.get("reason", "").strip():
        yield Text("理由", reason)


def _codes(ticks: Iterable[int]) -> str:
    rows = YearlyStatus.objects.filter(pk__in=ticks).select_related("item__measure__policy")
    return "、".join(row.item.code for row in rows.order_by(*REPORT_ORDER))


def _seal(ticks: Iterable[int]) -> str:
    return fingerprint(sorted(ticks), length=16)


def _take(step: str, seen: Mapping[int, int], request: HttpRequest, reason: str) -> int:
    if step == CONFIRM:
        return confirm(seen, by=request.user)
    return {RETURN: return_answers, REOPEN: reopen}[step](seen, by=request.user, reason=reason)


def changes(rows: Iterable[YearlyStatus], seen: Mapping[int, int]) -> dict[int, str]:
    """By primary key, what differs from the revision that was seen, and who changed it last."""
    newer = list(rows)
    records = list(YearlyStatus.history.filter(id__in=[row.pk for row in newer]).select_related("history_user"))
    looked_at = {record.id: record for record in records if record.revision == seen[record.id]}
    newest = {record.id: record for record in sorted(records, key=lambda record: record.history_id)}
    return {row.pk: _difference(row, looked_at.get(row.pk), newest.get(row.pk)) for row in newer}


def _difference(row: YearlyStatus, looked_at: Any, newest: Any) -> str:
    columns = {each.name: each.attname for each in row._meta.concrete_fields}
    labels = [
        label_of(YearlyStatus, name)
        for name in COMPARED
        if looked_at is None or getattr(looked_at, columns[name]) != getattr(row, columns[name])
    ]
    by = f"{person_name(newest.history_user)}さんが、" if newest and newest.history_user else ""
    return f"あなたが画面を開いた後に、{by}{'・'.join(labels) or '記録'}を変えました。"


def _tell(request: HttpRequest, report: AnnualReport, response: Response, seen: Iterable[int], reason: str) -> None:
    rows = list(statuses(report).filter(pk__in=seen))
    # After a split some may have gone to the part that leads their item now.
    for home in dict.fromkeys(None if row.department_id in response.forms else row.department_id for row in rows):
        to = response if home is None else response_of(home)
        own = [row for row in rows if row.department_id in to.forms]
        notice = tell_department(report, to, own, reason=reason, site=request.build_absolute_uri("/"))
        messages.add_message(request, *_told(to, notice))


def _told(response: Response, notice: Notice) -> tuple[int, str]:
    if not notice.to.addresses:
        return messages.WARNING, f"{response.name}のメールアドレスがないため、メールでは知らせていません。"
    if notice.failure:
        return messages.ERROR, f"{response.name}にメールで知らせられませんでした。{notice.failure}。"
    if not goes_out():
        return messages.WARNING, f"メールサーバーが設定されていないため、{response.name}にメールでは知らせていません。"
    return messages.SUCCESS, f"{response.name}に、理由をメールで知らせました（{'、'.join(notice.to.addresses)}）。"


def department_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """The department's answers with their tick boxes; a post takes a step with the ticked ones."""
    may_look(request)
    report, response = report_of(key), _response(department)
    coordinates = permissions.may_coordinate(request.user)
    refusal = None
    if request.method == "POST":
        permissions.require(coordinates)
        refusal = take_step(request, report, response)
        if refusal is None:
            return HttpResponseRedirect(_address(key, response, request.GET.get("page", "")))
    answers = list(statuses(report, response.forms))
    paginator = Paginator(answers, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    sheet = sheet_rows(report, list(page))
    changed = refusal.changed if refusal else {}
    check = check_answers(report, list(page) if coordinates else [])
    rows = read_rows(sheet, check, names_of(sheet), boxes=coordinates, ticks=_ticks(request, refusal), changed=changed)
    response = replace(response, counts=Counter(row.state for row in answers))
    facts = {
        "report": report,
        "response": response,
        "rows": rows,
        "asked": check.asked_of_answers,
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number)),
        "refusal": refusal,
        "due": due_of(report),
        "coordinates": coordinates,
        "confirmed": response.counts[State.CONFIRMED],
        # Where nothing can be ticked there is no step to take; a refused one keeps what was written for it.
        "steps": coordinates and bool(response.waiting or response.counts[State.CONFIRMED] or refusal),
    }
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    return own_page(request, "admin/round/department.html", title=f"{response.name}の回答", crumbs=crumbs, **facts)


# Read by rescue.py when the post itself is refused.
vars(department_page)["sent_texts"] = sent_texts


def _address(key: str, response: Response, page: str) -> str:
    query = f"?page={page}" if page.isdecimal() else ""
    return reverse("admin:round_department", args=[key, response.key]) + query


def _response(pk: int) -> Response:
    try:
        return response_of(pk or None)
    except Department.DoesNotExist:
        raise Http404("この担当課はありません。") from None


def _ticks(request: HttpRequest, refusal: Refusal | None) -> frozenset[int] | None:
    """The boxes to tick: those of the refused post, none when asked so, otherwise what waits for confirmation."""
    if refusal:
        return refusal.ticks
    return frozenset() if request.GET.get("tick") == "none" else None


def read_rows(
    sheet: Iterable[SheetRow],
    check: Check,
    names: Mapping[int, str] | None = None,
    *,
    boxes: bool,
    ticks: frozenset[int] | None,
    changed: Mapping[int, str],
) -> list[ReadRow]:
    """The answers as the page shows them, with what the check asks of them. names: of people by key."""
    return [
        read_row(
            row,
            names or {},
            boxes=boxes,
            ticks=ticks,
            changed=changed.get(row.status.pk, ""),
            asked=check.by_answer.get(row.status.pk, ()),
        )
        for row in sheet
    ]


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<slug:key>/<int:department>/", guarded(department_page), name="round_department")]
