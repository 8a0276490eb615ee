"""Areas and tags on an item's form: boxes to tick, words in one box, one record a change, nothing lost."""

import pytest
from django.urls import reverse

from actionplan.models import ActionItem, Area, Tag
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in, with_rights
from tests.named.naming import make_areas, name
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db
PAGES = ("area", "tag")


@pytest.fixture
def item():
    make_areas()
    return name(factories.make_item(), ["厳原"], ["防災"])


def send(client, item, **changes):
    form = form_of(client.get(change_url(item)), "actionitem_form")
    return client.post(change_url(item), {**form, **changes})


def area(word: str) -> int:
    return Area.objects.get(name=word).pk


def tags_of(item) -> list[str]:
    return [tag.name for tag in item.tags.all()]


def test_the_form_shows_what_the_item_bears(item):
    form = form_of(signed_in().get(change_url(item)), "actionitem_form")
    assert form["areas"] == [str(area("厳原"))]
    assert form["tags"] == ["防災"]


def test_words_are_parted_and_new_ones_are_made(item):
    assert send(signed_in(), item, tags="防災、子育て, 子ども・子育て，防災", areas=[area("豊玉")]).status_code == 302
    assert tags_of(item) == ["子ども・子育て", "子育て", "防災"]
    assert [each.name for each in item.areas.all()] == ["豊玉"]


def test_a_word_of_other_width_is_the_tag_that_stands(item):
    Tag.objects.create(name="ICT")
    send(signed_in(), item, tags="ｉｃｔ、ICT")
    assert tags_of(item) == ["ICT"]


def test_all_of_it_is_one_record_and_a_new_tag_has_one_of_its_own(item):
    client, watch = signed_in(), Watch()
    send(client, item, tags="防災、福祉", areas=[area("厳原"), area("美津島")], name="新しい名前")
    records = [told(record) for record in watch.found()]
    assert len(records) == 2
    assert {"項目": ("項目", "新しい名前"), "地域": ("厳原", "厳原、美津島"), "タグ": ("防災", "防災、福祉")} in records
    assert {"タグ": ("", "福祉")} in records


def test_an_untouched_form_leaves_no_record(item):
    client, watch = signed_in(), Watch()
    send(client, item)
    assert watch.found() == []


def test_a_box_that_is_emptied_takes_them_away(item):
    send(signed_in(), item, tags="", areas=[])
    assert (tags_of(item), item.areas.count()) == ([], 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("防災、a/b", "タグ「a/b」：「a/b」は使えません。"),
        ("災" * 31, "30"),
        ("防災\x07", "制御文字"),
        ("あ" * 1001, "1000"),
    ],
)
def test_a_word_that_cannot_be_a_tag_is_refused_and_nothing_is_saved(item, words, sentence):
    answer = send(signed_in(), item, tags=words, name="新しい名前")
    assert sentence in answer.content.decode()
    assert (tags_of(item), ActionItem.objects.get().name, Tag.objects.count()) == (["防災"], "項目", 1)


def test_another_fault_of_the_form_makes_no_tag(item):
    send(signed_in(), item, tags="福祉", number="0")
    assert not Tag.objects.filter(name="福祉").exists()


def test_who_may_not_make_tags_is_told_so_and_may_use_those_that_are_there(item):
    Tag.objects.create(name="福祉")
    client = with_rights("change_actionitem", "view_")
    assert "新しいタグ「観光」を加える権限がありません。" in send(client, item, tags="福祉、観光").content.decode()
    assert send(client, item, tags="福祉").status_code == 302
    assert tags_of(item) == ["福祉"]


def test_a_tag_that_two_write_at_once_is_one(item):
    client = signed_in()
    form = form_of(client.get(change_url(item)), "actionitem_form")
    Tag.objects.create(name="福祉")
    client.post(change_url(item), {**form, "tags": "福祉"})
    assert (tags_of(item), Tag.objects.filter(name="福祉").count()) == (["福祉"], 1)


def test_what_somebody_else_changed_meanwhile_is_kept_where_i_did_not_write(item):
    client = signed_in()
    form = form_of(client.get(change_url(item)), "actionitem_form")
    name(item, ["豊玉"], ["福祉"])
    assert client.post(change_url(item), {**form, "name": "新しい名前"}).status_code == 302
    assert ([each.name for each in item.areas.all()], tags_of(item)) == (["豊玉"], ["福祉"])


def test_where_both_wrote_both_words_are_shown(item):
    client = signed_in()
    form = form_of(client.get(change_url(item)), "actionitem_form")
    name(item, ["厳原"], ["福祉"])
    answer = client.post(change_url(item), {**form, "tags": "観光"}).content.decode()
    assert "福祉" in answer
    assert "観光" in answer
    assert tags_of(item) == ["福祉"]


def test_an_item_may_be_added_with_both(item):
    client, address = signed_in(), reverse("admin:actionplan_actionitem_add")
    form = form_of(client.get(address), "actionitem_form")
    new = {"measure": item.measure_id, "number": 9, "name": "新", "content": "文", "actors": [item.actors.get().pk]}
    client.post(address, {**form, **new, "areas": [area("豊玉")], "tags": "福祉"})
    added = ActionItem.objects.get(number=9)
    assert ([each.name for each in added.areas.all()], tags_of(added)) == (["豊玉"], ["福祉"])


@pytest.mark.parametrize("model", PAGES)
def test_the_lists_say_how_many_items_bear_each(item, model):
    page = signed_in().get(f"/admin/actionplan/{model}/").content.decode()
    assert '<td class="field-item_count">1</td>' in page


def test_a_used_tag_is_not_deleted_on_its_page_and_the_reason_is_told(item):
    tag = Tag.objects.get()
    page = signed_in().get(reverse("admin:actionplan_tag_delete", args=[tag.pk])).content.decode()
    assert "このタグは項目で使われているため、削除できません。" in page
    signed_in().post(reverse("admin:actionplan_tag_delete", args=[tag.pk]), {"post": "yes"})
    assert Tag.objects.exists()


def test_items_are_listed_by_area_and_by_tag(item):
    factories.make_item(item.measure, name="ほか")
    for query in (f"areas__id__exact={area('厳原')}", f"tags__id__exact={Tag.objects.get().pk}"):
        page = signed_in().get(f"/admin/actionplan/actionitem/?{query}").content.decode()
        assert "ほか" not in page.split("<table")[1]
