"""What opening a year says it will do: new, continued, merged and ended items, and the departments of the day."""

from datetime import date

import pytest

from actionplan.models import ActionItem, Department
from actionplan.round.opening import live_items, missing_items, opening_of, plan_items
from tests import factories

pytestmark = pytest.mark.django_db
APRIL = date(2010, 4, 1)
MARCH = date(2010, 3, 31)


@pytest.fixture
def last_year():
    return factories.make_report(fiscal_year=2009)


@pytest.fixture
def item(last_year):
    return factories.make_status(last_year).item


def open_2010(plan, **wishes):
    return opening_of(plan, 2010, day=APRIL, **wishes)


def items_of(rows) -> list[ActionItem]:
    """The stored items that these stand for."""
    return [ActionItem.objects.get(pk=row.pk) for row in rows]


def kinds(opening) -> dict[ActionItem, str]:
    return {ActionItem.objects.get(pk=row.item.pk): row.kind_label for row in opening.coming}


def test_items_are_continued_new_merged_or_ended(last_year, item):
    new = factories.make_item(item.measure)
    ended = factories.make_status(last_year, factories.make_item(item.measure, ended=True)).item
    merged = factories.make_status(last_year, factories.make_item(item.measure, successor=new)).item
    brand_new = factories.make_item(item.measure)
    opening = open_2010(last_year.plan)
    assert kinds(opening) == {item: "継続", new: "統合", brand_new: "新規"}
    assert items_of(opening.ended) == [ended, merged]
    assert [item.successor for item in opening.ended] == ["", str(new)]


def test_an_item_that_took_another_in_counts_as_merged(last_year, item):
    factories.make_status(last_year, factories.make_item(item.measure, successor=item))
    assert kinds(open_2010(last_year.plan))[item] == "統合"


def test_an_item_that_ended_before_last_year_is_not_named_again(last_year, item):
    factories.make_item(item.measure, ended=True)
    assert open_2010(last_year.plan).ended == ()


def test_an_ended_item_that_has_its_answer_already_is_kept_and_named(last_year, item):
    ended = factories.make_item(item.measure, ended=True)
    factories.make_status(factories.make_report(fiscal_year=2010), ended, text="")
    opening = open_2010(last_year.plan)
    assert (items_of(opening.kept), opening.ended) == ([ended], ())


def test_the_year_before_is_the_latest_earlier_one(last_year, item):
    factories.make_status(
        factories.make_report(fiscal_year=2003), ended := factories.make_item(item.measure, ended=True)
    )
    assert ended not in items_of(open_2010(last_year.plan).ended)


def test_items_that_only_sample_years_know_do_not_come(last_year, item):
    sample = factories.make_report(fiscal_year=2011)
    sample.sample = True
    sample.save()
    made_up = factories.make_status(sample, factories.make_item(item.measure)).item
    factories.make_status(sample, item)
    assert list(live_items(last_year.plan)) == [item]
    assert kinds(opening_of(last_year.plan, 2012)) == {item: "継続"}
    assert made_up in ActionItem.objects.all()


def test_an_item_comes_under_the_department_that_leads_it(last_year, item):
    item.lead_department = factories.make_department("担当する課")
    item.save()
    row = open_2010(last_year.plan).coming[0]
    assert row.department == item.lead_department


def test_an_item_that_nobody_leads_comes_under_last_years_department(last_year):
    department = factories.make_department("前の年の課")
    factories.make_status(last_year, department=department)
    assert open_2010(last_year.plan).coming[0].department == department


def test_a_merged_item_that_nobody_leads_comes_under_the_department_of_what_it_took_in(last_year, item):
    department = factories.make_department("前の年の課")
    old = factories.make_item(item.measure, successor=factories.make_item(item.measure))
    factories.make_status(last_year, old, department=department)
    rows = {row.item.pk: row.department for row in open_2010(last_year.plan).coming}
    assert rows[old.successor_id] == department


def test_a_renamed_department_is_mapped_to_its_successor_of_the_day(last_year, item):
    new = factories.make_department("新しい課", in_force_from=APRIL)
    old = factories.make_department("古い課", in_force_until=MARCH, successor=new)
    ActionItem.objects.update(lead_department=old)
    opening = open_2010(last_year.plan)
    assert opening.coming[0].department == new
    assert [(move.before, move.after, move.items) for move in opening.moves] == [(old, new, 1)]
    assert opening_of(last_year.plan, 2010, day=MARCH).moves == []


def test_an_item_whose_department_ended_without_successor_is_named(last_year, item):
    gone = factories.make_department("なくなった課", in_force_until=MARCH)
    ActionItem.objects.update(lead_department=gone)
    opening = open_2010(last_year.plan)
    assert items_of(row.item for row in opening.stranded) == [item]
    assert opening.coming[0].department == gone


def test_an_item_without_department_is_named(last_year, item):
    assert items_of(row.item for row in open_2010(last_year.plan).without_department) == [item]


def test_the_due_date_changes_only_when_another_one_is_asked_for(last_year, item):
    last_year.answers_due = APRIL
    last_year.save()
    assert not opening_of(last_year.plan, 2009).sets_due
    assert not opening_of(last_year.plan, 2009, APRIL).sets_due
    assert opening_of(last_year.plan, 2009, MARCH).sets_due


def test_the_label_is_the_reports_own_where_it_has_one(last_year):
    assert open_2010(last_year.plan).label == "平成22年度（2010年度）"
    last_year.label_override = "平成二十一年度"
    last_year.save()
    assert opening_of(last_year.plan, 2009).label == "平成二十一年度（2009年度）"


def test_the_seal_tells_whether_anything_moved(last_year, item):
    first = open_2010(last_year.plan).seal
    assert open_2010(last_year.plan).seal == first
    assert open_2010(last_year.plan, answers_due=APRIL).seal != first
    factories.make_item(item.measure)
    assert open_2010(last_year.plan).seal != first


def test_missing_items_leave_out_what_ended_or_was_merged(last_year, item):
    new = factories.make_item(item.measure)
    factories.make_item(item.measure, ended=True)
    factories.make_item(item.measure, successor=new)
    assert list(missing_items(last_year)) == [new]


@pytest.mark.parametrize("items", [5, 200])
def test_it_asks_as_often_for_many_items_as_for_few(django_assert_num_queries, items):
    report = factories.make_report()
    factories.make_tree(report, items)
    ActionItem.objects.update(lead_department=Department.objects.create(name="課"))
    with django_assert_num_queries(4):
        assert len(open_2010(report.plan).coming) == items


def test_a_plan_item_is_the_stored_one_in_every_part_that_it_has(last_year, item):
    department = factories.make_department()
    later = factories.make_item(item.measure, name="後の項目", lead_department=department)
    factories.make_item(item.measure, name="前の項目", ended=True, successor=later)
    rows = plan_items(last_year.plan)
    assert [str(row) for row in rows] == [str(each) for each in live_items(last_year.plan)]
    for row, stored in zip(rows, live_items(last_year.plan), strict=True):
        assert (row.pk, row.code, row.name, row.ended) == (stored.pk, stored.code, stored.name, stored.ended)
        assert (row.lead_department, row.successor_id) == (stored.lead_department_id, stored.successor_id)
        assert row.successor == str(stored.successor or "")
        assert row.is_gone == (stored.name == "前の項目")


def successor_of(last_year, item):
    """A plan that follows last year's, one of whose items comes from the item and one from nothing."""
    plan = factories.make_plan("第2次計画")
    plan.predecessor = last_year.plan
    plan.save()
    measure = factories.make_measure(plan)
    heir, new = (factories.make_item(measure, name=name) for name in ("引き継いだ項目", "新しい項目"))
    heir.origins.add(item)
    return plan, heir, new


def test_the_first_year_of_a_plan_names_what_ends_with_the_plan_before_and_what_is_new(last_year, item):
    left = factories.make_status(last_year, factories.make_item(item.measure)).item
    factories.make_item(item.measure, name="前の年度に答えのない項目")
    plan, heir, new = successor_of(last_year, item)
    opening = open_2010(plan)
    assert items_of(opening.ended) == [left]
    assert [row.item.pk for row in opening.added] == [new.pk]
    assert kinds(opening)[heir] == "継続"
    assert (opening.succeeds, opening.before) == (True, last_year)
    assert opening.label == "平成22年度（2010年度）　第2次計画"


def test_what_is_new_is_named_against_a_year_before_only(last_year, item):
    assert open_2010(last_year.plan).added == []
    new = factories.make_item(item.measure)
    assert [row.item.pk for row in open_2010(last_year.plan).added] == [new.pk]
    assert opening_of(last_year.plan, 2009, day=APRIL).added == []
