"""What is published is written once: no door of the ORM changes or deletes it."""

import hashlib

import pytest
from asgiref.sync import async_to_sync
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError
from django.db.models.deletion import Collector
from django.utils import timezone

from actionplan.models import Edition, EditionRow, EditionWithdrawal, ImmutableError
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = [Edition, EditionRow, EditionWithdrawal]


def row_of(edition: Edition, position: int = 1, **fields) -> EditionRow:
    """An unsaved row of the edition."""
    fields = {"item": fields.pop("item", None) or factories.make_item(), **fields}
    numbers = {"policy_number": 1, "measure_number": 1, "item_number": position}
    titles = {"policy_title": "題", "measure_title": "取組", "item_name": "項目", "content": "内容"}
    codes = {"actor_symbols": "◎", "progress": "unset", "progress_label": "未設定", "status_heading": "実施状況"}
    return EditionRow(edition=edition, position=position, **numbers, **titles, **codes, search_text="", **fields)


def edition_of(report, number: int = 1) -> Edition:
    return Edition.objects.create(
        report=report, number=number, public_from=timezone.now(), front_matter={"fiscal_year": 2009}, content_sha256="0"
    )


@pytest.fixture(autouse=True)
def edition(db) -> Edition:
    """One published and withdrawn edition with one row: a row in each of the guarded tables."""
    edition = edition_of(factories.make_report())
    row_of(edition).save()
    EditionWithdrawal.objects.create(edition=edition, reason="誤りのため")
    return edition


def stored() -> str:
    """A fingerprint of everything that is published."""
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def a_field(model: type[models.Model]) -> str:
    return {Edition: "content_sha256", EditionRow: "content", EditionWithdrawal: "reason"}[model]


DOORS = {
    "save": lambda one, model, name: one.save(),
    "save of one field": lambda one, model, name: one.save(update_fields=[name]),
    "save by force": lambda one, model, name: one.save(force_update=True),
    "save by position": lambda one, model, name: one.save(False, True),
    "save in async": lambda one, model, name: async_to_sync(one.asave)(),
    "save past the guard": lambda one, model, name: models.Model.save(one),
    "save of the base": lambda one, model, name: one.save_base(),
    "raw save": lambda one, model, name: one.save_base(raw=True),
    "delete": lambda one, model, name: one.delete(),
    "delete in async": lambda one, model, name: async_to_sync(one.adelete)(),
    "update": lambda one, model, name: model.objects.update(**{name: "改"}),
    "update by expression": lambda one, model, name: model.objects.filter(pk=one.pk).update(**{name: F(name)}),
    "update in async": lambda one, model, name: async_to_sync(model.objects.all().aupdate)(**{name: "改"}),
    "update by the base manager": lambda one, model, name: model._base_manager.update(**{name: "改"}),
    "bulk update": lambda one, model, name: model.objects.bulk_update([one], [name]),
    "update or create": lambda one, model, name: model.objects.update_or_create(pk=one.pk, defaults={name: "改"}),
    "insert over": lambda one, model, name: model.objects.bulk_create(
        [one], update_conflicts=True, unique_fields=["id"], update_fields=[name]
    ),
    "delete many": lambda one, model, name: model.objects.all().delete(),
    "delete by the manager": lambda one, model, name: model.objects.delete(),
    "raw delete": lambda one, model, name: model.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_shut(model, door):
    before, one = stored(), model.objects.get()
    setattr(one, a_field(model), "改ざん")
    with pytest.raises(ImmutableError, match="書き換えることも削除することもできません"), transaction.atomic():
        DOORS[door](one, model, a_field(model))
    assert stored() == before


@pytest.mark.parametrize("model", MODELS)
def test_a_row_that_pretends_to_be_new_is_refused_by_the_database(model):
    before, one = stored(), model.objects.get()
    one._state.adding = True
    with pytest.raises((ImmutableError, IntegrityError)), transaction.atomic():
        one.save()
    assert stored() == before


@pytest.mark.parametrize("model", MODELS)
def test_getting_or_creating_changes_nothing_that_is_there(model):
    before, one = stored(), model.objects.get()
    assert model.objects.get_or_create(pk=one.pk, defaults={a_field(model): "改"}) == (one, False)
    assert stored() == before


@pytest.mark.parametrize("model", MODELS)
def test_a_fixture_file_cannot_overwrite_what_is_published(model):
    before = stored()
    text = serializers.serialize("json", model.objects.all()).replace("内容", "改").replace("誤り", "改")
    [loaded] = serializers.deserialize("json", text)
    with pytest.raises(ImmutableError), transaction.atomic():
        loaded.save()
    assert stored() == before


def test_a_backup_can_be_restored_where_nothing_is(edition):
    backup = serializers.serialize("python", [edition])
    backup[0]["pk"], backup[0]["fields"]["number"] = edition.pk + 1, 2
    [loaded] = serializers.deserialize("python", backup)
    loaded.save()
    assert list(edition.report.editions.values_list("number", flat=True)) == [2, 1]


def test_the_edition_of_a_row_cannot_be_exchanged_from_the_other_side(edition):
    second, before = edition_of(edition.report, number=2), edition.rows.get()
    with pytest.raises(ImmutableError):
        second.rows.add(before)
    with pytest.raises(ImmutableError):
        second.rows.set([before])
    with pytest.raises(ImmutableError):
        edition.report.editions.update(number=3)
    assert edition.rows.get() == before


def test_a_row_cannot_join_an_edition_that_has_its_rows(edition):
    before = stored()
    late = [row_of(edition, position=2), row_of(edition, position=3)]
    with pytest.raises(ImmutableError):
        late[0].save()
    with pytest.raises(ImmutableError):
        EditionRow.objects.bulk_create(late)
    with pytest.raises(ImmutableError):
        edition.rows.create(position=4, item=factories.make_item())
    assert stored() == before


def test_the_rows_of_a_new_edition_come_all_at_once(edition):
    second = edition_of(edition.report, number=2)
    EditionRow.objects.bulk_create(row_of(second, position) for position in (1, 2, 3))
    assert second.rows.count() == 3


def test_a_delete_that_starts_elsewhere_stops_at_what_is_published(edition):
    bare = edition_of(edition.report, number=2)
    before = stored()
    for one in (EditionWithdrawal.objects.get(), EditionRow.objects.get(), bare):
        collector = Collector(using="default")
        collector.collect([one])
        with pytest.raises(ImmutableError), transaction.atomic():
            collector.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        models.Model.delete(edition.report)
    assert stored() == before


def test_who_published_cannot_be_deleted(edition):
    user = factories.make_user()
    Edition.objects.create(
        report=edition.report,
        number=2,
        public_from=timezone.now(),
        published_by=user,
        front_matter={},
        content_sha256="",
    )
    with pytest.raises(ProtectedError):
        user.delete()


def test_no_place_among_the_arguments_lets_bulk_create_overwrite(db):
    with pytest.raises(ImmutableError):
        Edition.objects.bulk_create([], None, False, True)
