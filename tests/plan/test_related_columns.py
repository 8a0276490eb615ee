"""Related departments and partners in a table of items: shown, set for many items at once, refused with their place."""

import pytest

from tests import factories
from tests.plan.files import confirm, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def named():
    """Two departments and two partners, one of which has a name with a comma."""
    return [
        factories.make_department("○○部 第一課"),
        factories.make_department("第二課"),
        factories.make_partner("浜の自治会"),
        factories.make_partner("浜、山の会"),
    ]


def cells(client) -> list[tuple[str, str]]:
    head, *lines = table(export(client))
    return [(line[head.index("関係課")], line[head.index("相手方")]) for line in lines]


def test_names_are_set_in_one_record_and_come_out_again(clerk, items, named):
    before = items[0].history.count()
    both = {"関係課": "○○部 第一課、第二課", "相手方": "浜、山の会,浜の自治会"}
    confirm(clerk, upload(clerk, written(edited(clerk, **both))))
    assert set(items[0].related_departments.all()) == set(named[:2])
    assert set(items[0].partners.all()) == set(named[2:])
    assert items[0].history.count() == before + 1
    assert cells(clerk)[0] == ("○○部 第一課、第二課", "浜、山の会、浜の自治会")


def test_what_was_exported_comes_back_and_changes_nothing(clerk, items, named):
    items[0].related_departments.set(named[:2])
    items[0].partners.set(named[2:])
    before = items[0].history.count()
    upload(clerk, written(edited(clerk)))
    assert items[0].history.count() == before


def test_an_emptied_cell_takes_them_away(clerk, items, named):
    items[0].partners.set(named[2:])
    confirm(clerk, upload(clerk, written(edited(clerk, 相手方=""))))
    assert not items[0].partners.exists()


def test_a_file_of_before_without_the_columns_leaves_them_as_they_are(clerk, items, named):
    items[0].related_departments.set(named[:1])
    lines = edited(clerk, 項目名="新しい名前")
    lines = [line[: lines[0].index("関係課")] for line in lines]
    confirm(clerk, upload(clerk, written(lines)))
    items[0].refresh_from_db()
    assert (items[0].name, items[0].related_departments.count()) == ("新しい名前", 1)


@pytest.mark.parametrize(
    ("column", "words"),
    [("関係課", "第三課"), ("関係課", "第二課、第三課"), ("相手方", "第二課"), ("相手方", "浜の自治")],
)
def test_an_unknown_name_is_refused_with_its_place_and_nothing_is_saved(clerk, items, named, column, words):
    assert f"2行目「{column}」" in page(
        upload(clerk, written(edited(clerk, **{column: words, "項目名": "新しい名前"})))
    )
    items[0].refresh_from_db()
    assert items[0].name != "新しい名前"
    assert not items[0].related_departments.exists()


def test_names_are_compared_as_people_compare_them_and_the_nearest_is_offered(clerk, items, named):
    loose = edited(clerk, **{"関係課": "○○部　第一課、 第二 課 ", "相手方": "浜の 自治会"})
    confirm(clerk, upload(clerk, written(loose)))
    assert sorted(map(str, items[0].related_departments.all())) == ["○○部 第一課", "第二課"]
    words = page(upload(clerk, written(edited(clerk, **{"相手方": "浜の自治"}))))
    assert "「浜の自治会」のことですか。" in words
