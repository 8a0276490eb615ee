"""What a deletion takes along, in words: rows that only link two objects are counted under their field's name."""

from collections.abc import Mapping

from django.db.models import Model
from django.utils.text import capfirst


def links_in_words(model: type[Model], deleted: list, counts: Mapping[str, int]) -> tuple[list, dict[str, int]]:
    """Django's nested list without the rows of the model's many-to-many relations, and its counts with their names."""
    named = {field.remote_field.through._meta: str(field.verbose_name) for field in model._meta.many_to_many}
    words = {str(table.verbose_name_plural): name for table, name in named.items()}
    starts = tuple(f"{capfirst(table.verbose_name)}: " for table in named)
    return _without(deleted, starts), {words.get(str(name), str(name)): count for name, count in counts.items()}


def _without(nested: list, starts: tuple[str, ...]) -> list:
    kept = [_without(each, starts) if isinstance(each, list) else each for each in nested]
    return [each for each in kept if each != [] and not (isinstance(each, str) and each.startswith(starts))]
