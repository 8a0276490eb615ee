"""Several people at the same moment on the page of answers, on every database: nothing is lost, nothing half done."""

import pytest

from actionplan.answers import saving as steps
from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_browsers_in_one_box_one_is_stored_and_the_other_reads_both_texts():
    office = make_office()
    browsers = [office.browser(last_name=name) for name in ("佐藤", "鈴木")]
    forms = [office.form(browser) for browser in browsers]
    texts = ["佐藤の文", "鈴木の文"]
    acts = [
        lambda each=each: office.post(browsers[each], forms[each], text_0=texts[each], text_1="同じ文")
        for each in (0, 1)
    ]
    responses = sorted(at_once(*acts), key=lambda response: response.status_code)
    assert [response.status_code for response in responses] == [200, 302]
    stored = office.stored()
    assert stored.text in texts
    page = responses[0].content.decode()
    assert all(text in page for text in texts)
    assert f"{texts[1 - texts.index(stored.text)]}</textarea>" in page
    assert (stored.revision, stored.history.count()) == (2, 2)
    assert (office.stored(1).text, office.stored(1).revision) == ("同じ文", 2)


def test_four_browsers_in_four_boxes_of_one_item_are_all_stored():
    office = make_office(1)
    cells = {"text_0": "文", "progress_0": "done", "outcome_0": "成果", "challenge_0": "課題"}
    pairs = [(browser, office.form(browser)) for browser in (office.browser() for _ in cells)]
    acts = [
        lambda pair=pair, cell=cell: office.post(*pair, **{cell: cells[cell]})
        for pair, cell in zip(pairs, cells, strict=True)
    ]
    assert [response.status_code for response in at_once(*acts)] == [302] * 4
    row = office.stored()
    assert (row.text, row.progress, row.outcome, row.challenge) == ("文", "done", "成果", "課題")
    assert (row.revision, row.history.count()) == (5, 5)


@pytest.mark.parametrize("attempt", range(3))
def test_writing_while_the_head_hands_in_never_changes_what_was_handed_in(attempt):
    office = make_office(**written(state=State.DRAFT))
    clerk, head = office.browser(), office.browser("課長")
    forms = office.form(clerk), office.form(head)
    saved, handed_in = (
        lambda: ("clerk", office.post(clerk, forms[0], text_0="書き直した文")),
        lambda: ("head", office.post(head, forms[1], "submit")),
    )
    answers = dict(at_once(saved, handed_in))
    row = office.stored()
    if row.text == "書き直した文":
        assert office.states() == [State.DRAFT, State.DRAFT]
        assert answers["clerk"].status_code == 302
    else:
        assert office.states() == [State.SUBMITTED, State.SUBMITTED]
        assert "readonly>\n書き直した文</textarea>" in answers["clerk"].content.decode()


@pytest.mark.parametrize("attempt", range(3))
def test_a_return_while_the_head_hands_in_is_not_undone_by_it(attempt):
    office = make_office(**written(state=State.DRAFT))
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(state=State.SUBMITTED)
    head, coordinator = office.browser("課長"), factories.make_person("事務局")
    form = office.form(head)
    at_once(
        lambda: office.post(head, form, "submit"),
        lambda: steps.return_answers({office.rows[0].pk: 1}, by=coordinator, reason="直す"),
    )
    assert office.stored(0).state == State.RETURNED
    # Returned first, the head has not seen it and hands nothing in; handed in first, the other item is handed in.
    assert office.stored(1).state in (State.DRAFT, State.SUBMITTED)
    assert office.stored(0).return_reason == "直す"


def test_two_presses_on_handing_in_hand_in_once():
    office = make_office(**written(state=State.DRAFT))
    head = office.person("課長")
    browsers = [signed_in(head) for _ in range(2)]
    form = office.form(browsers[0])
    acts = [lambda browser=browser: office.post(browser, form, "submit", text_0="書き直した文") for browser in browsers]
    assert [response.status_code for response in at_once(*acts)] == [302, 302]
    assert office.states() == [State.SUBMITTED, State.SUBMITTED]
    assert office.stored().history.count() == 3
