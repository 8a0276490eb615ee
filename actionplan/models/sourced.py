"""History that also knows the file a change came from, on every table and every path."""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


class SourcedHistory(models.Model):
    """What every record of a change carries besides who, when and why."""

    source_file = models.CharField("もとのファイル", max_length=255, blank=True, default="")

    class Meta:
        abstract = True


def records(**options: Any) -> HistoricalRecords:
    """The history of a model, with the file each change came from; options as HistoricalRecords takes them."""
    return HistoricalRecords(bases=[SourcedHistory], **options)


def note_source(instance: models.Model, *, reason: str = "", source_file: str = "") -> models.Model:
    """The instance, its next record of change told why it happens and from which file."""
    instance._change_reason, instance._source_file = reason or None, source_file[:255]
    return instance


def _write_source(sender: type, instance: models.Model, history_instance: models.Model, **kwargs) -> None:
    history_instance.source_file = getattr(instance, "_source_file", "")


def connect() -> None:
    """Writes the file into every record; called once when the application is ready."""
    pre_create_historical_record.connect(_write_source, dispatch_uid="source of a change")
