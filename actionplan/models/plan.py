"""The plan, its guideline's sentences and figures, and the marks of who leads."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from actionplan.models.base import NaturalManager, RecordLineField, RecordModel, RecordTextField, records


class Plan(RecordModel):
    """A plan with its guideline's sentences and the settings that belong to the city, not to the code."""

    title = RecordLineField("計画名", max_length=200, unique=True)
    municipality = RecordLineField("市の名前", max_length=50)
    municipality_code = models.CharField(
        "全国地方公共団体コード",
        max_length=6,
        validators=[RegexValidator(r"^[0-9]{6}\Z", "6桁の数字で入力してください。")],
    )
    newsletter = RecordLineField("掲載する広報紙の名前", max_length=50, blank=True)
    licence_name = RecordLineField(
        "データの利用条件", max_length=100, blank=True, help_text="例：CC BY 4.0。空欄の間は、利用条件を表示しません。"
    )
    licence_url = models.URLField("利用条件のURL", blank=True)
    office = models.ForeignKey(
        "actionplan.Department",
        models.PROTECT,
        verbose_name="問い合わせ先の課",
        related_name="plans",
        null=True,
        blank=True,
        help_text="すべてのページの下に、問い合わせ先として表示します。",
    )

    purpose_heading = RecordLineField("目的の見出し", max_length=200, blank=True)
    purpose = RecordTextField("目的", blank=True)
    story_heading = RecordLineField("ストーリーの見出し", max_length=200, blank=True)
    narrative_heading = RecordLineField("物語の見出し", max_length=200, blank=True)
    process_heading = RecordLineField("プロセスの見出し", max_length=200, blank=True)
    vision = RecordTextField("物語の本文", blank=True)
    aims_heading = RecordLineField("ねらいの見出し", max_length=200, blank=True)
    aims_title = RecordLineField("ねらいの題", max_length=200, blank=True)
    aims_lead = RecordTextField("ねらいの前文", blank=True)
    stages_heading = RecordLineField("段階の見出し", max_length=200, blank=True)
    stages_text = RecordTextField("段階の本文", blank=True)

    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("title")

    class Meta:
        verbose_name = "計画"
        verbose_name_plural = "計画"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple:
        """The plan's title: how fixtures name it."""
        return (self.title,)


class ActorType(RecordModel):
    """Who leads an item: a mark of the legend (★ ● ◎) and its words."""

    symbol = models.CharField("記号", max_length=1, unique=True)
    label = RecordLineField("凡例の言葉", max_length=50, help_text="例：市民と市が主体")
    short_name = RecordLineField(
        "短い名前", max_length=20, unique=True, help_text="データの列名に使います。例：市民と市"
    )
    order = models.PositiveSmallIntegerField("並び順", unique=True)

    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("symbol")

    class Meta:
        verbose_name = "主体"
        verbose_name_plural = "主体"
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.symbol}{self.label}"

    def natural_key(self) -> tuple:
        """The mark itself."""
        return (self.symbol,)


class GuidelinePart(models.Model):
    """An ordered part of a plan's guideline."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name="計画", related_name="%(class)ss")
    order = models.PositiveSmallIntegerField("並び順")

    objects: ClassVar[NaturalManager] = NaturalManager("plan__title", "order")

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
