"""No step is taken over what the coordinator has not seen: the page comes back with ticks, reason and what changed."""

from datetime import date

import pytest

from actionplan.answers import saving as steps
from actionplan.answers.saving import Answer, save_answers
from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import BACK, DONE, DRAFT, REASON, SENT, everything, said, states, take, tick

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


def test_what_changed_after_it_was_read_is_named_and_nothing_is_done(rows, department, office):
    other = factories.make_person("事務局", last_name="鈴木", first_name="一郎")
    cells = {"text": "書き直した文", "outcome": "書き足した成果"}
    save_answers([Answer(rows[0].pk, 1, cells)], by=other, reason="直し")
    before = everything()
    page = take(office, department, "return", tick(rows[0]), tick(rows[1]), reason=REASON)
    assert everything() == before
    assert "まだ何も変えていません。" in said(page)
    assert "1-1-1" in said(page)
    assert "あなたが画面を開いた後に、鈴木一郎さんが、実施状況・成果を変えました。" in said(page)
    assert "書き直した文" in said(page)
    form = form_of(page, "steps")
    assert form["reason"] == [REASON]
    assert form["status"] == [f"{rows[0].pk}-2", tick(rows[1])]
    assert page.content.decode().count('class="changed"') == 1


def test_after_a_look_at_what_changed_the_same_button_does_it(rows, department, person, office):
    save_answers([Answer(rows[0].pk, 1, {"text": "書き直した文"})], by=person, reason="直し")
    form = form_of(take(office, department, "return", tick(rows[0]), reason=REASON), "steps")
    take(office, department, "return", *form["status"], reason=form["reason"][0])
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (row.state, row.text, row.return_reason) == (BACK, "書き直した文", "一行目\n二行目に理由")


@pytest.mark.parametrize("step", ["confirm", "return", "reopen"])
def test_every_step_takes_only_what_was_seen(rows, department, person, office, step):
    row = rows[2] if step == "reopen" else rows[0]
    old = tick(row)
    YearlyStatus.objects.filter(pk=row.pk).update(revision=7)
    before = everything()
    assert "まだ何も変えていません。" in said(take(office, department, step, old, reason=REASON))
    assert everything() == before


def test_an_answer_that_was_taken_back_meanwhile_has_no_box_any_more(rows, department, office):
    head = factories.make_person("課長", departments=[department], last_name="高橋")
    steps.take_back({rows[0].pk: 1}, by=head)
    page = take(office, department, "confirm", tick(rows[0]), tick(rows[1]))
    assert "高橋さんが、状態を変えました。" in said(page)
    assert form_of(page, "steps")["status"] == [tick(rows[1])]


def test_an_answer_that_was_deleted_meanwhile_stops_the_step(rows, department, office):
    gone = tick(rows[0])
    YearlyStatus.objects.get(pk=rows[0].pk).delete()
    assert "まだ何も変えていません。" in said(take(office, department, "confirm", gone, tick(rows[1])))
    assert states() == [SENT, DONE, DRAFT]


def test_a_change_by_the_machine_is_named_without_a_person(rows, department, office):
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    row.progress = "ongoing"
    row.save()
    page = said(take(office, department, "confirm", tick(rows[0])))
    assert "あなたが画面を開いた後に、進捗区分を変えました。" in page
