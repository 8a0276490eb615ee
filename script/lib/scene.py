"""A year's round under way, for pictures: the real plan, its next year dealt out to departments plainly made up."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from actionplan.answers.saving import Answer, confirm, return_answers, save_answers, submit
from actionplan.models import ActionItem, AnnualReport, Department, YearlyStatus
from actionplan.round.years import open_year

PEOPLE = (
    ("mihon-tantou", "見本", "担当", "担当者", 0),
    ("mihon-kachou", "見本", "課長", "課長", 0),
    ("mihon-jimukyoku", "見本", "事務", "事務局", None),
    ("mihon-kouhyou", "見本", "公表", "公表権者", None),
)
FIRST_ITEMS = 8
WORDS = "（見本の文です）関係する皆さんと話し合いの場を設け、年度の後半から取り組みました。"


def build() -> AnnualReport:
    """The year after the newest report: the first department half done, the others submitted, returned and late."""
    departments = [Department.objects.create(name=f"見本第{number}課", email="") for number in "一二三四"]
    accounts = {name: _account(departments, name, *rest) for name, *rest in PEOPLE}
    _deal_out(departments)
    last = AnnualReport.objects.all()[0]
    office, due = accounts["mihon-jimukyoku"], timezone.localdate() + timedelta(days=12)
    open_year(last.plan, last.fiscal_year + 1, answers_due=due, by=office)
    report = AnnualReport.objects.get(fiscal_year=last.fiscal_year + 1)
    _write(report, departments[0], accounts["mihon-tantou"], leave=3)
    for department in departments[1:3]:
        _write(report, department, office)
        submit(_seen(report, department), by=office)
    confirm(_seen(report, departments[2]), by=office)
    one = dict(list(_seen(report, departments[1]).items())[:1])
    return_answers(one, by=office, reason="参加した人数と時期を書き足してください。")
    return report


def _account(departments: list[Department], name: str, last: str, first: str, role: str, place: int | None):
    user = get_user_model().objects.create_user(name, is_staff=True, last_name=last, first_name=first)
    user.groups.add(Group.objects.get(name=role))
    if place is not None:
        departments[place].members.add(user)
    return user


def _deal_out(departments: list[Department]) -> None:
    for index, item in enumerate(ActionItem.objects.all()):
        share = 0 if index < FIRST_ITEMS else 1 + index % 3
        item.lead_department = departments[share]
        item.save()


def _write(report: AnnualReport, department: Department, by, leave: int = 0) -> None:
    rows = list(YearlyStatus.objects.filter(report=report, department=department))
    cells = {"text": WORDS, "progress": "in_progress"}
    answers = [Answer(row.pk, row.revision, cells) for row in rows[: len(rows) - leave]]
    save_answers(answers, by=by, reason="見本")


def _seen(report: AnnualReport, department: Department) -> dict[int, int]:
    return dict(YearlyStatus.objects.filter(report=report, department=department).values_list("pk", "revision"))
