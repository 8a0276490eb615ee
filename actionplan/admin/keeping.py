"""Forms over rows without a revision: what I did not touch stays as it is stored now, what both changed is refused.

A hidden initial value beside every box tells what the page showed; it is compared with the stored row under lock.
"""

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError

from actionplan.admin.locking import Clash, conflict_html, in_words

GONE = "この行は、ほかの人が削除しました。書いた文は欄に残っています。必要なら控えを取ってください。"


class KeepingForm(forms.ModelForm):
    """A form that lays only the boxes that its user touched over the row as it stands at the moment of saving."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.cells = list(self.fields) if self.instance.pk else []
        for name in self.cells:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict:
        """The cleaned data. Raises ValidationError with both texts for boxes that somebody else changed as well."""
        cleaned = super().clean()
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
                clashes.append(Clash(bound.label, *words))
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
