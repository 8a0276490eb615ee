"""manage.py fold_search: makes the shadows that search matches on anew, where this program folds otherwise."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand
from django.db.models import QuerySet

from actionplan.models import EditionRow, unsealed
from actionplan.publishing.compose import search_text

BATCH = 500


class Command(BaseCommand):
    """Folds what was published under another version of the folding. Nothing that is shown or hashed changes."""

    help = "検索用の文を、いまの版の読み方で作り直します。作り直すものがなければ、何もしません。"

    def handle(self, **options) -> None:
        """Folds the rows and says how many; says nothing where there are none."""
        outdated = EditionRow.objects.folded_otherwise()
        if not outdated.exists():
            return
        with unsealed("検索用の文の作り直し"):
            folded = sum(map(_fold, _batches(list(outdated.order_by("pk").values_list("pk", flat=True)))))
        self.stdout.write(f"検索用の文を{folded}件作り直しました。公表した内容は変わりません。")


def _batches(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _fold(keys: list[int]) -> int:
    """Stores the shadows of these rows; the seal is open."""
    rows = list(EditionRow.objects.filter(pk__in=keys))
    for row in rows:
        row.search_text = search_text(row)
    # The model's own queryset only inserts.
    stored: QuerySet = QuerySet(EditionRow)
    stored.bulk_update(rows, ["search_text"], batch_size=100)
    return len(rows)
