"""Departments stand in the order of the city's organisation wherever staff see them; without numbers, by name."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from actionplan.answers.tally import own_tallies
from actionplan.inquiry.current_answers import read_current_answers
from actionplan.inquiry.pages import own_workbooks
from actionplan.inquiry.write_workbook import inquiry_zip
from actionplan.models import Department, Succession, place_of
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from actionplan.permissions import COORDINATOR, standing_of
from actionplan.round.responses import tallies
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NAMES = ["総務課", "税務課", "福祉課", "会計課"]
NUMBERS = {"総務課": 10, "税務課": 20, "福祉課": 30}
AS_ORDERED = [*NUMBERS, "会計課"]


@pytest.fixture
def departments():
    return {name: factories.make_department(name, order=NUMBERS.get(name)) for name in sorted(NAMES)}


@pytest.fixture
def report(departments):
    report = factories.make_report()
    measure = factories.make_measure(report.plan)
    for department in departments.values():
        factories.make_status(report, factories.make_item(measure), department=department, text="")
    factories.make_status(report, factories.make_item(measure), text="")
    return report


@pytest.fixture
def office():
    return factories.make_person(COORDINATOR)


def test_the_table_itself_is_read_in_this_order_on_both_databases(departments):
    assert [row.name for row in Department.objects.all()] == AS_ORDERED
    assert [row.name for row in sorted(Department.objects.order_by("?"), key=place_of)] == AS_ORDERED


def test_equal_numbers_and_none_stand_by_name():
    for name, order in (("ろ", 5), ("い", 5), ("に", None), ("は", None)):
        factories.make_department(name, order=order)
    assert [row.name for row in Department.objects.all()] == ["い", "ろ", "に", "は"]
    assert [row.name for row in sorted(Department.objects.order_by("-name"), key=place_of)] == ["い", "ろ", "に", "は"]


def test_what_belongs_to_no_department_comes_last(departments):
    assert sorted([None, *departments.values()], key=place_of)[-1] is None


def test_departments_that_need_the_office_alike_stand_in_order(report):
    assert [row.name for row in tallies(report)] == [*AS_ORDERED, "担当課なし"]


def test_the_offices_own_list_the_workbooks_and_the_zip_follow(report, office):
    standing = standing_of(office)
    own = own_tallies(standing, TODAY, Succession())
    assert [tally.name for tally in own][-1] == "担当課なし"
    answers = read_current_answers(report, (), office)
    assert [book.name for book in own_workbooks(answers)] == [
        *AS_ORDERED,
        "担当課なし",
    ]
    names = ZipFile(BytesIO(inquiry_zip(report))).namelist()
    assert [next(name for name in NAMES if name in file) for file in names[:-1]] == AS_ORDERED


def test_somebody_in_several_departments_reads_them_in_order(report, departments):
    clerk = factories.make_person("担当者", departments=departments.values())
    assert [tally.name for tally in own_tallies(standing_of(clerk), TODAY, Succession())] == AS_ORDERED


def test_choosers_follow(report, office):
    page = signed_in(office).get("/admin/trail/").content.decode()
    places = [page.index(f">{name}</option>") for name in AS_ORDERED]
    assert places == sorted(places)


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=30)])
def test_a_new_name_keeps_the_place_of_the_old_one(departments, coordinator, day):
    change = Reorganisation((departments["税務課"].pk,), (Part(facts={"name": "課税課"}),), day)
    reorganise(change, by=coordinator)
    assert Department.objects.get(name="課税課").order == 20


def test_the_parts_of_a_split_stand_together(departments, coordinator):
    parts = tuple(Part(facts={"name": name}) for name in ("こども課", "高齢課"))
    reorganise(Reorganisation((departments["福祉課"].pk,), parts, TODAY), by=coordinator)
    assert set(Department.objects.filter(split_from=departments["福祉課"]).values_list("order", flat=True)) == {30}


def test_the_number_is_written_in_the_form_and_recorded(departments, office):
    browser, last = signed_in(office), departments["会計課"]
    form = form_of(browser.get(change_url(last)), "department_form")
    assert browser.post(change_url(last), {**form, "order": "5"}).status_code == 302
    assert Department.objects.first().name == "会計課"
    assert "並び順" in browser.get(f"/admin/trail/?kind=department&object={last.pk}").content.decode()


@pytest.mark.parametrize("number", ["-1", "一", "1.5", "99999999999999"])
def test_a_number_that_is_none_is_refused_at_its_box(departments, office, number):
    browser, last = signed_in(office), departments["会計課"]
    form = form_of(browser.get(change_url(last)), "department_form")
    answer = browser.post(change_url(last), {**form, "order": number})
    assert answer.status_code == 200
    assert "order" in answer.context["adminform"].form.errors
    assert Department.objects.get(pk=last.pk).order is None


def test_the_order_is_no_part_of_what_is_published():
    from actionplan.publishing.compose import compose

    department = factories.make_department("福祉課", in_force_from=date(2000, 4, 1))
    status = factories.make_status(department=department)
    before = compose(status.report).content_sha256
    Department.objects.update(order=7)
    assert compose(status.report).content_sha256 == before
