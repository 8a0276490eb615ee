"""Lists and choosers of the staff: found as people type, and of several plans each by its plan."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, AlikeWords, Figure, Measure, Plan, Policy, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


@pytest.fixture
def plan():
    plan = factories.make_plan("第1次計画")
    department = factories.make_department("総務部 総務課", unit="庶務係")
    report = factories.make_report(plan)
    for policy in (1, 11):
        for number in (1, 2):
            measure = factories.make_measure(plan, policy, number)
            item = factories.make_item(measure, name=f"デマエ講座{policy}{number}", content="嚴原の広報「つしま」")
            factories.make_status(report, item, text="２１校区で行った。")
            Figure.objects.create(item=item, name="ホームページの閲覧", unit="回")
    ActionItem.objects.filter(measure__number=2).update(lead_department=department, name="別の名")
    YearlyStatus.objects.filter(item__measure__number=2).update(department=department)
    return plan


def found(office, model, typed, **more):
    answer = office.get(f"/admin/actionplan/{model}/", {"q": typed, **more})
    assert answer.status_code == 200
    return [getattr(row, "item", row) if model != "measure" else row for row in answer.context["cl"].result_list]


def codes(rows):
    return sorted(row.code for row in rows)


TYPED = {
    "1-1-1": ["1-1-1"],
    "１－１－１": ["1-1-1"],
    "1ー1−1": ["1-1-1"],
    "11-1": ["11-1-1"],
    "ﾃﾞﾏｴ": ["1-1-1", "11-1-1"],
    "総務課": ["1-2-1", "11-2-1"],
    "庶務係 1-2-1": ["1-2-1"],
    "どこにもない": [],
    "ー": [],
}


@pytest.mark.parametrize("model", ["actionitem", "yearlystatus", "figure"])
def test_items_answers_and_figures_are_found_by_number_name_and_department(office, plan, model):
    assert {typed: codes(found(office, model, typed)) for typed in TYPED} == TYPED


def test_contents_are_found_in_old_letters_and_past_brackets(office, plan):
    assert {len(found(office, "actionitem", typed)) for typed in ("厳原", "広報つしま", "つしま")} == {4}


AS_TYPED = {
    "words": ["取組", "取組み", "取り組み", "子供"],
    "letters": ["2丁目", "２丁目", "龍ケ崎", "竜が崎", "国民"],
    "signs": ["ホームページ", "1500千円", "1,500"],
}


def test_items_are_found_as_the_public_pages_find_them(office, plan):
    AlikeWords.objects.get_or_create(words="HP\nホームページ")
    item = ActionItem.objects.first()
    item.content = "子どもの取り組みを進め、二丁目と龍ヶ崎の國民に、市のＨＰで知らせた。予算は１，５００千円。"
    item.save()
    typed = [word for words in AS_TYPED.values() for word in words]
    assert [word for word in typed if [row.pk for row in found(office, "actionitem", word)] != [item.pk]] == []


def test_a_list_too_long_for_the_dictionary_is_found_by_letters(office, plan, monkeypatch):
    monkeypatch.setattr("actionplan.admin.finding.MOST_READ", 1)
    assert len(found(office, "actionitem", "厳原")) == 4


def test_answers_are_found_by_what_they_say(office, plan):
    assert len(found(office, "yearlystatus", "21校区")) == 4


def test_measures_and_policies_are_found_by_number(office, plan):
    assert codes(found(office, "measure", "１１ー２")) == ["11-2"]
    assert [policy.number for policy in found(office, "policy", "１１")] == [11]


def test_departments_partners_and_accounts_are_found_in_any_width(office):
    factories.make_department("ＤＸ推進課")
    factories.make_partner("ツシマの会")
    factories.make_person(username="dx01", last_name="髙橋")
    assert len(found(office, "department", "dx")) == 1
    assert len(found(office, "partner", "ﾂｼﾏ")) == 1
    people = office.get("/admin/auth/user/", {"q": "高橋 dx0"}).context["cl"].result_list
    assert [person.username for person in people] == ["dx01"]


def second(plan):
    other = Plan.objects.create(
        title="第2次計画", short_name="第2次", municipality="試験市", municipality_code="012345"
    )
    item = factories.make_item(factories.make_measure(other), name="次の項目")
    Figure.objects.create(item=item, name="人数", unit="人")
    return other


@pytest.mark.parametrize("model", ["policy", "measure", "actionitem", "figure"])
def test_the_plan_is_column_and_filter_only_where_there_are_several(office, plan, model):
    alone = office.get(f"/admin/actionplan/{model}/").context["cl"]
    assert "plan_name" not in alone.list_display
    assert "計画" not in [spec.title for spec in alone.filter_specs]
    other = second(plan)
    several = office.get(f"/admin/actionplan/{model}/").context["cl"]
    assert "plan_name" in several.list_display
    narrowed = office.get(f"/admin/actionplan/{model}/", {"plan": other.pk})
    assert narrowed.context["cl"].result_count == 1
    assert "第2次" in narrowed.content.decode()
    assert len(found(office, model, "第2次")) == 1


def test_the_answers_of_a_year_are_narrowed_by_the_policies_of_its_own_plan(office, plan):
    second(plan)
    filters = office.get("/admin/actionplan/yearlystatus/").context["cl"].filter_specs
    policies = next(spec for spec in filters if spec.title == "施策")
    assert [name for _, name in policies.lookup_choices] == ["施策1 題1", "施策11 題11"]


def test_choosers_tell_the_plan_where_there_are_several(office, plan):
    page = "/admin/actionplan/actionitem/add/"
    assert "1-1 取組（" not in office.get(page).content.decode()
    second(plan)
    text = office.get(page).content.decode()
    assert "1-1 取組（第1次計画）" in text
    assert "1-1 取組（第2次）" in text
    assert "1 題1（第2次）" in office.get("/admin/actionplan/measure/add/").content.decode()


def test_an_item_is_chosen_by_its_number_in_any_width_or_by_its_name(plan, monkeypatch):
    from actionplan.admin.pickers import ItemByNumber

    box = ItemByNumber(label="項目", required=True)
    item = ActionItem.objects.get(name="デマエ講座11")
    assert box.clean("１ー１−１") == box.clean("ﾃﾞﾏｴ講座１１") == item
    second(plan)
    with pytest.raises(Exception, match="1-1-1 次の項目（第2次）は"):
        box.clean("1-1-1")
    with pytest.raises(Exception, match=r"1-2-1 別の名（第1次計画）は.+11-2-1"):
        box.clean("別の名")


@pytest.mark.parametrize("model", ["policy", "measure", "actionitem", "yearlystatus", "figure"])
def test_a_search_asks_as_often_for_many_rows_as_for_few(office, plan, model):
    second(plan)
    few = queries(office, model)
    report = YearlyStatus.objects.first().report
    measures = [factories.make_measure(plan, 20 + number) for number in range(20)]
    for measure in measures:
        item = factories.make_item(measure, name="デマエの項目")
        factories.make_status(report, item)
        Figure.objects.create(item=item, name="デマエ", unit="回")
    assert (Policy.objects.count(), Measure.objects.count()) == (23, 25)
    assert queries(office, model) == few


def queries(office, model):
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert office.get(f"/admin/actionplan/{model}/", {"q": "1"}).status_code == 200
    return len(asked)
