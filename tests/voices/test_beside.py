"""What the lead sees beside its own box, and how it joins the texts of related departments: never silently."""

import pytest

from actionplan.models import State, Voice
from actionplan.publishing.compose import compose
from tests import factories
from tests.admin.pages import form_of
from tests.voices.town import make_town

pytestmark = pytest.mark.django_db
WORDS, JOINED = "道具を貸し出しました。", "【関係の課】道具を貸し出しました。"


@pytest.fixture
def town():
    return make_town()


def sheet_of(town):
    return f"/admin/answers/{town.report.key}/{town.lead.pk}/"


def box_of(form):
    return next(name for name in form if name.startswith("text-"))


def join(town, lead):
    form = form_of(lead.get(sheet_of(town)), "answers-form")
    return lead.post(sheet_of(town), form | {"do": f"join-{town.status.pk}"}, follow=True)


def test_the_lead_reads_what_was_handed_in_and_no_draft(town):
    lead = town.browser("担当者", department=town.lead)
    Voice.objects.filter(pk=town.theirs.pk).update(text=WORDS, state=State.DRAFT)
    page = lead.get(sheet_of(town)).content.decode()
    assert "関係の課" in page
    assert WORDS not in page
    town.say(town.theirs, WORDS, confirmed=False)
    assert WORDS in lead.get(sheet_of(town)).content.decode()


def test_joined_is_in_the_box_only_until_the_lead_saves_it(town):
    town.say(town.theirs, WORDS)
    lead = town.browser("担当者", department=town.lead)
    response = join(town, lead)
    assert "まだ保存していません" in response.content.decode()
    town.status.refresh_from_db()
    assert town.status.text == "実施した。"
    form = form_of(response, "answers-form")
    assert form[box_of(form)] == [f"実施した。\r\n{JOINED}"]
    lead.post(sheet_of(town), form | {"do": "save"})
    town.status.refresh_from_db()
    assert town.status.text == f"実施した。\n{JOINED}"


def test_a_text_that_is_joined_is_published_within_the_leads_and_not_a_second_time(town):
    town.say(town.theirs, WORDS)
    assert len(compose(town.report).rows[0].voices) == 1
    lead = town.browser("担当者", department=town.lead)
    lead.post(sheet_of(town), form_of(join(town, lead), "answers-form") | {"do": "save"})
    assert compose(town.report).rows[0].voices == []
    assert "自課の文に加えてあります" in lead.get(sheet_of(town)).content.decode()


def test_a_text_that_the_lead_only_happens_to_repeat_is_published_beside_it(town):
    town.say(town.theirs, "実施した。")
    assert [voice["text"] for voice in compose(town.report).rows[0].voices] == ["実施した。"]


def test_what_the_lead_has_typed_is_saved_before_it_joins(town):
    town.say(town.theirs, WORDS)
    lead = town.browser("担当者", department=town.lead)
    form = form_of(lead.get(sheet_of(town)), "answers-form")
    sent = form | {box_of(form): "書きかけ", "do": f"join-{town.status.pk}"}
    response = lead.post(sheet_of(town), sent, follow=True)
    town.status.refresh_from_db()
    assert town.status.text == "書きかけ"
    assert f"書きかけ\n{JOINED}" in response.content.decode().replace("\r", "")


def test_a_partners_text_is_read_and_not_joined(town):
    town.say(town.partners, "浜を掃きました。", confirmed=False)
    lead = town.browser("担当者", department=town.lead)
    response = join(town, lead)
    assert "浜を掃きました。" in response.content.decode()
    form = form_of(response, "answers-form")
    assert form[box_of(form)] == ["実施した。"]


@pytest.mark.parametrize("number", ["", "0", "999999", "x", "９"])
def test_joining_an_item_that_is_none_changes_nothing(town, number):
    lead = town.browser("担当者", department=town.lead)
    response = lead.post(sheet_of(town), {"do": f"join-{number}"}, follow=True)
    assert response.status_code == 200


def test_a_year_without_such_texts_looks_as_before(town):
    Voice.objects.all().delete()
    town.status.item.related_departments.clear()
    page = town.browser("担当者", department=town.lead).get(sheet_of(town)).content.decode()
    assert "関係課" not in page
    assert factories.make_report(fiscal_year=2011).voices.count() == 0
