"""Areas and tags in a table of items: out as words, back in, and refused with the place."""

import pytest

from actionplan.models import ActionItem, Tag
from tests.named.naming import make_areas, name
from tests.plan.files import confirm, edited, export, page, table, upload, written
from tests.trail.watch import Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(items):
    make_areas()
    return name(items[0], ["豊玉", "厳原"], ["防災", "福祉"])


def names(row) -> list[str]:
    return [each.name for each in row.all()]


def test_the_export_names_them_in_order(clerk, named):
    lines = table(export(clerk))
    cells = [[line[lines[0].index(column)] for column in ("地域", "タグ")] for line in lines[1:]]
    assert cells == [["厳原、豊玉", "福祉、防災"], ["", ""]]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_exported_comes_back_without_a_change(clerk, named, ending):
    assert "変わるところはありません。" in page(upload(clerk, export(clerk, ending), f"x.{ending}"))


@pytest.mark.parametrize(
    "cell",
    ["美津島、豊玉", "豊玉,美津島", "美津島・豊玉", "美津島　豊玉", "美津島\n豊玉", "豊玉、豊玉、美津島"],
)
def test_areas_may_be_parted_in_every_usual_way(clerk, named, cell):
    confirm(clerk, upload(clerk, written(edited(clerk, 地域=cell))))
    assert names(named.areas) == ["美津島", "豊玉"]


def test_tags_come_in_and_new_ones_are_made_once_with_the_file_in_their_record(clerk, items):
    lines = edited(clerk, タグ="観光、ＩＣＴ")
    lines[2][lines[0].index("タグ")] = "ICT、観光"
    confirm(clerk, upload(clerk, written(lines)))
    assert {tag.name for tag in items[0].tags.all()} == {tag.name for tag in items[1].tags.all()}
    assert Tag.objects.count() == 2
    assert {record.source_file for record in Tag.history.all()} == {"計画.csv"}


def test_the_preview_makes_no_tag_and_shows_the_words(clerk, named):
    watch = Watch()
    preview = page(upload(clerk, written(edited(clerk, タグ="観光"))))
    assert "観光" in preview
    assert watch.found() == []
    assert not Tag.objects.filter(name="観光").exists()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"地域": "厳原、壱岐"}, "2行目「地域」：地域「壱岐」はありません。厳原、美津島、豊玉から選び"),
        ({"地域": "厳原 壱岐"}, "地域「厳原 壱岐」はありません。"),
        ({"タグ": "防災、a/b"}, "2行目「タグ」：タグ「a/b」：「a/b」は使えません。"),
        ({"タグ": "災" * 31}, "2行目「タグ」："),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place_and_nothing_is_saved(clerk, named, cells, sentence):
    watch = Watch()
    assert sentence in page(upload(clerk, written(edited(clerk, 項目名="新しい名前", **cells))))
    assert watch.found() == []


def test_without_any_area_the_sentence_says_where_to_begin(clerk, items):
    assert "先に「地域」に登録してください。" in page(upload(clerk, written(edited(clerk, 地域="厳原"))))


def test_a_file_without_the_columns_leaves_them_as_they_are(clerk, named):
    lines = [line[:-2] for line in edited(clerk, 項目名="新しい名前")]
    confirm(clerk, upload(clerk, written(lines)))
    assert (ActionItem.objects.get(pk=named.pk).name, names(named.areas), names(named.tags)) == (
        "新しい名前",
        ["厳原", "豊玉"],
        ["福祉", "防災"],
    )


def test_an_emptied_cell_takes_them_away(clerk, named):
    confirm(clerk, upload(clerk, written(edited(clerk, 地域="", タグ=""))))
    assert (names(named.areas), names(named.tags)) == ([], [])
