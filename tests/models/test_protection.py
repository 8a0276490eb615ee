"""What a published year rests on stays, and the refusal says why."""

import pytest
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from actionplan.models import (
    ActionItem,
    ActorType,
    AnnualReport,
    Department,
    Edition,
    EditionRow,
    Measure,
    Plan,
    Policy,
    StoryStep,
    YearlyStatus,
)
from tests import factories

pytestmark = pytest.mark.django_db
GUARDED = [Plan, Policy, Measure, ActionItem, ActorType, Department, AnnualReport, YearlyStatus]


def publish(status: YearlyStatus, number: int = 1) -> Edition:
    """An edition with the one row of the status, as publishing would freeze it."""
    edition = Edition.objects.create(
        report=status.report,
        number=number,
        public_from=timezone.now(),
        front_matter={"fiscal_year": status.report.fiscal_year},
        content_sha256="0",
    )
    item, policy = status.item, status.item.measure.policy
    EditionRow.objects.create(
        edition=edition,
        position=1,
        item=item,
        policy_number=policy.number,
        policy_title=policy.title,
        measure_number=item.measure.number,
        measure_title=item.measure.title,
        status_heading=item.measure.status_heading,
        item_number=item.number,
        item_name=item.name,
        content=item.content,
        actor_symbols="".join(actor.symbol for actor in item.actors.all()),
        progress=status.progress,
        progress_label=status.scale.label(status.progress),
        department=status.department,
        search_text="",
    )
    return edition


@pytest.fixture
def status(db) -> YearlyStatus:
    """A status with a department, not yet published."""
    return factories.make_status(department=factories.make_department())


def rests_under(status: YearlyStatus, model: type[models.Model]) -> models.Model:
    """The row of the model that the status rests on."""
    item = status.item
    return {
        Plan: status.report.plan,
        Policy: item.measure.policy,
        Measure: item.measure,
        ActionItem: item,
        ActorType: item.actors.get(),
        Department: status.department,
        AnnualReport: status.report,
        YearlyStatus: status,
    }[model]


def delete_one(obj: models.Model) -> None:
    obj.delete()


def delete_by_queryset(obj: models.Model) -> None:
    type(obj).objects.filter(pk=obj.pk).delete()


def delete_all(obj: models.Model) -> None:
    type(obj).objects.all().delete()


@pytest.mark.parametrize("delete", [delete_one, delete_by_queryset, delete_all])
@pytest.mark.parametrize("model", GUARDED)
def test_what_a_published_year_rests_on_is_kept_and_the_sentence_names_the_edition(status, model, delete):
    publish(status)
    obj = rests_under(status, model)
    with pytest.raises(ProtectedError) as refused, transaction.atomic():
        delete(obj)
    assert refused.value.args[0] == (
        f"この{model._meta.verbose_name}は、公表済みの「平成21年度（2009年度） 第1版」のもとになっているため、"
        "削除できません。"
    )
    assert refused.value.protected_objects == {obj}
    assert model.objects.filter(pk=obj.pk).exists()


def test_the_sentence_names_the_latest_edition(status):
    publish(status)
    publish(status, number=2)
    with pytest.raises(ProtectedError, match="第2版"):
        status.delete()


def test_a_related_manager_refuses_too(status):
    publish(status)
    with pytest.raises(ProtectedError, match="公表済み"), transaction.atomic():
        status.report.statuses.all().delete()
    with pytest.raises(ProtectedError, match="公表済み"), transaction.atomic():
        status.item.measure.items.all().delete()


def test_one_published_row_among_others_keeps_them_all(status):
    publish(status)
    free = factories.make_status(status.report)
    with pytest.raises(ProtectedError), transaction.atomic():
        YearlyStatus.objects.filter(report=status.report).delete()
    assert YearlyStatus.objects.filter(pk=free.pk).exists()


@pytest.mark.parametrize("delete", [delete_one, delete_by_queryset])
def test_what_no_published_year_rests_on_may_go(status, delete):
    publish(status)
    free = factories.make_status(status.report)
    item, measure = free.item, free.item.measure
    for obj in (free, item, measure, factories.make_department(name="別の課")):
        delete(obj)
        assert not type(obj).objects.filter(pk=obj.pk).exists()


def test_a_status_of_another_year_may_go_though_its_item_is_published(status):
    publish(status)
    later = factories.make_status(factories.make_report(fiscal_year=2010), status.item)
    later.delete()
    assert list(YearlyStatus.objects.all()) == [status]


def test_a_mark_that_items_use_stays_even_before_anything_is_published(status):
    for delete in (delete_one, delete_by_queryset):
        with (
            pytest.raises(ProtectedError, match="この主体は項目で使われているため、削除できません。"),
            transaction.atomic(),
        ):
            delete(status.item.actors.get())
    assert status.item.actors.get().symbol == "◎"


def test_a_mark_that_only_a_published_row_still_shows_stays(status):
    publish(status)
    mark = status.item.actors.get()
    status.item.actors.set(ActorType.objects.filter(symbol="●"))
    with pytest.raises(ProtectedError, match="公表済み"):
        mark.delete()


def test_a_mark_that_nothing_uses_may_go(status):
    ActorType.objects.get(symbol="★").delete()
    assert not ActorType.objects.filter(symbol="★").exists()


def test_what_has_children_is_kept_by_the_database_before_publication(status):
    for model in (Plan, Policy, Measure, ActionItem, AnnualReport, Department):
        with pytest.raises(ProtectedError), transaction.atomic():
            rests_under(status, model).delete()


def test_the_parts_of_the_guideline_go_with_an_unused_plan():
    plan = Plan.objects.create(title="使わない計画", municipality="対馬市", municipality_code="422096")
    StoryStep.objects.create(plan=plan, order=1, mark="起", keyword="共有")
    plan.delete()
    assert not StoryStep.objects.exists()


def test_who_confirmed_a_status_cannot_be_deleted(status):
    status.confirmed_by = factories.make_user()
    status.save()
    with pytest.raises(ProtectedError):
        get_user_model().objects.all().delete()


def test_a_delete_past_the_model_is_refused_too(status):
    publish(status)
    with pytest.raises(ProtectedError, match="この実施状況は、公表済みの"), transaction.atomic():
        models.Model.delete(status)
    assert YearlyStatus.objects.get() == status
