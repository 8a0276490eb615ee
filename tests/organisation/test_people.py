"""A list of staff laid over the accounts: what it changes, and what it leaves as it is."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department
from actionplan.organisation.people import look
from actionplan.organisation.people_lines import COLUMNS
from tests import factories
from tests.organisation.listing import line, person, sentences, take

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


def test_the_new_account_has_one_record_with_the_file_and_no_password(office):
    factories.make_department("福祉課")
    take(office, line("suzuki", 所属課="福祉課", 役割="担当者"))
    record = User.objects.get(username="suzuki").history.get()
    assert (record.history_user, record.source_file) == (office, "名簿.csv")
    assert record.history_change_reason == "利用者の取り込み"
    assert [row.group.name for row in record.groups.all()] == ["担当者"]
    assert not hasattr(record, "password")
    assert Department.objects.get().history.first().source_file == "名簿.csv"


def test_a_person_moves_from_one_department_to_another(office):
    old, new = factories.make_department("福祉課"), factories.make_department("市民課")
    user = person("suzuki", "担当者", departments=[old])
    outcome, passwords = take(office, line("suzuki", 所属課="市民課", 役割="担当者"))
    assert list(user.departments.all()) == [new]
    assert passwords == []
    assert outcome.changes[0].label == "変更"
    assert outcome.changes[0].cells[3] == ("所属課", "福祉課", "市民課")
    assert permissions.standing_of(User.objects.get(pk=user.pk)).departments == {new.pk}


def test_several_departments_and_roles_stand_in_one_cell(office):
    for name in ("福祉課", "市民課"):
        factories.make_department(name)
    take(office, line("suzuki", 所属課="福祉課; 市民課", 役割="担当者、課長"))
    user = User.objects.get(username="suzuki")
    assert {str(department) for department in user.departments.all()} == {"福祉課", "市民課"}
    assert {group.name for group in user.groups.all()} == {"担当者", "課長"}


def test_the_blanks_of_a_department_need_not_be_typed_as_they_are_stored(office):
    department = factories.make_department("総務部　総務課", unit="庶務係")
    take(office, line("suzuki", 所属課="総務部 総務課　庶務係"))
    assert list(User.objects.get(username="suzuki").departments.all()) == [department]


def test_an_unchanged_list_changes_nothing(office):
    user = person("suzuki", "担当者", departments=[factories.make_department("福祉課")])
    outcome, _ = take(office, line("suzuki", 所属課="福祉課", 役割="担当者"))
    assert (outcome.changes, outcome.same) == ([], 1)
    assert user.history.first().history_change_reason is None


def test_people_whom_the_list_does_not_name_stay_as_they_are_and_are_named(office):
    user = person("suzuki", "担当者")
    outcome, _ = take(office, line("sato"))
    assert outcome.absent == [user]
    user.refresh_from_db()
    assert user.is_active


def test_an_ended_department_shows_and_is_taken_under_todays_name(office):
    new = factories.make_department("新課", in_force_from=TODAY - timedelta(days=9))
    old = factories.make_department("旧課", in_force_until=TODAY - timedelta(days=10), successor=new)
    person("suzuki", departments=[old])
    assert look([line("suzuki", 所属課="新課")], by=office).changes == []
    assert "いまの課「新課」を書いてください" in sentences(office, line("sato", 所属課="旧課"))[0]


def test_a_department_to_come_can_be_written_beside_todays(office):
    today = factories.make_department("旧課", in_force_until=TODAY + timedelta(days=9))
    later = factories.make_department("新課", in_force_from=TODAY + timedelta(days=10))
    user = person("suzuki", departments=[today])
    take(office, line("suzuki", 所属課="旧課、新課"))
    assert set(user.departments.all()) == {today, later}


def test_full_width_letters_mean_the_same_account(office):
    person("suzuki")
    assert look([line("ｓｕｚｕｋｉ")], by=office).changes == []


def test_a_group_beside_the_portals_own_stays_when_a_superuser_leaves_it_in_the_list(coordinator):
    extra = Group.objects.create(name="研修係")
    user = person("suzuki", "担当者")
    user.groups.add(extra)
    take(coordinator, line("suzuki", 役割="課長、研修係"))
    assert {group.name for group in user.groups.all()} == {"課長", "研修係"}


def test_the_number_of_questions_does_not_grow_with_the_people(office, django_assert_num_queries):
    department = factories.make_department("福祉課")
    for size in (5, 200):
        people = User.objects.bulk_create(User(username=f"p{size}-{n}", is_staff=True) for n in range(size))
        department.members.add(*people)
        lines = [line(each.username, number, 所属課="福祉課") for number, each in enumerate(people, 2)]
        with django_assert_num_queries(9):
            assert len(look(lines, by=User.objects.get(pk=office.pk)).changes) == size


def test_the_columns_are_those_of_the_handbook():
    assert COLUMNS == ("利用者名", "姓", "名", "メールアドレス", "所属課", "役割", "在籍")
