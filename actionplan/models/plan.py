"""The plan, its guideline's sentences, its scale of progress, and the marks of who leads."""

from collections.abc import Iterable
from functools import cached_property
from itertools import count
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from actionplan.fiscal_year import EARLIEST, FIRST_PLAN, LATEST, SLUG, web_label
from actionplan.models.base import (
    GivenField,
    NaturalManager,
    RecordLineField,
    RecordModel,
    RecordTextField,
    codes_in_use,
    records,
)
from actionplan.scale import DEFAULT, UNSET, UNSET_OF_DEFAULT, Category, Meaning, Pattern, Scale, fold_label

YEAR_RANGE = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
SLUG_HINT = "公開ページのアドレスの一部になる名前です（例：dai2）。半角の英小文字・数字・ハイフンで付けてください。"


SLUG_TAKEN = "このアドレスの名前は、ほかの計画で使われています。"


def next_slug(plan: "Plan") -> str:
    """The lowest number that no plan bears; a plan that was ever published cannot have gone and left one."""
    given = set(Plan.objects.values_list("slug", flat=True))
    return next(slug for slug in map(str, count(1)) if slug not in given)


# Settings of the city rather than of the plan: a new plan takes them over.
CITY_SETTINGS = ("municipality", "municipality_code", "newsletter", "licence_name", "licence_url", "office")


class Plan(RecordModel):
    """A plan with its guideline's sentences and the settings that belong to the city, not to the code."""

    title = RecordLineField("計画名", max_length=200, unique=True)
    short_name = RecordLineField(
        "短い名前", max_length=30, blank=True, help_text="計画がいくつかあるとき、年度の名前に添えます。例：第2次計画"
    )
    slug = GivenField(
        "アドレスの名前",
        give=next_slug,
        max_length=40,
        unique=True,
        blank=True,
        validators=[RegexValidator(rf"^{SLUG}\Z", "半角の英小文字・数字・ハイフンで入力してください。")],
        help_text=f"{SLUG_HINT}空欄なら番号を付けます。あとから変えることはできません。",
        error_messages={"unique": SLUG_TAKEN},
    )
    start_year = models.PositiveSmallIntegerField("始まりの年度（西暦）", null=True, blank=True, validators=YEAR_RANGE)
    end_year = models.PositiveSmallIntegerField("終わりの年度（西暦）", null=True, blank=True, validators=YEAR_RANGE)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="前の計画",
        related_name="successors",
        null=True,
        blank=True,
        help_text="この計画が引き継いだ計画です。最初の年度は、前の計画の年度と比べて公表します。",
    )
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start_year__isnull=True)
                | models.Q(end_year__isnull=True)
                | models.Q(end_year__gte=models.F("start_year")),
                name="plan_end_not_before_start",
                violation_error_message="終わりの年度は、始まりの年度より前にできません。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """What it is called beside a year: the short name, where it has one."""
        return self.short_name or self.title

    @property
    def is_first(self) -> bool:
        """Whether its pages stand at the addresses without a slug."""
        return self.slug == FIRST_PLAN

    @property
    def period(self) -> str:
        """平成21年度（2009年度）～平成25年度（2013年度）; either end may be open, and both: then nothing."""
        ends = [web_label(year) if year else "" for year in (self.start_year, self.end_year)]
        return "～".join(ends) if any(ends) else ""

    def clean(self) -> None:
        """Raises ValidationError for another slug than the stored one, and for a plan that would precede itself."""
        stored = Plan.objects.filter(pk=self.pk).first()
        if stored and self.slug != stored.slug:
            raise ValidationError({"slug": "公開ページのアドレスが変わるため、アドレスの名前は変えられません。"})
        seen, before = {self.pk}, self.predecessor
        while before is not None:
            if before.pk in seen:
                raise ValidationError({"predecessor": "前の計画をたどると、この計画に戻ってしまいます。"})
            seen.add(before.pk)
            before = before.predecessor

    def natural_key(self) -> tuple:
        """The plan's title: how fixtures name it."""
        return (self.title,)

    @cached_property
    def scale(self) -> Scale:
        """The scale that its answers go by, read once; the default one while the plan has no categories of its own."""
        return scale_of(self.categories.all())

    def take_default_scale(self) -> None:
        """Gives a plan that has no categories the default ones, as rows that its office may change."""
        if not self.categories.exists():
            self.take_scale(DEFAULT)

    def take_scale(self, scale: Scale) -> None:
        """Gives a plan that has no categories those of the scale, retired ones apart."""
        for order, each in enumerate(scale.categories, 1):
            PlanCategory(plan=self, order=order, **vars(each)).save()

    def add_unset(self) -> None:
        """Gives a plan that brought categories without 未設定 that one, too."""
        if not self.categories.filter(code=UNSET).exists():
            last = self.categories.aggregate(last=models.Max("order"))["last"] or 0
            PlanCategory(plan=self, order=last + 1, **vars(UNSET_OF_DEFAULT)).save()

    def forget_scale(self) -> None:
        """Reads the scale anew when it is asked for next."""
        vars(self).pop("scale", None)


def scale_of(rows: Iterable["PlanCategory"]) -> Scale:
    """The scale that these rows of one plan make up; the default one when there are none."""
    rows = list(rows)
    if not rows:
        return DEFAULT
    chosen = [row.value for row in rows if not row.retired and not row.is_unset]
    unset = next((row.value for row in rows if row.is_unset), UNSET_OF_DEFAULT)
    return Scale((*chosen, unset), tuple(row.value for row in rows if row.retired))


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


def refuse_unlistable(label: str) -> None:
    """Raises ValidationError for a name that a workbook's list of choices cannot hold."""
    if set(label) & set(',"\n') or not fold_label(label):
        raise ValidationError(
            '名前は、空白だけや、半角のコンマ（,）・引用符（"）・改行の入ったものにはできません。', code="unlistable"
        )


CODE_MEANT = "記号は、半角の英数字と下線（_）で書いてください。例：A、done"
USED = "は回答か公表した版で使われているため、記号を変えることはできません。"


class PlanCategory(RecordModel):
    """A category of a plan's scale. Its code is for good once it is used; its words count for editions to come."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name="計画", related_name="categories")
    order = models.PositiveSmallIntegerField("並び順")
    code = models.CharField(
        "記号",
        max_length=20,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_]*\Z", CODE_MEANT)],
        help_text="半角の英数字。データとアドレスに使います。使い始めたら変えられません。",
    )
    label = RecordLineField("名前", max_length=20, validators=[refuse_unlistable], help_text="例：A、計画どおり")
    definition = RecordTextField("意味", blank=True)
    meaning = models.CharField("何にあたるか", max_length=20, choices=Meaning.choices)
    pattern = models.CharField("グラフの模様", max_length=20, choices=Pattern.choices)
    retired = models.BooleanField("もう使わない", default=False)
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("plan__title", "code")

    class Meta:
        verbose_name = verbose_name_plural = "進捗区分"
        ordering = ["plan", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"],
                name="category_code_unique",
                violation_error_message="この記号は、この計画の進捗区分ですでに使われています。",
            ),
            models.CheckConstraint(
                condition=models.Q(code=UNSET, meaning=Meaning.UNSET)
                | (~models.Q(code=UNSET) & ~models.Q(meaning=Meaning.UNSET)),
                name="category_unset_is_unset",
                violation_error_message=f"「{Meaning.UNSET.label}」にあたるのは、記号が {UNSET} の区分だけです。",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def value(self) -> Category:
        """The category as a value."""
        return Category(self.code, self.label, self.definition, self.meaning, self.pattern)

    @property
    def is_unset(self) -> bool:
        """Whether it says that nothing was chosen."""
        return self.code == UNSET

    @property
    def is_used(self) -> bool:
        """Whether an answer or a published row of the plan bears it."""
        return self.code in codes_in_use(self.plan_id)

    def clean(self) -> None:
        """Raises ValidationError when a code that is in use would become another."""
        stored = PlanCategory.objects.filter(pk=self.pk).first()
        if stored is not None and stored.code != self.code and stored.is_used:
            raise ValidationError({"code": f"「{stored.label}」{USED}"})

    def save(self, *args, **kwargs) -> None:
        """Saves the category; the same refusal for every door."""
        PlanCategory.clean(self)
        super().save(*args, **kwargs)
        self.plan.forget_scale()

    def natural_key(self) -> tuple:
        """The plan and the code."""
        return (self.plan.title, self.code)


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
