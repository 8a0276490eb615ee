"""Forms over revised rows: a save over somebody else's newer row is refused, both texts are shown, nothing is lost.

The rule itself stands in models/revised.py, under lock; a form asks it early, so that it can show what happened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from actionplan.models.fields import RecordTextField
from actionplan.text import tidy_line_breaks


class RecordField(forms.CharField):
    """Running text in which the browser's line breaks are not a change."""

    def to_python(self, value: str | None) -> str:
        """The text with single line breaks."""
        return tidy_line_breaks(super().to_python(value))


class RevisionField(forms.IntegerField):
    """The revision that the page was made from; never itself a change."""

    def __init__(self, **kwargs) -> None:
        super().__init__(label="改訂番号", required=False, widget=forms.HiddenInput, **kwargs)

    def has_changed(self, initial: object, data: object) -> bool:
        """False."""
        return False


@dataclass(frozen=True)
class Clash:
    """A cell that both have changed, or that only I have: the stored words and mine."""

    label: str
    stored: str
    mine: str


class LockedForm(forms.ModelForm):
    """A form that knows which revision it shows and, by hidden initial values, which cells its user has touched."""

    read_revision = RevisionField()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read_revision"] = self.instance.revision
        self.cells = [name for name in self.fields if name != "read_revision"]
        for name in self.cells:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError with both texts when the stored row is newer than the page."""
        cleaned = super().clean()
        if self.instance.pk and self.changed_data and cleaned.get("read_revision") != self.instance.revision:
            clashes = self._catch_up(cleaned)
            raise ValidationError(conflict_html(self.instance, clashes), code="conflict")
        return cleaned

    def _catch_up(self, cleaned: dict) -> list[Clash]:
        """Makes the next save a deliberate one: the new revision, my words where I wrote, the stored ones elsewhere."""
        self.data, touched = self.data.copy(), set(self.changed_data)
        clashes = []
        for name in self.cells:
            bound, stored = self[name], self.get_initial_for_field(self.fields[name], name)
            if name in touched:
                words = in_words(self.fields[name], stored), in_words(self.fields[name], cleaned.get(name))
                clashes.append(Clash(bound.label, *words))
            else:
                self.data[bound.html_name] = "" if stored is None else stored
            self.data[bound.html_initial_name] = "" if stored is None else stored
        self.data[self.add_prefix("read_revision")] = str(self.instance.revision)
        return clashes


def in_words(field: forms.Field, value: object) -> str:
    """The value as a reader knows it: the label of a choice, はい or いいえ, （空欄） for nothing."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "、".join(in_words(field, each) for each in value) or "（空欄）"
    key = field.prepare_value(value)
    choices = {str(code): label for code, label in _flat(getattr(field, "choices", ()))}
    return str(choices.get(str(key), key)) if value not in (None, "") else "（空欄）"


def _flat(choices: Iterable) -> Iterator[tuple]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def conflict_html(row: Model, clashes: list[Clash]) -> SafeString:
    """Who saved when, and for each cell the stored words and mine."""
    newest = row.history.select_related("history_user").first()
    return render_to_string("admin/portal/_conflict.html", {"row": row, "newest": newest, "clashes": clashes})


def record_field(model: type[Model], name: str, rows: int) -> RecordField:
    """The form field of a text of the record, as high as told."""
    field: RecordTextField = model._meta.get_field(name)
    return field.formfield(form_class=RecordField, widget=forms.Textarea(attrs={"rows": rows, "class": "record-text"}))
