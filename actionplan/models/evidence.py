"""Evidence (資料) of an item's year: photographs, files and links that stand beside what was written."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from actionplan.kept_files import name_of
from actionplan.models.account import Person
from actionplan.models.base import RecordLineField, RecordModel, note_source, records
from actionplan.models.reporting import AnnualReport, YearlyStatus

NEEDS_ALT = "写真を見られない人に読み上げる文を書いてください。例：説明会で話を聞く人たち"
NEEDS_CAPTION = "何の資料かが分かる説明を書いてください。"
ONLY_WEB = "https:// か http:// で始まる、ほかの人も開けるアドレスを書いてください。"


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is."""

    PICTURE = "picture", "写真・図"
    FILE = "file", "PDF"
    LINK = "link", "リンク"


class Evidence(RecordModel):
    """A photograph, a file or a link of an answer. What is kept of a file is named by its content (kept_files.py)."""

    status = models.ForeignKey(YearlyStatus, models.PROTECT, verbose_name="実施状況", related_name="evidence")
    kind = models.CharField("種類", max_length=10, choices=EvidenceKind.choices)
    order = models.PositiveSmallIntegerField("並び順", default=0)
    caption = RecordLineField("説明", max_length=200, blank=True)
    alt = RecordLineField("代わりの文", max_length=300, blank=True)
    url = models.CharField(
        "アドレス", max_length=500, blank=True, validators=[URLValidator(("http", "https"), message=ONLY_WEB)]
    )
    original_name = RecordLineField("もとのファイル名", max_length=255, blank=True)
    media_type = models.CharField("ファイルの種類", max_length=50, blank=True)
    sha256 = models.CharField("内容のSHA-256", max_length=64, blank=True, db_index=True)
    size = models.PositiveIntegerField("大きさ（バイト）", default=0)
    width = models.PositiveIntegerField("横", default=0)
    height = models.PositiveIntegerField("縦", default=0)
    preview_sha256 = models.CharField("小さい写真のSHA-256", max_length=64, blank=True, db_index=True)
    preview_width = models.PositiveIntegerField("小さい写真の横", default=0)
    preview_height = models.PositiveIntegerField("小さい写真の縦", default=0)
    history = records()

    class Meta:
        verbose_name = verbose_name_plural = "資料"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.caption or self.alt or self.url or self.original_name

    def clean(self) -> None:
        """Raises ValidationError for a picture that nobody hears of, and for a file or link without a name."""
        if self.kind == EvidenceKind.PICTURE and not self.alt.strip():
            raise ValidationError({"alt": NEEDS_ALT})
        if self.kind != EvidenceKind.PICTURE and not self.caption.strip():
            raise ValidationError({"caption": NEEDS_CAPTION})

    @property
    def name(self) -> str:
        """The name of the kept file; empty for a link."""
        return name_of(self.sha256, self.media_type) if self.sha256 else ""

    @property
    def preview_name(self) -> str:
        """The name of the small picture; empty where there is none."""
        return name_of(self.preview_sha256, self.media_type) if self.preview_sha256 else ""

    def as_published(self) -> dict:
        """What an edition's row keeps: facts that never need the live row again."""
        facts: dict = {"kind": str(self.kind), "caption": self.caption}
        if self.kind == EvidenceKind.LINK:
            return facts | {"url": self.url}
        facts |= {"file": self.name, "sha256": self.sha256, "media_type": self.media_type, "size": self.size}
        if self.kind == EvidenceKind.FILE:
            return facts
        small = {"file": self.preview_name, "width": self.preview_width, "height": self.preview_height}
        return facts | {"alt": self.alt, "width": self.width, "height": self.height, "preview": small}


def remove_with_year(report: AnnualReport, *, by: Person | None, reason: str) -> None:
    """Takes away the evidence of a year that is about to be taken back itself, each piece with its record."""
    for row in Evidence.objects.filter(status__report=report):
        noted = note_source(row, reason=reason)
        noted._history_user = by
        noted.delete()
