"""組織改正: a department renamed, merged or split with a date, shown in full before it is done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from actionplan import permissions
from actionplan.admin.found import found_or_404
from actionplan.admin.organisation import undo
from actionplan.admin.organisation.numbers import number_in
from actionplan.admin.organisation.reorganise_forms import FEWEST, KINDS, MOST, RENAME, SPLIT, Desk
from actionplan.admin.organisation.reorganise_frame import FOLDER, framed, require_office
from actionplan.admin.own_page import own_page
from actionplan.admin.site import FrontLink
from actionplan.models import ActionItem, Department
from actionplan.organisation.registered import is_to_come
from actionplan.organisation.reorganise import GroundMoved, ReorganisationRefused, outlook, reorganise
from actionplan.organisation.settle import settle, unsettled

MOVED = "確認していただいた後に、課や項目の内容が変わりました。まだ何も変えていません。もう一度確かめてください。"
STEPS = ("csrfmiddlewaretoken", "seal", "preview", "confirm", "back")


def reorganise_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, then the preview, then the change."""
    require_office(request)
    old = found_or_404(Department.objects.select_related("successor"), pk=pk)
    if old.in_force_until:
        return framed(request, "ended", old, unsettled=old in unsettled(), to_come=is_to_come(old))
    desk = _desk(request, old)
    if request.method != "POST" or "back" in request.POST:
        return _form_page(request, desk)
    if not desk.is_valid():
        return _form_page(request, desk)
    try:
        return _confirm(request, desk) if "confirm" in request.POST else _preview(request, desk)
    except ReorganisationRefused as refusal:
        return _form_page(request, desk, sentences=refusal.sentences)
    except GroundMoved:
        messages.warning(request, MOVED)
        return _preview(request, desk)


def _desk(request: HttpRequest, old: Department) -> Desk:
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind") if asked.get("kind") in KINDS else RENAME
    count = min(max(number_in(asked.get("count")) or FEWEST, FEWEST), MOST)
    ground = [row for row in Department.objects.exclude(pk=old.pk) if row.in_force_until is None]
    desk = Desk(kind, old, request.POST if request.method == "POST" else None, count=count, ground=ground)
    if kind == SPLIT:
        items = ActionItem.objects.filter(lead_department=old).select_related("measure__policy")
        desk.read_items(items.order_by("measure__policy__number", "measure__number", "number"))
    return desk


def _form_page(request: HttpRequest, desk: Desk, sentences: list[str] = ()) -> HttpResponse:
    facts = {"desk": desk, "kinds": KINDS, "sentences": sentences, "more": desk.count + 1, "fewer": desk.count - 1}
    bounds = {"may_more": desk.count < MOST, "may_fewer": desk.count > FEWEST}
    return framed(request, "form", desk.old, **facts, **bounds)


def _preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    plan = outlook(desk.change)
    sent = [(name, value) for name, values in request.POST.lists() if name not in STEPS for value in values]
    parts = [
        {
            **{"department": part, "contact": _contact(part)},
            **{"items": plan.items_of(place), "statuses": plan.statuses_of(place)},
        }
        for place, part in enumerate(plan.parts)
    ]
    return framed(request, "preview", desk.old, plan=plan, parts=parts, sent=sent, kind=KINDS[desk.kind])


def _contact(department: Department) -> str:
    marks = {"〒": department.postal_code, "": department.address, "電話 ": department.phone, "FAX ": department.fax}
    told = [f"{mark}{words}" for mark, words in marks.items() if words]
    return "　".join([*told, department.email]).rstrip()


def _confirm(request: HttpRequest, desk: Desk) -> HttpResponse:
    plan = reorganise(desk.change, by=request.user, seen=request.POST.get("seal") or "-")
    messages.success(request, f"組織改正を登録しました：{plan}。")
    return HttpResponseRedirect(reverse("admin:actionplan_department_changelist"))


def settle_page(request: HttpRequest) -> HttpResponse:
    """Hands what ended departments still hold over to their successors."""
    require_office(request)
    done = settle(by=request.user)
    if done:
        words = f"項目{done['items']}件、回答{done['statuses']}件"
        messages.success(request, f"{done['departments']}課の{words}と所属する職員を、いまの課に引き継ぎました。")
    else:
        messages.info(request, "引き継ぐものはありません。")
    return HttpResponseRedirect(reverse("admin:actionplan_department_changelist"))


def leftovers_page(request: HttpRequest) -> HttpResponse:
    """Departments whose last day has passed, with what they still hold."""
    require_office(request)
    crumbs = [("担当課の一覧", reverse("admin:actionplan_department_changelist"))]
    facts = {"departments": unsettled()}
    return own_page(request, f"{FOLDER}/leftovers.html", title="施行日を迎えた組織改正", crumbs=crumbs, **facts)


def urls(door: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("departments/<int:pk>/reorganise/", door(reorganise_page), name="reorganise"),
        path("departments/leftovers/", door(leftovers_page), name="leftovers"),
        path("departments/settle/", door(require_POST(settle_page)), name="settle"),
        *undo.urls(door),
    ]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """What waits after the day of a reorganisation, for the coordinator."""
    if not permissions.may_coordinate(request.user) or not (left := unsettled()):
        return []
    words = f"{len(left)}課の項目・回答・職員を、いまの課に引き継いでください。"
    return [FrontLink("施行日を迎えた組織改正", reverse("admin:leftovers"), words)]
