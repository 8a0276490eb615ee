"""The guideline's figures: the story's steps and remarks, the aims, the stages."""

from django.db import models

from actionplan.models.fields import RecordLineField, RecordTextField
from actionplan.models.keys import NaturalManager
from actionplan.models.plan import Plan
from actionplan.models.sourced import records


class GuidelinePart(models.Model):
    """An ordered part of a plan's guideline."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name="計画", related_name="%(class)ss")
    order = models.PositiveSmallIntegerField("並び順")

    objects = NaturalManager("plan__title", "order")

    class Meta:
        abstract = True
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="%(class)s_order_unique")]

    def natural_key(self) -> tuple:
        """The plan and the place in it."""
        return (self.plan.title, self.order)


class StoryStep(GuidelinePart):
    """One of 起承転結 with its keyword."""

    mark = RecordLineField("起承転結", max_length=2)
    keyword = RecordLineField("言葉", max_length=50)
    history = records()

    class Meta(GuidelinePart.Meta):
        verbose_name = verbose_name_plural = "ストーリーの段"

    def __str__(self) -> str:
        return f"{self.mark} {self.keyword}"


class StoryRemark(GuidelinePart):
    """A remark printed beside the process; the source does not say to which step it belongs."""

    text = RecordTextField("注記")
    history = records()

    class Meta(GuidelinePart.Meta):
        verbose_name = verbose_name_plural = "プロセスへの注記"

    def __str__(self) -> str:
        return self.text


class Aim(GuidelinePart):
    """An aim with its printed number (①②③)."""

    mark = RecordLineField("番号", max_length=4)
    text = RecordTextField("ねらい")
    history = records()

    class Meta(GuidelinePart.Meta):
        verbose_name = verbose_name_plural = "ねらい"

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


class Stage(GuidelinePart):
    """A stage of the plan (第１段階) with the fiscal years that it runs."""

    label = RecordLineField("段階", max_length=50)
    period = RecordLineField("期間の表記", max_length=50, help_text="例：平成２０年度～")
    start_year = models.PositiveSmallIntegerField("始まりの年度（西暦）")
    end_year = models.PositiveSmallIntegerField("終わりの年度（西暦）", null=True, blank=True)
    history = records()

    class Meta(GuidelinePart.Meta):
        verbose_name = verbose_name_plural = "段階"
        constraints = [
            *GuidelinePart.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(end_year__isnull=True) | models.Q(end_year__gte=models.F("start_year")),
                name="stage_end_not_before_start",
                violation_error_message="終わりの年度は、始まりの年度より前にできません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.period}）"
