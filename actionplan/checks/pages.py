"""点検: what is asked about a year's answers, or a department's; a link to each box, and 「このままで正しい」."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.rescue import Text
from actionplan.admin.site import found_or_404, leading_to, own_page, standing_in, succession_in
from actionplan.checks.questions import KINDS, Check, Concern
from actionplan.checks.reading import PROMISES, STATUS, check_answers, check_year
from actionplan.models import (
    Acknowledgement,
    AnnualReport,
    Evidence,
    Person,
    Succession,
    Voice,
    YearlyStatus,
    note_source,
    place_of,
)
from actionplan.permissions import Standing, require
from actionplan.text import as_stored
from actionplan.words import NO_DEPARTMENT, person_name

TITLE = "点検"
PER_PAGE = 200
# How the page is ordered, by the word in the address.
ORDERS = {"kind": "種類ごと", "item": "項目ごと", "department": "課ごと"}
RIGHT, BACK = "right", "back"


@dataclass(frozen=True)
class Group:
    """Questions under one heading. kind: the code of their kind, where that is the heading."""

    title: str
    advice: str
    questions: Sequence["Shown"]
    kind: str = ""

    @property
    def may_tick(self) -> bool:
        """Whether the person may call several of them right."""
        return bool(self.kind) and sum(each.may_say for each in self.questions) > 1


@dataclass(frozen=True)
class Shown:
    """A question as the page shows it. address: of its box; may_mend: whether the person may write there now."""

    question: Concern
    department: str
    address: str
    may_mend: bool
    may_say: bool
    ticked: bool = False

    @property
    def said_by(self) -> str:
        """Who called it right."""
        said = self.question.said
        return (person_name(said.said_by) or "原本の取り込み") if said else ""


@dataclass(frozen=True)
class Checked:
    """What the page is about: a year, or a department's part of it. forms: of the department, or None for the year."""

    report: AnnualReport
    standing: Standing
    succession: Succession
    department: int | None = None
    forms: frozenset[int | None] | None = None

    @property
    def address(self) -> str:
        """Where the page is."""
        if self.forms is None:
            return reverse("admin:check_year", args=[self.report.key])
        return reverse("admin:check_department", args=[self.report.key, self.department or 0])

    @property
    def name(self) -> str:
        """The department's name of today; empty for the whole year."""
        return "" if self.forms is None else str(self.succession.by_pk.get(self.department, NO_DEPARTMENT))

    def orders_by(self, word: str) -> bool:
        """Whether the page may be ordered so: by department only where there are several."""
        return self.forms is None or word != "department"

    def check(self) -> Check:
        """What the check finds."""
        if self.forms is None:
            return check_year(self.report)
        own = Q(department__in=self.forms - {None})
        return check_answers(self.report, list(answers_of(self.report, self.forms)), voices=own)


def answers_of(report: AnnualReport, forms: Iterable[int | None]) -> list[YearlyStatus]:
    """The answers of the report that stand under these forms of a department, in report order."""
    rows = report.statuses.select_related("department", "item__measure__policy")
    order = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
    return [row for row in rows.order_by(*order) if row.department_id in set(forms)]


def year_page(request: HttpRequest, key: str) -> HttpResponse:
    """The check of the whole year."""
    standing = standing_in(request)
    require(standing.reads or standing.coordinates)
    report = found_or_404(AnnualReport.objects.select_related("plan"), key=key)
    return _page(request, Checked(report, standing, succession_in(request)))


def department_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """The check of one department's answers."""
    standing, succession, day = standing_in(request), succession_in(request), timezone.localdate()
    report = found_or_404(AnnualReport.objects.select_related("plan"), key=key)
    if department and department not in succession.by_pk:
        raise Http404("この担当課はありません。")
    pk = succession.current(department, day) if department else None
    require(standing.may_read(pk), NOT_YOURS)
    forms: frozenset[int | None] = succession.standing_for([pk], day) if pk else frozenset({None})
    return _page(request, Checked(report, standing, succession, pk, forms))


def sent_texts(post: Any) -> Iterable[Text]:
    """The reason that was written, to be given back where the post itself is refused (see rescue.py)."""
    if reason := post.get("reason", "").strip():
        yield Text("正しい理由", reason)


for _view in (year_page, department_page):
    vars(_view)["sent_texts"] = sent_texts


def _page(request: HttpRequest, place: Checked) -> HttpResponse:
    check, refusal = place.check(), ""
    if request.method == "POST":
        refusal = _posted(request, place, check)
        if not refusal:
            return HttpResponseRedirect(_onwards(request, place))
    order = request.GET.get("by", "")
    order = order if order in ORDERS else "kind"
    page = Paginator(_ordered(check.listed, order), PER_PAGE).get_page(request.GET.get("page"))
    wanted = request.GET.get("tick", "")
    kind = {each.value for each in check.open if each.kind.code == wanted}
    ticks = set(request.POST.getlist("right")) if refusal else kind
    facts: dict[str, Any] = {
        "place": place,
        "report": place.report,
        "check": check,
        "page": page,
        "pages": list(page.paginator.get_elided_page_range(page.number)),
        "groups": list(_groups([_shown(request, place, each, ticks) for each in page], order)),
        "unwritten": _unwritten(place, check),
        "empty": []
        if place.forms is None
        else [_shown(request, place, each, ticks) for each in check.unwritten[:PER_PAGE]],
        "answered": [_shown(request, place, each) for each in check.answered],
        "promises": [(each, _address(place, each.status, "")[0]) for each in check.promises],
        "labels": {"ahead": "・".join(cell.label for cell in PROMISES), "status": STATUS.label},
        "by": order,
        "orders": [(word, label, word == order) for word, label in ORDERS.items() if place.orders_by(word)],
        "may_say": not check.asked or any(_may_say(place, each) for each in check.asked),
        "refusal": refusal,
        "reason": request.POST.get("reason", "") if refusal else "",
    }
    title = f"{TITLE}　{place.report}　{place.name}".rstrip("　")
    return own_page(request, "admin/checks/check.html", title=title, crumbs=_crumbs(place), **facts)


def _unwritten(place: Checked, check: Check) -> list[tuple[str, str, int]]:
    """Of each department its name, where its empty boxes stand, and how many they are."""
    pks = Counter(_department_of(place, each.place.status.department_id) for each in check.unwritten)
    found = sorted(pks.items(), key=lambda each: place_of(place.succession.by_pk.get(each[0])))
    return [
        (
            str(place.succession.by_pk.get(pk, NO_DEPARTMENT)),
            reverse("admin:check_department", args=[place.report.key, pk]),
            count,
        )
        for pk, count in found
    ]


def _department_of(place: Checked, pk: int | None) -> int:
    """The key of the department's page: of the one that stands for it today, 0 for none."""
    return place.succession.current(pk, timezone.localdate()) or 0


def _crumbs(place: Checked) -> list[tuple[str, str]]:
    if place.forms is not None:
        address = reverse("admin:answer_sheet", args=[place.report.key, place.department or 0])
        return [(f"{place.report}　{place.name}の回答", address)]
    return [(f"取りまとめ状況　{place.report}", reverse("admin:round", args=[place.report.key]))]


def _ordered(found: Sequence[Concern], order: str) -> list[Concern]:
    """The questions, which come kind by kind, as the person wants them."""
    if order == "kind":
        return [*found]
    if order == "item":
        return sorted(found, key=_report_place)
    return sorted(found, key=lambda each: (*place_of(each.place.status.department), *_report_place(each)))


def _report_place(question: Concern) -> tuple:
    return question.place.item.numbers


def _groups(shown: Iterable[Shown], order: str) -> Iterable[Group]:
    found: dict[str, list[Shown]] = {}
    for each in shown:
        item = each.question.place.item
        title = {"kind": each.question.kind.label, "item": f"{item.code}　{item.name}"}.get(order, each.department)
        found.setdefault(title, []).append(each)
    kinds = {kind.label: (kind.advice, kind.code) for kind in KINDS} if order == "kind" else {}
    for title, questions in found.items():
        advice, code = kinds.get(title, ("", ""))
        yield Group(title, advice, questions, code)


def _shown(request: HttpRequest, place: Checked, question: Concern, ticks: Collection[str] = ()) -> Shown:
    spot = question.place
    if isinstance(spot.row, YearlyStatus):
        address, may_mend = _address(place, spot.row, spot.cell)
    elif isinstance(spot.row, Voice):
        address, may_mend = _voice_address(place, spot.row)
    elif isinstance(spot.row, Evidence):
        address = f"{reverse('admin:evidence', args=[spot.row.status_id])}#evidence-{spot.row.pk}"
        may_mend = place.standing.may_answer(spot.status)
    else:
        address, may_mend = _plan_address(request, place, spot.row)
    return Shown(question, spot.writer, address, may_mend, _may_say(place, question), question.value in ticks)


def _may_say(place: Checked, question: Concern) -> bool:
    spot = question.place
    return place.standing.may_call_right(spot.status.department_id, plan=spot.in_plan)


def _address(place: Checked, status: YearlyStatus, cell: str) -> tuple[str, bool]:
    """The item's box on its department's page, and whether the person may write into it now."""
    department = _department_of(place, status.department_id)
    may_mend = place.standing.may_answer(status)
    sheet = reverse("admin:answer_sheet", args=[place.report.key, department])
    return leading_to(sheet, status.pk, cell if cell and may_mend else "item"), may_mend


def _voice_address(place: Checked, voice: Voice) -> tuple[str, bool]:
    """The box on the related department's page, or on the partner's, which only the office opens."""
    key, may_mend = place.report.key, place.standing.may_answer(voice)
    part = f"#{'text' if may_mend else 'voice'}-{voice.pk}"
    if voice.department_id:
        return reverse("admin:related_texts", args=[key, _department_of(place, voice.department_id)]) + part, may_mend
    if place.standing.coordinates:
        return reverse("admin:partner_texts", args=[key, voice.partner_id]) + part, may_mend
    return reverse("admin:voices", args=[key]), may_mend


def _plan_address(request: HttpRequest, place: Checked, row: Model) -> tuple[str, bool]:
    """The form of what the plan names so; for who may only read the plan, the plan."""
    if not permissions.may_change(request.user, type(row)):
        return reverse("admin:plan-tree", args=[place.report.plan_id]), False
    return reverse(f"admin:actionplan_{row._meta.model_name}_change", args=[row.pk]), True


def _onwards(request: HttpRequest, place: Checked) -> str:
    kept = {name: request.GET[name] for name in ("by", "page") if name in request.GET}
    return place.address + (f"?{urlencode(kept)}" if kept else "")


NOT_YOURS = "この課の回答を見る権限がありません。自分の課の回答を開いてください。"
NOT_TO_SAY = "この課の回答について答える権限がないため、何も記録していません。"
NOTHING_TICKED = "印が一つもありません。このままで正しいものに印を付けてから、もう一度押してください。"
GONE = (
    "{}件は、この画面を開いたあとに文が変わったか、ほかの人が答えたため、記録していません。"
    "いまの一覧を確かめてください。"
)


def _posted(request: HttpRequest, place: Checked, check: Check) -> str:
    """Why nothing was stored; empty when it was, which is told in a message."""
    step, _, which = request.POST.get("do", RIGHT).partition(":")
    wanted = {which} if step == BACK else set(request.POST.getlist("right"))
    there = check.answered if step == BACK else check.open
    found = [each for each in there if each.value in wanted]
    if not wanted:
        return NOTHING_TICKED
    require(all(_may_say(place, each) for each in found), NOT_TO_SAY)
    if step == BACK:
        count = sum(_take_back(each, by=request.user) for each in found)
        done = f"{count}件を、もう一度たずねます。"
    else:
        try:
            count = say_right(found, reason=request.POST.get("reason", ""), by=request.user)
        except ValidationError as error:
            return "".join(error.messages)
        done = f"{count}件を、このままで正しいと記録しました。"
    if count:
        messages.success(request, done)
    if gone := len(wanted) - count:
        messages.warning(request, GONE.format(gone))
    return ""


SAID, TAKEN_BACK = "点検で、このままで正しいとした", "点検の「このままで正しい」を取り消した"


@transaction.atomic
def say_right(questions: Iterable[Concern], *, reason: str, by: Person) -> int:
    """How many were called right; what somebody else has called right meanwhile stays theirs.

    Raises ValidationError without a reason, or with one that cannot be stored: then none of them is.
    """
    rows = [_row(each, as_stored(reason).strip(), by) for each in questions]
    for row in rows:
        row.full_clean(validate_constraints=False)
    return sum(map(_stored, rows))


def _row(question: Concern, reason: str, by: Any) -> Acknowledgement:
    place = question.place
    facts = {"kind": question.kind.code, "box": place.label, "words": question.words, "reason": reason}
    row = note_source(Acknowledgement(report=place.report, item=place.item, said_by=by, **facts), reason=SAID)
    row._history_user = by
    return row


def _stored(row: Acknowledgement) -> bool:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True


@transaction.atomic
def _take_back(question: Concern, *, by: Any) -> int:
    row = Acknowledgement.objects.select_for_update().filter(pk=question.said.pk if question.said else None).first()
    if row is None:
        return 0
    note_source(row, reason=TAKEN_BACK)._history_user = by
    row.delete()
    return 1


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("checks/<slug:key>/", guarded(year_page), name="check_year"),
        path("checks/<slug:key>/<int:department>/", guarded(department_page), name="check_department"),
    ]
