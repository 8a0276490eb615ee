"""Areas and tags as people write them, several in one box: 厳原、豊玉; an item's public id. A new tag is made."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget

from actionplan.models import Area, Tag, likeness, note_source, was_given
from actionplan.public_id import is_public_id

BETWEEN_NAMES = re.compile(r"[、，,；;\n]")
# Names of areas are known, so that a blank or a dot may part them as well.
BETWEEN_WORDS = re.compile(r"[\s　・]")
SHOWN = 30


def names_in(text: str) -> list[str]:
    """The names that the text lists, each once, in its order."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in BETWEEN_NAMES.split(text)))))


def listed(rows: Iterable[Any]) -> str:
    """The names of areas or tags as a box or a cell holds them."""
    return "、".join(str(row) for row in rows)


class AreasCell(ManyToManyWidget):
    """Areas by their names."""

    def __init__(self) -> None:
        super().__init__(Area)
        self.areas: dict[str, Area] = {}

    def load(self) -> None:
        """Reads the areas, once a file."""
        self.areas = {area.name: area for area in Area.objects.all()}

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> list[Area]:
        """The areas; none for an empty cell. Raises ValueError for a name that no area has."""
        names = [name for part in names_in(value or "") for name in self._known(part)]
        if unknown := [name for name in names if name not in self.areas]:
            raise ValueError(f"地域「{'」「'.join(unknown)}」はありません。{self._choice()}")
        return [self.areas[name] for name in dict.fromkeys(names)]

    def _known(self, part: str) -> Sequence[str]:
        """The part as one name, or as several when all of them are areas."""
        words = list(filter(None, BETWEEN_WORDS.split(part)))
        return words if part not in self.areas and all(word in self.areas for word in words) else [part]

    def _choice(self) -> str:
        known = "、".join(self.areas)
        return f"{known}から選び、「、」で区切って書いてください。" if known else "先に「地域」に登録してください。"

    def render(self, value: Any, obj: object = None, **kwargs) -> str:
        """The names in the city's order."""
        return "" if value is None else listed(sorted(value.all(), key=lambda area: (area.order, area.name)))


class TagsCell(ManyToManyWidget):
    """Tags by their words."""

    def __init__(self) -> None:
        super().__init__(Tag)
        self.tags = Tags()
        self.told: dict[str, str] = {}

    def load(self, **told: str) -> None:
        """Reads the tags, once a file. told: reason and source_file, for the record of a new tag."""
        self.tags, self.told = Tags(), told

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> list[Tag]:
        """The tags, new ones stored. Raises ValueError for a word that cannot be one."""
        try:
            return [self.tags.kept(tag, **self.told) for tag in self.tags.read(value or "")]
        except ValidationError as error:
            raise ValueError("".join(error.messages)) from error

    def render(self, value: Any, obj: object = None, **kwargs) -> str:
        """The words in their order."""
        return "" if value is None else listed(sorted(value.all(), key=str))


class Tags:
    """The tags that there are, by what makes them alike; read when they are first asked for."""

    def __init__(self) -> None:
        self._known: dict[str, Tag] | None = None

    @property
    def known(self) -> dict[str, Tag]:
        """The stored tags."""
        if self._known is None:
            self._known = {likeness(tag.name): tag for tag in Tag.objects.all()}
        return self._known

    def read(self, text: str) -> list[Tag]:
        """The tags that the text lists, those that are new not yet stored. Raises ValidationError in words."""
        found = {likeness(name): self.known.get(likeness(name)) or self._new(name) for name in names_in(text)}
        return list(found.values())

    def _new(self, name: str) -> Tag:
        tag = Tag(name=name)
        try:
            tag.clean_fields()
        except ValidationError as error:
            raise ValidationError([f"タグ「{name}」：{message}" for message in error.messages]) from error
        return tag

    def kept(self, tag: Tag, **told: str) -> Tag:
        """The tag, stored; the one that somebody else made meanwhile where there is one."""
        if tag.pk is None:
            stored = Tag.objects.filter(name=tag.name).first()
            if stored is None:
                note_source(tag, **told).save()
            tag = self.known[likeness(tag.name)] = stored or tag
        return tag


class TagsField(forms.CharField):
    """Tags in one box. The cleaned value holds those that are new not yet stored: saving the form does that."""

    def __init__(self, *, may_add: bool, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"class": "vTextField"})
        super().__init__(required=False, max_length=1000, widget=widget, **kwargs)
        self.may_add = may_add
        self.tags = Tags()

    def prepare_value(self, value: Any) -> Any:
        """The words as the box shows them."""
        if isinstance(value, Tag):
            return str(value)
        return value if value is None or isinstance(value, str) else listed(value)

    def clean(self, value: str | None) -> list[Tag]:
        """The tags. Raises ValidationError for a word that cannot be one, or that this person may not make one."""
        tags = self.tags.read(super().clean(value))
        new = [tag.name for tag in tags if tag.pk is None]
        if new and not self.may_add:
            raise ValidationError(f"新しいタグ「{'」「'.join(new)}」を加える権限がありません。事務局に頼んでください。")
        return tags

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words stand in the box than before, in whatever order."""
        before, after = (set(names_in(self.prepare_value(value) or "")) for value in (initial, data))
        return before != after


def tags_field(label: str, may_add: bool) -> TagsField:
    """The box of an item's tags, with the words that are in use below it."""
    known = [str(tag) for tag in Tag.objects.all()[: SHOWN + 1]]
    more = "など" if len(known) > SHOWN else ""
    used = f"いまあるタグ：{'、'.join(known[:SHOWN])}{more}" if known else "例：防災、子育て"
    return TagsField(may_add=may_add, label=label, help_text=f"「、」で区切って、いくつでも書けます。{used}")


class PublicId(Field):
    """公開ID: given with a new item by who brings it from another installation; never changed."""

    def save(self, instance: Any, row: dict, *args, **kwargs) -> None:
        """Takes the id of a new item. Raises ValueError for one that is none, was given before, or would change."""
        wanted = row[self.column_name].strip()
        if not wanted:
            return
        if not instance._state.adding:
            raise ValueError("公開IDは、一度決まると変わりません。書き出したときのままにするか、空にしてください。")
        if not is_public_id(wanted):
            raise ValueError(f"公開ID「{wanted}」は使えません。新しい項目では空にすると、自動で決まります。")
        if was_given(wanted):
            raise ValueError(
                f"公開ID「{wanted}」は、ほかの項目に使われたことがあります。空にすると、自動で決まります。"
            )
        instance.public_id = wanted
