"""Areas and tags as rows: names that a list and an address can hold, and words that stay while items bear them."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from actionplan.models import AlikeWords, Area, Tag
from tests import factories
from tests.named.naming import make_areas, name

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("word", ["a、b", "a,b", "a，b", "a/b", "a?b", "a#b", "a%b", "a\\b", "a;b", "a\nb", ".", ".."])
@pytest.mark.parametrize("model", [Area, Tag])
def test_a_name_that_no_list_or_address_can_hold_is_refused_in_words(model, word):
    with pytest.raises(ValidationError, match="使えません"):
        (Area(name=word, order=1) if model is Area else Tag(name=word)).full_clean()


@pytest.mark.parametrize("word", [" 防災", "防災　", "\x07防災", "", "災" * 31])
def test_blanks_at_the_edge_controls_nothing_and_endless_words_are_refused(word):
    with pytest.raises(ValidationError):
        Tag(name=word).full_clean()


@pytest.mark.parametrize("word", ["子ども・子育て", "ICT", "𠮷田地区", "SDGs 17", "（仮）防災", "「共」"])
def test_other_words_are_taken_to_the_letter(word):
    tag = Tag(name=word)
    tag.full_clean()
    tag.save()
    assert Tag.objects.get().name == word


def test_a_tag_that_only_width_or_capitals_tell_from_another_is_refused():
    Tag.objects.create(name="ICT")
    with pytest.raises(ValidationError, match="「ICT」というタグが、すでにあります。"):
        Tag(name="ｉｃｔ").full_clean()
    Tag.objects.get().full_clean()


def test_what_items_bear_is_not_deleted():
    make_areas("厳原")
    name(factories.make_item(), ["厳原"], ["防災"])
    for row in (Area.objects.get(), Tag.objects.get()):
        with pytest.raises(ProtectedError, match="項目で使われているため、削除できません"):
            row.delete()


def test_what_no_item_bears_may_go():
    make_areas("厳原")
    Area.objects.get().delete()
    assert not Area.objects.exists()
    assert Area.history.count() == 2


def test_areas_stand_in_the_citys_order():
    make_areas("厳原", "豊玉", "上対馬", "峰")
    assert [area.name for area in Area.objects.all()] == ["厳原", "豊玉", "上対馬", "峰"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("HPだけ", "2つ以上"),
        ("ＮＨＫ、nhk", "2つ以上"),
        ("庁舎、市役所、・", "「・」は記号だけ"),
        ("サイト、ｈｐ", "「HP」は、「ホームページ、ウェブサイト、HP」に"),
    ],
)
def test_a_group_of_words_that_search_cannot_use_is_refused(words, sentence):
    with pytest.raises(ValidationError, match=sentence):
        AlikeWords(words=words).full_clean()


@pytest.mark.django_db
def test_every_installation_begins_with_groups_that_pass_and_have_their_history():
    for group in AlikeWords.objects.all():
        group.full_clean()
    assert AlikeWords.history.count() == AlikeWords.objects.count() > 0
