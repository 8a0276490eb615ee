"""The two forms of a yearly status: one row of the year's list, and everything about one item."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from actionplan.admin.locking import LockedForm, record_field
from actionplan.cells import CELLS, DEFINITIONS, TEXT
from actionplan.models import State, YearlyStatus

GONE = (
    "この行は、ほかの人が削除しました。書いた文は欄に残っています。必要なら控えを取ってから、一覧を開き直してください。"
)

CONFIRMED = (
    "この項目は確定されているため、保存していません。直すときは、取りまとめ状況で確定を取り消してから書いてください。"
)

TWICE = "この項目の実施状況は、この年度にすでにあります。一覧から開いてください。"


class StatusRowForm(LockedForm):
    """The text and the category, in the list."""

    text = record_field(YearlyStatus, "text", rows=4)

    class Meta:
        model = YearlyStatus
        fields = ["text", "progress"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.cells:
                self.fields[name].widget.attrs["aria-label"] = f"{self.instance.item} {self.fields[name].label}"
            if self.instance.state == State.CONFIRMED:
                self._close()

    def _close(self) -> None:
        """A confirmed row is read only; what somebody sends for it all the same is refused in clean(), with the words.

        Not Field.disabled: that would drop, unseen, what was typed before somebody else confirmed the row.
        """
        self.fields["text"].widget.attrs["readonly"] = True
        progress = self.fields["progress"]
        progress.choices = [(self.instance.progress, self.instance.get_progress_display())]
        progress.error_messages["invalid_choice"] = CONFIRMED

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError for a row that is gone, confirmed or newer."""
        if not self.instance.pk:
            raise ValidationError(GONE, code="gone")
        if self.instance.state == State.CONFIRMED and self.changed_data:
            raise ValidationError(CONFIRMED, code="confirmed")
        return super().clean()


TEXTS = [cell for cell in CELLS if cell.kind == TEXT]
# A form with a box as high as the list says for each text of an answer.
CellsForm = type(
    "CellsForm", (LockedForm,), {cell.name: record_field(YearlyStatus, cell.name, rows=cell.rows) for cell in TEXTS}
)


class StatusForm(CellsForm):
    """Everything that staff write about an item's year."""

    class Meta:
        model = YearlyStatus
        fields = forms.ALL_FIELDS
        error_messages = {NON_FIELD_ERRORS: {"unique_together": TWICE}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if progress := self.fields.get("progress"):
            progress.help_text = "　".join(f"{code.label}：{words}" for code, words in DEFINITIONS.items())
