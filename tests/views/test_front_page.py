"""The front page answers first: how many, what moved, what was not done by name, what was corrected."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from actionplan.models import Figure
from actionplan.publishing.publish import publish
from actionplan.scale import DEFAULT, CategoryMove
from tests import factories

pytestmark = pytest.mark.django_db


def main(client, address="/") -> str:
    html = client.get(address).content.decode()
    return re.search(r"<main.*?</main>", html, re.S)[0]


def words(html: str) -> str:
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", html)))


@pytest.fixture
def plan(db):
    return factories.make_plan()


def a_year(plan, year, items, **figures):
    """The year published; items: a category by name of item."""
    report = factories.make_report(plan, fiscal_year=year)
    for item, progress in items.items():
        factories.make_status(report, item, progress=progress, text=f"{item.name}の文", **figures)
    return publish(report, by=None)


@pytest.fixture
def items(plan):
    measure = factories.make_measure(plan)
    return [factories.make_item(measure, name=f"{name}の項目") for name in "一二三四五六"]


def test_the_real_report_says_in_a_sentence_what_was_done_and_not(client, real_report):
    publish(real_report, by=None)
    page = main(client)
    assert "38項目のうち、実施済は3、未実施は5。30項目は区分を決めていません。" in words(page)
    assert "「実施中」「一部実施」「検討中」の項目は、ありません。" in words(page)
    listed = words(page.partition("施策ごとに読む")[0])
    for name in ("里親制度の導入検討", "事業提案制度の導入検討", "協働パートナー制度の運用検討"):
        assert name in listed
    assert page.index("実施しなかった項目") < page.index("施策ごとに読む") < page.index("のあらまし")


def test_a_year_without_any_category_says_that(client, plan, items):
    a_year(plan, 2009, dict.fromkeys(items[:2], "unset"))
    assert "2項目の実施状況を、文でお知らせします。進捗区分は、どの項目も決めていません。" in words(main(client))


def test_of_two_years_it_says_what_moved(client, plan, items):
    before = ("not_done", "done", "in_progress", "unset", "done", "done")
    now = ("under_consideration", "not_done", "in_progress", "done", "unset", "done")
    a_year(plan, 2009, dict(zip(items, before, strict=True)))
    a_year(plan, 2010, dict(zip(items, now, strict=True)))
    said = words(main(client))
    assert "平成21年度と比べて、1項目が進み、1項目が後退し、2項目は同じ区分のままです" in said
    assert "ほかの2項目は、どちらかの年度に区分がないため、比べていません" in said


@pytest.mark.parametrize(
    ("before", "now", "move"),
    [
        ("not_done", "done", CategoryMove.FORWARD),
        ("done", "not_done", CategoryMove.BACK),
        ("done", "done", CategoryMove.STILL),
        ("under_consideration", "in_progress", CategoryMove.FORWARD),
        ("unset", "done", None),
        ("done", "gone", None),
    ],
)
def test_where_an_item_went_is_told_by_the_scale_alone(before, now, move):
    assert DEFAULT.move(before, now) == move


def test_a_target_that_was_missed_is_named(client, plan, items):
    Figure.objects.create(item=items[0], order=1, kind="indicator", name="参加者数", unit="人", targets="H21＝100")
    Figure.objects.create(
        item=items[1], order=1, kind="indicator", name="ごみの量", unit="t", baseline="90", targets="H21＝50"
    )
    report = factories.make_report(plan)
    factories.make_status(report, items[0], text="文", progress="done", figures="参加者数　実績＝99")
    factories.make_status(report, items[1], text="文", progress="done", figures="ごみの量　実績＝40")
    publish(report, by=None)
    missed = words(main(client).partition("目標に届かなかった指標")[2].partition("</section>")[0])
    assert "一の項目" in missed
    assert "目標100人" in missed
    assert "二の項目" not in missed


def test_a_correction_is_told_for_ninety_days(client, plan, items, monkeypatch):
    report = factories.make_report(plan)
    status = factories.make_status(report, items[0], text="文", progress="done")
    publish(report, by=None)
    status.text = "直した文"
    status.save()
    publish(report, by=None, note="回数の誤りを直しました。")
    assert "回数の誤りを直しました。" in main(client)
    later = timezone.now() + timedelta(days=91)
    monkeypatch.setattr("actionplan.selectors.front.timezone.now", lambda: later)
    assert "回数の誤りを直しました。" not in main(client)


def test_each_plan_of_several_answers_in_a_sentence(client, plan, items):
    a_year(plan, 2009, {items[0]: "not_done", items[1]: "done"})
    other = factories.make_plan("第2次計画")
    item = factories.make_item(factories.make_measure(other), name="二つ目の計画の項目")
    a_year(other, 2010, {item: "not_done"})
    page = words(main(client))
    assert "2項目のうち、実施済は1、未実施は1。" in page
    assert "1項目のうち、未実施は1。" in page
    assert page.index("二つ目の計画の項目") < page.index("一の項目")
