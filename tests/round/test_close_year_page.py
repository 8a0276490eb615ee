"""The pages that take a year back and that change its due date, as the office uses them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.models import AnnualReport, State, YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import said

pytestmark = pytest.mark.django_db
CLOSE, DEADLINE, ROUND = "/admin/round/2026/close/", "/admin/round/2026/deadline/", "/admin/round/2026/"
LINK = "この年度を開くのを取り消す"


@pytest.fixture
def report():
    report = make_year(due=date(2026, 5, 20))
    ask(report, factories.make_department("第一課"), State.NOT_STARTED, State.NOT_STARTED)
    return report


@pytest.fixture
def person():
    return factories.make_person("事務局")


@pytest.fixture
def office(person):
    return signed_in(person)


def seen(browser) -> dict:
    html = browser.get(CLOSE).content.decode()
    return {"seen": html.partition('name="seen" value="')[2].partition('"')[0]}


def test_the_round_offers_it_until_the_first_word_is_written(report, office):
    assert LINK in said(office.get(ROUND))
    row = report.statuses.first()
    row.text = "書いた文"
    row.save()
    assert LINK not in said(office.get(ROUND))
    page = said(office.get(CLOSE))
    assert "もう書かれた回答があるので、取り消せません：1-1-1" in page
    assert "を取り消す" not in page.partition("もう書かれた")[2]


def test_a_reader_is_not_offered_it(report):
    assert LINK not in said(signed_in(factories.make_person("閲覧者")).get(ROUND))


def test_one_look_and_one_click_take_the_year_back(report, office):
    assert "空の回答2件" in said(office.get(CLOSE))
    page = office.post(CLOSE, seen(office), follow=True)
    assert "令和8年度（2026年度）を取り消しました。空の回答2件を消しました。" in said(page)
    assert not AnnualReport.objects.exists()
    assert not YearlyStatus.objects.exists()
    assert office.get(ROUND).status_code == 404


def test_a_word_written_after_the_look_keeps_the_year(report, office):
    looked = seen(office)
    row = report.statuses.first()
    row.text = "書いた文"
    row.save()
    page = office.post(CLOSE, looked)
    assert "取り消していません。もう書かれた回答があるので" in said(page)
    assert YearlyStatus.objects.count() == 2


@pytest.mark.parametrize("forged", [{}, {"seen": ""}, {"seen": "0" * 64}])
def test_without_a_look_nothing_goes(report, office, forged):
    assert "取り消していません" in said(office.post(CLOSE, forged))
    assert YearlyStatus.objects.count() == 2


def test_a_thousand_empty_answers_go_by_a_handful_of_questions(report, office, django_assert_max_num_queries):
    measure = factories.make_measure(report.plan)
    for _ in range(100):
        factories.make_status(report, factories.make_item(measure), text="")
    looked = seen(office)
    with django_assert_max_num_queries(40):
        office.post(CLOSE, looked)
    assert not YearlyStatus.objects.exists()


def test_the_due_date_is_changed_on_a_page_where_nothing_else_can_be(report, office, person):
    assert f'href="{DEADLINE}"' in office.get(ROUND).content.decode()
    form = form_of(office.get(DEADLINE), "deadline-form")
    assert form["answers_due"] == ["2026-05-20"]
    page = office.post(
        DEADLINE, {"answers_due": "2099-06-01", "seen": "2026-05-20", "fiscal_year": "2030"}, follow=True
    )
    assert "締切を2099年6月1日（月）に変えました。" in said(page)
    report.refresh_from_db()
    assert (report.answers_due, report.fiscal_year) == (date(2099, 6, 1), 2026)
    record = report.history.first()
    assert (record.history_user, record.history_change_reason) == (person, "締切を変える")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ("", "締切の日を入力してください。"),
        ("あした", "締切が読めません。"),
        ("2026-02-30", "締切が読めません。"),
        ("0026-05-20", "締切の年（26年）を確かめてください。"),
        ("2206-05-20", "締切の年（2206年）を確かめてください。"),
    ],
)
def test_a_date_that_is_none_is_refused_in_words(report, office, sent, sentence):
    records = report.history.count()
    assert sentence in said(office.post(DEADLINE, {"answers_due": sent}))
    assert report.history.count() == records


def test_the_same_date_leaves_no_record_and_a_past_one_is_pointed_out(report, office):
    records = report.history.count()
    assert "のままです" in said(office.post(DEADLINE, {"answers_due": "2026-05-20"}, follow=True))
    assert report.history.count() == records
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "過ぎた日です" in said(
        office.post(DEADLINE, {"answers_due": yesterday.isoformat(), "seen": "2026-05-20"}, follow=True)
    )


def test_the_year_of_a_report_with_answers_cannot_be_changed_by_its_form_or_by_code(report, office):
    page = f"/admin/actionplan/annualreport/{report.pk}/change/"
    assert 'name="fiscal_year"' not in office.get(page).content.decode()
    office.post(
        page, {"plan": report.plan_id, "fiscal_year": 2030, "answers_due": "", "label_override": "", "note": ""}
    )
    report.refresh_from_db()
    assert report.fiscal_year == 2026
    report.fiscal_year = 2030
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="令和8年度（2026年度）は回答があるため"):
        report.save()


def test_a_date_that_somebody_else_set_meanwhile_is_not_overwritten_unseen(report, office):
    opened = form_of(office.get(DEADLINE), "deadline-form")
    office.post(DEADLINE, opened | {"answers_due": "2099-06-01"})
    page = office.post(DEADLINE, opened | {"answers_due": "2099-07-01"})
    assert "ほかの人が締切を2099年6月1日（月）に変えました" in said(page)
    report.refresh_from_db()
    assert report.answers_due == date(2099, 6, 1)
    again = form_of(page, "deadline-form")
    assert again["answers_due"] == ["2099-07-01"]
    assert office.post(DEADLINE, again).status_code == 302
    report.refresh_from_db()
    assert report.answers_due == date(2099, 7, 1)
