"""Each commit seals what it stored; the database refuses the rest; one way leads through, and it is logged."""

import logging
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from actionplan.models import (
    ActionItem,
    ActorType,
    Department,
    Edition,
    EditionFile,
    EditionRow,
    Plan,
    Seal,
    SecurityEvent,
    Unsealing,
    unsealed,
)
from actionplan.models.seal import (
    after_migration,
    before_migration,
    drop_triggers,
    guarded,
    misfits,
    missing_triggers,
    set_triggers,
    wanted_triggers,
)
from actionplan.models.sealing import chained, digest, is_sealed, sealed_models
from actionplan.publishing.publish import publish
from tests import factories
from tests.sealing.sealed import publish_sealed, settle, tamper
from tests.simultaneous import at_once

ROOT = Path(__file__).resolve().parents[2]


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def filled() -> list[models.Model]:
    return [model for model in sealed_models() if model._base_manager.exists()]


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_every_row_of_the_record_is_kept_by_the_database(real_report):
    publish_sealed(real_report)
    names = {model._meta.model_name for model in filled()}
    assert {"edition", "editionrow", "historicalyearlystatus", "historicalactionitem_actors"} <= names
    for model in [*filled(), Seal]:
        table, key = model._meta.db_table, model._meta.pk.column
        for statement in (f'UPDATE "{table}" SET "{key}" = -1', f'DELETE FROM "{table}"'):
            with pytest.raises(IntegrityError, match="記録は、書き換えることも消すこともできません"):
                sql(statement)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_no_row_of_the_record_is_put_in_the_place_of_another(real_report):
    """SQLite asks no trigger of DELETE for a row that REPLACE takes away, be it by its key or by what is unique."""
    publish_sealed(real_report)
    statements = [f'REPLACE INTO "{model._meta.db_table}" SELECT * FROM "{model._meta.db_table}"' for model in filled()]
    rows = ", ".join(field.column for field in Edition._meta.concrete_fields if not field.primary_key)
    statements.append(f"INSERT OR REPLACE INTO actionplan_edition ({rows}) SELECT {rows} FROM actionplan_edition")
    for statement in statements:
        with pytest.raises(IntegrityError, match="記録は、書き換えることも消すこともできません"):
            sql(statement)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_table_of_the_record_is_not_emptied_at_once(real_report):
    publish_sealed(real_report)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for guard in guarded():
        with pytest.raises(IntegrityError, match="記録は、書き換えることも消すこともできません"):
            sql(f'TRUNCATE "{guard.table}" CASCADE')


@pytest.mark.django_db
def test_no_table_of_the_record_is_left_out():
    tables = {guard.table for guard in guarded()}
    for model in apps.get_app_config("actionplan").get_models():
        named = model.__name__.startswith(("Historical", "Edition")) or model in (Seal, SecurityEvent, Unsealing)
        assert (model._meta.db_table in tables) == named
    deeds = 3 if connection.vendor == "sqlite" else 2
    assert len(wanted_triggers()) == deeds * len(tables)
    assert missing_triggers() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_table_that_a_migration_builds_anew_gets_its_triggers_back():
    old = EditionFile._meta.get_field("name")
    new = models.CharField("ファイル", max_length=71, db_index=True)
    new.set_attributes_from_name("name")
    with connection.schema_editor() as editor:
        editor.alter_field(EditionFile, old, new)
    try:
        assert len(missing_triggers()) == 3
        call_command("migrate", verbosity=0)
        assert missing_triggers() == []
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(EditionFile, new, old)
        set_triggers()


@pytest.mark.django_db
def test_a_trigger_that_does_nothing_is_no_trigger():
    name = next(iter(wanted_triggers()))
    table, _, trigger = name.rpartition("/")
    if connection.vendor == "sqlite":
        sql(f'DROP TRIGGER "{trigger}"')
        sql(f'CREATE TRIGGER "{trigger}" BEFORE UPDATE ON actionplan_seal BEGIN SELECT 1; END')
        assert missing_triggers() == [name]
    else:
        sql(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
        assert missing_triggers() == [name]
        sql("CREATE OR REPLACE FUNCTION actionplan_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        assert missing_triggers() == list(wanted_triggers())
    set_triggers()
    assert missing_triggers() == []


@pytest.mark.django_db
def test_what_migrations_write_is_sealed_when_they_are_through_and_what_was_slipped_in_before_is_not():
    history, plan = Department.history.model, [(None, False)]

    def slip_in(number):
        facts = {"history_date": timezone.now(), "history_type": "~", "id": number, "name": "課"}
        models.QuerySet(history).bulk_create([history(history_id=number, **facts)])

    slip_in(901)
    before_migration(None, "default", apps, plan=plan)
    slip_in(902)
    after_migration(None, "default", plan=plan)
    settle()
    assert [each.number for each in misfits()] == [901]


# ---- what is sealed --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_commit_seals_what_it_stored_and_a_rollback_nothing():
    before = Seal.objects.count()
    factories.make_department()
    assert Seal.objects.count() == before + 1
    with transaction.atomic():
        factories.make_department("消える課")
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            factories.make_department("戻した課")
            transaction.set_rollback(True)
        factories.make_department("残る課")
        assert Seal.objects.count() == before + 1
    assert Seal.objects.count() == before + 2
    assert list(misfits()) == []


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_sealed_is_not_committed(monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr("actionplan.models.sealing.seal", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        factories.make_department("封のない課")
    monkeypatch.undo()
    assert not factories.Department.objects.filter(name="封のない課").exists()
    factories.make_department("次の課")
    assert list(misfits()) == []


@pytest.mark.django_db(transaction=True)
def test_marks_of_a_later_transaction_get_a_record_of_their_own():
    from actionplan.models import one_change

    item, mark = factories.make_item(), ActorType.objects.get_or_create(symbol="◎")[0]
    with one_change(reason="二段"):
        item.name = "新しい名"
        item.save()
        item.actors.set([])
    assert [row.actors.count() for row in ActionItem.history.filter(id=item.pk).order_by("history_id")] == [0, 1, 1, 0]
    with transaction.atomic(), one_change(reason="一段"):
        item.name = "また新しい名"
        item.save()
        item.actors.set([mark])
        item.actors.set([])
    assert ActionItem.history.filter(id=item.pk).count() == 5
    assert list(misfits()) == []


@pytest.mark.django_db(transaction=True)
def test_people_who_save_at_once_leave_one_chain():
    def save(name):
        return lambda: [factories.make_department(f"{name}{index}") for index in range(5)]

    assert not [each for each in at_once(save("甲"), save("乙"), save("丙")) if isinstance(each, Exception)]
    previous = ""
    for place, entry in enumerate(Seal.objects.order_by("sequence"), 1):
        from actionplan.models.sealing import Entry

        facts = Entry(entry.kind, entry.number, entry.sha256)
        assert (entry.sequence, entry.chain_sha256) == (place, chained(previous, place, facts, entry.sealed_at))
        previous = entry.chain_sha256
    assert Seal.objects.filter(kind="historicaldepartment").count() == 15


def test_a_column_that_comes_later_and_says_nothing_changes_no_seal():
    before = digest("plan", {"title": "計画", "number": 0})
    assert digest("plan", {"title": "計画", "number": 0, "new": "", "more": None, "list": [], "flag": False}) == before
    assert digest("plan", {"title": "計画", "number": 0, "new": "言う"}) != before
    assert digest("plan", {"title": "計画"}) != before
    assert digest("policy", {"title": "計画", "number": 0}) != before


def test_a_save_asks_no_more_than_five_times_for_its_seal(django_assert_max_num_queries, real_report):
    row = real_report.statuses.first()
    settle()  # what loading the report left, where this test is the first to load it
    row.text = "書いた"
    row.save()
    with django_assert_max_num_queries(5 if connection.vendor == "postgresql" else 4):
        settle()


# ---- the one way through ---------------------------------------------------------------------------------------------


def test_a_command_has_its_own_way_which_is_logged_and_kept(real_report, caplog):
    edition = publish_sealed(real_report)
    row = edition.rows.first()
    with caplog.at_level(logging.WARNING, "portal.security"), unsealed("保存の期限が過ぎたため"):
        models.QuerySet(EditionRow).filter(pk=row.pk).update(content="直した")
        models.QuerySet(ActionItem.history.model).filter(id=row.item_id).delete()
    settle()
    assert list(misfits()) == []
    assert "保存の期限が過ぎたため" in caplog.text
    [opened] = Unsealing.objects.all()
    assert (opened.reason, opened.closed_at is not None) == ("保存の期限が過ぎたため", True)
    assert Seal.objects.filter(sha256="").count() >= 1
    with pytest.raises(IntegrityError):
        sql("DELETE FROM actionplan_editionrow")
    with pytest.raises(IntegrityError):
        sql("DELETE FROM actionplan_unsealing")


def test_it_does_not_make_good_what_was_wrong_before(real_report):
    edition = publish_sealed(real_report)
    assert tamper("UPDATE actionplan_editionrow SET content = %s WHERE id = %s", "偽", edition.rows.first().pk)
    wrong = set(misfits())
    with unsealed("ほかの理由"):
        pass
    settle()
    assert set(misfits()) == wrong != set()


def spoil_and_stop():
    models.QuerySet(EditionRow).all().update(content="直した")
    raise IntegrityError


def test_what_goes_wrong_on_the_way_changes_nothing_and_shuts_it_again(real_report):
    publish_sealed(real_report)
    with pytest.raises(IntegrityError), unsealed("途中で止まる"):
        spoil_and_stop()
    assert not EditionRow.objects.filter(content="直した").exists()
    assert not Unsealing.objects.exists()
    with pytest.raises(IntegrityError):
        sql("DELETE FROM actionplan_editionrow")


def test_nobody_else_uses_it():
    users = {
        str(path.relative_to(ROOT / "actionplan"))
        for path in (ROOT / "actionplan").rglob("*.py")
        if "unsealed(" in path.read_text(encoding="utf-8")
    }
    assert users == {"models/seal.py", "samples.py", "management/commands/fold_search.py"}


# ---- the chain of editions -------------------------------------------------------------------------------------------


def test_each_edition_is_bound_to_the_one_before_whichever_report_it_is_of(real_report):
    from actionplan.models.edition import chain_sha256

    first = publish(real_report, by=None)
    other = factories.make_report(real_report.plan, fiscal_year=2010)
    factories.make_status(other, ActionItem.objects.first())
    second = publish(other, by=None)
    assert first.chain_sha256 == chain_sha256("", "2009 v1", first.content_sha256)
    assert second.chain_sha256 == chain_sha256(first.chain_sha256, "2010 v1", second.content_sha256)
    assert Edition.objects.chain_head() == second.chain_sha256


def test_a_sample_stands_outside_the_chain(real_report):
    publish(real_report, by=None)
    head = Edition.objects.chain_head()
    sample = factories.make_report(real_report.plan, fiscal_year=2010)
    sample.sample = True
    sample.save()
    factories.make_status(sample, ActionItem.objects.first())
    assert publish(sample, by=None).chain_sha256 == ""
    assert Edition.objects.chain_head() == head


@pytest.mark.django_db
def test_drop_and_set_leave_all_as_it_was():
    drop_triggers()
    assert sorted(missing_triggers()) == sorted(wanted_triggers())
    set_triggers()
    assert missing_triggers() == []
    assert not is_sealed(Plan)
