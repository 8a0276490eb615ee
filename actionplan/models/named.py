"""Areas (地域) and tags (タグ): names under which items of any policy are found."""

import unicodedata
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from actionplan.models.base import NaturalManager, RecordLineField, RecordModel, records

# They part names in a table's cell, or mean something else in an address.
NO_NAME_HOLDS = "、，,；;/\\?#%\n"
UNUSABLE = "「{}」は使えません。「、」「,」「/」などの記号や改行を含まない言葉にしてください。"
BLANK_EDGES = "前後の空白を取り除いてください。"


def refuse_unusable_name(name: str) -> None:
    """Raises ValidationError for a name that could not stand in a list of names, or as the end of an address."""
    if name != name.strip():
        raise ValidationError(BLANK_EDGES, code="blanks")
    if set(name) & set(NO_NAME_HOLDS) or not name.strip("."):
        raise ValidationError(UNUSABLE.format(name.replace("\n", "↵")), code="unusable")


def likeness(name: str) -> str:
    """The same for names that a reader takes for one: ＩＣＴ and ict."""
    return unicodedata.normalize("NFKC", name).casefold()


class Area(RecordModel):
    """A part of the city where an item happens (地域); which there are, and in which order, is the city's data."""

    name = RecordLineField(
        "地域の名前", max_length=50, unique=True, validators=[*RecordLineField.default_validators, refuse_unusable_name]
    )
    order = models.PositiveSmallIntegerField("並び順", help_text="小さい番号から並びます。")
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("name")

    class Meta:
        verbose_name = verbose_name_plural = "地域"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple:
        """The name."""
        return (self.name,)


class Tag(RecordModel):
    """A word of the staff's own under which items of any policy are found together (タグ)."""

    name = RecordLineField(
        "タグ", max_length=30, unique=True, validators=[*RecordLineField.default_validators, refuse_unusable_name]
    )
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("name")

    class Meta:
        verbose_name = verbose_name_plural = "タグ"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a word that only its width or capitals tell from another tag."""
        others = Tag.objects.exclude(pk=self.pk).values_list("name", flat=True)
        if alike := next((name for name in others if likeness(name) == likeness(self.name)), ""):
            raise ValidationError({"name": f"「{alike}」というタグが、すでにあります。"})

    def natural_key(self) -> tuple:
        """The word."""
        return (self.name,)
