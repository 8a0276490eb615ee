"""はじめの年の手順: what comes first in an empty city. What the data say ticks each step; nothing of it is stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import own_page, succession_in
from actionplan.mail import goes_out
from actionplan.models import (
    OPEN_STATES,
    ActionItem,
    AnnualReport,
    Department,
    Edition,
    Measure,
    Person,
    Plan,
    Policy,
    State,
)
from actionplan.round.staffing import lacking_in

TITLE = "はじめの年の手順"
# The words of a link, and where it leads.
Link = tuple[str, str]


@dataclass(frozen=True)
class FirstStep:
    """A step of the first year: how it stands in words, whether it is done, and the ways to it that the person has."""

    label: str
    done: bool
    words: str
    links: Sequence[Link] = ()
    optional: bool = False


@dataclass(frozen=True)
class FirstYear:
    """The steps in their order."""

    steps: Sequence[FirstStep]

    @property
    def asked(self) -> list[FirstStep]:
        """The steps that have to be taken."""
        return [step for step in self.steps if not step.optional]

    @property
    def taken(self) -> int:
        """How many of them are done."""
        return sum(step.done for step in self.asked)

    @property
    def next(self) -> FirstStep | None:
        """The first that is not done."""
        return next((step for step in self.asked if not step.done), None)


def may_look(user: Person) -> bool:
    """Whether one of the steps is this person's: the office's, the publisher's."""
    return permissions.may_coordinate(user) or permissions.may_publish(user)


def on_the_front(request: HttpRequest) -> FirstYear | None:
    """The steps while no year is public, for whose they are; one query once one is."""
    if not may_look(request.user):
        return None
    plan = first_plan()
    return None if plan and plan.any_public else steps_of(request, plan)


def first_plan() -> Any:
    """The plan whose steps are to be taken, with what its tree lacks; None where there is no plan. One query.

    While no year is public (any_public) the one that asks for answers already; otherwise the one that began last.
    """
    real = Edition.objects.public().filter(report__sample=False)
    items = ActionItem.objects.filter(measure__policy__plan=OuterRef("pk"))
    live = items.filter(ended=False, successor=None)
    asking = AnnualReport.objects.filter(plan=OuterRef("pk"), sample=False, statuses__isnull=False)
    facts = {
        "any_public": real,
        "asks": asking,
        "has_items": items,
        "bare_policies": Policy.objects.filter(plan=OuterRef("pk"), measures=None),
        "bare_measures": Measure.objects.filter(policy__plan=OuterRef("pk"), items=None),
        "unled": live.filter(lead_department=None),
        "marked": live.exclude(actors=None),
        "unmarked": live.filter(actors=None),
    }
    plans = Plan.objects.annotate(**{name: Exists(rows) for name, rows in facts.items()})
    begun = Case(When(any_public=False, asks=True, then=0), default=1)
    return plans.order_by(begun, F("start_year").desc(nulls_last=True), "-pk").first()


def first_report(plan: Plan | None) -> Any:
    """The plan's first year that asked for answers, None where none has, with the counts of them; one query."""
    counts = {
        "asked": Count("statuses"),
        "open": Count("statuses", filter=Q(statuses__state__in=OPEN_STATES)),
        "unconfirmed": Count("statuses", filter=~Q(statuses__state=State.CONFIRMED)),
    }
    own = Edition.objects.filter(report=OuterRef("pk"))
    real = AnnualReport.objects.filter(plan=plan, sample=False, past_source="", past_published_on=None)
    years = real.annotate(**counts, standing=Exists(own.standing()), public=Exists(own.public()))
    return years.filter(asked__gt=0).order_by("fiscal_year").first() if plan else None


def steps_of(request: HttpRequest, plan: Any) -> FirstYear:
    """Every step, with the links that this person may follow."""
    report = first_report(plan)
    return FirstYear(
        [*_people_steps(request, plan), *_plan_steps(request.user, plan), *_year_steps(request, plan, report)]
    )


def _people_steps(request: HttpRequest, plan: Any) -> Iterator[FirstStep]:
    succession, day = succession_in(request), timezone.localdate()
    standing = sum(each.exists_on(day) for each in succession.by_pk.values())
    yield FirstStep(
        "担当課を登録する",
        bool(standing),
        f"{standing}課を登録しています。" if standing else "課名と連絡先の一覧を、ファイルから一度に入れられます。",
        _if(
            permissions.may_import(request.user, Department),
            ("担当課をファイルから取り込む", "admin:actionplan_department_import"),
            ("担当課を1つずつ加える", "admin:actionplan_department_add"),
        ),
    )
    missed = (
        lacking_in(plan, succession).sentences
        if standing
        else ["担当課を登録してから、課ごとに担当者と課長を決めます。"]
    )
    yield FirstStep(
        "職員を登録する（課ごとに担当者と課長）",
        not missed,
        "".join(missed) or "すべての課に、担当者と課長がいます。",
        _if(
            permissions.may_import(request.user, User),
            ("職員をファイルから取り込む", "admin:people_import"),
            ("利用者を1人ずつ加える", "admin:auth_user_add"),
        ),
    )


def _plan_steps(user: Person, plan: Any) -> Iterator[FirstStep]:
    may, form = permissions.may_change(user, Plan), _form_of(plan)
    begin = _if(permissions.may_add(user, Plan), ("新しい計画を始める", "admin:begin_plan"))
    yield FirstStep(
        "計画を始める", plan is not None, str(plan) if plan else "計画の名前と期間を決めます。", () if plan else begin
    )
    missed = _missed_in(plan) if plan else "計画を始めてから、そろえます。"
    yield FirstStep(
        "施策・取組・項目をそろえる",
        not missed,
        missed or "すべての項目に担当課があります。",
        [("計画の全体を見る", reverse("admin:plan-tree", args=[plan.pk]))] if plan and may else [],
    )
    scale = "・".join(each.label for each in plan.scale.chosen) if plan else "はじめは標準の区分です。"
    ways = (
        [
            ("区分を確かめる", f"{form}#categories-group"),
            ("主体の記号（★●◎）を決める", reverse("admin:actionplan_actortype_changelist")),
        ]
        if plan and may
        else []
    )
    yield FirstStep("進捗区分を決める", plan is not None, scale, ways)
    yield FirstStep(
        "問い合わせ先の課を決める",
        bool(plan and plan.office_id),
        f"{plan.office}" if plan and plan.office_id else "市民の皆さんに、すべてのページの下で示します。",
        [("問い合わせ先を選ぶ", f"{form}#id_office")] if plan and may else [],
    )
    yield FirstStep("メールを送れるようにする", goes_out(), SENT if goes_out() else NOT_SENT, optional=True)


SENT = "メールサーバーが設定されています。"
NOT_SENT = (
    "設定されていません。督促や差戻しを印刷して知らせるなら、このまま進められます。"
    "設定はサーバーの管理者に頼んでください。"
)


def _missed_in(plan: Any) -> str:
    """What the tree lacks, in sentences."""
    missed = (
        (not plan.has_items, "項目がまだありません。"),
        (plan.has_items and plan.bare_policies, "取組のない施策があります。"),
        (plan.has_items and plan.bare_measures, "項目のない取組があります。"),
        (plan.unled, "担当課の決まっていない項目があります。"),
        (plan.marked and plan.unmarked, "主体の記号のない項目があります。"),
    )
    return "".join(sentence for lacks, sentence in missed if lacks)


def _year_steps(request: HttpRequest, plan: Any, report: Any) -> Iterator[FirstStep]:
    user, coordinates = request.user, permissions.may_coordinate(request.user)
    opens = (
        [("年度を開く", f"{reverse('admin:open_year')}?plan={plan.pk}")] if plan and coordinates and not report else []
    )
    later = "年度を開いてから進めます。"
    yield FirstStep(
        "最初の年度を開く",
        report is not None,
        str(report or "計画がそろってから、項目ごとに空の回答を用意します。"),
        opens,
    )
    place = reverse("admin:round", args=[report.key]) if report and coordinates else ""
    yield FirstStep(
        "回答を集める",
        bool(report and not report.open),
        f"{report.asked}件のうち{report.asked - report.open}件が提出されました。" if report else later,
        [("取りまとめ状況", place)] if place else [],
    )
    yield FirstStep(
        "回答を確定する",
        bool(report and not report.unconfirmed),
        f"{report.asked}件のうち{report.asked - report.unconfirmed}件を確定しました。" if report else later,
        [("確定を待っている回答", f"{place}?show=submitted")] if place else [],
    )
    yield from _publishing_steps(user, report, later)


def _publishing_steps(user: Person, report: Any, later: str) -> Iterator[FirstStep]:
    yield FirstStep(
        "公表する内容を確かめる",
        bool(report and report.standing),
        "公表したときの形で、全体を読めます。" if report else later,
        [("公表したときの形で見る", reverse("admin:preview", args=[report.pk]))] if report else [],
    )
    may = permissions.may_publish(user) or (permissions.four_eyes() and permissions.may_ask_publication(user))
    coming = "公表の予約があります。" if report and report.standing else "公表は公表権者が行います。"
    yield FirstStep(
        "公表する",
        bool(report and report.public),
        later if not report else "市民の皆さんが読めます。" if report.public else coming,
        [("公表の画面", reverse("admin:publish", args=[report.pk]))] if report and may else [],
    )


def _form_of(plan: Plan | None) -> str:
    return reverse("admin:actionplan_plan_change", args=[plan.pk]) if plan else ""


def _if(may: bool, *links: Link) -> list[Link]:
    """The links to the named pages, for who may follow them."""
    return [(words, reverse(name)) for words, name in links] if may else []


def first_year_page(request: HttpRequest) -> HttpResponse:
    """The steps at any time, also after the first year."""
    permissions.require(may_look(request.user))
    return own_page(request, "admin/plan/first_year.html", title=TITLE, first_year=steps_of(request, first_plan()))


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("first-year/", guarded(first_year_page), name="first_year")]
