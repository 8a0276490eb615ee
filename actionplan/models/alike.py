"""Words that mean the same to who searches: ホームページ and HP."""

import re
from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError

from actionplan.folding import fold
from actionplan.models.base import NaturalManager, RecordLineField, RecordModel, records

BETWEEN = re.compile("[、,，\\s]+")


class AlikeWordsManager(NaturalManager):
    """Groups of words, found by their list."""

    def of_each(self) -> Mapping[str, tuple[str, ...]]:
        """The words of its group by the shadow of each word; one query."""
        groups = [tuple(split_words(words)) for words in self.values_list("words", flat=True)]
        return {fold(word): group for group in groups for word in group}


def split_words(text: str) -> list[str]:
    """The words that stand in a list, with 、 or a blank between them."""
    return [word for word in BETWEEN.split(text) if word]


class AlikeWords(RecordModel):
    """A group of words; who searches for one of them finds the others too. Nothing that is shown changes."""

    words = RecordLineField(
        "同じことば",
        max_length=200,
        unique=True,
        help_text="検索で同じとみなすことばを「、」で区切って、2つ以上並べます。例：ホームページ、HP",
    )
    history = records()
    objects: ClassVar[AlikeWordsManager] = AlikeWordsManager("words")

    class Meta:
        verbose_name = verbose_name_plural = "検索の同じことば"
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    def natural_key(self) -> tuple:
        """The list."""
        return (self.words,)

    def clean(self) -> None:
        """Raises ValidationError for fewer than two words, signs alone, and a word that stands in two groups."""
        words = split_words(self.words)
        folded = [fold(word) for word in words]
        if empty := next((word for word, found in zip(words, folded, strict=True) if not re.search(r"\w", found)), ""):
            raise ValidationError({"words": f"「{empty}」は記号だけなので、検索のことばになりません。"})
        if len(set(folded)) < 2:
            raise ValidationError({"words": "違うことばを2つ以上、「、」で区切って並べてください。"})
        for other in AlikeWords.objects.exclude(pk=self.pk):
            if taken := next((word for word in split_words(other.words) if fold(word) in folded), ""):
                raise ValidationError({"words": f"「{taken}」は、「{other.words}」にすでにあります。"})
