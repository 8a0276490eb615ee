"""The rows that tests put back are those that loaddata writes, keys, history and the next key included."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from actionplan.models import ActionItem, Department
from tests.real_report import load_real_report


def _everything() -> dict:
    models = apps.get_app_config("actionplan").get_models(include_auto_created=True)
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def _undone(load) -> dict:
    with transaction.atomic():
        load()
        found = _everything()
        transaction.set_rollback(True)
    return found


def _told(rows: dict) -> dict:
    """The rows without what two loadings never share: when they were loaded, and keys that the database gives."""
    return {
        model: [{name: value for name, value in row.items() if name != "history_date"} for row in found]
        for model, found in rows.items()
    }


@pytest.mark.django_db
def test_what_is_put_back_is_what_was_loaded():
    _undone(load_real_report)
    first, again = _undone(load_real_report), _undone(load_real_report)
    assert first == again
    if connection.vendor == "sqlite":
        loaded = _undone(lambda: call_command("loaddata", "h21.json", verbosity=0))
        assert _told(loaded) == _told(again)


def test_rows_may_follow_what_was_put_back(real_report):
    measure = ActionItem.objects.first().measure
    assert ActionItem.objects.create(measure=measure, number=99, name="次の項目").pk
    assert Department.objects.create(name="次の課").pk


@pytest.mark.django_db
def test_where_rows_stand_already_the_report_is_loaded_beside_them():
    load_real_report()
    items = ActionItem.objects.count()
    load_real_report()
    assert ActionItem.objects.count() == items
