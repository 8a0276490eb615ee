"""The page of answers asks the database as often for 200 items as for 5, reading, saving and handing in."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import State
from tests import factories
from tests.answers.answering import Office, make_office, written

pytestmark = pytest.mark.django_db
# Session and user, the user's rights, departments and memberships, the year and the year before, the rows, and how much
# evidence each has; for the check what the items come from, what was said before, what was called right. The list asks
# once more, for what the department writes on others' items.
READING, LIST = 21, 9
# In batches: each five hundred rows more (on SQLite fewer) ask once more.
HANDING_IN = 34


def asked(act) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def office_of(items: int) -> Office:
    """An office whose items were all answered this year and the year before."""
    office = make_office(items, **written(state=State.DRAFT, answered_by=factories.make_user()))
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    for row in office.rows:
        factories.make_status(before, row.item)
    return office


@pytest.mark.parametrize("items", [5, 200])
def test_reading_asks_this_often_however_many_items(items):
    office = office_of(items)
    browsers = {role: office.browser(role) for role in ("担当者", "課長")}
    found = {role: asked(lambda browser=browser: browser.get(office.address)) for role, browser in browsers.items()}
    found["list"] = asked(lambda: browsers["担当者"].get("/admin/answers/?all=1"))
    # A head asks for nobody's name.
    assert found == {"担当者": READING, "課長": READING - 1, "list": LIST}


@pytest.mark.parametrize("items", [5, 90])
def test_saving_and_handing_in_asks_this_often_however_many_items(items):
    office = office_of(items)
    head = office.browser("課長")
    form = office.form(head)
    cells = {f"text_{index}": f"書き直した{index}" for index in range(items)}
    assert asked(lambda: office.post(head, form, "submit", **cells)) <= HANDING_IN
    assert set(office.states()) == {State.SUBMITTED}
