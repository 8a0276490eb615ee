"""The cells that hold several names: what they may hold, and the sentence for each name that cannot be taken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.organisation.membership import Roster
from actionplan.organisation.people_lines import department_names, role_names
from actionplan.permissions import CLERK, COORDINATOR
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def office():
    return factories.make_person(COORDINATOR, username="jimu")


def departments(office, text, account=None):
    return department_names(text, account, Roster(office))


@pytest.mark.parametrize("mark", ["、", ";", " ， ", "；", "\n", ","])
def test_names_are_parted_as_people_part_them(office, mark):
    for name in ("水産課", "福祉課"):
        factories.make_department(name)
    assert departments(office, f"福祉課{mark}水産課{mark}") == (("水産課", "福祉課"), [])


@pytest.mark.parametrize("text", ["", "、", " 　"])
def test_an_empty_cell_names_none(office, text):
    assert departments(office, text) == ((), [])
    assert role_names(text, Roster(office)) == ((), [])


def test_each_name_that_cannot_be_taken_has_its_sentence(office):
    factories.make_department("福祉課", unit="窓口係")
    new = factories.make_department("新課")
    factories.make_department("旧課", in_force_until=TODAY - DAY, successor=new)
    factories.make_department("廃課", in_force_until=TODAY - DAY)
    names, wrong = departments(office, "福祉課、旧課、廃課、新課")
    assert names == ("新課",)
    assert wrong == [
        "「福祉課」という担当課はありません。担当課の一覧にある名前を、係名まで書いてください。",
        "「旧課」は廃止された課です。いまの課「新課」を書いてください。",
        "「廃課」は廃止された課です。いまある課を書いてください。",
    ]


def test_of_one_name_today_and_later_todays_is_meant(office):
    factories.make_department("福祉課", in_force_until=TODAY)
    factories.make_department("福祉課", in_force_from=TODAY + DAY)
    assert departments(office, "福祉課") == (("福祉課",), [])


def test_of_two_departments_of_one_name_today_none_is_guessed(office):
    for start in (TODAY - 9 * DAY, TODAY - 8 * DAY):
        factories.make_department("福祉課", in_force_from=start)
    _, [sentence] = departments(office, "福祉課")
    assert sentence == "「福祉課」という担当課は複数あります。利用者の画面から選んでください。"


def test_the_name_of_a_department_that_one_is_in_is_never_doubtful(office):
    found = [factories.make_department("福祉課", in_force_from=TODAY - n * DAY) for n in (8, 9)]
    account = factories.make_person(departments=found[:1])
    assert departments(office, "福祉課", account) == (("福祉課",), [])


def test_a_department_that_ended_without_successor_stays_for_those_in_it(office):
    account = factories.make_person(departments=[factories.make_department("廃課", in_force_until=TODAY - DAY)])
    assert departments(office, "廃課", account) == (("廃課",), [])


def test_roles_are_those_that_the_reader_may_give(office):
    names, wrong = role_names("課長、担当者、公表権者、係長", Roster(office))
    assert names == ("担当者", "課長")
    assert wrong == [
        "「公表権者」は、この画面では付けられません。担当者・課長・閲覧者から選んでください。",
        "「係長」という役割はありません。担当者・課長・閲覧者から選んでください。",
    ]


def test_who_may_give_no_role_is_refused_each():
    _, wrong = role_names("担当者", Roster(factories.make_person(CLERK)))
    assert len(wrong) == 1
