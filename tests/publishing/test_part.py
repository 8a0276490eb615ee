"""The next edition a page at a time: to the letter what composing the whole gives, for the price of the part."""

import pytest
from django.core.paginator import Paginator
from django.forms import model_to_dict

from actionplan.models import ActionItem, Department, YearlyStatus
from actionplan.publishing.compose import DraftRows, compose
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db
WORDINGS = ("published", "current")


def facts(rows) -> list[dict]:
    """Everything in the rows but the key that they do not have yet."""
    return [model_to_dict(row) | {"item": row.item_id, "department": row.department_id} for row in rows]


@pytest.fixture
def moved():
    """A published year whose plan has moved since: renumbered, renamed, added, merged, handed over."""
    report = factories.make_report()
    factories.make_tree(report, 12)
    old = factories.make_department("旧課", phone="0920-1")
    report.statuses.update(department=old)
    publish(report, by=None)
    items = list(ActionItem.objects.order_by("measure__policy__number", "measure__number", "number"))
    ActionItem.objects.filter(pk=items[0].pk).update(number=99, name="改めた名前")
    items[1].actors.clear()
    YearlyStatus.objects.filter(item=items[3]).update(
        department=factories.make_department("新課"), text="改めた文", progress="done"
    )
    added = factories.make_item(items[4].measure, number=77, name="加わった項目", marks="◎★")
    factories.make_status(report, added, text="加わった文")
    factories.make_item(items[4].measure, number=78, name="統合前の項目", ended=True, successor=items[5])
    Department.objects.filter(pk=old.pk).update(name="改名した課", phone="0920-2")
    return report


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("size", [1, 3, 5, 50])
def test_every_page_is_what_the_whole_has_there(moved, wording, size):
    whole, part = compose(moved, wording), DraftRows(moved, wording)
    pages = Paginator(part, size)
    found = [row for number in pages.page_range for row in pages.page(number).object_list]
    assert facts(found) == facts(whole.rows)
    assert len(part) == 13
    assert part.front_matter == whole.front_matter


def test_a_renumbered_item_stands_where_it_was_printed_until_the_plan_is_taken_as_it_is(moved):
    name = {wording: DraftRows(moved, wording)[0:1][0].item_name for wording in WORDINGS}
    assert name["published"] != "改めた名前"
    places = {
        wording: [row.item_name for row in DraftRows(moved, wording)[0:13]].index(words)
        for wording, words in (("published", name["published"]), ("current", "改めた名前"))
    }
    assert places["published"] == 0
    assert places["current"] > 0


def test_positions_go_on_from_page_to_page(moved):
    assert [row.position for row in DraftRows(moved, "published")[4:8]] == [5, 6, 7, 8]


def test_before_the_first_edition_there_is_nothing_to_keep():
    report = factories.make_report()
    factories.make_tree(report, 4)
    assert facts(DraftRows(report, "published")[0:4]) == facts(compose(report).rows)


def test_an_empty_year_has_no_rows():
    part = DraftRows(factories.make_report(), "published")
    assert (len(part), part[0:500]) == (0, [])


@pytest.mark.parametrize("items", [5, 200])
def test_a_page_takes_as_many_queries_for_200_items_as_for_5(items, django_assert_num_queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    publish(report, by=None)
    with django_assert_num_queries(8):
        assert len(DraftRows(report, "published")[0:5]) == 5
