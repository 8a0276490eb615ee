"""A department's sheet: report order, last year's answers beside, new, merged and continued items."""

import pytest

from actionplan.answers.sheet import answer_sheet, previous_report, statuses
from actionplan.models import ActionItem, AnnualReport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def years():
    """Two years of one plan."""
    last = factories.make_report(fiscal_year=2009)
    return last, factories.make_report(last.plan, fiscal_year=2010)


def make_pair(years, **last_year):
    """An item that was answered last year and waits this year."""
    item = factories.make_item(factories.make_measure(years[0].plan))
    factories.make_status(years[0], item, **last_year)
    return factories.make_status(years[1], item, text="")


def test_rows_come_in_report_order_whatever_order_they_were_made_in(years):
    for policy in (2, 1):
        for number in (2, 1):
            measure = factories.make_measure(years[1].plan, policy_number=policy)
            factories.make_status(years[1], factories.make_item(measure, number=number))
    codes = [row.code for row in answer_sheet(years[1])]
    assert codes == sorted(codes)
    assert codes[0] == "1-1-2"


def test_ten_comes_after_nine(years):
    measure = factories.make_measure(years[1].plan)
    for number in (10, 9):
        factories.make_status(years[1], factories.make_item(measure, number=number))
    assert [row.code for row in answer_sheet(years[1])] == ["1-1-9", "1-1-10"]


def test_only_the_departments_asked_for_and_none_counts_as_one_of_them(years):
    own, other = factories.make_department("第一課"), factories.make_department("第二課")
    mine, theirs, nobodys = (factories.make_status(years[1], department=each) for each in (own, other, None))

    def found(departments):
        return {row.status for row in answer_sheet(years[1], departments)}

    assert found([own.pk]) == {mine}
    assert found([None]) == {nobodys}
    assert found([own.pk, None]) == {mine, nobodys}
    assert found([]) == set()
    assert found(None) == {mine, theirs, nobodys}


def test_a_continued_item_brings_last_years_words_in_every_cell(years):
    make_pair(years, text="昨年の文", progress="partly_done", outcome="成果", challenge="課題", next_step="方針")
    row = answer_sheet(years[1])[0]
    assert (row.kind, row.kind_label) == ("continued", "継続")
    words = [row.last_of(name) for name in ("text", "progress", "outcome", "challenge", "next_step")]
    assert words == ["昨年の文", "一部実施", "成果", "課題", "方針"]


def test_a_new_item_has_no_last_year(years):
    factories.make_status(years[1])
    row = answer_sheet(years[1])[0]
    assert (row.kind_label, row.last, row.last_of("text"), row.last_of("progress")) == ("新規", (), "", "")


def test_a_merged_item_shows_each_of_its_predecessors_under_its_own_code(years):
    status = make_pair(years, text="本体の文", progress="done")
    for number, text in ((1, "旧一の文"), (2, "旧二の文"), (3, "")):
        old = factories.make_item(status.item.measure, number=10 + number, ended=True, successor=status.item)
        factories.make_status(years[0], old, text=text, progress="not_done")
    row = answer_sheet(years[1])[0]
    assert row.kind_label == "統合"
    code = status.item.code
    assert row.last_of("text") == f"【{code}】本体の文\n【1-1-11】旧一の文\n【1-1-12】旧二の文"
    assert row.last_of("progress").splitlines()[:2] == [f"【{code}】実施済", "【1-1-11】未実施"]


def test_an_item_that_took_over_a_single_other_one_shows_its_words_plainly(years):
    new = factories.make_status(years[1], text="")
    old = factories.make_item(new.item.measure, number=50, ended=True, successor=new.item)
    factories.make_status(years[0], old, text="旧い項目の文")
    row = answer_sheet(years[1])[0]
    assert (row.kind, row.last_of("text")) == ("merged", "旧い項目の文")


def test_last_year_is_the_plans_latest_report_before_this_one(years):
    later = factories.make_report(years[0].plan, fiscal_year=2012)
    factories.make_report(factories.make_plan("別の計画"), fiscal_year=2011)
    assert previous_report(later) == years[1]
    assert previous_report(years[1]) == years[0]
    assert previous_report(years[0]) is None


def test_last_years_department_does_not_matter(years):
    old, new = factories.make_department("旧課"), factories.make_department("新課")
    status = make_pair(years, department=old, text="旧課の文")
    status.department = new
    status.save()
    assert answer_sheet(years[1], [new.pk])[0].last_of("text") == "旧課の文"


def test_marks_stand_in_the_order_of_the_legend(years):
    factories.make_status(years[1], factories.make_item(factories.make_measure(years[1].plan), marks="◎★"))
    assert answer_sheet(years[1])[0].marks == "★◎"


@pytest.mark.parametrize("items", [3, 60])
def test_a_sheet_asks_as_often_for_many_items_as_for_few(years, items, django_assert_num_queries):
    factories.make_tree(years[0], items)
    for item in ActionItem.objects.all():
        factories.make_status(years[1], item)
    with django_assert_num_queries(7):
        words = [
            (row.code, row.marks, row.last_of("text"), row.kind, row.status.department)
            for row in answer_sheet(years[1])
        ]
    assert len(words) == items


def test_statuses_name_everything_without_asking_again(years, django_assert_num_queries):
    make_pair(years)
    found = list(statuses(years[1]))
    with django_assert_num_queries(0):
        row = found[0]
        assert (row.report, row.item.code, row.item.measure.policy.title) == (years[1], "1-1-1", "題1")


def test_a_made_up_year_is_never_the_year_before_a_real_one():
    report = factories.make_report(fiscal_year=2011)
    real = factories.make_report(report.plan, fiscal_year=2009)
    made_up = factories.make_report(report.plan, fiscal_year=2010)
    AnnualReport.objects.filter(pk=made_up.pk).update(sample=True)
    assert previous_report(report) == real
    later = factories.make_report(report.plan, fiscal_year=2012)
    later.sample = True
    assert previous_report(later) == report
