"""What somebody has looked at in the check (点検) and called right: who, when, why, and the very words."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from actionplan.models.base import (
    GivenField,
    NaturalManager,
    RecordLineField,
    RecordModel,
    RecordTextField,
    person,
    records,
    too_long,
)
from actionplan.seen import fingerprint


class CheckKind(models.TextChoices):
    """What the check asks about."""

    EMPTY = "empty", "空欄・仮の文"
    ELSEWHERE = "elsewhere", "別紙・同上など"
    LAST_YEAR = "last_year", "昨年度と同じ文"
    CATEGORY = "category", "進捗区分と文のくいちがい"
    TENFOLD = "tenfold", "けた違いの数"
    SUM = "sum", "合わない合計"
    DATE = "date", "年度の外の日付"
    LENGTH = "length", "長すぎる文・短すぎる文"
    DOUBLED = "doubled", "重なった言葉"
    MISPRINT = "misprint", "誤字と思われる言葉"
    ODD = "odd", "変わった文字"
    CP932 = "cp932", "古いシステム用のCSVに入らない文字"
    FONT = "font", "PDFの書体にない文字"
    PERSONAL = "personal", "個人の情報かもしれないもの"
    LINK = "link", "開けないリンク"


def mark_of(report: Any, kind: str, box: str, words: str) -> str:
    """What is asked, in short: of the same words in the same box of the year it is not asked again.

    report: the year's; None for a text of the plan.
    """
    return fingerprint(report.key if report else "", str(kind), box, words, length=40)


LONGEST_REASON = 1_000
NEEDS_REASON = "このままで正しい理由を書いてください。例：原本の表記のまま"


class Acknowledgement(RecordModel):
    """「このままで正しい」: words of an item's year, or of the plan itself (report is None), that were asked about.

    box: the label of the box that holds them. words: what was found, with as much beside it as tells it apart.
    """

    report = models.ForeignKey(
        "actionplan.AnnualReport",
        models.CASCADE,
        verbose_name="年次報告",
        related_name="acknowledged",
        null=True,
        blank=True,
    )
    item = models.ForeignKey("actionplan.ActionItem", models.CASCADE, verbose_name="項目", related_name="acknowledged")
    kind = models.CharField("種類", max_length=20, choices=CheckKind.choices)
    box = RecordLineField("欄", max_length=100)
    words = RecordTextField("言葉", blank=True)
    digest = GivenField(
        "印",
        give=lambda row: mark_of(row.report, row.kind, row.box, row.words),
        max_length=40,
        blank=True,
        editable=False,
    )
    reason = RecordTextField("正しい理由", blank=True)
    said_by = person("確かめた人")
    said_at = models.DateTimeField("確かめた日時", default=timezone.now)
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("digest")

    class Meta:
        verbose_name = verbose_name_plural = "点検で確かめたこと"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["item", "digest"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}「{self.words[:20]}」"

    def clean(self) -> None:
        """Raises ValidationError without a reason, and for one that is a whole report."""
        if not self.reason.strip():
            raise ValidationError({"reason": NEEDS_REASON})
        if len(self.reason) > LONGEST_REASON:
            raise ValidationError({"reason": too_long(self.reason, LONGEST_REASON)})
