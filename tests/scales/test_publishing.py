"""An edition freezes its scale; what came before plans had scales keeps its hash, and later words never leak in."""

import pytest

from actionplan.models import Edition, PlanCategory
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from actionplan.publishing.unconfirmed import NothingChanged
from actionplan.scale import DEFAULT
from tests import factories
from tests.admin.pages import signed_in
from tests.scales.plans import SCALES, give_scale, make_year, retire

pytestmark = pytest.mark.django_db
every_scale = pytest.mark.parametrize("name", SCALES)


@every_scale
def test_an_edition_freezes_code_words_meaning_and_pattern(name):
    edition = publish(make_year(name), by=None)
    assert [(each.code, each.label, each.meaning) for each in edition.scale.chosen] == SCALES[name]
    assert edition.scale.unset.label == "未設定"
    rows = edition.rows.order_by("position").values_list("progress", "progress_label")
    assert list(rows) == [*((code, label) for code, label, _ in SCALES[name]), ("unset", "未設定")]
    assert len({each.pattern for each in edition.scale.categories}) == len(SCALES[name]) + 1


def test_under_the_default_scale_an_edition_says_what_it_said_before_plans_had_scales():
    plan = factories.make_plan()
    plan.take_default_scale()
    report = factories.make_report(plan)
    factories.make_status(report)
    facts = publish(report, by=None).front_matter["progress"]
    assert facts == [
        {"code": each.code, "label": each.label, "definition": each.definition} for each in DEFAULT.categories
    ]


def test_a_plan_with_no_rows_of_its_own_publishes_the_same():
    with_rows = factories.make_plan("ある計画")
    with_rows.take_default_scale()
    parts = []
    for plan, year in ((with_rows, 2009), (factories.make_plan("ない計画"), 2010)):
        report = factories.make_report(plan, fiscal_year=year)
        factories.make_status(report)
        parts.append(compose(report).front_matter["progress"])
    assert parts[0] == parts[1]


@every_scale
def test_nothing_changed_is_seen_as_nothing_changed_whatever_the_plans_scale_became(name):
    report = make_year(name)
    edition = publish(report, by=None)
    for row in PlanCategory.objects.all():
        row.label, row.definition, row.meaning = f"別の{row.code}"[:20], "別の意味", row.meaning
        row.save()
    PlanCategory.objects.create(
        plan=report.plan, order=99, code="more", label="新しい", meaning="done", pattern="rings"
    )
    fresh = type(report).objects.get(pk=report.pk)
    assert compose(fresh).content_sha256 == edition.content_sha256
    with pytest.raises(NothingChanged):
        publish(fresh, by=None, note="直しました。")


def test_a_correction_takes_in_a_category_that_came_since_and_keeps_the_words_of_the_others():
    report = make_year("a-d")
    publish(report, by=None)
    PlanCategory.objects.filter(code="A").get()
    for row in PlanCategory.objects.filter(code="A"):
        row.label = "最上"
        row.save()
    PlanCategory.objects.create(plan=report.plan, order=9, code="S", label="特上", meaning="done", pattern="rings")
    report = type(report).objects.get(pk=report.pk)
    status = report.statuses.get(progress="D")
    status.progress = "S"
    status.save()
    edition = publish(report, by=None, note="直しました。")
    assert [each.label for each in edition.scale.categories] == ["A", "B", "C", "D", "特上", "未設定"]
    assert list(edition.rows.order_by("position").values_list("progress_label", flat=True)) == [
        *"ABC",
        "特上",
        "未設定",
    ]
    assert Edition.objects.get(number=1).scale.find("S") is None


def test_a_retired_category_is_frozen_only_where_an_answer_bears_it():
    plan = give_scale(factories.make_plan(), "a-d")
    first = make_year("a-d", plan=plan)
    retire(plan)
    give_scale(plan, "three words")
    plan = type(plan).objects.get(pk=plan.pk)
    second = make_year("three words", 2010, plan)
    assert [each.label for each in publish(second, by=None).scale.chosen] == ["計画以上", "計画どおり", "やや遅れ"]
    third = factories.make_report(plan, fiscal_year=2011)
    factories.make_status(third, first.statuses.first().item, progress="A")
    assert [each.label for each in publish(third, by=None).scale.chosen][-1] == "A"


def test_the_page_before_publishing_tells_of_a_scale_in_words():
    report = make_year("a-d")
    publish(report, by=None)
    PlanCategory.objects.create(plan=report.plan, order=9, code="S", label="特上", meaning="done", pattern="rings")
    report.statuses.filter(progress="D").update(progress="S")
    html = signed_in().get(f"/admin/actionplan/annualreport/{report.pk}/publish/").content.decode()
    assert "特上" in html
    assert "進捗区分の定義" in html
    for word in ("under_way", "not_done", "rings"):
        assert word not in html
