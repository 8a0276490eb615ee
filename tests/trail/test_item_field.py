"""変更の記録 of a plan with more items than a list can be read: the item is asked for by its number."""

import pytest

from actionplan.admin import pickers
from tests import factories
from tests.admin.pages import signed_in
from tests.trail.conftest import change, make_person

pytestmark = pytest.mark.django_db
TRAIL = "/admin/trail/"


@pytest.fixture
def rows(monkeypatch):
    """Two answers of two departments, each with a change of its own, in a plan that counts as large."""
    monkeypatch.setattr(pickers, "MOST", 0)
    report = factories.make_report()
    made = [
        factories.make_status(report, factories.make_item(), department=factories.make_department(name))
        for name in ("一課", "二課")
    ]
    for row, text in zip(made, ("一つ目の文", "二つ目の文"), strict=True):
        change(row, text)
    return made


def html(client, query: str) -> str:
    return client.get(TRAIL + query).content.decode()


def test_a_number_leads_to_the_items_records_alone(rows):
    page = html(signed_in(make_person("kansa")), f"?item={rows[0].item.code}")
    assert "一つ目の文" in page
    assert "二つ目の文" not in page
    assert f'value="{rows[0].item.code}"' in page


def test_a_link_with_the_items_key_is_shown_as_its_number(rows):
    page = html(signed_in(make_person("kansa")), f"?item={rows[1].item_id}")
    assert "二つ目の文" in page
    assert "一つ目の文" not in page
    assert f'value="{rows[1].item.code}"' in page


@pytest.mark.parametrize("typed", ["9-9-9", "3-2", "名前", "999999", "1" * 20])
def test_a_number_that_no_item_has_is_told_in_words(rows, typed):
    page = html(signed_in(make_person("kansa")), f"?item={typed}")
    assert f"「{typed}」という項目は見つかりません。" in page
    assert f'value="{typed}"' in page
    assert "一つ目の文" not in page


def test_a_department_finds_its_own_items_only(rows):
    client = signed_in(make_person("tanto", rows[0].department))
    assert "一つ目の文" in html(client, f"?item={rows[0].item.code}")
    assert "見つかりません" in html(client, f"?item={rows[1].item.code}")
    assert "見つかりません" in html(client, f"?item={rows[1].item_id}")


def test_no_list_of_items_is_sent(rows):
    assert "<optgroup" not in html(signed_in(make_person("kansa")), "")
