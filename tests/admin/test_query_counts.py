"""Every list and form of the admin asks the database as often for 200 items as for 5."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, ActorType, Edition, EditionRow, Measure, Plan, Policy, YearlyStatus, unsealed
from tests import factories
from tests.admin.pages import change_url, signed_in

pytestmark = pytest.mark.django_db
# A page of many rows asks once more than a single page of few: the list's own count of pages.
LISTS = {
    "plan": 5,
    "policy": 6,
    "measure": 7,
    "actionitem": 12,
    "actortype": 5,
    "area": 5,
    "tag": 5,
    "alikewords": 5,
    "department": 5,
    "annualreport": 5,
    "yearlystatus": 14,
    "edition": 6,
}


def make_years_work(items):
    """A report with items, as many departments and measures as the items need, and an edition of it."""
    report = factories.make_report()
    factories.make_tree(report, items)
    departments = [factories.make_department(f"第{n}課") for n in range(items // 2)]
    for status, department in zip(YearlyStatus.objects.all(), departments, strict=False):
        YearlyStatus.objects.filter(pk=status.pk).update(department=department)
        ActionItem.objects.filter(pk=status.item_id).update(lead_department=department)
    for item in ActionItem.objects.all()[: items // 2]:
        item.actors.add(ActorType.objects.get(symbol="★"))
    publish(report)


def publish(report):
    from actionplan.publishing.publish import publish as publish_report

    publish_report(report, by=None)


def queries(client, address):
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("items", [5, 200])
def test_a_list_asks_no_more_than_this_however_many_items(items):
    make_years_work(items)
    client = signed_in()
    asked = {name: queries(client, f"/admin/actionplan/{name}/") for name in LISTS}
    assert {name: count for name, count in asked.items() if count > LISTS[name]} == {}


def test_every_page_asks_as_often_in_a_large_plan_as_in_a_small_one():
    small, large = pages_of(5), pages_of(200)
    assert {name: (small[name], large[name]) for name in small if small[name] != large[name]} == {}


def pages_of(items):
    """How often each form, each page that adds, and the whole tree ask."""
    make_years_work(items)
    client = signed_in()
    forms = (Plan, Policy, Measure, ActionItem, ActorType, YearlyStatus, Edition)
    asked = {model.__name__: queries(client, change_url(model.objects.first())) for model in forms}
    for name in ("policy", "measure", "actionitem", "yearlystatus"):
        asked[f"add {name}"] = queries(client, f"/admin/actionplan/{name}/add/")
    asked["tree"] = queries(client, f"/admin/actionplan/plan/{Plan.objects.get().pk}/tree/")
    clear()
    return asked


def clear():
    """Empties the tables between the two sizes, editions by the back door that only tests have."""
    from django.db import connection as database

    with unsealed("試し"), database.cursor() as cursor:
        for table in (EditionRow, Edition, YearlyStatus):
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
    from actionplan.models import AnnualReport, Department

    for model in (AnnualReport, ActionItem, Measure, Policy, Plan, Department):
        model.objects.all().delete()
