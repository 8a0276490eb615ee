"""The coordinator's pages of a plan with more items than a list can be read: by number, and page by page."""

import pytest

from actionplan.admin import pickers
from actionplan.models import ActionItem, Plan, YearlyStatus
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(monkeypatch):
    """Sixty measures with two items each, in a plan that counts as large."""
    monkeypatch.setattr(pickers, "MOST", 10)
    report = factories.make_report()
    for number in range(1, 61):
        measure = factories.make_measure(report.plan, policy_number=1 + number // 20)
        measure.title = f"取組{number:02}"
        measure.save()
        for _ in range(2):
            factories.make_item(measure)
    return report


def post(client, item: ActionItem, **changed):
    """The item's form, sent as a browser would."""
    address = change_url(item)
    return client.post(address, form_of(client.get(address), "actionitem_form") | changed)


def test_the_item_that_follows_is_named_by_its_number(tree):
    first, second = ActionItem.objects.all()[:2]
    client, address = signed_in(), change_url(first)
    page = client.get(address).content.decode()
    assert 'name="successor" maxlength="200"' in page
    assert post(client, first, successor=second.code).status_code == 302
    assert ActionItem.objects.get(pk=first.pk).successor == second
    assert f'value="{second.code}"' in client.get(address).content.decode()
    assert post(client, first, successor="").status_code == 302
    assert ActionItem.objects.get(pk=first.pk).successor is None


@pytest.mark.parametrize("typed", ["9-9-9", "つぎの項目", "999999"])
def test_a_number_that_no_item_has_is_refused_and_stays_in_its_box(tree, typed):
    first = ActionItem.objects.first()
    page = post(signed_in(), first, name="新しい名前", successor=typed).content.decode()
    assert f"「{typed}」という項目は見つかりません。" in page
    assert f'value="{typed}"' in page
    assert "新しい名前" in page
    assert ActionItem.objects.get(pk=first.pk).name != "新しい名前"


def test_a_number_that_two_plans_have_is_not_guessed(tree):
    first, second = ActionItem.objects.filter(measure__policy__plan=tree.plan)[:2]
    other = factories.make_plan(title="第2次計画")
    twin = factories.make_item(factories.make_measure(other, second.measure.policy.number, second.measure.number))
    ActionItem.objects.filter(pk=twin.pk).update(number=second.number)
    page = post(signed_in(), first, successor=second.code).content.decode()
    assert "の項目は、いくつかあります" in page
    assert second.public_id in page
    assert post(signed_in(), first, successor=twin.public_id).status_code == 302
    assert ActionItem.objects.get(pk=first.pk).successor == twin
    assert f'value="{twin.public_id}"' in signed_in().get(change_url(first)).content.decode()


def test_a_circle_is_refused_by_number_too(tree):
    first, second = ActionItem.objects.all()[:2]
    second.successor = first
    second.save()
    page = post(signed_in(), first, successor=second.code).content.decode()
    assert "この項目に戻ってしまいます" in page


def test_saving_without_a_change_leaves_no_record(tree):
    first, second = ActionItem.objects.all()[:2]
    first.successor = second
    first.save()
    records = first.history.count()
    assert post(signed_in(), first, successor=second.code).status_code == 302
    assert first.history.count() == records


def test_the_tree_stands_on_pages_with_each_measure_once(tree):
    client, address = signed_in(), f"/admin/actionplan/plan/{Plan.objects.get().pk}/tree/"
    first, second = (client.get(address + query).content.decode() for query in ("", "?page=2"))
    found = [sum(page.count(f"取組{number:02}") for page in (first, second)) for number in range(1, 61)]
    assert set(found) == {1}
    assert 'aria-current="page">2<' in second


def test_a_policy_without_measures_is_in_the_tree(tree):
    factories.make_measure(tree.plan, policy_number=9).delete()
    page = signed_in().get(f"/admin/actionplan/plan/{tree.plan_id}/tree/?page=2").content.decode()
    assert "施策9" in page
    assert "取組はまだありません" in page


def test_the_preview_of_an_opening_names_the_first_hundred_and_counts_the_others(tree):
    page = signed_in().get(f"/admin/round/open/?plan={tree.plan_id}&year=2010").content.decode()
    assert "新規（120件）" in page
    assert page.count("<li>ほか20件</li>") == 2
    assert not YearlyStatus.objects.exists()


def test_two_people_who_name_different_items_read_both_numbers(tree):
    first, second, third = ActionItem.objects.all()[:3]
    client, address = signed_in(), change_url(first)
    opened = form_of(client.get(address), "actionitem_form")
    assert post(client, first, successor=second.code).status_code == 302
    page = client.post(address, opened | {"successor": third.code}).content.decode()
    assert ActionItem.objects.get(pk=first.pk).successor == second
    assert second.code in page
    assert f'value="{third.code}"' in page
