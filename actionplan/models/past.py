"""What the portal remembers of past tables: which column was what, what was dropped, when one can have come out."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from actionplan.models.base import NaturalManager, RecordLineField, RecordModel, RecordTextField, person, records


class TableMapping(RecordModel):
    """What the columns of tables with these headings are: remembered for the next file that has the same ones.

    shape: the hash of the headings. headings: as the table had them. roles, years: by number of the column, as the page
    names them. lines: by kind of line what it heads. told: all of it in words, a line each, for who reads the record.
    """

    shape = models.CharField("見出しの並び", max_length=64, unique=True, editable=False)
    name = RecordLineField("ファイルの名前", max_length=255, blank=True)
    headings = models.JSONField("見出し", default=list)
    roles = models.JSONField("列の対応", default=dict)
    years = models.JSONField("列の年度", default=dict)
    lines = models.JSONField("行の見出し", default=dict)
    told = RecordTextField("列と行の読み方", blank=True, default="")
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("shape")

    class Meta:
        verbose_name = verbose_name_plural = "列の対応"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or "列の対応"

    def natural_key(self) -> tuple:
        """The hash of the headings."""
        return (self.shape,)


class DroppedFile(models.Model):
    """A file of past years that somebody sent and somebody dropped before it was taken in: written once, never changed.

    label: the file's own name. reached: how far it had come, in words.
    """

    plan = models.ForeignKey("actionplan.Plan", models.SET_NULL, verbose_name="計画", related_name="+", null=True)
    label = RecordLineField("ファイルの名前", max_length=255)
    reached = models.CharField("どこまで進んだか", max_length=50)
    sent_by = person("選んだ人")
    sent_at = models.DateTimeField("選んだ日時")
    dropped_by = person("取りやめた人")
    dropped_at = models.DateTimeField("取りやめた日時", default=timezone.now)
    reason = models.CharField("理由", max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = "取りやめた過去の報告のファイル"
        ordering = ["-dropped_at", "-pk"]

    def __str__(self) -> str:
        return self.label


def refuse_odd_day(fiscal_year: int, day: date | None) -> None:
    """Raises ValidationError for a day on which the year's report cannot have been published first."""
    if day and not date(fiscal_year, 4, 1) <= day <= timezone.localdate():
        first = f"{fiscal_year}年4月1日（年度の始まり）"
        raise ValidationError({"past_published_on": f"{first}から今日までの日付にしてください。"})
