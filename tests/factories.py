"""Small builders of test data; the real report comes from the fixture instead."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, QuerySet

from actionplan.models import (
    ActionItem,
    ActorType,
    AnnualReport,
    Department,
    Measure,
    Partner,
    Plan,
    Policy,
    Voice,
    YearlyStatus,
)

numbers = count(1)
LATER_RIGHTS = ("0010_default_scale", "0013_figure_rights", "0015_area_rights", "0018_related_texts_rights")
LEGEND = (("★", "市民が主体", "市民"), ("●", "市が主体", "市"), ("◎", "市民と市が主体", "市民と市"))


def make_user(*, superuser: bool = True, **fields):
    """A staff account; a superuser unless told otherwise."""
    name = fields.pop("username", f"staff{next(numbers)}")
    standing = {"is_staff": fields.pop("is_staff", True), "is_superuser": superuser}
    return get_user_model().objects.create(username=name, password=_hashed("a-long-password-9"), **standing, **fields)


@cache
def _hashed(password: str) -> str:
    """The hash that is stored; made once, since it is slow on purpose and the tests make thousands of accounts."""
    return make_password(password)


def make_person(*roles: str, departments: Iterable[Department] = (), **fields):
    """A staff account in these groups (担当者, 課長 …) and departments."""
    user = make_user(superuser=False, **fields)
    user.groups.set([make_role(name) for name in roles])
    for department in departments:
        department.members.add(user)
    return user


def make_role(name: str) -> Group:
    """The group with its rights; made again when a test that flushed the tables took it away."""
    group, made = Group.objects.get_or_create(name=name)
    if made:
        roles = import_module("actionplan.migrations.0003_roles").GROUPS
        later = [import_module(f"actionplan.migrations.{each}").RIGHTS for each in LATER_RIGHTS]
        rights = {(right.content_type.app_label, right.codename): right for right in Permission.objects.all()}
        group.permissions.set(
            [rights[right] for right in [*roles[name], *(right for each in later for right in each.get(name, []))]]
        )
    return group


def make_plan(title: str = "試験計画") -> Plan:
    """A plan with the three marks of the legend."""
    for order, (symbol, label, short_name) in enumerate(LEGEND, 1):
        ActorType.objects.get_or_create(
            symbol=symbol, defaults={"label": label, "short_name": short_name, "order": order}
        )
    return Plan.objects.create(title=title, municipality="対馬市", municipality_code="422096")


def make_measure(plan: Plan | None = None, policy_number: int = 1, number: int | None = None) -> Measure:
    """A measure in the plan's policy of that number, which is made when missing."""
    plan = plan or Plan.objects.first() or make_plan()
    policy, _ = Policy.objects.get_or_create(plan=plan, number=policy_number, defaults={"title": f"題{policy_number}"})
    return Measure.objects.create(policy=policy, number=number or policy.measures.count() + 1, title="取組")


def make_item(measure: Measure | None = None, marks: str = "◎", **fields) -> ActionItem:
    """An item led by the given marks."""
    measure = measure or make_measure()
    fields = {"number": measure.items.count() + 1, "name": "項目", "content": "内容", **fields}
    item = ActionItem.objects.create(measure=measure, **fields)
    item.actors.set(ActorType.objects.filter(symbol__in=list(marks)))
    return item


def make_report(plan: Plan | None = None, fiscal_year: int = 2009) -> AnnualReport:
    """An annual report of the plan."""
    return AnnualReport.objects.create(plan=plan or Plan.objects.first() or make_plan(), fiscal_year=fiscal_year)


def make_status(report: AnnualReport | None = None, item: ActionItem | None = None, **fields) -> YearlyStatus:
    """A status of an item in a report."""
    report = report or AnnualReport.objects.first() or make_report()
    return YearlyStatus.objects.create(
        report=report, item=item or make_item(make_measure(report.plan)), **{"text": "実施した。", **fields}
    )


def make_partner(name: str = "浜の自治会", **fields) -> Partner:
    """A partner outside the city hall."""
    return Partner.objects.create(name=name, **fields)


def make_voice(status: YearlyStatus, **fields) -> Voice:
    """The text of a department or a partner beside the answer, which asks for it."""
    voice = Voice.objects.create(report=status.report, item=status.item, **fields)
    if voice.partner:
        status.item.partners.add(voice.partner)
    else:
        status.item.related_departments.add(voice.department)
    return voice


def make_department(name: str = "市民協働課", **fields) -> Department:
    """A department."""
    return Department.objects.create(name=name, **fields)


def vanish(row: Model) -> None:
    """Takes the row away past every guard, as somebody with the database's own tools could."""
    QuerySet(type(row)).filter(pk=row.pk)._raw_delete("default")


def make_tree(report: AnnualReport, items: int) -> None:
    """As many items as told, each with a status, ten to a measure and ten measures to a policy; made in bulk."""
    measures: dict[int, Measure] = {}
    rows = []
    for index in range(items):
        place = index // 10
        if place not in measures:
            measures[place] = make_measure(report.plan, policy_number=place // 10 + 1)
        rows.append(ActionItem(measure=measures[place], number=index % 10 + 1, name=f"項目{index}", content="内容"))
    ActionItem.objects.bulk_create(rows)
    mark = ActorType.objects.get(symbol="◎")
    ActionItem.actors.through.objects.bulk_create(
        ActionItem.actors.through(actionitem=item, actortype=mark) for item in rows
    )
    YearlyStatus.objects.bulk_create(YearlyStatus(report=report, item=item, text="実施した。") for item in rows)
