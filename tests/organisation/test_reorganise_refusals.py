"""Why a reorganisation cannot be registered: its day, its names, its parts."""

from datetime import date, timedelta

import pytest

from actionplan.models import Department
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from tests import factories
from tests.organisation.reorganising import SOON, TODAY, led_by, new, refusal, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


@pytest.mark.parametrize("day", [date(2020, 4, 1), date(2020, 3, 1)])
def test_a_department_cannot_end_before_it_began(office, day):
    old = factories.make_department("旧課", in_force_from=date(2020, 4, 1))
    assert "設置日は2020年4月1日です" in refusal(rename(old, "新課", day), office)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2206, 4, 1), "施行日（2206年4月1日）が3年より先です。年を確かめてください。"),
        (date(1026, 4, 1), "施行日（1026年4月1日）が5年より前です。年を確かめてください。"),
        (TODAY - timedelta(days=5 * 366 + 1), "が5年より前です。年を確かめてください。"),
    ],
)
def test_a_year_that_was_mistyped_is_noticed(office, day, sentence):
    old = factories.make_department("旧課")
    assert sentence in refusal(rename(old, "新課", day), office)


def test_doing_it_twice_is_refused_with_what_was_registered(office):
    old = factories.make_department("旧課")
    reorganise(rename(old, "新課", SOON), by=office)
    sentence = refusal(rename(old, "新々課", SOON), office)
    assert "旧課は" in sentence
    assert "引き継いだ課：新課" in sentence
    assert Department.objects.count() == 2


def test_a_name_that_another_department_has_on_the_day_is_refused(office):
    old = factories.make_department("旧課")
    factories.make_department("市民課", unit="窓口係")
    assert "別の課としてあります" in refusal(rename(old, "市民課", SOON, unit="窓口係"), office)


def test_a_rename_that_renames_nothing_is_refused(office):
    old = factories.make_department("旧課")
    assert "名前が変わっていません" in refusal(rename(old, "旧課", SOON), office)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"in_force_until": TODAY}, "廃止されます"),
        ({"in_force_from": SOON + timedelta(days=1)}, "施行日より後です"),
    ],
)
def test_a_successor_must_stand_on_the_day(office, fields, sentence):
    old, target = factories.make_department("甲課"), factories.make_department("乙課", **fields)
    assert sentence in refusal(Reorganisation((old.pk,), (Part(existing=target.pk),), SOON), office)


def test_departments_cannot_follow_one_another_in_a_circle(office):
    first, second = factories.make_department("甲課"), factories.make_department("乙課")
    assert "残る課を選んで" in refusal(Reorganisation((first.pk,), (Part(existing=first.pk),), SOON), office)
    reorganise(Reorganisation((first.pk,), (Part(existing=second.pk),), SOON), by=office)
    later = SOON + timedelta(days=1)
    assert "廃止と登録されています" in refusal(Reorganisation((first.pk,), (Part(existing=second.pk),), later), office)
    assert "残る課を選んで" in refusal(Reorganisation((second.pk,), (Part(existing=first.pk),), SOON), office)


def test_a_part_without_items_and_a_main_part_without_items_are_refused(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    for parts in ((new("本課", first, second), new("分課")), (new("本課"), new("分課", first, second))):
        assert "項目がありません" in refusal(Reorganisation((old.pk,), parts, SOON), office)


def test_items_of_another_department_cannot_be_slipped_in(office):
    old, other = factories.make_department("旧課"), factories.make_department("別の課")
    (first, _), (strange, _) = led_by(old), led_by(other)
    change = Reorganisation((old.pk,), (new("本課", first), new("分課", strange)), SOON)
    assert "この課の項目と合いません" in refusal(change, office)


def test_two_parts_of_one_name_are_refused(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("同課", first), new("同課", second)), SOON)
    assert "2つあります" in refusal(change, office)
