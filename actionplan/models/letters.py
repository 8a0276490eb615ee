"""What went out by e-mail in the year's round: letters to departments, and the links by which heads hand in."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from actionplan.models.base import RecordModel, person, records
from actionplan.models.reporting import AnnualReport

DEPARTMENT = "actionplan.Department"


class LetterKind(models.TextChoices):
    """What a letter to a department is about."""

    REMINDER = "reminder", "督促"
    OPENING = "opening", "照会の開始"


class Reminder(models.Model):
    """One e-mail to a department about its answers; at most one of a kind a day, which the database itself guards."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="reminders")
    department = models.ForeignKey(
        "actionplan.Department", models.PROTECT, verbose_name="担当課", related_name="reminders"
    )
    kind = models.CharField("種類", max_length=10, choices=LetterKind.choices, default=LetterKind.REMINDER)
    day = models.DateField("送った日")
    sent_at = models.DateTimeField("送信日時", default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="送った人", related_name="+", null=True, blank=True
    )
    addresses = models.JSONField("宛先", default=list)
    open_items = models.PositiveIntegerField("未提出の項目数")
    failure = models.TextField("送れなかった理由", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督促の記録"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            # A failed attempt may be tried again the same day.
            models.UniqueConstraint(
                fields=["report", "department", "day", "kind"],
                condition=models.Q(failure=""),
                name="reminder_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.department}"


class HeadLink(RecordModel):
    """A link in a mail by which a head hands in the department's answers of a year, as they stood then; used once.

    secret_hash: the SHA-256 of the secret in the address, which nobody can read back from here.
    revisions: what stood when the mail was sent: the revision of each answer by its primary key.
    """

    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="head_links")
    department = models.ForeignKey(
        "actionplan.Department", models.PROTECT, verbose_name="担当課", related_name="head_links"
    )
    head = person("課長")
    address = models.EmailField("宛先")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    revisions = models.JSONField("送った回答", default=dict)
    asked_by = person("頼んだ人")
    made_at = models.DateTimeField("送った日時", default=timezone.now)
    ends_at = models.DateTimeField("使える期限")
    used_at = models.DateTimeField("提出に使われた日時", null=True, blank=True)
    revoked_at = models.DateTimeField("取り消した日時", null=True, blank=True)
    history = records(excluded_fields=["secret_hash", "revisions"])

    class Meta:
        verbose_name = verbose_name_plural = "課長の承認のリンク"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.report} {self.department}"

    @property
    def seen(self) -> Mapping[int, int]:
        """The revision by primary key of each answer that the mail was about."""
        return {int(pk): revision for pk, revision in self.revisions.items()}

    def opens_at(self, moment: datetime) -> bool:
        """Whether it lets anybody in at the moment, used or not."""
        return self.revoked_at is None and moment <= self.ends_at
