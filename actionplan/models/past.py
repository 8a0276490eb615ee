"""What the portal remembers of tables that came in: which column was what."""

from typing import ClassVar

from django.db import models

from actionplan.models.base import NaturalManager, RecordLineField, RecordModel, records


class TableMapping(RecordModel):
    """What the columns of tables with these headings are: remembered for the next file that has the same ones.

    shape: the hash of the headings. headings: as the table had them. roles, years: by number of the column, as the page
    names them. lines: by kind of line what it heads.
    """

    shape = models.CharField("見出しの並び", max_length=64, unique=True, editable=False)
    name = RecordLineField("ファイルの名前", max_length=255, blank=True)
    headings = models.JSONField("見出し", default=list)
    roles = models.JSONField("列の対応", default=dict)
    years = models.JSONField("列の年度", default=dict)
    lines = models.JSONField("行の見出し", default=dict)
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
