"""History that also knows the file a change came from, on every table and every path."""

from typing import Any

from django.db import models

from actionplan.models.one_record import OneRecord


class SourcedHistory(models.Model):
    """What every record of a change carries besides who, when and why."""

    source_file = models.CharField("もとのファイル", max_length=255, blank=True, default="")

    class Meta:
        abstract = True


def records(**options: Any) -> OneRecord:
    """The history of a model, with the file each change came from; options as HistoricalRecords takes them."""
    return OneRecord(bases=[SourcedHistory], **options)


def note_source(instance: models.Model, *, reason: str = "", source_file: str = "") -> models.Model:
    """The instance, its next record of change told why it happens and from which file."""
    instance._change_reason, instance._source_file = reason or None, source_file[:255]
    return instance
