"""What keeps lines and whole files from being taken, each told with its cell."""

from datetime import date

import pytest

from actionplan.inquiry.layout import Trouble
from actionplan.models import State
from actionplan.permissions import CLERK, HEAD, READER
from actionplan.uploads import UploadError
from tests import factories
from tests.inquiry.filled import compared, file_of, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return factories.make_department("水産課")


@pytest.fixture
def status(department):
    return factories.make_status(department=department, text="はじめの文")


@pytest.fixture
def clerk(department):
    return factories.make_person(CLERK, departments=[department])


def troubles(file, report, user):
    return [str(trouble) for trouble in compared(file, report, user).troubles]


@pytest.mark.parametrize(
    ("state", "sentence"), [(State.SUBMITTED, "「提出」した項目"), (State.CONFIRMED, "「確定」した項目")]
)
def test_every_changed_cell_of_a_closed_item_is_told(status, clerk, state, sentence):
    status.state = state
    status.save()
    file = file_of(line(status, text="新しい文", outcome="成果"), report=status.report, department=status.department)
    found = troubles(file, status.report, clerk)
    assert [each[:2] for each in found] == ["H7", "J7"]
    assert all(sentence in each for each in found)
    assert compared(file, status.report, clerk).items == ()


def test_a_closed_item_that_the_file_leaves_alone_is_no_trouble(status, clerk):
    status.state = State.CONFIRMED
    status.save()
    file = file_of(line(status, text="はじめの文"), report=status.report, department=status.department)
    found = compared(file, status.report, clerk)
    assert (found.troubles, found.unchanged) == ((), 1)


def test_the_office_may_still_write_what_was_submitted(status):
    status.state = State.SUBMITTED
    status.save()
    file = file_of(line(status, text="新しい文"), report=status.report, department=status.department)
    assert len(compared(file, status.report, factories.make_user()).items) == 1


def test_an_item_of_another_department_is_refused_and_none_of_its_words_are_shown(status, clerk):
    other = factories.make_status(status.report, department=factories.make_department("農林課"), text="秘密")
    lines = line(status, text="新しい文"), line(other, 8, text="乗っ取り")
    file = file_of(*lines, report=status.report, department=status.department)
    found = compared(file, status.report, clerk)
    assert [item.status for item in found.items] == [status]
    assert troubles(file, status.report, clerk)[0].startswith("A8：この項目は、この照会票の課の担当ではありません。")


def test_an_item_of_another_department_is_refused_even_where_the_file_changes_nothing_of_it(status, clerk):
    other = factories.make_status(status.report, department=factories.make_department("農林課"))
    file = file_of(line(other, text=other.text), report=status.report, department=status.department)
    assert len(troubles(file, status.report, clerk)) == 1


def test_the_office_may_not_carry_an_item_into_another_departments_workbook_either(status):
    other = factories.make_status(status.report, department=factories.make_department("農林課"))
    file = file_of(line(other, text="乗っ取り"), report=status.report, department=status.department)
    found = compared(file, status.report, factories.make_user())
    assert (found.items, len(found.troubles)) == ((), 1)


def test_an_item_of_another_year_is_refused(status, clerk):
    old = factories.make_status(factories.make_report(fiscal_year=2008), department=status.department)
    file = file_of(line(old, text="新しい文"), report=status.report, department=status.department)
    assert troubles(file, status.report, clerk)[0].startswith("A7：この行は、ほかの年度の照会票のものです。")


def test_an_item_that_is_gone_is_told(status, clerk):
    file = file_of(line(status, text="新しい文"), report=status.report, department=status.department)
    status.delete()
    assert troubles(file, status.report, clerk)[0].startswith("A7：この項目は、この年度の一覧にもうありません。")


def test_the_same_item_twice_is_refused_the_second_time(status, clerk):
    lines = line(status, text="新しい文"), line(status, 9, text="別の文")
    file = file_of(*lines, report=status.report, department=status.department)
    [trouble] = troubles(file, status.report, clerk)
    assert trouble.startswith("A9：この項目は7行目にもあります。")


def test_characters_that_the_record_cannot_hold_are_told_by_cell(status, clerk):
    file = file_of(
        line(status, text="新しい文", next_step="鐘\x07が鳴る"), report=status.report, department=status.department
    )
    found = troubles(file, status.report, clerk)
    assert len(found) == 1
    assert found[0].startswith("L7：目に見えない制御文字（U+0007）")


def test_a_category_that_does_not_exist_is_told_by_cell(status, clerk):
    file = file_of(line(status, progress="finished"), report=status.report, department=status.department)
    assert troubles(file, status.report, clerk)[0].startswith("I7：")


def test_a_line_at_fault_for_the_reader_is_left_aside_and_the_others_are_compared(status, clerk):
    other = factories.make_status(status.report, department=status.department)
    lines = line(status, text="新しい文"), line(other, 8, text="別の文")
    fault = Trouble("H8", "数式が入っています。")
    file = file_of(*lines, report=status.report, department=status.department, troubles=(fault,))
    found = compared(file, status.report, clerk)
    assert [item.status for item in found.items] == [status]
    assert found.troubles == (fault,)


def test_a_workbook_of_another_year_is_refused_as_a_whole(status, clerk):
    file = file_of(line(status), report=status.report, department=status.department, key="2008")
    both = r"平成20年度（2008年度）のものです.*平成21年度（2009年度）の照会票を選び直して"
    with pytest.raises(UploadError, match=both):
        compared(file, status.report, clerk)


@pytest.mark.parametrize("role", [CLERK, HEAD])
def test_a_workbook_of_another_department_is_refused_as_a_whole(status, role):
    stranger = factories.make_person(role, departments=[factories.make_department("農林課")])
    file = file_of(line(status), report=status.report, department=status.department)
    with pytest.raises(UploadError, match="「水産課」のものです"):
        compared(file, status.report, stranger)


def test_a_reader_may_take_no_workbook(status):
    reader = factories.make_person(READER, departments=[status.department])
    file = file_of(line(status), report=status.report, department=status.department)
    with pytest.raises(UploadError):
        compared(file, status.report, reader)


def test_the_successor_answers_with_the_workbook_of_the_department_that_ended(status):
    new = factories.make_department("水産振興課", in_force_from=date(2010, 4, 1))
    old = status.department
    old.in_force_until, old.successor = date(2010, 3, 31), new
    old.save()
    heir = factories.make_person(CLERK, departments=[new])
    file = file_of(line(status, text="新しい文"), report=status.report, department=old)
    assert len(compared(file, status.report, heir).items) == 1


def test_an_item_that_went_to_another_department_since_is_told(status, clerk):
    status.department = factories.make_department("農林課")
    status.save()
    old = clerk.departments.get()
    file = file_of(line(status, text="新しい文"), report=status.report, department=old)
    assert "この照会票の課の担当ではありません" in troubles(file, status.report, clerk)[0]
