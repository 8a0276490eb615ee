"""The real report of the fixture, read once a process: after that its rows are put back as they were."""

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from actionplan.models import AnnualReport, Seal

_kept: dict[type[Model], list[Model]] = {}


def load_real_report() -> AnnualReport:
    """The report of 2009 in the live tables, with its history, not yet published.

    The first time, and wherever rows stand already, by loaddata; else the same rows under the same keys.
    """
    if _kept and not any(model._base_manager.exists() for model in _kept):
        _put_back()
    else:
        _load()
    return AnnualReport.objects.get(fiscal_year=2009)


def _tables() -> list[type[Model]]:
    every = apps.get_app_config("actionplan").get_models(include_auto_created=True)
    return [model for model in every if model is not Seal]  # the ledger is written by commits alone


def _load() -> None:
    before = {model: model._base_manager.count() for model in _tables()}
    call_command("loaddata", "h21.json", verbosity=0)
    gained = {model: list(model._base_manager.order_by("pk")) for model in before}
    gained = {model: rows for model, rows in gained.items() if len(rows) > before[model]}
    if not any(before[model] for model in gained):
        _kept.update(gained)


@transaction.atomic
def _put_back() -> None:
    for model, rows in _kept.items():
        model._base_manager.bulk_create(rows)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_kept)):
            cursor.execute(statement)
