"""The log of reminders (督促): which department was asked to answer, when, by whom, at which addresses."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from actionplan.models.department import Department
from actionplan.models.reporting import AnnualReport


class Reminder(models.Model):
    """One e-mail to a department about its answers; at most one a day, which the database itself guards."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="reminders")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="担当課", related_name="reminders")
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
                fields=["report", "department", "day"],
                condition=models.Q(failure=""),
                name="reminder_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.department}"
