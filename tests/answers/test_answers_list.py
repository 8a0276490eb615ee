"""Which departments and years wait for a person: on the front page, and in the list of their own answers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.answers.tally import tally_of
from actionplan.answers.wordings import NOTHING_TO_WRITE
from actionplan.models import State, YearlyStatus
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2011, 5, 8))
    office = make_office(8)
    office.report.answers_due = date(2011, 5, 20)
    office.report.save()
    return office


def work(client) -> list[tuple[str, str]]:
    links = client.get("/admin/").context["work"]
    return [(link.label, link.words) for link in links if link.address.startswith("/admin/answers/")]


def fill(office, count, **fields):
    for row in office.rows[:count]:
        YearlyStatus.objects.filter(pk=row.pk).update(**written(**fields))


def test_the_front_page_says_how_far_the_answers_are_and_how_many_days_are_left(office):
    fill(office, 3)
    expected = ("平成22年度の自課の回答（第一課）", "8項目のうち3項目が記入済み。締切は5月20日（あと12日）")
    assert work(office.browser()) == [expected]
    assert work(office.browser("課長")) == [expected]


def test_what_came_back_is_said_first(office):
    fill(office, 8, state=State.SUBMITTED)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(state=State.RETURNED, return_reason="直す")
    assert work(office.browser())[0][1].startswith("差し戻された項目が1件あります。")


def test_the_front_page_leads_to_each_place_with_why_it_came_back_and_what_it_lacks(office):
    fill(office, 6, state=State.DRAFT)
    back, empty = office.rows[0].pk, office.rows[6].pk
    at = f"{office.address}?at="
    YearlyStatus.objects.filter(pk=back).update(
        state=State.RETURNED, return_reason="回数を書いてください。", returned_at=timezone.now()
    )
    page = office.browser().get("/admin/")
    link = page.context["work"][0]
    assert (link.done, link.total, len(link.lacking)) == (5, 8, 2)
    assert (link.step.label, link.step.address) == ("直す", f"{at}{back}#item-{back}")
    words = page.content.decode()
    assert f'href="{at}{empty}#text-{empty}"' in words
    assert "回数を書いてください。" in words
    assert "5／8項目" in words


def test_the_page_of_the_answers_opens_where_the_front_page_leads(office, monkeypatch):
    monkeypatch.setattr("actionplan.answers.pages.PER_PAGE", 3)
    page = office.browser().get(f"{office.address}?at={office.rows[4].pk}").content.decode()
    assert f'id="item-{office.rows[4].pk}"' in page
    assert f'id="item-{office.rows[0].pk}"' not in page


def test_a_head_is_led_to_handing_in_once_everything_is_written(office):
    fill(office, 8, state=State.DRAFT)
    client = office.browser("課長")
    step = client.get("/admin/").context["work"][0].step
    assert step.label == "確かめて提出する"
    assert f'id="{step.address.partition("#")[2]}"' in client.get(step.address).content.decode()
    assert office.browser().get("/admin/").context["work"][0].step is None


def test_complete_answers_wait_for_the_head(office):
    fill(office, 8, state=State.DRAFT)
    assert "8項目すべて記入済み。課長の提出を待っています。" in work(office.browser())[0][1]
    assert "8項目すべて記入済み。内容を確かめて提出してください。" in work(office.browser("課長"))[0][1]


def test_nothing_waits_for_others(office):
    elsewhere = factories.make_person("担当者", departments=[factories.make_department("ほかの課")])
    assert work(signed_in(elsewhere)) == [("自課の回答", NOTHING_TO_WRITE)]
    assert work(signed_in(factories.make_person("閲覧者"))) == []


def test_the_way_back_stays_until_the_year_is_published(office):
    fill(office, 8, state=State.SUBMITTED)
    ((_, words),) = work(office.browser())
    assert "8項目すべて提出済み。事務局の確認を待っています" in words
    assert office.browser().get("/admin/answers/").url == office.address
    fill(office, 8, state=State.CONFIRMED)
    publish(office.report, by=None)
    assert work(office.browser()) == [("自課の回答", NOTHING_TO_WRITE)]


def test_an_answer_that_came_back_counts_only_once_it_is_written_anew(office):
    fill(office, 8, state=State.RETURNED)
    YearlyStatus.objects.update(returned_at=timezone.now(), answered_at=timezone.now() - timedelta(days=1))
    assert "8項目のうち0項目が記入済み" in work(office.browser())[0][1]
    YearlyStatus.objects.update(answered_at=timezone.now() + timedelta(minutes=1))
    assert "8項目すべて記入済み" in work(office.browser())[0][1]


def test_a_year_that_was_published_without_some_answers_still_waits_for_them(office):
    fill(office, 8, state=State.CONFIRMED)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(state=State.DRAFT)
    publish(office.report, by=None)
    assert len(work(office.browser())) == 1
    YearlyStatus.objects.update(state=State.CONFIRMED)
    assert work(office.browser()) == [("自課の回答", NOTHING_TO_WRITE)]


def test_the_items_without_a_department_wait_for_the_coordinator(office):
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(department=None)
    [(label, words)] = work(signed_in(factories.make_person("事務局")))
    assert label == "平成22年度の担当課が決まっていない項目"
    assert words.startswith("1項目の担当課が決まっていません。項目の一覧で1つずつ決めるか、")


def test_an_ended_departments_answers_wait_for_its_successor_under_its_name(office):
    new = factories.make_department("新しい課")
    office.department.successor, office.department.in_force_until = new, date(2011, 3, 31)
    office.department.save()
    client = signed_in(factories.make_person("担当者", departments=[new]))
    assert [label for label, _ in work(client)] == ["平成22年度の自課の回答（新しい課）"]


def test_the_only_page_that_waits_is_opened_at_once(office):
    assert office.browser().get("/admin/answers/").url == office.address


def test_several_are_listed_newest_year_first_with_counts_and_due_dates(office):
    later = make_office(2, year=2011, department=office.department, **written())
    fill(office, 3)
    response = office.browser().get("/admin/answers/")
    assert [tally.address for tally, _, _ in response.context["waiting"]] == [later.address, office.address]
    page = response.content.decode()
    assert "8項目のうち3項目が記入済み" in page
    assert "5月20日（あと12日）" in page
    assert "（未定）" in page
    assert "未着手 8" in page


def test_finished_years_stay_within_reach(office):
    fill(office, 8, state=State.CONFIRMED)
    page = office.browser().get("/admin/answers/?all=1").content.decode()
    assert "いま書くところはありません。" in page
    assert "8項目すべて確定" in page
    assert office.address in page


def test_somebody_without_a_department_is_told_what_to_do(office):
    client = signed_in(factories.make_person("担当者"))
    assert "所属する課がまだ登録されていません。" in client.get("/admin/answers/").content.decode()


def test_who_answers_for_nobody_is_refused(office):
    assert signed_in(factories.make_person("閲覧者")).get("/admin/answers/").status_code == 403
    assert signed_in(factories.make_person("公表権者")).get("/admin/answers/").status_code == 403


def test_a_department_without_items_is_not_told_that_all_of_them_are_confirmed():
    office = make_office()
    other = factories.make_department("項目のない課")
    page = signed_in(factories.make_person("担当者", departments=[other])).get(
        f"/admin/answers/{office.report.fiscal_year}/{other.pk}/"
    )
    assert "この年度の項目はありません" in page.content.decode()
    assert "組織改正で別の課に移ったかもしれません。" in page.content.decode()
    assert "確定しました" not in page.content.decode()


@pytest.mark.parametrize("blank", [" ", "　", "\n", " 　\n\u2003"])
def test_blanks_are_no_answer_on_the_front_page_nor_on_the_page_itself(office, blank):
    row = office.rows[0]
    YearlyStatus.objects.update(text="書いた。", progress="done", state=State.DRAFT)
    YearlyStatus.objects.filter(pk=row.pk).update(text=blank)
    tally = tally_of(office.report, office.department, YearlyStatus.objects.all())
    total = len(office.rows)
    assert tally.written == total - 1
    assert f"{total}項目のうち{total - 1}項目が記入済み" in work(office.browser())[0][1]
