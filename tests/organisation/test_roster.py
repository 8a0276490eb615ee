"""The people as they stand, as a list of staff shows them to the one who reads it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.organisation.membership import Facts, Roster
from actionplan.organisation.people_lines import cells_of
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def office():
    return factories.make_person(COORDINATOR, username="jimu")


def test_a_person_is_told_by_departments_and_roles_in_one_order(office):
    departments = [factories.make_department(name) for name in ("水産課", "福祉課")]
    person = factories.make_person(
        HEAD, CLERK, departments=reversed(departments), last_name="山田", email="y@example.jp"
    )
    facts = Roster(office).facts(person)
    assert facts == Facts("山田", "", "y@example.jp", ("水産課", "福祉課"), ("担当者", "課長"), True)
    assert cells_of(facts) == ("山田", "", "y@example.jp", "水産課、福祉課", "担当者、課長", "はい")


def test_a_department_and_its_ended_form_are_named_once(office):
    new = factories.make_department("新課")
    old = factories.make_department("旧課", in_force_until=YESTERDAY, successor=new)
    assert Roster(office).facts(factories.make_person(departments=[old, new])).departments == ("新課",)


@pytest.mark.parametrize(
    ("fields", "word"), [({}, "はい"), ({"is_active": False}, "いいえ"), ({"is_staff": False}, "いいえ")]
)
def test_only_who_can_enter_counts_as_in_use(office, fields, word):
    assert cells_of(Roster(office).facts(factories.make_person(**fields)))[-1] == word


def test_roles_that_the_reader_may_not_grant_are_not_told(office):
    person = factories.make_person(CLERK, PUBLISHER)
    assert Roster(office).facts(person).roles == (CLERK,)
    assert set(Roster(factories.make_user()).facts(person).roles) == {CLERK, PUBLISHER}


def test_the_readers_people_are_those_below_by_name(office):
    factories.make_user(username="root")
    factories.make_person(PUBLISHER, username="kouho")
    for username in ("ueda", "ito"):
        factories.make_person(CLERK, username=username)
    assert [person.username for person in Roster(office).mine()] == ["ito", "ueda"]


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_others_have_nobody_to_change(role):
    factories.make_person(CLERK)
    roster = Roster(factories.make_person(role))
    assert (roster.mine(), roster.grantable) == ([], {})


def test_a_name_is_found_by_its_small_letters(office):
    factories.make_person(username="Suzuki")
    assert Roster(office).folded["suzuki"] == "Suzuki"


def test_everybody_is_read_in_the_same_number_of_questions(office, django_assert_num_queries):
    department = factories.make_department()
    for size in (2, 40):
        for _ in range(size):
            factories.make_person(CLERK, departments=[department])
        reader = type(office).objects.get(pk=office.pk)
        reader.has_perm("auth.change_user")
        with django_assert_num_queries(6):
            roster = Roster(reader)
            assert len([roster.facts(person) for person in roster.mine()]) >= size


def test_a_department_has_a_head_when_somebody_in_it_who_can_enter_is_one(office):
    for name, roles, fields in (
        ("長のいる課", [HEAD], {}),
        ("担当者だけの課", [CLERK], {}),
        ("長が閉じられた課", [HEAD], {"is_active": False}),
    ):
        factories.make_person(*roles, departments=[factories.make_department(name)], username=name, **fields)
    assert Roster(office).headed({}) == {"長のいる課"}
    assert Roster(office).headed({"担当者だけの課": Facts(departments=("担当者だけの課",), roles=(HEAD,))}) == {
        "長のいる課",
        "担当者だけの課",
    }
    assert Roster(office).headed({"長のいる課": Facts(active=False)}) == set()
