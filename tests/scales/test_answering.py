"""Whatever scale a plan has, it is answered by it: on the page, in the workbook, in the admin."""

from io import BytesIO

import openpyxl
import pytest

from actionplan.inquiry.layout import GUIDANCE, SHEET
from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in
from tests.answers.answering import make_office
from tests.inquiry import inquiring
from tests.inquiry.filled import stored
from tests.inquiry.workbooks import issue, place
from tests.scales.plans import SCALES, give_scale, make_year, retire

pytestmark = pytest.mark.django_db
every_scale = pytest.mark.parametrize("name", SCALES)


@pytest.fixture
def report(name):
    return factories.make_report(give_scale(factories.make_plan(), name), fiscal_year=2010)


@every_scale
def test_the_page_of_answers_offers_the_plans_categories_and_no_others(name, report):
    office = make_office(1)
    html = office.browser().get(office.address).content.decode()
    assert html.count('type="radio"') == len(SCALES[name]) + 1
    for code, label, _ in SCALES[name]:
        assert f'value="{code}"' in html
        assert f"{label}の意味です。" in html


@every_scale
def test_each_can_be_chosen_there_and_is_shown_as_the_plan_calls_it(name, report):
    office = make_office(1)
    for code, label, _ in SCALES[name]:
        html = office.save(office.browser(), progress_0=code, text_0="書いた。")
        assert office.stored().progress == code
        assert f"<b>進捗区分</b>　{label}" in html


@every_scale
def test_a_category_of_another_scale_is_refused_by_a_sentence_that_names_the_own_ones(name, report):
    office = make_office(1)
    html = office.post(office.browser(), office.form(office.browser()), progress_0="excellent").content.decode()
    assert "進捗区分「excellent」は使えません。" in html
    assert "・".join(label for _, label, _ in SCALES[name]) in html
    assert office.stored().progress == "unset"


@every_scale
def test_the_workbook_lists_explains_and_brings_back_every_category(name, report):
    office = inquiring.make_office(report=report)
    book = openpyxl.load_workbook(BytesIO(office.book()))
    [rule] = book[SHEET].data_validations.dataValidation
    assert rule.formula1.strip('"').split(",") == [label for _, label, _ in SCALES[name]]
    words = [str(cell.value) for row in book[GUIDANCE].iter_rows() for cell in row]
    assert all(f"{label}の意味です。" in words for _, label, _ in SCALES[name])
    for code, label, _ in SCALES[name]:
        preview = inquiring.upload(office.clerk, office.report, office.book(c1_1_1={"progress": label}))
        assert label in inquiring.shown(preview)
        inquiring.confirm(office.clerk, preview)
        assert stored(office.first).progress == code
        assert openpyxl.load_workbook(BytesIO(issue(office.report)))[SHEET][place("progress")].value == label


@every_scale
def test_another_word_in_a_workbook_is_refused_with_its_place(name, report):
    office = inquiring.make_office(report=report)
    html = inquiring.upload(office.clerk, office.report, office.book(c1_1_1={"progress": "ほぼ済み"})).content.decode()
    assert f"{place('progress')}" in html
    assert "進捗区分「ほぼ済み」は使えません。" in html


@every_scale
def test_last_years_category_stands_beside_in_the_plans_words(name):
    year = make_year(name, 2009)
    office = make_office(0)
    factories.make_status(office.report, year.statuses.first().item, department=office.department, text="")
    label = SCALES[name][0][1]
    assert f'進捗区分：<strong class="words">{label}</strong>' in office.browser().get(office.address).content.decode()


@every_scale
def test_the_list_and_the_full_form_of_the_admin_offer_and_store_them(name, report):
    row, client = factories.make_status(report), signed_in()
    code, label, _ = SCALES[name][-1]
    form = form_of(client.get(STATUSES), "changelist-form")
    client.post(STATUSES, {**form, "form-0-progress": code, "_save": "x"})
    assert YearlyStatus.objects.get().progress == code
    html = client.get(change_url(row)).content.decode()
    assert f'<option value="{code}" selected>{label}</option>' in html
    assert all(f'<option value="{other}">' in html for other, _, _ in SCALES[name][:-1])
    found = client.get(STATUSES, {"progress__exact": code})
    assert (found.status_code, found.context["cl"].result_count) == (200, 1)
    assert f">{label}" in found.content.decode()


@every_scale
def test_the_record_of_changes_says_the_plans_words(name, report):
    office = make_office(1)
    code, label, _ = SCALES[name][0]
    office.save(office.browser(), progress_0=code)
    html = signed_in().get("/admin/trail/?kind=yearlystatus").content.decode()
    assert label in html
    assert f">{code}<" not in html or code == label


def test_a_retired_category_stays_where_it_stands_and_is_offered_nowhere_else():
    plan = give_scale(factories.make_plan(), "a-d")
    factories.make_report(plan, fiscal_year=2010)
    office = make_office(2, progress="A", text="文")
    retire(plan)
    give_scale_after(plan)
    browser = office.browser()
    html = browser.get(office.address).content.decode()
    assert html.count('value="A"') == 2
    office.save(browser, text_0="書き直した文")
    assert (office.stored().progress, office.stored().text) == ("A", "書き直した文")
    office.save(browser, progress_0="over")
    assert office.stored().progress == "over"
    refused = office.post(browser, office.form(browser), progress_0="A").content.decode()
    assert "進捗区分「A」は使えません。" in refused
    assert office.stored().progress == "over"


def give_scale_after(plan):
    """A second scale beside the retired one; the plan has its 未設定 already."""
    return give_scale(plan, "three words")


def test_a_category_that_came_while_somebody_wrote_is_judged_by_the_scale_of_the_moment():
    plan = give_scale(factories.make_plan(), "a-d")
    factories.make_report(plan, fiscal_year=2010)
    office = make_office(1)
    browser = office.browser()
    form = office.form(browser)
    plan.categories.get(code="D").delete()
    html = office.post(browser, form, progress_0="D", text_0="文").content.decode()
    assert "進捗区分「D」は使えません。" in html
    assert (office.stored().progress, office.stored().state) == ("unset", State.NOT_STARTED)
