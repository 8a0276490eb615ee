"""Why a registered reorganisation cannot be taken back, and what has to be done first."""

from datetime import timedelta

import pytest

from actionplan.models import Department, Reminder
from actionplan.organisation.reorganisation import Part
from actionplan.organisation.reorganise import ReorganisationRefused
from actionplan.publishing.publish import publish
from tests import factories
from tests.organisation.undoing import SOON, TODAY, look, member_of, new, register, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return factories.make_department("旧課")


@pytest.fixture
def successor(coordinator, old):
    return register(coordinator, [old], new("新課"))[0]


def faults(old, office):
    """The sentences shown, after making sure that nothing can be done in spite of them."""
    with pytest.raises(ReorganisationRefused) as refused:
        take_back(old, office)
    assert Department.objects.filter(pk=old.pk, successor__isnull=False).exists()
    assert look(old).faults == refused.value.sentences
    return "".join(refused.value.sentences)


def test_a_later_change_of_the_new_department_goes_first(coordinator, old, successor):
    register(coordinator, [successor], new("新々課"), day=SOON + timedelta(days=1))
    assert "新課には、次の組織改正か廃止が登録されています。" in faults(old, coordinator)


def test_another_department_that_merges_into_the_new_one_later_goes_first(coordinator, old, successor):
    other = factories.make_department("農政課")
    register(coordinator, [other], Part(existing=successor.pk), day=SOON + timedelta(days=1))
    assert "農政課が、新課に引き継がれることになっています。" in faults(old, coordinator)
    take_back(other, coordinator)
    assert look(old).faults == []


def test_another_department_with_the_old_name_stands_in_the_way(coordinator, old, successor):
    factories.make_department("旧課", in_force_from=SOON)
    assert "「旧課」という別の課が、施行日からあとにもあります。" in faults(old, coordinator)


def test_a_department_of_the_old_name_that_is_long_gone_does_not(coordinator, old, successor):
    factories.make_department("旧課", in_force_from="2001-04-01", in_force_until="2002-03-31")
    assert look(old).faults == []


def test_answers_under_the_new_name_stand_in_the_way(coordinator, old, successor):
    factories.make_status(department=successor)
    assert "新課の回答がすでにあるため、取り消せません。" in faults(old, coordinator)


def test_the_plans_office_stands_in_the_way(coordinator, old, successor):
    plan = factories.make_plan()
    plan.office = successor
    plan.save()
    assert "新課の計画の問い合わせ先がすでにあるため、取り消せません。" in faults(old, coordinator)


def test_a_reminder_and_a_published_year_stand_in_the_way(coordinator, old, successor):
    status = factories.make_status(department=successor)
    publish(status.report, by=None, named=[status.pk])
    Reminder.objects.create(report=status.report, department=successor, day=TODAY, open_items=1)
    sentences = faults(old, coordinator)
    assert "新課の督促の記録がすでにある" in sentences
    assert "新課の公表した版がすでにある" in sentences


def test_what_was_given_to_a_department_merged_of_several_has_no_way_back(coordinator, old):
    other = factories.make_department("農政課")
    [merged] = register(coordinator, [old, other], new("合同課"))
    item, person = factories.make_item(lead_department=merged), member_of(merged)
    sentences = faults(old, coordinator)
    assert f"合同課が担当する項目があります（{item.code}）。" in sentences
    assert f"合同課だけに所属する職員がいます（{person.username}）。" in sentences
