"""はじめの年の手順: what comes first in an empty city. What the data say ticks each step; nothing of it is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

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


def tell_next_step(request: HttpRequest) -> None:
    """Tells who has taken a step of the first year which one is next, with the way back to the steps."""
    if (year := on_the_front(request)) and (step := year.next):
        link = format_html('<a href="{}">{}</a>', reverse("admin:first_year"), TITLE)
        messages.info(request, format_html("{}：次は「{}」です。", link, step.label))


def first_plan() -> Any:
    """The plan whose steps are to be taken, with what its tree lacks; None where there is no plan. One query.

    While no year is public (any_public) the one that asks for answers already; otherwise the one that began last.
    """
    # A year that was public and was taken down is no first year any more: its words are to be mended, not begun.
    real = Edition.objects.numbered().filter(report__sample=False, public_from__lte=timezone.now())
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


@dataclass(frozen=True)
class Situation:
    """Where the city stands: who looks, the plan and its first year, and the departments of today that there are."""

    user: Person
    plan: Any
    report: Any
    departments: int
    missed: Sequence[str]


def steps_of(request: HttpRequest, plan: Any) -> FirstYear:
    """Every step, with the links that this person may follow; three queries."""
    succession, day = succession_in(request), timezone.localdate()
    departments = sum(each.exists_on(day) for each in succession.by_pk.values())
    missed = lacking_in(plan, succession).told(FEW) if departments else [NO_DEPARTMENTS]
    at = Situation(request.user, plan, first_report(plan), departments, missed)
    return FirstYear([step(at) for step in STEPS])


MARKS = "主体の記号（★●◎など）を決める"
FEW = 3  # so many departments are named in a step; the round names more
NO_DEPARTMENTS = "担当課を登録してから、課ごとに担当者と課長を決めます。"
NO_PLAN, NO_YEAR = "計画を始めてから、そろえます。", "年度を開いてから進めます。"


def _departments(at: Situation) -> FirstStep:
    told = (
        f"{at.departments}課を登録しています。"
        if at.departments
        else "課名と連絡先を、ファイルから一度に入れられます。"
    )
    ways = [
        _link("担当課をファイルから取り込む", "actionplan_department_import"),
        _link("担当課を1つずつ加える", "actionplan_department_add"),
    ]
    return FirstStep(
        "担当課を登録する", bool(at.departments), told, _if(permissions.may_import(at.user, Department), ways)
    )


def _people(at: Situation) -> FirstStep:
    told = "".join(at.missed) or "すべての課に、担当者と課長がいます。"
    ways = [_link("職員をファイルから取り込む", "people_import"), _link("利用者を1人ずつ加える", "auth_user_add")]
    may = permissions.may_import(at.user, User)
    return FirstStep("職員を登録する（課ごとに担当者と課長）", not at.missed, told, _if(may, ways))


def _beginning(at: Situation) -> FirstStep:
    may = at.plan is None and permissions.may_add(at.user, Plan)
    told = str(at.plan or "計画の名前と期間を決めます。")
    ways = [_link("新しい計画を始める", "begin_plan"), _link(MARKS, "actionplan_actortype_changelist")]
    return FirstStep("計画を始める", at.plan is not None, told, _if(may, ways))


def _tree(at: Situation) -> FirstStep:
    missed = _missed_in(at.plan) if at.plan else NO_PLAN
    told = missed or "すべての項目に担当課があります。"
    ways = _of_plan(at, ("計画の全体を見る", "plan-tree"))
    return FirstStep("施策・取組・項目をそろえる", not missed, told, ways)


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


def _scale(at: Situation) -> FirstStep:
    told = "・".join(each.label for each in at.plan.scale.chosen) if at.plan else "はじめは標準の区分です。"
    ways = _of_plan(at, ("区分を確かめる", "actionplan_plan_change", "#categories-group"))
    marks = _link(MARKS, "actionplan_actortype_changelist")
    return FirstStep("進捗区分を確かめる", at.plan is not None, told, [*ways, *_if(bool(ways), [marks])], optional=True)


def _contact(at: Situation) -> FirstStep:
    office = at.plan and at.plan.office
    told = str(office or "市民の皆さんに、すべてのページの下で示します。")
    ways = _of_plan(at, ("問い合わせ先を選ぶ", "actionplan_plan_change", "#id_office"))
    return FirstStep("問い合わせ先の課を決める", bool(office), told, ways)


SENT = "メールサーバーが設定されています。"
NOT_SENT = (
    "設定されていません。督促や差戻しを印刷して知らせるなら、このまま進められます。"
    "設定はサーバーの管理者に頼んでください。"
)


def _mail(at: Situation) -> FirstStep:
    return FirstStep("メールを送れるようにする", goes_out(), SENT if goes_out() else NOT_SENT, optional=True)


def _opening(at: Situation) -> FirstStep:
    told = str(at.report or "計画がそろってから、項目ごとに空の回答を用意します。")
    may = at.plan is not None and at.report is None and permissions.may_coordinate(at.user)
    query = f"?plan={at.plan.pk}" if at.plan else ""
    ways = _if(may, [_link("年度を開く", "open_year", after=query)])
    return FirstStep("最初の年度を開く", at.report is not None, told, ways)


def _answers(at: Situation) -> FirstStep:
    year = at.report
    told = f"{year.asked}件のうち{year.asked - year.open}件が提出されました。" if year else NO_YEAR
    return FirstStep("回答を集める", bool(year and not year.open), told, _of_round(at, "取りまとめ状況"))


def _confirmation(at: Situation) -> FirstStep:
    year = at.report
    told = f"{year.asked}件のうち{year.asked - year.unconfirmed}件を確定しました。" if year else NO_YEAR
    ways = _of_round(at, "確定を待っている回答", "queue/")
    return FirstStep("回答を確定する", bool(year and not year.unconfirmed), told, ways)


def _reading(at: Situation) -> FirstStep:
    year = at.report
    ready = bool(year and not year.unconfirmed and not (at.plan.marked and at.plan.unmarked))
    told = f"{READY if ready else ''}公表したときの形で、全体を読めます。" if year else NO_YEAR
    ways = [("点検する", "check_year", year.key), ("公表したときの形で見る", "preview", year.pk)] if year else []
    return FirstStep("公表する内容を確かめる", ready, told, [_link(*way) for way in ways])


READY = "すべて確定し、公表を妨げるものはありません。"


def _publication(at: Situation) -> FirstStep:
    year, user = at.report, at.user
    told = NO_YEAR
    if year:
        coming = "公表の予約があります。" if year.standing else "公表は公表権者が行います。"
        told = "市民の皆さんが読めます。" if year.public else coming
    may = permissions.may_publish(user) or (permissions.four_eyes() and permissions.may_ask_publication(user))
    ways = [_link("公表の画面", "publish", year.pk)] if year and may else []
    return FirstStep("公表する", bool(year and year.public), told, ways)


STEPS = (
    *(_departments, _people, _beginning, _tree, _scale, _contact, _mail),
    *(_opening, _answers, _confirmation, _reading, _publication),
)


def _link(words: str, name: str, *keys: object, after: str = "") -> Link:
    """A link to the page. after: the end of its address, a query or a place on it."""
    return words, reverse(f"admin:{name}", args=keys) + after


def _if(may: bool, links: list[Link]) -> list[Link]:
    return links if may else []


def _of_plan(at: Situation, way: Sequence[str]) -> list[Link]:
    """The link to a page of the plan (words, name, end of the address), for who may change it."""
    words, name, *after = way
    may = at.plan is not None and permissions.may_change(at.user, Plan)
    return [_link(words, name, at.plan.pk, after="".join(after))] if may else []


def _of_round(at: Situation, words: str, after: str = "") -> list[Link]:
    """The link to the year's round, for who runs it."""
    may = at.report is not None and permissions.may_coordinate(at.user)
    return [_link(words, "round", at.report.key, after=after)] if may else []


def first_year_page(request: HttpRequest) -> HttpResponse:
    """The steps at any time, also after the first year."""
    permissions.require(may_look(request.user))
    return own_page(request, "admin/plan/first_year.html", title=TITLE, first_year=steps_of(request, first_plan()))


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("first-year/", guarded(first_year_page), name="first_year")]
