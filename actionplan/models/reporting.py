"""What staff write each year: the annual report and a status for each of its items."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, When

from actionplan.cells import BY_NAME, CHOICE, CHOICES, FIGURES, Cell, State, state_once_written
from actionplan.figures import Declared, FigureFault, as_published, frozen, read_values, write_values
from actionplan.fiscal_year import era_label, newsletter_label, report_key, web_label
from actionplan.models.base import (
    GivenField,
    NaturalManager,
    PlainColumn,
    RecordLineField,
    RecordModel,
    RecordTextField,
    person,
    records,
)
from actionplan.models.department import Department
from actionplan.models.past import refuse_odd_day
from actionplan.models.plan import YEAR_RANGE, Plan, PlanCategory, scale_of
from actionplan.models.tree import ActionItem
from actionplan.scale import Scale
from actionplan.seen import Moved, mark_of
from actionplan.text import as_stored


def free_key(report: "AnnualReport") -> str:
    """The key of the plan and the year; where an older report bears it already, the longer one with the slug."""
    wanted = report_key(report.plan.slug, report.fiscal_year)
    taken = AnnualReport.objects.filter(key=wanted).exclude(pk=report.pk).exists()
    return f"{report.fiscal_year}-{report.plan.slug}" if taken else wanted


class AnnualReport(RecordModel):
    """One fiscal year's report of a plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="計画", related_name="reports")
    fiscal_year = models.PositiveSmallIntegerField("年度（西暦）", validators=YEAR_RANGE)
    key = GivenField("報告の鍵", give=free_key, max_length=45, unique=True, editable=False)
    label_override = RecordLineField(
        "年度の表記", max_length=20, blank=True, help_text="空欄なら自動です。例：平成31年度"
    )
    answers_due = models.DateField("回答の締切", null=True, blank=True)
    note = RecordTextField("事務局のメモ", blank=True)
    sample = models.BooleanField("見本データ", default=False, editable=False)
    # What of the plan's changes stays out of the year, by question, and against what that was decided.
    left_as_is = models.JSONField("この年度に入れない計画の変更", default=dict, blank=True, editable=False)
    all_answered_at = models.DateTimeField("全課の回答がそろった日時", null=True, blank=True, editable=False)
    # Kept on the row, so that a list of years asks nothing of their plans; name_plans() writes it when plans change.
    plan_name = models.CharField("添える計画名", max_length=200, blank=True, default="", editable=False)
    past_published_on = models.DateField(
        "原本の公表日", null=True, blank=True, help_text="過去の報告を取り込んだときに、原本が公表された日を入れます。"
    )
    past_source = RecordLineField(
        "原本の出典", max_length=200, blank=True, help_text="例：広報○○ 平成28年6月号。過去の報告として表示します。"
    )
    history = records(excluded_fields=["plan_name"])
    objects: ClassVar[NaturalManager] = NaturalManager("key")

    class Meta:
        verbose_name = verbose_name_plural = "年次報告"
        ordering = ["-fiscal_year", "plan"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "fiscal_year"],
                name="report_once_per_plan_and_year",
                violation_error_message="この計画の、この年度の年次報告は、すでにあります。",
            )
        ]

    def __str__(self) -> str:
        """The year, and where there are several plans the plan's name too."""
        return f"{self.label}　{self.plan_name}".rstrip("　")

    def natural_key(self) -> tuple:
        """The report's key: how fixtures name it; those of before name the first plan's by its year."""
        return (self.key or report_key(self.plan.slug, self.fiscal_year),)

    def clean(self) -> None:
        """Raises ValidationError when a year that has answers or editions would become another, and for an odd day."""
        stored = AnnualReport.objects.filter(pk=self.pk).first()
        if self.past_published_on != (stored and stored.past_published_on):
            refuse_odd_day(self.fiscal_year, self.past_published_on)
        if stored is None or (stored.fiscal_year, stored.plan_id) == (self.fiscal_year, self.plan_id):
            return
        if stored.is_settled:
            why = "公表したことがある" if stored.editions.exists() else "回答がある"
            raise ValidationError(f"{stored}は{why}ため、年度と計画を変えることはできません。")
        self.key = ""

    def save(self, *args, **kwargs) -> None:
        """Saves the report; the same refusal for every door, since citizens find editions by their year."""
        AnnualReport.clean(self)
        self.take_plan_name()
        super().save(*args, **kwargs)

    def take_plan_name(self) -> None:
        """Notes the plan's name, where there is another plan."""
        self.plan_name = self.plan.name if Plan.objects.exclude(pk=self.plan_id).exists() else ""

    @property
    def label(self) -> str:
        """平成21年度（2009年度）."""
        return web_label(self.fiscal_year, self.label_override)

    @cached_property
    def scale(self) -> Scale:
        """The scale of its plan, asked for without the plan where that is not at hand."""
        at_hand = AnnualReport.plan.is_cached(self)
        return self.plan.scale if at_hand else scale_of(PlanCategory.objects.filter(plan=self.plan_id))

    @property
    def short_label(self) -> str:
        """平成21年度; where there are several plans the plan's name too."""
        return f"{self.label_override or era_label(self.fiscal_year)}　{self.plan_name}".rstrip("　")

    @property
    def is_past(self) -> bool:
        """Whether it was published elsewhere first and has come in from there: 過去の報告."""
        return bool(self.past_published_on or self.past_source)

    @property
    def is_settled(self) -> bool:
        """Whether the year asks for answers or has been published: it stays the year that it is."""
        return self.statuses.exists() or self.editions.exists()

    @property
    def title(self) -> str:
        """平成２１年度市民協働アクションプラン実施状況, as the newsletter heads it."""
        return f"{newsletter_label(self.fiscal_year, self.label_override)}{self.plan.title}実施状況"


def name_plans(sender: type[models.Model], raw: bool = False, **signal) -> None:
    """Writes the plans' names beside their years anew: after a plan came, went or was renamed, and after a raw load."""
    if sender is AnnualReport and not raw:
        return
    several = Plan.objects.count() > 1
    name = Case(When(short_name="", then="title"), default="short_name")
    names = Plan.objects.filter(pk=models.OuterRef("plan")).values(named=name)
    # No change of the report: what is repeated here is in the plan's own history.
    AnnualReport.objects.update(plan_name=models.Subquery(names) if several else "")


def connect() -> None:
    """Called once when the application is ready."""
    for sender in (Plan, AnnualReport):
        models.signals.post_save.connect(name_plans, sender=sender, dispatch_uid=f"plan names {sender}")
    models.signals.post_delete.connect(name_plans, sender=Plan, dispatch_uid="plan names deleted")


class CategoryField(PlainColumn):
    """The code of a category. Which there are, the plan says: forms fill in the choices."""

    def formfield(self, **kwargs) -> Any:
        """A choice, as yet without choices; never the box for a line that the admin gives every text."""
        return models.Field.formfield(self, **{**kwargs, "form_class": forms.ChoiceField, "widget": forms.Select})


def answer_field(cell: Cell) -> models.Field:
    """The column of an answer that holds the cell."""
    if cell.kind == CHOICE:
        return CategoryField(cell.label, max_length=20, default=cell.empty)
    return RecordTextField(cell.label, blank=True)


class AnswerCells(models.Model):
    """What somebody wrote about an item's year. category_codes: the fields that hold a category."""

    category_codes: ClassVar = tuple(cell.name for cell in CHOICES)

    if TYPE_CHECKING:
        # The two that code of ours asks for by name.
        text: str
        progress: str
        figures: str

    class Meta:
        abstract = True

    def says(self, cell: Cell) -> str:
        """What stands in the cell."""
        return getattr(self, cell.name)


for _cell in BY_NAME.values():
    AnswerCells.add_to_class(_cell.name, answer_field(_cell))


STALE = "読み込んだあとに、ほかの人がこの行を保存しました。新しい内容を確かめてください。"


class RevisedModel(models.Model):
    """A model with a `revision` number that every save raises by one, by whichever door it comes."""

    revision: int

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Saves the next revision; raises Moved when the stored row is newer than the one read."""
        if self._state.adding:
            return super().save(*args, **kwargs)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "revision"}
        read = self.revision
        try:
            with transaction.atomic(using=self._state.db):
                self._lock()
                self.revision = read + 1
                super().save(*args, **kwargs)
        except Exception:
            self.revision = read
            raise

    def _lock(self) -> Self:
        """The stored row, locked until the transaction ends."""
        stored = type(self)._base_manager.using(self._state.db).select_for_update().get(pk=self.pk)
        if stored.revision != self.revision:
            raise Moved(STALE, now=stored)
        return stored


def not_offered(cell: Cell, code: str, scale: Scale) -> ValidationError:
    """The refusal of a category that cannot be chosen."""
    names = "・".join(each.label for each in scale.chosen)
    return ValidationError(
        f"{cell.label}「{scale.label(code)}」は使えません。{names}から選んでください。", code="category"
    )


class YearlyStatus(AnswerCells, RevisedModel, RecordModel):
    """What became of an item in a year: an item belongs to a year because this row exists.

    printed: what a past report words otherwise than the plan does, by field of a published row; empty for all others.
    copied: the mark of last year's text, where that was put into it; neither recorded nor published.
    """

    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="statuses")
    item = models.ForeignKey(ActionItem, models.PROTECT, verbose_name="項目", related_name="statuses")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="担当課", related_name="statuses", null=True, blank=True
    )
    state = models.CharField("状態", max_length=20, choices=State.choices, default=State.NOT_STARTED)
    answered_by = person("記入した人")
    answered_at = models.DateTimeField("記入日時", null=True, blank=True)
    submitted_by = person("提出した人")
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    confirmed_by = person("確定した人")
    confirmed_at = models.DateTimeField("確定日時", null=True, blank=True)
    returned_by = person("差し戻した人")
    returned_at = models.DateTimeField("差戻し日時", null=True, blank=True)
    return_reason = RecordTextField("差戻しの理由", blank=True)
    printed = models.JSONField("原本の表記", default=dict, blank=True, editable=False)
    revision = models.PositiveIntegerField("改訂番号", default=1, editable=False)
    copied = models.CharField("写した文の印", max_length=16, blank=True, default="", editable=False)
    history = records(excluded_fields=["copied"])
    objects: ClassVar[NaturalManager] = NaturalManager(
        "report__fiscal_year",
        "item__measure__policy__plan__title",
        "item__measure__policy__number",
        "item__measure__number",
        "item__number",
    )

    class Meta:
        verbose_name = verbose_name_plural = "実施状況"
        ordering = ["-report__fiscal_year", "item__measure__policy__number", "item__measure__number", "item__number"]
        constraints = [models.UniqueConstraint(fields=["report", "item"], name="status_once_per_report_and_item")]
        # The steps of the round; change_yearlystatus is the coordinator's, for any department's answers.
        permissions = [
            ("answer_yearlystatus", "自課の回答を書ける"),
            ("submit_yearlystatus", "自課の回答を提出できる"),
            ("coordinate_yearlystatus", "全課の回答を取りまとめられる"),
            ("audit_yearlystatus", "変更の記録を読み、書き出せる"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.item}"

    @property
    def scale(self) -> Scale:
        """The scale of the report's plan."""
        return self.report.scale

    @property
    def is_copied(self) -> bool:
        """Whether its text is last year's, copied, and nobody has written it anew."""
        return bool(self.copied) and self.copied == mark_of(self.text)

    def words_of(self, cell: Cell) -> str:
        """What stands in the cell as a reader knows it: a category by its label."""
        return cell.words(self.says(cell), self.scale)

    def clean_fields(self, exclude: Any = None) -> None:
        """As Django's; raises ValidationError for a category that the plan does not have."""
        wanted = [cell for cell in CHOICES if cell.name not in (exclude or ())] if self.report_id else []
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for cell in wanted:
            if self.says(cell) != cell.empty and self.scale.find(self.says(cell)) is None:
                errors.setdefault(cell.name, [not_offered(cell, self.says(cell), self.scale)])
        if FIGURES.name not in (exclude or ()) and self.figures and FIGURES.name not in errors:
            try:
                self.figures = self.tidied({FIGURES.name: self.figures}, strict=True)[FIGURES.name]
            except FigureFault as fault:
                errors[FIGURES.name] = [ValidationError(str(fault), code="figures")]
        if errors:
            raise ValidationError(errors)

    @cached_property
    def declared(self) -> list[Declared]:
        """The figures that its item declares for the year, read once."""
        return [each.declared for each in self.item.figures.all() if each.is_asked_in(self.report.fiscal_year)]

    @property
    def published_figures(self) -> list[dict]:
        """What an edition keeps of them; of a past report as that one worded them."""
        live = frozen(self.declared, self.figures, self.report.fiscal_year)
        return list(as_published(live, self.printed["figures"])) if "figures" in self.printed else live

    def tidied(self, cells: Mapping[str, str], *, strict: bool = False) -> dict[str, str]:
        """The cells as they are stored: numbers as digits, where they can be read; strict: raises FigureFault."""
        found = {name: as_stored(words) for name, words in cells.items()}
        if found.get(FIGURES.name):
            try:
                read = read_values(found[FIGURES.name], self.declared)
                found[FIGURES.name] = write_values(read, self.declared)
            except FigureFault:
                if strict:
                    raise
        return found

    def clean_cells(self, names: Collection[str]) -> None:
        """Raises ValidationError for what somebody cannot have written into these cells: what no cell can hold, and a
        category that is no longer to be chosen.
        """
        self.clean_fields(exclude={field.name for field in self._meta.concrete_fields} - set(names))
        chosen = [cell for cell in CHOICES if cell.name in names]
        retired = {each.code for each in self.scale.retired} if chosen else ()
        errors = {cell.name: not_offered(cell, self.says(cell), self.scale) for cell in chosen}
        if wrong := {name: error for name, error in errors.items() if getattr(self, name) in retired}:
            raise ValidationError(wrong)

    def save(self, *args, **kwargs) -> None:
        """Saves the next revision (see RevisedModel), and the state that what is written leads to."""
        before, self.state = self.state, state_once_written(self, self.state)
        if self.state != before and (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "state"}
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple:
        """The year and the item's key."""
        return (self.report.fiscal_year, *self.item.natural_key())


def sharing_reports(rows: Iterable[YearlyStatus]) -> list[YearlyStatus]:
    """The rows, those of one report sharing it: its scale is asked for once, and only where a row needs it."""
    found = list(rows)
    reports: dict[int, AnnualReport] = {}
    for row in found:
        row.report = reports.setdefault(row.report_id, row.report)
    return found
