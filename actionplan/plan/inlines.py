"""What a plan and its items declare, as rows on their pages: the scale, the guideline's parts, an item's figures."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm

from actionplan.admin.base import PortalInline
from actionplan.models import (
    Aim,
    Figure,
    Plan,
    PlanCategory,
    Stage,
    StoryRemark,
    StoryStep,
    codes_in_use,
    scale_of,
    why_not_delete,
)

UNSET_STAYS = "「{label}」は、まだ選んでいないことを表す区分なので、削除することも、使わないことにもできません。"
TWICE = "同じ記号の進捗区分があります。記号は、区分ごとに別のものにしてください。"
MISSING = "回答か公表した版で使われている区分がなくなります：{codes}。消さずに「もう使わない」に印を付けてください。"


class ScaleFormSet(BaseInlineFormSet):
    """The rows of a scale; what is to be said of them together is told above them."""

    def get_unique_error_message(self, *_: Any) -> str:
        """Django's names the columns in English."""
        return TWICE

    def clean(self) -> None:
        """Raises ValidationError with every sentence about the scale as it would be."""
        super().clean()
        if any(form.errors for form in self.forms):
            return
        if sentences := list(self._faults()):
            raise ValidationError(sentences)

    def _faults(self) -> Iterator[str]:
        gone = [form.instance for form in self.initial_forms if self._goes(form)]
        rows = [form.instance for form in self._kept()]
        for row in gone:
            yield from filter(None, [UNSET_STAYS.format(label=row) if row.is_unset else why_not_delete(row)])
        yield from (UNSET_STAYS.format(label=row) for row in rows if row.is_unset and row.retired)
        if rows:
            yield from self._together(rows)

    def _goes(self, form: ModelForm) -> bool:
        return bool(form.cleaned_data.get("DELETE"))

    def _kept(self) -> Iterator[ModelForm]:
        for form in self.forms:
            if not self._goes(form) and (form.instance.pk or form.has_changed()):
                yield form

    def _together(self, rows: list[PlanCategory]) -> Iterator[str]:
        in_order = sorted(rows, key=lambda row: row.order)
        yield from scale_of(in_order).faults()
        used = codes_in_use(self.instance.pk) if self.instance.pk else set()
        known = {row.code for row in rows} | {scale_of([]).unset.code}
        if not self.initial_forms and (missing := used - known):
            yield MISSING.format(codes="、".join(sorted(missing)))


class CategoryInline(PortalInline):
    """進捗区分. None at all stands for the usual six, which a plan is given when it is saved without any."""

    model = PlanCategory
    formset = ScaleFormSet
    fields = ["order", "code", "label", "definition", "meaning", "pattern", "retired"]
    can_delete = True
    show_change_link = False
    verbose_name_plural = "進捗区分（一つも書かなければ、実施済・実施中・一部実施・検討中・未実施・未設定になります）"


class HasScale:
    """Mixed into the plan's admin: whoever saves a plan without categories gives it the usual ones."""

    def save_related(self, request: Any, form: ModelForm, formsets: Any, change: bool) -> None:
        """Saves the inlines, then makes sure that there is a scale, with 未設定 in it."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]  # a ModelAdmin's
        plan: Plan = form.instance
        plan.take_default_scale()
        plan.add_unset()


class FigureFormSet(BaseInlineFormSet):
    """The figures of an item; one that is used stays."""

    def get_unique_error_message(self, *_: Any) -> str:
        """Django's names the columns in English."""
        return "同じ名前の指標・事業費があります。名前は、項目の中で別のものにしてください。"

    def clean(self) -> None:
        """Raises ValidationError for a used figure that is to be deleted."""
        super().clean()
        gone = [form.instance for form in self.initial_forms if form.is_valid() and form.cleaned_data.get("DELETE")]
        if sentences := [sentence for figure in gone if (sentence := why_not_delete(figure))]:
            raise ValidationError(sentences)


class FigureInline(PortalInline):
    """指標・事業費: none at all for most items, and then nothing is asked for or shown."""

    model = Figure
    formset = FigureFormSet
    fields = ["order", "kind", "name", "unit", "baseline", "targets", "last_year"]
    can_delete = True
    show_change_link = False


# Written once and rarely touched again: closed, unless a box in it is at fault.
CLOSED: Any = {"classes": ["collapse"]}


class GuidelineInline(PortalInline):
    """A part of the guideline; no published row rests on it, so it may be deleted here."""

    classes = CLOSED["classes"]
    can_delete = True
    show_change_link = False


class StoryStepInline(GuidelineInline):
    """起承転結."""

    model = StoryStep
    verbose_name_plural = "指針：ストーリーの段（起承転結）"


class StoryRemarkInline(GuidelineInline):
    """The remarks beside the process."""

    model = StoryRemark
    verbose_name_plural = "指針：プロセスへの注記"


class AimInline(GuidelineInline):
    """①②③."""

    model = Aim
    verbose_name_plural = "指針：ねらいの一覧"


class StageInline(GuidelineInline):
    """The stages with their fiscal years."""

    model = Stage
    verbose_name_plural = "指針：段階の一覧"
