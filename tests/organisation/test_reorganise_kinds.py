"""組織改正: departments merged into one that is there or a new one, and split with their items dealt out."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.models import Department
from tests import factories
from tests.admin.pages import form_of
from tests.organisation.staffing import fill, office, register, reorganise_url, words

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
AGO, SOON = TODAY - timedelta(days=30), TODAY + timedelta(days=30)


@pytest.fixture
def browser():
    return office()


@pytest.fixture
def old():
    return factories.make_department("旧課", phone="0920-1", email="kyu@example.jp")


def led_by(department, **fields):
    item = factories.make_item(lead_department=department, **fields)
    return item, factories.make_status(item=item, department=department)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def split(browser, old, day, items, **boxes):
    dealt = {f"item{item.pk}": str(place) for item, place in items.items()}
    return fill(browser, old, "split", day=str(day), part0_name="本課", part1_name="分課", **dealt, **boxes)


def test_a_department_merges_into_one_that_is_there(browser, old):
    stays, other = factories.make_department("残る課", phone="0920-5"), factories.make_department("農政課")
    rows = [led_by(old)[1], led_by(other)[1]]
    preview = fill(browser, old, "merge", day=str(AGO), into=str(stays.pk), others=[str(other.pk)])
    assert "今ある課です。名前と連絡先はそのまま" in words(preview)
    register(browser, old, preview)
    assert {fresh(row).department for row in rows} == {stays}
    assert (fresh(old).successor, fresh(other).successor) == (stays, stays)
    assert (fresh(stays).phone, fresh(stays).in_force_from) == ("0920-5", None)
    assert Department.objects.count() == 3


def test_departments_merge_into_a_new_one(browser, old):
    other = factories.make_department("農政課")
    rows = [led_by(old)[1], led_by(other)[1]]
    preview = fill(browser, old, "merge", day=str(AGO), into="new", others=[str(other.pk)], part0_name="合同課")
    register(browser, old, preview)
    assert {str(fresh(row).department) for row in rows} == {"合同課"}


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({}, "統合先を選んでください。"),
        ({"into": "new", "part0_name": ""}, "課名を書いてください。"),
        ({"into": "{stays}", "others": ["{stays}"]}, "残る課を選んで"),
        ({"into": "{old}"}, "は候補にありません"),
        ({"into": "99999999999999999999"}, "は候補にありません"),
        ({"into": "new", "others": ["x"], "part0_name": "合同課"}, "候補にありません"),
    ],
)
def test_a_merge_that_leads_nowhere_is_refused(browser, old, boxes, sentence):
    stays = factories.make_department("残る課")
    named = {"old": old.pk, "stays": stays.pk}
    filled = {
        name: [each.format(**named) for each in value] if isinstance(value, list) else value.format(**named)
        for name, value in boxes.items()
    }
    page = fill(browser, old, "merge", day=str(AGO), **filled)
    assert sentence in words(page)
    assert fresh(old).in_force_until is None


def test_an_ended_department_is_not_offered_for_a_merge(browser, old):
    factories.make_department("昔の課", in_force_until=date(2020, 3, 31))
    factories.make_department("今の課")
    page = words(browser.get(reorganise_url(old, kind="merge")))
    assert "今の課" in page
    assert "昔の課" not in page


def test_a_department_splits_and_each_item_goes_where_it_was_dealt(browser, old):
    (first, status), (second, other) = led_by(old), led_by(old)
    preview = split(browser, old, AGO, {first: 0, second: 1})
    register(browser, old, preview)
    assert (str(fresh(first).lead_department), str(fresh(second).lead_department)) == ("本課", "分課")
    assert (str(fresh(status).department), str(fresh(other).department)) == ("本課", "分課")
    assert {part.split_from for part in Department.objects.exclude(pk=old.pk)} == {old}


def test_every_part_of_a_split_starts_from_the_contact_of_what_is_split(browser, old):
    page = browser.get(reorganise_url(old, kind="split", count=3))
    form = form_of(page, "reorganise")
    for place in range(3):
        assert (form[f"part{place}-phone"], form[f"part{place}-email"]) == (["0920-1"], ["kyu@example.jp"])
        assert form[f"part{place}-name"] == [""]
    assert "どの課の連絡先にも、今の課のものを写してあります。" in words(page)


def test_the_preview_leaves_no_empty_line_for_a_part_without_contact(browser):
    bare = factories.make_department("連絡先のない課")
    items = {led_by(bare)[0]: place for place in range(2)}
    contact = {"part1_postal_code": "817-8510", "part1_address": "対馬市厳原町", "part1_fax": "0920-2"}
    page = split(browser, bare, SOON, items, **contact)
    assert page.content.decode().count('class="contact"') == 1
    assert "〒817-8510 対馬市厳原町 FAX 0920-2" in words(page)


def test_a_department_splits_into_three(browser, old):
    items = {led_by(old)[0]: place for place in range(3)}
    register(browser, old, split(browser, old, AGO, items, count=3, part2_name="第三課"))
    assert [str(fresh(item).lead_department) for item in items] == ["本課", "分課", "第三課"]


def test_the_preview_of_a_split_names_every_item_under_its_part(browser, old):
    (first, _), (second, _) = led_by(old, name="花を植える"), led_by(old, name="道を掃く")
    page = split(browser, old, SOON, {first: 0, second: 1})
    parts = {str(part["department"]): part["items"] for part in page.context["parts"]}
    assert parts == {"本課": [first], "分課": [second]}


@pytest.mark.parametrize(
    ("places", "names", "sentence"),
    [
        ((0, 0), {}, "2つ目の課（分課）に移す項目がありません。"),
        ((1, 1), {}, "1つ目の課に残る項目がありません。"),
        ((0, 1), {"part1_name": "本課"}, "「本課」が2つあります。"),
        ((0, 1), {"part1_name": ""}, "課名を書いてください。"),
        ((0, 7), {}, "2つ目の課（分課）に移す項目がありません。"),
        ((0, "9" * 5000), {}, "2つ目の課（分課）に移す項目がありません。"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused_and_keeps_the_choices(browser, old, places, names, sentence):
    items = [led_by(old)[0] for _ in places]
    dealt = {f"item{item.pk}": str(place) for item, place in zip(items, places, strict=True)}
    boxes = {"day": str(AGO), "part0_name": "本課", "part1_name": "分課", **dealt, **names}
    page = fill(browser, old, "split", **boxes)
    assert sentence in words(page)
    assert 'value="本課"' in page.content.decode()
    assert Department.objects.count() == 1


def test_another_departments_item_cannot_be_dealt_away_by_a_forged_box(browser, old):
    (first, _), (second, _) = led_by(old), led_by(old)
    strange, _ = led_by(factories.make_department("よその課"))
    register(browser, old, split(browser, old, AGO, {first: 0, second: 1, strange: 1}))
    assert str(fresh(strange).lead_department) == "よその課"


@pytest.mark.parametrize(("count", "parts"), [("1", 2), ("99", 9), ("abc", 2), ("9" * 5000, 2), ("３", 2)])
def test_a_split_makes_two_parts_to_nine(browser, old, count, parts):
    page = browser.get(reorganise_url(old, kind="split", count=count)).content.decode()
    assert f'name="part{parts - 1}-name"' in page
    assert f'name="part{parts}-name"' not in page
