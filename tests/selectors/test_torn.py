"""An edition of before that holds two titles of one number: every item once, under one heading."""

import pytest

from actionplan.publishing.compose import live_front_matter
from tests import factories
from tests.exports.editions import make_edition

pytestmark = pytest.mark.django_db
TITLES = ("はじめの題", "あとの題", "はじめの題")


@pytest.fixture
def torn(db):
    rows = [{"policy_title": title, "measure_title": f"取組の{title}"} for title in TITLES]
    report = factories.make_report()
    return make_edition(report, rows, front_matter=live_front_matter(report))


def test_the_report_has_one_policy_and_one_measure_with_every_item(client, torn):
    page = client.get("/reports/2009/").content.decode()
    assert page.count('id="policy-1"') == 1
    assert [page.count(f'id="item-1-1-{number}"') for number in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "address", ["/reports/2009/policies/1/", "/reports/2009.txt", "/reports/2009.csv", "/reports/2009/"]
)
def test_no_page_and_no_text_loses_an_item(client, torn, address):
    text = client.get(address).content.decode("utf-8-sig")
    assert [name for name in ("項目1", "項目2", "項目3") if name not in text] == []


def test_the_form_workbook_is_written(client, torn):
    assert client.get("/reports/2009-form.xlsx").status_code == 200
