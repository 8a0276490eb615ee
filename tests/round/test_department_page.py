"""A department's answers as the coordinator reads them, and as readers do."""

from datetime import date

import pytest
from django.core import mail

from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import (
    BACK,
    DONE,
    DRAFT,
    REASON,
    SENT,
    address,
    everything,
    said,
    shown,
    states,
    take,
    tick,
    ticks_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return make_year(due=date(2026, 5, 20))


@pytest.fixture
def department():
    return factories.make_department("第一課", email="ka@example.jp")


@pytest.fixture
def rows(report, department):
    return ask(report, department, SENT, SENT, DONE, DRAFT)


@pytest.fixture
def person():
    return factories.make_person("事務局", last_name="佐藤", first_name="花子")


@pytest.fixture
def office(person):
    return signed_in(person)


def test_the_answers_are_shown_in_full_with_last_years_and_who_did_what(report, department, person, office):
    item = factories.make_item(factories.make_measure(policy_number=3), "★◎", name="花を植える", content="計画の内容")
    words = {"text": "今年の文", "outcome": "成果の文", "challenge": "課題の文", "next_step": "方針の文"}
    (row,) = ask(report, department, SENT, item=item, answered_by=person, answered_at="2026-05-02T01:00:00Z", **words)
    factories.make_status(make_year(2025), item, text="去年の文")
    page = shown(office, department)
    for expected in ("3-1-1　★◎", "花を植える", "計画の内容", *words.values(), "実施済", "去年の文", "昨年度の回答"):
        assert expected in page, expected
    assert "記入：佐藤 花子" in page
    assert row.get_state_display() in page


def test_what_is_handed_in_is_ticked_what_is_confirmed_may_be_and_the_rest_has_no_box(rows, department, office):
    first, second, confirmed, draft = rows
    assert ticks_of(office, department) == [tick(first), tick(second)]
    assert ticks_of(office, department, "?tick=none") == []
    page = shown(office, department)
    assert f'value="{tick(confirmed)}"' in page
    assert f'value="{tick(draft)}"' not in page


def test_taking_a_confirmation_back_is_offered_only_where_there_is_one(report, department, office):
    ask(report, department, SENT)
    assert 'value="reopen"' not in shown(office, department)


def test_words_of_a_person_are_shown_as_words(report, department, office):
    ask(report, department, SENT, text="<script>文</script>")
    page = shown(office, department)
    assert "&lt;script&gt;文" in page
    assert "<script>文" not in page


@pytest.mark.parametrize("role", ["閲覧者", "公表権者"])
def test_readers_read_without_buttons_and_may_not_post(rows, department, role):
    browser = signed_in(factories.make_person(role))
    page = shown(browser, department)
    assert "実施した。" in page
    for word in ('type="checkbox"', 'name="step"', 'name="reason"'):
        assert word not in page
    before = everything()
    for step in ("confirm", "return", "reopen"):
        assert take(browser, department, step, tick(rows[0]), reason=REASON).status_code == 403
        assert take(browser, department, step, reason=REASON).status_code == 403
    assert (everything(), mail.outbox) == (before, [])


@pytest.mark.parametrize("role", ["担当者", "課長"])
def test_the_departments_own_people_may_neither_read_nor_post_here(rows, department, role):
    browser = signed_in(factories.make_person(role, departments=[department]))
    before = everything()
    assert browser.get(address(department)).status_code == 403
    assert take(browser, department, "confirm", tick(rows[0])).status_code == 403
    assert everything() == before


def test_the_answers_of_a_former_name_are_on_the_page_of_today(report, office):
    new = factories.make_department("新しい課")
    old = factories.make_department("古い課", in_force_until=date(2020, 3, 31), successor=new)
    (row,) = ask(report, old, SENT)
    assert ticks_of(office, new) == ticks_of(office, old) == [tick(row)]
    response = take(office, old, "confirm", tick(row), follow=False)
    assert response["Location"] == address(new)
    assert states() == [DONE]


def test_answers_without_department_are_confirmed_and_returned_like_others(report, office):
    first, second = ask(report, None, SENT, SENT)
    take(office, None, "confirm", tick(first))
    page = take(office, None, "return", tick(second), reason=REASON)
    assert states() == [DONE, BACK]
    assert "担当課なしの回答" in said(page)


def test_a_department_that_ended_without_successor_is_marked(report, office):
    gone = factories.make_department("なくなった課", in_force_until=date(2020, 3, 31))
    ask(report, gone, SENT)
    assert "廃止された課です。引き継いだ課が決まっていません。" in shown(office, gone)


def test_a_department_without_items_says_so_and_one_that_is_not_there_is_not_found(report, department, office):
    assert "この課には、この年度の項目がありません。" in shown(office, department)
    for pk in ("987654", "9" * 30):
        assert office.get(f"/admin/round/2026/{pk}/").status_code == 404


def test_many_answers_stand_on_pages_and_a_step_stays_on_its_page(monkeypatch, report, department, office):
    monkeypatch.setattr("actionplan.round.department_page.PER_PAGE", 2)
    rows = ask(report, department, *[SENT] * 5)
    assert ticks_of(office, department) == [tick(row) for row in rows[:2]]
    page = office.get(address(department, "?page=3"))
    assert "5件のうち5件目から5件目までを表示しています。" in said(page)
    data = {"step": "confirm", "status": [tick(rows[4])]}
    done = office.post(address(department, "?page=3"), data)
    assert done["Location"] == address(department, "?page=3")
    assert states() == [SENT] * 4 + [DONE]


@pytest.mark.parametrize(("state", "offered"), [(DRAFT, False), (BACK, False), (SENT, True), (DONE, True)])
def test_steps_are_offered_where_something_can_be_ticked(report, department, office, state, offered):
    ask(report, department, state)
    page = shown(office, department)
    assert ('value="confirm"' in page, 'name="status"' in page) == (offered, offered)
