"""The page that opens a year: a preview that tells everything, then exactly that and nothing else, once."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.models import AnnualReport, State, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import make_year
from tests.round.coordinating import OPEN, opening_form

pytestmark = pytest.mark.django_db
WISH = {"year": "令和8年度", "answers_due": "2099-05-20"}


@pytest.fixture
def item():
    return factories.make_item(name="花を植える", lead_department=factories.make_department("担当する課"))


@pytest.fixture
def plan(item):
    return item.measure.policy.plan


@pytest.fixture
def person():
    return factories.make_person("事務局")


@pytest.fixture
def office(person):
    return signed_in(person)


def stored() -> tuple:
    counts = (YearlyStatus.objects.count(), YearlyStatus.history.count(), AnnualReport.history.count())
    return (*counts, list(AnnualReport.objects.values_list("fiscal_year", "answers_due")))


def preview(browser, plan, **changes) -> str:
    response = browser.get(OPEN, {"plan": plan.pk, **WISH, **changes})
    assert response.status_code == 200
    return response.content.decode()


def words(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", page))


def do(browser, sent: dict, follow=True):
    return browser.post(OPEN, sent, follow=follow)


def test_an_address_need_not_name_the_only_plan(plan, office):
    page = office.get(OPEN, {"year": "R8"}).content.decode()
    assert "令和8年度（2026年度）を開く" in page
    do(office, opening_form(page))
    assert AnnualReport.objects.get(fiscal_year=2026).plan == plan


def test_the_empty_page_asks_for_the_year_alone_when_there_is_one_plan(plan, office):
    page = office.get(OPEN).content.decode()
    assert 'name="year"' in page
    assert 'type="hidden" name="plan"' in page
    assert "opening-title" not in page


def test_of_several_plans_one_is_chosen(plan, office):
    factories.make_plan("別の計画")
    page = office.get(OPEN).content.decode()
    assert re.search(r'<select name="plan"', page)


def test_looking_writes_nothing(plan, office):
    before = stored()
    page = words(preview(office, plan))
    assert stored() == before
    assert "年次報告新しく作ります" in page
    assert "回答の締切2099年5月20日" in page
    assert "用意する空の回答1件（継続0件、新規1件、統合0件）" in page
    assert "花を植える担当する課" in page


def test_pressing_does_what_the_preview_said_and_leads_to_the_round(plan, item, person, office):
    response = do(office, opening_form(preview(office, plan)), follow=False)
    assert response["Location"] == "/admin/round/2026/"
    status = YearlyStatus.objects.get()
    assert (status.item, status.state, status.text) == (item, State.NOT_STARTED, "")
    assert (status.department.name, status.report.answers_due) == ("担当する課", date(2099, 5, 20))
    assert status.history.get().history_user == person
    assert (
        "令和8年度（2026年度）を開きました。1件の回答を用意しました。"
        in office.get("/admin/round/2026/").content.decode()
    )


def test_a_second_time_changes_nothing_and_leaves_no_record(plan, office):
    sent = opening_form(preview(office, plan))
    do(office, sent)
    before = stored()
    page = preview(office, plan)
    assert "令和8年度（2026年度）はすでに開いています（1項目）。変わるところはありません。" in words(page)
    assert 'name="seen"' not in page
    again = words(do(office, sent).content.decode())
    assert "もう一度確かめてください。" in again
    assert "変わるところはありません。" in again
    assert stored() == before


def test_new_continued_merged_ended_and_moved_items_are_told(plan, item, office):
    last = make_year(2025)
    past = timezone.localdate() - timedelta(days=1)
    old = factories.make_department("古い課", in_force_until=past, successor=item.lead_department)
    gone = factories.make_department("なくなった課", in_force_until=past)
    factories.make_status(last, item)
    into = factories.make_item(item.measure, name="引き受ける項目", lead_department=old)
    factories.make_status(last, factories.make_item(item.measure, name="まとめられた項目", successor=into))
    factories.make_status(last, factories.make_item(item.measure, name="終わった項目", ended=True))
    factories.make_item(item.measure, name="取り残された項目", lead_department=gone)
    factories.make_item(item.measure, name="宛先のない項目")
    page = words(preview(office, plan))
    assert "4件（継続1件、新規2件、統合1件）" in page
    assert "旧：古い課→担当する課（1件）" in page
    assert "前の年度で終わった項目（2件）" in page
    assert "まとめられた項目→1-1-2引き受ける項目に統合" in page
    assert "担当課が廃止されている項目（1件）" in page
    assert "担当課がない項目（1件）" in page
    do(office, opening_form(preview(office, plan)))
    rows = YearlyStatus.objects.filter(report__fiscal_year=2026)
    assert {row.item.name: row.department and row.department.name for row in rows} == {
        "花を植える": "担当する課",
        "引き受ける項目": "担当する課",
        "取り残された項目": "なくなった課",
        "宛先のない項目": None,
    }


def test_an_ended_item_that_has_its_answer_is_kept_and_told(plan, item, office):
    ended = factories.make_item(item.measure, name="終わった項目", ended=True)
    factories.make_status(make_year(), ended, text="書いた文")
    page = words(preview(office, plan))
    assert "この年度の回答があるもの（1件）" in page
    assert "すでにある回答1件（変わりません）" in page
    do(office, opening_form(preview(office, plan)))
    assert YearlyStatus.objects.get(item=ended).text == "書いた文"


def test_a_due_date_alone_may_be_changed(plan, office):
    do(office, opening_form(preview(office, plan)))
    page = preview(office, plan, answers_due="2099-06-01")
    assert "2099年5月20日→2099年6月1日" in words(page)
    do(office, opening_form(page))
    assert AnnualReport.objects.get().answers_due == date(2099, 6, 1)


def test_without_a_due_date_the_old_one_stays(plan, office):
    do(office, opening_form(preview(office, plan)))
    assert "変わるところはありません" in preview(office, plan, answers_due="")
    assert AnnualReport.objects.get().answers_due == date(2099, 5, 20)


def test_a_due_date_that_has_passed_is_warned_of(plan, office):
    assert "締切が、過ぎた日になっています。" in preview(office, plan, answers_due="2020-05-20")
    assert "締切が、過ぎた日になっています。" not in preview(office, plan)
