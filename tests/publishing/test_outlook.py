"""The outlook of a publication: composed once, and again as soon as anything that a draft is made of has changed."""

import pytest
from django.core.cache import cache

from actionplan.models import ActorType, Aim, Edition, Plan, Stage, StoryRemark, StoryStep, YearlyStatus
from actionplan.publishing import differences as room
from actionplan.publishing.compose import compose
from actionplan.publishing.differences import SOURCES, outlook
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def composed(monkeypatch) -> list:
    """Every composing from now on leaves an entry."""
    calls = []
    monkeypatch.setattr(room, "compose", lambda *args, **kwargs: calls.append(args) or compose(*args, **kwargs))
    return calls


@pytest.fixture
def status():
    department = factories.make_department("試験課")
    return factories.make_status(factories.make_report(), factories.make_item(), text="前の文", department=department)


def look(report, **options):
    standing = list(Edition.objects.filter(report=report).order_by("-number"))
    return outlook(report, options.pop("wording", "published"), standing, standing[0] if standing else None, **options)


def test_it_says_how_the_next_edition_differs(status):
    publish(status.report, by=None)
    status.text = "後の文"
    status.save()
    found = look(status.report)
    assert [(row.code, row.cells[0].before, row.cells[0].after) for row in found.rows] == [
        ("1-1-1", "前の文", "後の文")
    ]
    assert (found.content_sha256, found.item_count) == (compose(status.report).content_sha256, 1)
    assert [row.code for row in found.unconfirmed] == ["1-1-1"]


def test_a_second_look_composes_nothing(status, composed, django_assert_num_queries):
    first = look(status.report)
    with django_assert_num_queries(2):
        assert look(status.report) == first
    assert len(composed) == 1


def change(row, **fields) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


CHANGES = {
    "the answer": lambda status: change(status, text="別の文"),
    "the state": lambda status: change(status, state="confirmed"),
    "the item": lambda status: change(status.item, name="別の項目"),
    "the marks": lambda status: status.item.actors.set(ActorType.objects.filter(symbol="★")),
    "the measure": lambda status: change(status.item.measure, title="別の取組"),
    "the policy": lambda status: change(status.item.measure.policy, title="別の施策"),
    "the plan": lambda status: change(status.report.plan, purpose="別の目的"),
    "the report": lambda status: change(status.report, label_override="平成二十一年度"),
    "the department": lambda status: change(status.department, phone="000-111-2222"),
    "a mark of the legend": lambda status: change(ActorType.objects.first(), label="別の言葉"),
    "a step": lambda status: StoryStep.objects.create(plan=status.report.plan, order=1, mark="起", keyword="共有"),
    "a remark": lambda status: StoryRemark.objects.create(plan=status.report.plan, order=1, text="注"),
    "an aim": lambda status: Aim.objects.create(plan=status.report.plan, order=1, mark="①", text="ねらい"),
    "a stage": lambda status: Stage.objects.create(plan=status.report.plan, order=1, label="第１段階", start_year=2008),
    "another item": lambda status: factories.make_status(status.report, factories.make_item(status.item.measure)),
    "an edition": lambda status: publish(status.report, by=None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_a_draft_is_made_of_makes_it_look_again(what, status, composed):
    look(status.report)
    composed.clear()
    CHANGES[what](status)
    assert look(status.report).content_sha256 == compose(status.report).content_sha256
    assert len(composed) == 1


def test_every_table_with_history_that_a_draft_reads_is_watched():
    tables = {Plan, Aim, Stage, StoryStep, StoryRemark, ActorType, YearlyStatus}
    assert tables < set(SOURCES)
    assert all(hasattr(model, "history") for model in SOURCES)


def test_the_other_wording_is_another_look(status, composed):
    publish(status.report, by=None)
    change(status.item, name="別の項目")
    assert look(status.report).rows == []
    assert [row.name for row in look(status.report, wording="current").rows] == ["別の項目"]
    assert len(composed) == 2


def test_after_a_refusal_it_is_composed_anew_though_no_record_tells_of_a_change(status, composed):
    look(status.report)
    YearlyStatus.objects.update(text="記録を残さない変更")
    fresh = compose(status.report).content_sha256
    assert look(status.report).content_sha256 != fresh
    assert look(status.report, anew=True).content_sha256 == fresh
    assert look(status.report).content_sha256 == fresh


def test_a_publication_is_held_against_the_tables_and_never_against_what_is_kept(status, coordinator):
    from actionplan.publishing.publish import PublishRefused

    seen = look(status.report).content_sha256
    YearlyStatus.objects.update(text="記録を残さない変更")
    with pytest.raises(PublishRefused, match="内容が変わりました"):
        publish(status.report, by=coordinator, expected_sha256=seen, named=[status.pk])
