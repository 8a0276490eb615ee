"""A plan's first year beside the plan before it, by the lineage that staff drew."""

import re

import pytest

from actionplan.exports.columns import told_beside
from actionplan.models import ActionItem, Plan
from actionplan.publishing.publish import publish
from actionplan.selectors.changes import year_changes
from tests import factories


@pytest.fixture
def plans(db):
    """The plan before with five items in 2013, and its successor with items that come of them, not yet published."""
    before, after = factories.make_plan("第1次計画"), factories.make_plan("第2次計画")
    Plan.objects.filter(pk=after.pk).update(predecessor=before)
    old = [factories.make_item(name=name) for name in ("続く", "分ける", "合わせる一", "合わせる二", "終える")]
    report = factories.make_report(before, fiscal_year=2013)
    for item in old:
        factories.make_status(report, item, text=f"{item.name}の文", progress="done")
    measure = factories.make_measure(after)
    new = {
        name: factories.make_item(measure, name=name)
        for name in ("続いた", "分かれた一", "分かれた二", "合わさった", "新しい")
    }
    for name, sources in {"続いた": [0], "分かれた一": [1], "分かれた二": [1], "合わさった": [2, 3]}.items():
        new[name].origins.set([old[each] for each in sources])
    return publish(report, by=None), after, list(new.values())


def begin(plans, year: int):
    """The successor's first year, published."""
    _, plan, items = plans
    report = factories.make_report(Plan.objects.get(pk=plan.pk), fiscal_year=year)
    for item in items:
        factories.make_status(report, item, text=f"{item.name}の文", progress="not_done")
    return publish(report, by=None)


def test_editions_that_name_the_items_by_key_are_read_and_their_files_gain_no_column(plans):
    old, new = plans[0], begin(plans, 2014)
    rows = list(new.rows.all())
    expected = year_changes(old, old.rows.all(), new, rows)
    assert told_beside(rows) == ["origins"]
    keys = dict(ActionItem.objects.values_list("public_id", "pk"))
    for row in rows:
        row.origins = [{"item": keys[each["public_id"]], **each} for each in row.origins]
    assert year_changes(old, old.rows.all(), new, rows) == expected
    assert told_beside(rows) == []


@pytest.mark.parametrize("year", [2013, 2014])
def test_the_first_year_is_compared_through_the_lineage(plans, year):
    old, new = plans[0], begin(plans, year)
    changes = year_changes(old, old.rows.all(), new, new.rows.all())
    assert changes.by_lineage
    assert [(each.before.name, each.now.name) for each in changes.continued] == [("続く", "続いた")]
    assert [(each.before.name, [place.name for place in each.into]) for each in changes.split] == [
        ("分ける", ["分かれた一", "分かれた二"])
    ]
    assert {(each.before.name, each.into.name) for each in changes.merged} == {
        ("合わせる一", "合わさった"),
        ("合わせる二", "合わさった"),
    }
    assert [place.name for place in changes.ended] == ["終える"]
    assert [place.name for place in changes.added] == ["新しい"]
    assert (changes.before_total, changes.now_total) == (5, 5)


def test_the_page_says_with_what_it_compares_and_counts_no_categories_against_each_other(client, plans):
    begin(plans, 2014)
    page = client.get("/plans/2/reports/2014/changes/").content.decode()
    assert "前の計画「第1次計画」の" in page
    assert "chart-table--change" not in page
    assert "chart-table--change" not in client.get("/plans/2/").content.decode()
    for words in ("分けられた項目", "次の項目に分けられました", "次の項目に統合されました"):
        assert words in page
    assert "番号が変わった項目" not in page


def test_the_second_year_is_compared_within_the_plan(client, plans):
    begin(plans, 2014)
    begin(plans, 2015)
    page = client.get("/plans/2/reports/2015/changes/").content.decode()
    assert "その前に公表した" in page
    assert "第1次計画" not in re.search(r"<main.*?</main>", page, re.S)[0]


def test_an_item_leads_to_those_that_it_comes_of(client, plans):
    edition = begin(plans, 2014)
    joined = edition.rows.get(item_name="合わさった")
    page = client.get(f"/items/{joined.public_id}/").content.decode()
    for old in plans[0].rows.filter(item_name__startswith="合わせる"):
        assert f'前の計画の項目　<a href="/items/{old.public_id}/">{old.item_name}</a>' in page


def test_the_lineage_is_frozen_with_the_edition(client, plans):
    edition = begin(plans, 2014)
    before = client.get("/plans/2/reports/2014/changes/").content
    for item in plans[2]:
        item.origins.clear()
    assert client.get("/plans/2/reports/2014/changes/").content == before
    assert edition.rows.get(item_name="続いた").origins[0]["name"] == "続く"


def test_a_plan_that_follows_none_has_the_hash_it_always_had(real_report):
    edition = publish(real_report, by=None)
    assert edition.content_sha256 == "6c25c0c7c4be80edbf099b41205bcc82d9bffefe18063a5772865ee715074c37"
