"""What a reorganisation would do, shown before it is done."""

import pytest

from actionplan.models import Department
from actionplan.organisation.reorganisation import Reorganisation
from actionplan.organisation.reorganise import preview, reorganise
from actionplan.seen import Moved
from tests import factories
from tests.organisation.reorganising import AGO, led_by, new, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


def test_what_the_outlook_shows_is_what_happens(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("本課", first), new("分課", second)), AGO)
    shown = preview(change)
    assert [[item.pk for item in shown.items_of(place)] for place in (0, 1)] == [[first.pk], [second.pk]]
    assert [len(shown.statuses_of(place)) for place in (0, 1)] == [1, 1]
    assert Department.objects.count() == 1
    reorganise(change, by=office, seen=shown.seal)
    assert Department.objects.count() == 3


def test_nothing_happens_when_the_ground_moved_after_the_outlook(office):
    old = factories.make_department("旧課")
    change = rename(old, "新課", AGO)
    seen = preview(change).seal
    led_by(old)
    with pytest.raises(Moved):
        reorganise(change, by=office, seen=seen)
    assert Department.objects.count() == 1


def test_the_number_of_questions_does_not_grow_with_the_items(office, django_assert_num_queries):
    for size in (2, 30):
        old = factories.make_department(f"旧課{size}")
        for _ in range(size):
            led_by(old)
        with django_assert_num_queries(6):
            preview(rename(old, f"新課{size}", AGO))
