"""The text of the record: kept to the letter, without what no page or workbook can carry."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st

from actionplan.models import ActionItem, Department, Policy, YearlyStatus
from actionplan.models.base import RecordLineField, RecordTextField
from actionplan.text import unseen_characters
from tests import factories

LETTERS = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"]), min_size=1).filter(
    lambda text: not unseen_characters(text)
)
FIELDS = [RecordTextField(), RecordLineField(max_length=100)]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("一\r\n二", "一\n二"), ("一\r二", "一\n二"), ("一\n\n二", "一\n\n二"), ("一\u200b二\x0b", "一二\n")],
)
def test_line_breaks_become_line_feeds(field, typed, kept):
    assert field.clean(typed, None) == kept


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "text", ["　字下げ", "前後 ", " ", "取り組んむ", "行います・（随時）", "①㍻髙﨑", "=1+1", "𠮷"]
)
def test_everything_else_is_kept_to_the_letter(field, text):
    assert field.clean(text, None) == text


@given(LETTERS)
def test_no_letter_of_the_record_is_ever_changed(text):
    assert RecordTextField().clean(text, None) == text


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("letter", "name"), [("\x00", "U+0000"), ("\x07", "U+0007"), ("\u202e", "U+202E"), ("\x1f", "U+001F")]
)
def test_a_control_character_is_refused_by_its_name(field, letter, name):
    with pytest.raises(ValidationError, match="制御文字") as refused:
        field.clean(f"前{letter}後", None)
    assert name in refused.value.messages[0]
    assert refused.value.error_list[0].code == "control"


def test_a_control_character_that_stands_twice_is_named_once():
    with pytest.raises(ValidationError) as refused:
        RecordTextField().clean("\x01あ\x02い\x01", None)
    assert "（U+0001、U+0002）" in refused.value.messages[0]


def test_a_line_keeps_its_length_limit():
    with pytest.raises(ValidationError):
        RecordLineField(max_length=3).clean("四文字だ", None)


def test_a_missing_value_stays_missing():
    assert RecordTextField(null=True, blank=True).clean(None, None) is None


@pytest.mark.django_db
def test_a_form_keeps_blanks_at_the_edges_and_turns_browser_breaks_into_line_feeds():
    status = factories.make_status()
    form = modelform_factory(YearlyStatus, fields=["text"])({"text": "　・一つ目\r\n・二つ目 "}, instance=status)
    form.save()
    assert YearlyStatus.objects.get().text == "　・一つ目\n・二つ目 "


@pytest.mark.django_db
def test_a_form_refuses_a_control_character_and_names_it():
    form = modelform_factory(Policy, fields=["title"])({"title": "題\x07名"})
    assert "U+0007" in form.errors["title"][0]


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (ActionItem, ["name", "content"]),
        (YearlyStatus, ["text", "outcome", "challenge", "next_step"]),
        (Department, ["name", "unit", "address"]),
        (Policy, ["title"]),
    ],
)
def test_the_texts_of_the_record_are_record_fields(model, names):
    assert all(isinstance(model._meta.get_field(name), RecordTextField | RecordLineField) for name in names)


@pytest.mark.parametrize("field", FIELDS)
def test_a_tab_that_came_with_a_copy_becomes_a_blank(field):
    assert field.clean("前\t後", None) == "前 後"
