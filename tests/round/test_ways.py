"""The ways to 取りまとめ状況 and on from it: the coordinator's, the readers', and none for other people."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.models import State
from tests import factories
from tests.admin.pages import change_url, signed_in
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db
EMPTY, SENT, DONE = State.NOT_STARTED, State.SUBMITTED, State.CONFIRMED
PAGE = "/admin/round/2026/"


def days(number: int):
    """The day so many days from today; before it when negative."""
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def report():
    return make_year(due=days(3))


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


def shown(browser, address=PAGE) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def departments(report, **asked) -> None:
    for name, states in asked.items():
        ask(report, factories.make_department(name), *states)


def test_from_each_department_one_reads_downloads_uploads_and_reminds(report, office):
    department = factories.make_department("第一課")
    ask(report, department, EMPTY, SENT)
    page = shown(office)
    for address in (
        f"/admin/round/2026/{department.pk}/",
        f"/admin/inquiry/2026/{department.pk}.xlsx",
        f"/admin/inquiry/2026/upload/?department={department.pk}",
        f"/admin/round/2026/remind/?department={department.pk}",
        "/admin/inquiry/2026.zip",
    ):
        assert f'href="{address}"' in page
        assert office.get(address).status_code == 200
    assert "1件を確認する" in page


def test_who_has_handed_everything_in_is_offered_no_reminder(report, office):
    departments(report, 済んだ課=[SENT])
    assert "remind" not in shown(office)


def test_a_sample_year_says_so_and_offers_no_reminder(office):
    departments(make_year(sample=True, due=days(-1)), 第一課=[EMPTY])
    page = shown(office)
    assert "この年度は見本データです。" in page
    assert "remind" not in page


@pytest.mark.parametrize("role", ["閲覧者", "公表権者"])
def test_readers_see_the_counts_and_only_ways_that_are_open_to_them(report, role):
    departments(report, 第一課=[EMPTY, SENT])
    browser = signed_in(factories.make_person(role))
    page = shown(browser)
    assert "第一課" in page
    for word in ("remind", "upload", "round/open", "inquiry", "確認する", "<button"):
        assert word not in page.partition('id="content-main"')[2].partition("<footer")[0], word
    for address in set(re.findall(r'href="(/admin/[^"]*)"', page.partition('id="content-main"')[2])):
        assert browser.get(address).status_code == 200, address


@pytest.mark.parametrize("role", ["担当者", "課長", ""])
def test_the_departments_people_do_not_see_the_others(report, role):
    department = factories.make_department("第一課")
    ask(report, department, EMPTY)
    browser = signed_in(factories.make_person(*filter(None, [role]), departments=[department]))
    for address in (PAGE, "/admin/round/", f"{PAGE}{department.pk}/", f"{PAGE}remind/", "/admin/round/open/"):
        assert browser.get(address).status_code == 403


@pytest.mark.parametrize("year", ["2019", "0", "9" * 30])
def test_a_year_that_is_not_there_is_not_found(report, office, year):
    assert office.get(f"/admin/round/{year}/").status_code == 404
    assert office.get(f"/admin/round/{year}/remind/").status_code == 404
    assert office.get(f"/admin/round/{year}/0/").status_code == 404


def test_the_front_door_leads_to_the_newest_year_that_has_something_to_answer(report, office):
    departments(report, 第一課=[EMPTY])
    make_year(2027)
    departments(make_year(2028, sample=True), 第二課=[EMPTY])
    assert office.get("/admin/round/")["Location"] == PAGE
    assert all(f"/admin/round/{year}/" in shown(office) for year in (2027, 2028))


def test_the_front_door_says_how_to_begin(office):
    assert "まだ年度を開いていません。" in shown(office, "/admin/round/")
    assert "/admin/round/open/" in shown(office, "/admin/round/")
    reader = shown(signed_in(factories.make_person("閲覧者")), "/admin/round/")
    assert "/admin/round/open/" not in reader


def test_the_front_page_tells_how_far_the_year_has_come_and_what_waits(report, office):
    departments(report, 第一課=[EMPTY, SENT], 第二課=[SENT], 第三課=[DONE])
    page = shown(office, "/admin/")
    assert "3課のうち2課が提出済み。" in page
    assert "（あと3日）" in page
    assert f'{PAGE}queue/"' in page
    assert "2件" in page
    reader = shown(signed_in(factories.make_person("閲覧者")), "/admin/")
    assert "3課のうち2課が提出済み。" in reader
    assert "queue/" not in reader


@pytest.mark.parametrize("role", ["担当者", "課長"])
def test_the_front_page_tells_the_departments_people_nothing_of_the_others(report, role):
    departments(report, 第一課=[EMPTY])
    assert "/admin/round/" not in shown(signed_in(factories.make_person(role)), "/admin/")


def test_the_office_finds_a_departments_answers_from_the_round_its_page_and_the_form(report):
    department = factories.make_department("第一課")
    (row,) = ask(report, department, State.DRAFT)
    place = f"/admin/answers/2026/{department.pk}/"
    pages = ("/admin/round/2026/", f"/admin/round/2026/{department.pk}/", change_url(row))
    office, reader = signed_in(factories.make_person("事務局")), signed_in(factories.make_person("閲覧者"))
    for address in pages:
        assert f'href="{place}' in office.get(address).content.decode(), address
        assert place not in reader.get(address).content.decode(), address
    assert f'href="/admin/round/2026/{department.pk}/"' in office.get(place).content.decode()
