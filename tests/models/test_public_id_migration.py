"""An installation of before gets its public ids: those of a fresh one, in items, their history and editions."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actionplan.models import ActionItem, EditionRow
from actionplan.models.seal import misfits, missing_triggers
from actionplan.publishing.publish import publish
from tests.real_report import load_real_report

APP = "actionplan"


def migrate(name: str) -> None:
    """As the command does it, which sets the triggers of tables that came since."""
    call_command("migrate", APP, name, verbosity=0)


def newest() -> str:
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    return name


@pytest.mark.django_db(transaction=True)
def test_what_stood_before_is_called_as_in_a_fresh_installation():
    report = load_real_report()
    fresh = {item.code: item.public_id for item in ActionItem.objects.all()}
    edition = publish(report, by=None)
    sha, codes = edition.content_sha256, {row.item_id: row.code for row in edition.rows.all()}
    # Renumbered since it was published: it is called by what it was printed as.
    ActionItem.objects.filter(measure__policy__number=1, measure__number=1, number=1).update(number=9)
    try:
        migrate("0004_department_order")
        migrate("0006_public_ids_unique")
        migrate(newest())
        assert {codes[item.pk]: item.public_id for item in ActionItem.objects.all()} == fresh
        assert {row.code: row.public_id for row in EditionRow.objects.all()} == fresh
        assert {record.public_id for record in ActionItem.history.all()} == set(fresh.values())
        assert edition.__class__.objects.get().content_sha256 == sha
        assert edition.__class__.objects.get().chain_sha256 == edition.chain_sha256
        assert list(misfits()) == missing_triggers() == []
    finally:
        migrate(newest())
