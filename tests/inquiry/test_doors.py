"""Who may download which workbook, under which name; nothing on the way keeps a copy."""

from datetime import date
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from actionplan.inquiry.read_workbook import read_inquiry
from actionplan.models import Department, YearlyStatus
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import signed_in
from tests.inquiry.inquiring import make_office, shown, upload_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def book_url(report, department):
    return f"/admin/inquiry/{report.fiscal_year}/{department.pk if department else 0}.xlsx"


def zip_url(report):
    return f"/admin/inquiry/{report.fiscal_year}.zip"


def browser_of(role, department=None):
    return signed_in(factories.make_person(role, departments=[department] if department else []))


@pytest.mark.parametrize("role", [CLERK, HEAD])
def test_who_answers_for_a_department_downloads_its_workbook(office, role):
    response = browser_of(role, office.department).get(book_url(office.report, office.department))
    assert response.status_code == 200
    assert [line.code for line in read_inquiry(response.content, "a.xlsx").lines] == ["1-1-1", "1-1-2"]


def test_the_file_has_a_name_that_people_can_read_and_is_kept_nowhere(office):
    response = office.clerk.get(book_url(office.report, office.department))
    assert unquote(response["Content-Disposition"]) == "attachment; filename*=utf-8''照会票_平成21年度_水産課.xlsx"
    assert response["Cache-Control"].startswith("no-store")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("role", "own", "book", "archive", "page"),
    [
        (COORDINATOR, False, 200, 200, 200),
        (CLERK, True, 200, 403, 200),
        (CLERK, False, 403, 403, 200),
        (HEAD, True, 200, 403, 200),
        (HEAD, False, 403, 403, 200),
        (PUBLISHER, True, 403, 403, 403),
        (READER, True, 403, 403, 403),
    ],
)
def test_every_role_at_every_door(office, role, own, book, archive, page):
    department = office.department if own else factories.make_department("農林課")
    browser = browser_of(role, department)
    assert browser.get(book_url(office.report, office.department)).status_code == book
    assert browser.get(zip_url(office.report)).status_code == archive
    assert browser.get(upload_url(office.report)).status_code == page
    assert browser.post(upload_url(office.report)).status_code == (422 if page == 200 else 403)


def test_who_belongs_to_no_department_is_told_to_ask_the_office(office):
    response = browser_of(CLERK).get(upload_url(office.report))
    assert response.status_code == 403
    assert "事務局" in shown(response)


def test_strangers_are_sent_to_the_login(office):
    for url in (book_url(office.report, office.department), zip_url(office.report), upload_url(office.report)):
        response = Client().get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_who_has_several_departments_gets_each(office):
    other = make_office("農林課", office.report)
    person = factories.make_person(CLERK, departments=[office.department, other.department])
    browser = signed_in(person)
    page = browser.get(upload_url(office.report)).content.decode()
    for department in (office.department, other.department):
        assert book_url(office.report, department) in page
        assert browser.get(book_url(office.report, department)).status_code == 200
    assert zip_url(office.report) not in page


def test_the_office_gets_all_in_one_zip_and_each_by_itself(office):
    other = make_office("農林課", office.report)
    factories.make_status(office.report)
    browser = browser_of(COORDINATOR)
    response = browser.get(zip_url(office.report))
    assert unquote(response["Content-Disposition"]).endswith("''照会票_平成21年度.zip")
    names = ZipFile(BytesIO(response.content)).namelist()
    assert names == [f"照会票_平成21年度_{name}.xlsx" for name in ("水産課", "農林課", "担当課なし")]
    page = browser.get(upload_url(office.report)).content.decode()
    for department in (office.department, other.department, None):
        assert book_url(office.report, department) in page
        assert browser.get(book_url(office.report, department)).status_code == 200


def test_items_without_a_department_are_the_offices_own(office):
    factories.make_status(office.report)
    assert office.clerk.get(book_url(office.report, None)).status_code == 403


def test_the_workbook_of_a_department_that_ended_is_that_of_its_successor(office):
    new = factories.make_department("水産振興課", in_force_from=date(2010, 4, 1))
    Department.objects.filter(pk=office.department.pk).update(in_force_until=date(2010, 3, 31), successor=new)
    browser = browser_of(CLERK, new)
    for department in (office.department, new):
        response = browser.get(book_url(office.report, department))
        assert unquote(response["Content-Disposition"]).endswith("水産振興課.xlsx")
        assert len(read_inquiry(response.content, "a.xlsx").lines) == 2
    assert "水産振興課</a>" in browser.get(upload_url(office.report)).content.decode()


@pytest.mark.parametrize("url", ["/admin/inquiry/1999/{}.xlsx", "/admin/inquiry/2009/999.xlsx"])
def test_a_year_or_a_department_that_there_is_not_is_not_found(office, url):
    assert browser_of(COORDINATOR).get(url.format(office.department.pk)).status_code == 404


def test_a_department_without_items_is_told(office):
    empty = factories.make_department("総務課")
    response = browser_of(CLERK, empty).get(book_url(office.report, empty))
    assert response.status_code == 404
    assert "この担当課には、この年度の項目がありません。" in shown(response)


def test_downloading_is_reading_only(office):
    for url in (book_url(office.report, office.department), zip_url(office.report)):
        assert browser_of(COORDINATOR).post(url).status_code == 405


def test_last_years_answer_stands_beside_the_empty_cell(office):
    report = factories.make_report(fiscal_year=2010)
    YearlyStatus.objects.create(report=report, item=office.first.item, department=office.department)
    response = office.clerk.get(book_url(report, office.department))
    values = [cell.value for row in load_workbook(BytesIO(response.content)).worksheets[0] for cell in row]
    assert "はじめの文1" in values


def test_the_front_page_leads_those_who_answer_to_every_year_under_way(office):
    later = factories.make_report(fiscal_year=2010)
    YearlyStatus.objects.create(report=later, item=office.first.item, department=office.department)
    page = office.clerk.get("/admin/").content.decode()
    assert "/admin/inquiry/2010/upload/" in page
    assert "/admin/inquiry/2009/upload/" in page
    assert "/admin/inquiry/" not in browser_of(READER).get("/admin/").content.decode()


def test_a_large_departments_workbook_asks_as_often_as_a_small_ones():
    factories.make_report(fiscal_year=1990)
    asked = []
    for items in (5, 200):
        report = factories.make_report(fiscal_year=2000 + items)
        factories.make_tree(report, items)
        browser = browser_of(COORDINATOR)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(book_url(report, None)).status_code == 200
        asked.append(len(queries))
    # Eight of them keep the export as an event of security.
    assert asked[0] == asked[1] <= 21
