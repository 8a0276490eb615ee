"""Two at the same moment, on every database: a link serves once, one link is open, and no words are lost unseen."""

import pytest
from django.test import Client

from actionplan.models import PartnerLink, State
from actionplan.voices.asked import ask
from actionplan.voices.links import make_link
from actionplan.voices.saving import StepImpossible, confirm
from tests import factories
from tests.simultaneous import at_once
from tests.voices.town import a_week_on, boxes, make_town

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_link_serves_once_although_it_is_pressed_twice():
    town = make_town()
    address, browsers = town.link(), (Client(), Client())
    name = boxes(browsers[0].get(address))[town.partners.pk]
    acts = [lambda each=each: each.post(address, {name: "掃いた。", "do": "submit"}) for each in browsers]
    assert sorted(response.status_code for response in at_once(*acts)) == [200, 302]
    assert (town.partners.state, town.partners.history.count()) == (State.SUBMITTED, 3)


def test_of_two_windows_with_other_words_one_is_stored_and_the_other_gets_both():
    town = make_town()
    address, browsers, texts = town.link(), (Client(), Client()), ("はじめの文", "あとの文")
    name = boxes(browsers[0].get(address))[town.partners.pk]
    acts = [
        lambda pair=pair: pair[0].post(address, {name: pair[1], "do": "save"})
        for pair in zip(browsers, texts, strict=True)
    ]
    responses = sorted(at_once(*acts), key=lambda response: response.status_code)
    assert [response.status_code for response in responses] == [302, 409]
    assert all(text in responses[1].content.decode() for text in texts)


def test_of_two_links_made_at_once_one_is_open():
    town = make_town()
    acts = [lambda: make_link(town.partner, town.report, a_week_on(), by=town.office)] * 2
    assert all(isinstance(token, str) for token in at_once(*acts))
    assert PartnerLink.objects.filter(revoked_at=None).count() == 1


def test_rows_are_made_once_and_a_text_is_confirmed_once():
    town = make_town()
    town.status.item.related_departments.add(factories.make_department("三つ目の課"))
    assert sorted(at_once(*[lambda: ask(town.report, by=None)] * 2)) == [(0, 0), (1, 0)]
    voice = town.say(town.theirs, "貸した。", confirmed=False)
    found = at_once(*[lambda: confirm({voice.pk: voice.revision}, by=town.office)] * 2)
    assert sum(each == 1 for each in found) == 1
    assert not any(isinstance(each, StepImpossible) for each in found)
