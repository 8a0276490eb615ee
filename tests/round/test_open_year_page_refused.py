"""What the page that opens a year refuses: what nobody looked at, what belongs elsewhere, what cannot be read."""

import pytest

from actionplan.models import AnnualReport, YearlyStatus
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


def do(browser, sent: dict, follow=True):
    return browser.post(OPEN, sent, follow=follow)


def test_what_moved_after_the_preview_is_shown_anew_and_not_done(plan, item, office):
    sent = opening_form(preview(office, plan))
    factories.make_item(item.measure, name="後から来た項目")
    before = stored()
    page = do(office, sent).content.decode()
    assert stored() == before
    assert "確かめていただいている間に、項目か締切が変わりました。" in page
    assert "後から来た項目" in page
    do(office, opening_form(page))
    assert YearlyStatus.objects.count() == 2


@pytest.mark.parametrize("change", [{"year": "R9"}, {"answers_due": "2099-06-01"}, {"seen": ""}, {"seen": "x"}])
def test_what_was_not_previewed_is_not_done(plan, office, change):
    before = stored()
    page = do(office, opening_form(preview(office, plan)) | change).content.decode()
    assert stored() == before
    assert "opening-title" in page


def test_a_sample_year_is_refused(plan, office):
    make_year(sample=True)
    page = preview(office, plan)
    assert "見本データが入っています。" in page
    assert "opening-title" not in page
    before = stored()
    page = do(office, {"plan": plan.pk, **WISH, "seen": "x"}).content.decode()
    assert "見本データが入っています。" in page
    assert stored() == before


def test_a_year_that_another_plan_has_is_opened_for_this_one_too(plan, office):
    report = make_year()
    report.plan = factories.make_plan("別の計画")
    report.save()
    assert report.key == f"{report.fiscal_year}-2"
    page = do(office, opening_form(preview(office, plan))).content.decode()
    assert "opening-title" not in page
    assert plan.reports.get().key == str(report.fiscal_year)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"year": ""}, "年度を入力してください。例：令和8年度"),
        ({"year": "きのう"}, "年度として読めません"),
        ({"answers_due": "5月20日"}, "締切が読めません。2026-05-20 のように入力してください。"),
    ],
)
def test_a_mistake_is_answered_in_the_form(plan, office, changes, sentence):
    page = preview(office, plan, **changes)
    assert sentence in page
    assert "opening-title" not in page
    assert do(office, {"plan": plan.pk, **WISH, **changes}).status_code == 200
    assert stored()[0] == 0


def test_a_plan_that_there_is_not_opens_nothing_and_is_said(plan, office):
    page = office.get(OPEN, {**WISH, "plan": "99999"}).content.decode()
    assert 'class="errorlist' in page
    assert "opening-title" not in page


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_but_the_office_opens_a_year(plan, item, office, role):
    sent = opening_form(preview(office, plan))
    browser = signed_in(factories.make_person(role, departments=[item.lead_department]))
    assert browser.get(OPEN).status_code == 403
    assert do(browser, sent).status_code == 403
    assert stored()[0] == 0
