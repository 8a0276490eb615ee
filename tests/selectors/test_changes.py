"""What changed between two years."""

import pytest

from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors.changes import YearChanges, year_changes
from actionplan.selectors.editions import previous_edition
from tests import factories

pytestmark = pytest.mark.django_db


def publish_year(year: int, items: list, **fields):
    report = factories.make_report(fiscal_year=year)
    for item in items:
        factories.make_status(report, item, **fields)
    return publish(report, by=None)


def between(old, new) -> YearChanges:
    return year_changes(old, old.rows.all(), new, new.rows.all())


@pytest.fixture
def items():
    measure = factories.make_measure()
    return [factories.make_item(measure, name=name) for name in ("甲", "乙", "丙")]


def test_new_continued_and_ended_items_are_told_apart(items):
    first, second, third = items
    changes = between(publish_year(2009, [first, second]), publish_year(2010, [second, third]))
    assert [place.name for place in changes.added] == ["丙"]
    assert [item.now.name for item in changes.continued] == ["乙"]
    assert [place.name for place in changes.ended] == ["甲"]
    assert (changes.before_total, changes.now_total) == (2, 2)


def test_an_item_that_another_took_in_is_merged_not_ended(items):
    first, second, third = items
    old = publish_year(2009, [first, second, third])
    second.successor = first
    second.save()
    changes = between(old, publish_year(2010, [first]))
    assert [(merged.before.name, merged.into.name) for merged in changes.merged] == [("乙", "甲")]
    assert [place.name for place in changes.ended] == ["丙"]


def test_a_predecessor_that_goes_on_is_continued(items):
    first, second, _ = items
    old = publish_year(2009, [first, second])
    second.successor = first
    second.save()
    changes = between(old, publish_year(2010, [first, second]))
    assert changes.merged == []
    assert len(changes.continued) == 2


def test_a_renumbered_item_is_continued_with_both_codes(items):
    first = items[0]
    old = publish_year(2009, [first])
    first.number = 9
    first.save()
    [item] = between(old, publish_year(2010, [first])).renumbered
    assert (item.before.code, item.now.code) == ("1-1-1", "1-1-9")
    assert (item.before.report, item.now.report) == ("2009", "2010")


def test_a_change_of_category_and_of_text_are_both_listed(items):
    old = publish_year(2009, items[:1], text="始めた。", progress="not_done")
    changes = between(old, publish_year(2010, items[:1], text="終えた。", progress="done"))
    [item] = changes.categories
    assert (item.category.wording.before, item.category.wording.after) == ("未実施", "実施済")
    assert [cell.label for cell in changes.texts[0].texts] == ["実施状況"]


def test_an_item_without_a_change_has_no_cells(items):
    old = publish_year(2009, items[:1])
    changes = between(old, publish_year(2010, items[:1]))
    assert [item.cells for item in changes.continued] == [()]
    assert changes.texts == changes.categories == changes.renumbered == []


def test_marks_are_compared_in_words(items):
    old = publish_year(2009, items[:1])
    items[0].actors.set([factories.ActorType.objects.get(symbol="●")])
    [cell] = between(old, publish_year(2010, items[:1])).continued[0].cells
    assert (cell.label, cell.wording.before, cell.wording.after) == ("主体", "◎市民と市が主体", "●市が主体")


def test_the_year_before_is_the_last_public_one(items):
    old = publish_year(2007, items[:1])
    hidden = publish_year(2009, items[:1])
    withdraw(hidden, by=None, reason="誤り")
    assert previous_edition(publish_year(2010, items[:1])) == old
    assert previous_edition(old) is None
