"""One way to save: few rooms to walk through, each row read once under lock, one judgement for look and taking."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.answers.saving import CLASH, CLOSED, FAULTY, GONE, SAME, Answer, judge, mark_of
from actionplan.cells import CELLS, NAMES, State
from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.answers.answering import make_office, written
from tests.walked import walked

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(8)


def handing_in(office):
    head = office.browser("担当者", "課長")
    form = office.form(head)
    cells = {f"{name}_{index}": words for index in range(8) for name, words in written().items()}
    return lambda: office.post(head, form, "submit", **cells)


def test_a_page_that_is_handed_in_passes_seventeen_modules_at_most(office):
    # Two of them tell what the reading of text changed, and what the CSV for old systems cannot hold.
    assert len(walked(handing_in(office))) <= 17
    assert set(office.states()) == {State.SUBMITTED}


def test_it_reads_each_row_once_under_lock_and_asks_fifteen_times_at_most(office):
    act = handing_in(office)
    with CaptureQueriesContext(connection) as queries:
        act()
    rows = [each["sql"] for each in queries if each["sql"].startswith('SELECT "actionplan_yearlystatus"')]
    assert len(rows) == 1
    assert connection.vendor == "sqlite" or "FOR UPDATE" in rows[0]
    assert len(queries) <= 15


def anybody(row):
    return True


def test_a_judgement_stores_nothing():
    row = factories.make_status()
    judged = judge(Answer(row.pk, 1, {"text": "新しい文"}), row, anybody)
    assert (judged.why, judged.cells, row.text) == ("", {"text": "新しい文"}, "実施した。")
    assert YearlyStatus.objects.get().revision == 1


@pytest.mark.parametrize(
    ("cells", "revision", "allowed", "why"),
    [
        ({"text": "実施した。"}, 0, False, SAME),
        ({"text": "新"}, 1, False, CLOSED),
        ({"text": "新"}, 0, True, CLASH),
        ({"text": "制\x07御"}, 1, True, FAULTY),
        ({"progress": "best"}, 1, True, FAULTY),
        ({"text": "新"}, 1, True, ""),
    ],
)
def test_an_answer_is_judged_by_what_it_says_whose_it_is_what_was_seen_and_whether_it_can_be_stored(
    cells, revision, allowed, why
):
    row = factories.make_status()
    assert judge(Answer(row.pk, revision, cells), row, lambda row: allowed).why == why


def test_a_row_that_is_gone_is_a_refusal():
    judged = judge(Answer(1, 1, {"text": "文"}), None, anybody)
    assert (judged.why, judged.is_refused, judged.kept) == (GONE, True, [])


@pytest.mark.parametrize("mine", NAMES)
def test_cell_by_cell_only_what_both_have_changed_clashes(mine):
    row = factories.make_status(text="はじめ")
    shown = {name: mark_of(getattr(row, name)) for name in NAMES}
    row.text = "ほかの人の文"
    judged = judge(Answer(row.pk, 1, {mine: "done" if mine == "progress" else "私の文"}, shown), row, anybody)
    assert judged.clashes == (("text",) if mine == "text" else ())
    assert judged.kept == ([] if mine == "text" else ["実施状況"])


@pytest.mark.parametrize("cell", CELLS, ids=[cell.name for cell in CELLS])
def test_every_way_leaves_the_same_state_whichever_cell_is_written_first(office, cell):
    """By the page and by the full form of the admin."""
    words = "done" if cell.name == "progress" else "書いた"
    coordinator = signed_in()
    office.save(office.browser(), **{f"{cell.name}_0": words})
    form = form_of(coordinator.get(change_url(office.rows[1])), "yearlystatus_form")
    coordinator.post(change_url(office.rows[1]), {**form, cell.name: words, "_save": "x"})
    assert [office.stored(index).state for index in (0, 1)] == [State.DRAFT, State.DRAFT]
    assert [getattr(office.stored(index), cell.name) for index in (0, 1)] == [words, words]


def test_the_full_form_leaves_one_record_with_who_wrote_it(office):
    client, row = signed_in(username="jimu"), office.rows[0]
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    client.post(change_url(row), {**form, "text": "書いた", "progress": "done", "_save": "x"})
    stored = office.stored(0)
    assert (stored.answered_by.username, stored.revision, stored.history.count()) == ("jimu", 2, 2)
    assert stored.history.latest().history_user.username == "jimu"


def test_another_department_in_the_full_form_is_stored_with_the_words_in_one_record(office):
    client, row, other = signed_in(), office.rows[0], factories.make_department("第二課")
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    client.post(change_url(row), {**form, "department": other.pk, "text": "書いた", "_save": "x"})
    stored = office.stored(0)
    assert (stored.department, stored.text, stored.history.count()) == (other, "書いた", 2)


def test_a_department_alone_may_be_changed_and_nobody_has_answered_by_that(office):
    client, row, other = signed_in(), office.rows[0], factories.make_department("第二課")
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    client.post(change_url(row), {**form, "department": other.pk, "_save": "x"})
    stored = office.stored(0)
    assert (stored.department, stored.answered_by, stored.state) == (other, None, State.NOT_STARTED)


def test_a_department_may_be_taken_away_in_the_full_form(office):
    client, row = signed_in(), office.rows[0]
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    client.post(change_url(row), {**form, "department": "", "_save": "x"})
    assert office.stored(0).department is None
