"""A workbook that was handed out before its department was split, sent in through the pages afterwards."""

import pytest
from django.utils import timezone

from actionplan.models import Department
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from actionplan.permissions import CLERK, COORDINATOR
from tests import factories
from tests.admin.pages import signed_in
from tests.inquiry.filled import stored
from tests.inquiry.inquiring import address, confirm, make_office, shown, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def split():
    """The office of the old department with its filled-in workbook, and the part that was split off."""
    office = make_office()
    book = office.book(c1_1_1={"text": "本課の答え"}, c1_1_2={"text": "分課の答え"})
    for status in (office.first, office.second):
        type(status.item).objects.filter(pk=status.item_id).update(lead_department=office.department)
    parts = [
        Part(facts={"name": name}, items=frozenset({status.item_id}))
        for name, status in (("本課", office.first), ("分課", office.second))
    ]
    reorganise(
        Reorganisation((office.department.pk,), tuple(parts), timezone.localdate()),
        by=factories.make_person(COORDINATOR),
    )
    return office, book, Department.objects.get(name="分課")


def test_the_clerk_of_a_part_takes_the_own_rows_and_comes_to_the_own_page(split):
    office, book, part = split
    clerk = signed_in(factories.make_person(CLERK, departments=[part]))
    page = upload(clerk, office.report, book)
    assert "照会票の確認　水産課" in page.content.decode()
    assert "この項目は「本課」の担当です" in shown(page)
    done = confirm(clerk, page, scope="good")
    assert "1項目の回答を保存しました" in shown(done)
    assert (stored(office.first).text, stored(office.second).text) == ("はじめの文1", "分課の答え")
    own = clerk.get(f"/admin/answers/{office.report.fiscal_year}/{part.pk}/")
    assert "分課の答え" in own.content.decode()


def test_the_office_takes_all_of_it(split):
    office, book, _ = split
    coordinator = signed_in(factories.make_person(COORDINATOR))
    done = confirm(coordinator, upload(coordinator, office.report, book))
    assert "2項目の回答を保存しました" in shown(done)
    assert {stored(each).text for each in (office.first, office.second)} == {"本課の答え", "分課の答え"}


def test_by_the_door_of_a_part_the_old_workbook_is_no_strangers(split):
    office, book, part = split
    clerk = signed_in(factories.make_person(CLERK, departments=[part]))
    page = upload(clerk, office.report, book)
    assert "の画面から来ましたが" not in shown(clerk.get(f"{address(page)}?department={part.pk}"))
