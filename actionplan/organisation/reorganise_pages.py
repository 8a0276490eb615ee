"""組織改正の取消: a registered reorganisation taken back before its day, shown in full before it is done."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from actionplan import permissions
from actionplan.admin.pickers import number_in
from actionplan.admin.site import FrontLink, found_or_404, own_page
from actionplan.models import ActionItem, Department
from actionplan.organisation.people import is_to_come
from actionplan.organisation.reorganisation import CONTACT, Part, Reorganisation
from actionplan.organisation.reorganise import (
    ReorganisationRefused,
    preview,
    reorganise,
    settle,
    unsettled,
)
from actionplan.organisation.undo import undo, undoing
from actionplan.seen import Moved

RENAME, MERGE, SPLIT = "rename", "merge", "split"
KINDS = {RENAME: "名前を変える", MERGE: "統合する", SPLIT: "分ける"}
NEW = "new"
FEWEST, MOST = 2, 9
DAY_HELP = "新しい体制が始まる日です。前の日までが、今の課の期間になります。"
OTHERS_HELP = "この課のほかにも、いっしょに統合されてなくなる課があれば印を付けます。"


class DayForm(forms.Form):
    """When it happens."""

    day = forms.DateField(
        label="施行日",
        help_text=DAY_HELP,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "施行日を入れてください。",
            "invalid": "施行日が読めません。2026-04-01 のように書いてください。",
        },
    )


class MergeForm(DayForm):
    """Which departments end together, and where they go."""

    others = forms.TypedMultipleChoiceField(
        label="ほかになくなる課", coerce=int, required=False, widget=forms.CheckboxSelectMultiple, help_text=OTHERS_HELP
    )
    into = forms.ChoiceField(label="統合先", error_messages={"required": "統合先を選んでください。"})

    def __init__(self, *args, departments: Sequence[Department], **kwargs) -> None:
        """departments: those that could take part, the one that the page is about left out."""
        super().__init__(*args, **kwargs)
        choices = [(str(department.pk), str(department)) for department in departments]
        cast(forms.ChoiceField, self.fields["others"]).choices = choices
        cast(forms.ChoiceField, self.fields["into"]).choices = [
            ("", "（選んでください）"),
            (NEW, "新しい課をつくる"),
            ("今ある課に統合する", choices),
        ]


class NewDepartmentForm(forms.ModelForm):
    """A new department with its contact block."""

    class Meta:
        model = Department
        fields = ("name", "unit", *CONTACT)
        error_messages = {"name": {"required": "課名を書いてください。"}}


class Desk:
    """Everything that the page asks for one kind of reorganisation of one department."""

    def __init__(
        self, kind: str, old: Department, data: QueryDict | None, *, count: int, others: Sequence[Department]
    ) -> None:
        """count: how many parts a split makes. others: the other departments that have not ended."""
        self.kind, self.old, self.data = kind, old, data
        self.count = count if kind == SPLIT else 1
        self.day = (
            MergeForm(data, departments=others, auto_id="id_%s") if kind == MERGE else DayForm(data, auto_id="id_%s")
        )
        contact = {name: getattr(old, name) for name in CONTACT}
        named = {"name": old.name, "unit": old.unit} if kind == RENAME else {}
        self.parts = [
            NewDepartmentForm(data, prefix=f"part{place}", initial=contact | named) for place in range(self.count)
        ]
        self.items: list[Any] = []

    def read_items(self, items: Iterable[ActionItem]) -> None:
        """Takes the items that are to be divided; each with the part chosen for it so far."""
        self.items = list(items) if self.kind == SPLIT else []
        for item in self.items:
            item.chosen = self._chosen(item)

    def _chosen(self, item: ActionItem) -> int:
        chosen = number_in(self.data.get(f"item{item.pk}")) if self.data else None
        return chosen if chosen and chosen < self.count else 0

    def is_valid(self) -> bool:
        """Whether every box can be read; the new department's count only when there is to be one."""
        day = self.day.is_valid()
        if self.kind == MERGE and self.day.cleaned_data.get("into") != NEW:
            self.parts = [self._unasked()]
            return day
        valid = [part.is_valid() for part in self.parts]
        return day and all(valid)

    def _unasked(self) -> NewDepartmentForm:
        """The boxes of a new department that is not to be: they keep what was written and show no faults."""
        assert self.data is not None  # only asked of a form that was sent
        written = {name: self.data.get(f"part0-{name}", "") for name in NewDepartmentForm.base_fields}
        return NewDepartmentForm(prefix="part0", initial=written)

    @property
    def change(self) -> Reorganisation:
        """What was asked for; only once is_valid()."""
        day, olds = self.day.cleaned_data["day"], (self.old.pk,)
        if self.kind == MERGE:
            olds += tuple(self.day.cleaned_data["others"])
            if self.day.cleaned_data["into"] != NEW:
                return Reorganisation(olds, (Part(existing=int(self.day.cleaned_data["into"])),), day)
        return Reorganisation(olds, tuple(self._part(place) for place in range(self.count)), day)

    def _part(self, place: int) -> Part:
        chosen = frozenset(item.pk for item in self.items if item.chosen == place)
        return Part(facts=dict(self.parts[place].cleaned_data), items=chosen)


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
    except Moved:
        messages.warning(request, MOVED)
        return _preview(request, desk)


def _desk(request: HttpRequest, old: Department) -> Desk:
    asked = request.POST if request.method == "POST" else request.GET
    kind = wanted if (wanted := asked.get("kind", "")) in KINDS else RENAME
    count = min(max(number_in(asked.get("count")) or FEWEST, FEWEST), MOST)
    others = [row for row in Department.objects.exclude(pk=old.pk) if row.in_force_until is None]
    desk = Desk(kind, old, request.POST if request.method == "POST" else None, count=count, others=others)
    if kind == SPLIT:
        items = ActionItem.objects.filter(lead_department=old).select_related("measure__policy")
        desk.read_items(items.order_by("measure__policy__number", "measure__number", "number"))
    return desk


def _form_page(request: HttpRequest, desk: Desk, sentences: Sequence[str] = ()) -> HttpResponse:
    counts: dict[str, Any] = {"more": desk.count + 1, "fewer": desk.count - 1}
    counts |= {"may_more": desk.count < MOST, "may_fewer": desk.count > FEWEST}
    return framed(request, "form", desk.old, desk=desk, kinds=KINDS, sentences=sentences, **counts)


def _preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    plan = preview(desk.change)
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


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("departments/<int:pk>/reorganise/", guarded(reorganise_page), name="reorganise"),
        path("departments/leftovers/", guarded(leftovers_page), name="leftovers"),
        path("departments/settle/", guarded(require_POST(settle_page)), name="settle"),
        *undo_urls(guarded),
    ]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """What waits after the day of a reorganisation, for the coordinator."""
    if not permissions.may_coordinate(request.user) or not (left := unsettled()):
        return []
    words = f"{len(left)}課の項目・回答・職員を、いまの課に引き継いでください。"
    return [FrontLink("施行日を迎えた組織改正", reverse("admin:leftovers"), words)]


FOLDER = "admin/reorganise"


def require_office(request: HttpRequest) -> None:
    """Returns for the coordinator's office; raises PermissionDenied for everybody else."""
    allowed = permissions.may_coordinate(request.user) and permissions.may_change(request.user, Department)
    permissions.require(allowed, "組織改正は事務局が行います。変更が必要なときは事務局に連絡してください。")


def framed(
    request: HttpRequest, name: str, old: Department, *, heading: str = "組織改正", **facts: object
) -> HttpResponse:
    """The page about the department, below the list and the department's own page."""
    crumbs = [
        ("担当課の一覧", reverse("admin:actionplan_department_changelist")),
        (str(old), reverse("admin:actionplan_department_change", args=[old.pk])),
    ]
    facts |= {"old": old, "stands": old.exists_on(timezone.localdate())}
    return own_page(request, f"{FOLDER}/{name}.html", title=f"{heading}：{old}", crumbs=crumbs, **facts)


UNDO_MOVED = (
    "確認していただいた後に、課や項目の内容が変わりました。まだ何も取り消していません。もう一度確かめてください。"
)


def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be put back, then the putting back. pk: a department that ends by the reorganisation."""
    require_office(request)
    if request.method != "POST":
        return _look(request, pk)
    try:
        done = undo(pk, by=request.user, seen=request.POST.get("seal", ""))
    except ReorganisationRefused:
        return _look(request, pk)
    except Moved:
        messages.warning(request, UNDO_MOVED)
        return _look(request, pk)
    messages.success(request, f"組織改正を取り消しました：{done.change}。")
    return HttpResponseRedirect(reverse("admin:actionplan_department_changelist"))


def _look(request: HttpRequest, pk: int) -> HttpResponse:
    known = {row.pk: row for row in Department.objects.all()}
    if pk not in known:
        raise Http404("この担当課はありません。")
    return framed(request, "undo", known[pk], heading="組織改正の取消", plan=undoing(pk, known))


def undo_urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("departments/<int:pk>/undo/", guarded(undo_page), name="undo_reorganisation")]
