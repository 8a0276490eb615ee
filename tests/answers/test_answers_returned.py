"""Answers that came back: their reason, what was written anew, and handing in again."""

import pytest

from actionplan.answers import saving as steps
from actionplan.models import State
from tests import factories
from tests.answers.answering import make_office, written

pytestmark = pytest.mark.django_db
SUBMITTED = State.SUBMITTED


def test_a_returned_item_shows_its_reason_first_and_is_handed_in_again():
    office = make_office(**written(state=SUBMITTED))
    office_user = factories.make_person("事務局")
    steps.return_answers({office.rows[1].pk: 1}, by=office_user, reason="数を書いてください。")
    head = office.browser("課長")
    page = head.get(office.address).content.decode()
    assert "まだ直していない項目が1件あります" in page
    assert page.index("数を書いてください。") < page.index("<textarea")
    assert page.count("数を書いてください。") == 2
    office.save(head, "submit", text_1="三回実施した。")
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert "数を書いてください。" not in head.get(office.address).content.decode()


def came_back(count: int = 2) -> tuple:
    """A department to which so many of its answers came back, and the browser of its head."""
    office = make_office(count, **written(state=SUBMITTED))
    steps.return_answers({row.pk: 1 for row in office.rows}, by=factories.make_person("事務局"), reason="数を書く。")
    return office, office.browser("課長")


def test_what_came_back_and_was_written_anew_is_told_from_what_was_not():
    office, head = came_back()
    page = office.save(head, text_0="三回実施した。")
    assert "まだ直していない項目が1件あります" in page
    assert "差し戻されたあとに直した項目：3-1-1" in page
    assert page.count("直しました。提出すると、事務局に届きます。") == 1


def test_what_came_back_is_not_handed_in_untouched_unless_the_head_says_so():
    office, head = came_back()
    page = office.save(head, "submit", text_0="三回実施した。")
    assert "<strong>提出していません。</strong>" in page
    assert office.states() == ["returned", "returned"]
    assert office.stored(0).text == "三回実施した。"
    assert 'form="answers-form" name="do" value="anyway"' in page
    assert "2項目を提出しました。" in office.save(head, "anyway")
    assert office.states() == [SUBMITTED, SUBMITTED]


def test_a_clerk_gets_no_button_to_hand_in_untouched_and_cannot_forge_it():
    office, _ = came_back()
    clerk = office.browser()
    assert 'value="anyway"' not in office.save(clerk, "anyway")
    assert office.states() == ["returned", "returned"]


def test_a_blank_still_stops_what_is_handed_in_anyway():
    office, head = came_back()
    office.save(head, "anyway", text_0="")
    assert office.states() == ["returned", "returned"]
