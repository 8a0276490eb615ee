"""The coordinator's pages ask the database as often for 200 items in 40 departments as for 5 in one."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import AnnualReport, Department, Reminder, State, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import make_year

pytestmark = pytest.mark.django_db
# Session, user and rights of the role; then the year, the departments, what the page is about, and the check of what is
# read there; of the round the check of the whole year.
LIMIT = 27
PAGES = {
    "round": "/admin/round/2026/",
    "department": "/admin/round/2026/{department}/",
    "queue": "/admin/round/2026/queue/",
    "remind": "/admin/round/2026/remind/",
    "open": "/admin/round/open/?plan={plan}&year=R9&answers_due=2027-05-20",
}


def make_round(items: int) -> AnnualReport:
    """Two years of the items, five to a department; each department moved, and was reminded of the rest."""
    last = make_year(2025)
    factories.make_tree(last, items)
    report = make_year(due=timezone.localdate())
    people = [factories.make_user() for _ in range(3)]
    departments = [factories.make_department(f"第{n}課", email="ka@example.jp") for n in range(items // 5)]
    for index, old in enumerate(last.statuses.all()):
        department = departments[index // 5]
        state = [State.NOT_STARTED, State.DRAFT, State.RETURNED, State.SUBMITTED, State.CONFIRMED][index % 5]
        steps = {f"{step}_by": people[index % 3] for step in ("answered", "submitted", "returned", "confirmed")}
        row = factories.make_status(report, old.item, department=department, state=state, text="文", **steps)
        row.text = "書き直した文"
        row.save()
    for department in departments:
        Reminder.objects.create(
            **{"report": report, "department": department, "sent_by": people[0], "open_items": 1},
            day=timezone.localdate().replace(year=2020, day=1),
        )
    return report


def asked(page: str, items: int) -> int:
    report = make_round(items)
    department = Department.objects.order_by("pk").first()
    if page == "department":
        YearlyStatus.objects.filter(report=report).update(department=department)
    browser = signed_in(factories.make_person("事務局"))
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(PAGES[page].format(department=department.pk, plan=report.plan_id))
    assert response.status_code == 200
    assert "書き直した文" in response.content.decode() or page != "department"
    return len(queries)


@pytest.mark.parametrize(
    ("page", "number"), [("round", 26), ("department", 17), ("queue", 17), ("remind", 10), ("open", 15)]
)
@pytest.mark.parametrize("items", [5, 200])
def test_a_page_asks_this_often_however_many_items(page, number, items):
    assert asked(page, items) == number < LIMIT
