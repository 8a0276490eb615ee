"""Taking the sample years out again: the database is as it was before, history included."""

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import ProtectedError

from actionplan.exports import pdf
from actionplan.models import ActionItem, Measure, YearlyStatus
from actionplan.publishing.publish import delete_sample_editions
from actionplan.samples.load import sample_reports
from actionplan.samples.tales import REASON


class SamplesInUse(ValueError):
    """Raised when something real rests on a sample row; the message is the Japanese sentence."""


@transaction.atomic
def remove_sample_years() -> int:
    """How many sample years were removed, with all that load_sample_years made and staff wrote in them since.

    Raises SamplesInUse, and removes nothing, when a real report or item rests on a sample row.
    """
    reports = list(sample_reports())
    for report in reports:
        delete_sample_editions(report)
    try:
        _remove(YearlyStatus.objects.filter(report__in=reports))
        made = _made(ActionItem)
        # An item that was taken in goes before its successor, which is protected until then.
        _remove(made.filter(successor__isnull=False))
        _remove(_made(ActionItem))
        _remove(_made(Measure))
        _remove(sample_reports())
    except ProtectedError as error:
        raise SamplesInUse(_sentence(error.protected_objects)) from error
    if reports:
        transaction.on_commit(pdf.clear)
    return len(reports)


def _made(model: type[models.Model]) -> models.QuerySet:
    """The rows whose history begins with the sample's reason."""
    first = model.history.filter(history_type="+", history_change_reason=REASON)
    return model.objects.filter(pk__in=list(first.values_list("id", flat=True)))


def _remove(rows: models.QuerySet) -> None:
    """Deletes the rows and then their history, the entry of the deletion included."""
    keys = list(rows.values_list("pk", flat=True))
    rows.delete()
    history = rows.model.history.filter(id__in=keys)
    for relation in history.model._meta.related_objects:
        relation.related_model.objects.filter(**{f"{relation.field.name}__in": history}).delete()
    history.delete()


def _sentence(rows: Iterable[models.Model]) -> str:
    names = "、".join(str(row) for row in list(rows)[:5])
    return (
        f"見本の行を、ほかの行が使っているため、見本データを削除できません：{names}。"
        "管理画面でこの結び付きを外してから、もう一度実行してください。"
    )
