"""Forms over revised rows: a save over somebody else's newer row is refused, both texts are shown, nothing is lost.

The rule itself stands in models/reporting.py, under lock; a form asks it early, so that it can show what happened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from actionplan.text import as_stored, as_words, tidy_line_breaks


class RecordField(forms.CharField):
    """Running text in which the browser's line breaks are not a change."""

    def to_python(self, value: str | None) -> str:
        """The text with single line breaks."""
        return tidy_line_breaks(super().to_python(value) or "")

    def clean(self, value: str | None) -> str:
        """The text as it is stored. Raises ValidationError."""
        return as_stored(super().clean(value))


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
    data: QueryDict  # never anything else: pages post it

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read_revision"] = self.instance.revision
        self.cells = [name for name in self.fields if name != "read_revision"]
        for name in self.cells:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError with both texts when the stored row is newer than the page."""
        cleaned = super().clean() or self.cleaned_data
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
                clashes.append(Clash(str(bound.label), *words))
            else:
                self.data[bound.html_name] = "" if stored is None else stored
            self.data[bound.html_initial_name] = "" if stored is None else stored
        self.data[self.add_prefix("read_revision")] = str(self.instance.revision)
        return clashes


def in_words(field: forms.Field, value: object) -> str:
    """The value as a reader knows it: the label of a choice, はい or いいえ, （空欄） for nothing."""
    if isinstance(value, bool):
        return as_words(value)
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


def conflict_html(row: Any, clashes: list[Clash]) -> SafeString:
    """Who saved when, and for each cell the stored words and mine."""
    newest = row.history.select_related("history_user").first()
    return render_to_string("admin/portal/_conflict.html", {"row": row, "newest": newest, "clashes": clashes})


def record_field(model: type[Model], name: str, rows: int) -> RecordField:
    """The form field of a text of the record, as high as told."""
    field: Any = model._meta.get_field(name)
    return field.formfield(form_class=RecordField, widget=forms.Textarea(attrs={"rows": rows, "class": "record-text"}))


GONE = "この行は、ほかの人が削除しました。書いた文は欄に残っています。必要なら控えを取ってください。"


class KeepingForm(forms.ModelForm):
    """A form that lays only the boxes that its user touched over the row as it stands at the moment of saving."""

    data: QueryDict
    initial: dict[str, Any]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.cells = list(self.fields) if self.instance.pk else []
        for name in self.cells:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError with both texts for boxes that somebody else changed as well."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and self.has_changed():
            self._read_again()
            newer = [name for name in self.cells if self._is_newer(name)]
            if clashes := self._catch_up(newer, cleaned):
                raise ValidationError(conflict_html(self.instance, clashes), code="conflict")
        return cleaned

    def _read_again(self) -> None:
        stored = type(self.instance)._base_manager.select_for_update()
        try:
            self.instance.refresh_from_db(from_queryset=stored)
        except ObjectDoesNotExist:
            raise ValidationError(GONE, code="gone") from None
        self.initial |= forms.model_to_dict(self.instance, self.cells)

    def _is_newer(self, name: str) -> bool:
        """Whether the stored value is another one than the page showed."""
        field, place = self.fields[name], self[name].html_initial_name
        shown = field.hidden_widget().value_from_datadict(self.data, self.files, place)
        return field.has_changed(self.initial.get(name), shown)

    def _catch_up(self, newer: list[str], cleaned: dict) -> list[Clash]:
        """Takes over what others changed where I did not write; returns the boxes where both did, in different words.

        The boxes then show my words and know the stored ones, so that the next save is a deliberate one.
        """
        clashes, mine = [], set(self.changed_data)
        for name in newer:
            field, bound, stored = self.fields[name], self[name], self.initial.get(name)
            if name not in mine:
                cleaned[name] = self._stored(name)
                self._put(bound.html_name, field.prepare_value(stored))
            elif field.has_changed(stored, bound.data):
                words = in_words(field, stored), in_words(field, cleaned.get(name))
                clashes.append(Clash(str(bound.label), *words))
            self._put(bound.html_initial_name, field.prepare_value(stored))
        return clashes

    def _stored(self, name: str) -> object:
        value = getattr(self.instance, name)
        return value.all() if self.instance._meta.get_field(name).many_to_many else value

    def _put(self, place: str, value: object) -> None:
        if not getattr(self.data, "_mutable", True):
            self.data = self.data.copy()
        many = value if isinstance(value, list | tuple) else [value]
        self.data.setlist(place, ["" if each is None else str(each) for each in many])
