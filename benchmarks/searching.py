"""What a search costs in a large record, beside one bare LIKE over it.

    .venv/bin/python -m benchmarks.searching [rows]

Makes a database of its own and throws it away. Rows are written as they stand, without publishing them one by one.
CPU milliseconds, and what a search costs above the bare LIKE of the same word.
"""

import sys
from collections.abc import Callable
from time import process_time

from benchmarks.own_database import own_database

ROUNDS = 5
ASKED = ("市民", "取組", "しま", "ホームページ", "取り組み", "宇宙")


def fill(rows: int) -> None:
    """An edition of the real report's rows, again and again, each item once."""
    from django.core.management import call_command
    from django.db import connection

    from actionplan.models import EditionRow

    call_command("load_report")
    call_command("publish_report", "2009")
    copied = list(EditionRow.objects.values())
    columns = [name for name in copied[0] if name not in ("id", "position", "item_id")]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        names = ", ".join(columns)
        cursor.execute(
            f"INSERT INTO actionplan_editionrow ({names}, position, item_id) "  # noqa: S608  # columns of ours
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows // len(copied)}) "
            f"SELECT {names}, position + 1000 * i, item_id + 1000 * i FROM actionplan_editionrow, n"
        )


def milliseconds(way: Callable[[], object]) -> float:
    """The least of some rounds, in CPU time: other work on the machine only adds to it."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        way()
        times.append(process_time() - start)
    return 1000 * min(times)


def main() -> None:
    """Prints a line a word."""
    from actionplan.models import EditionRow
    from actionplan.selectors.filters import Filters
    from actionplan.selectors.search import search

    fill(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{EditionRow.objects.count():,} rows")
    everything = milliseconds(lambda: search(Filters(year="2009")))
    print(f"the page without a word {everything:8.1f} ms")
    for typed in ASKED:
        compare(typed)


def compare(typed: str) -> None:
    """Prints what the word costs, beside a bare LIKE of it."""
    from actionplan.models import EditionRow
    from actionplan.selectors.facets import words_match
    from actionplan.selectors.filters import Filters
    from actionplan.selectors.search import read_words, search

    bare = milliseconds(lambda: EditionRow.objects.filter(search_text__contains=typed).count())
    asked = milliseconds(lambda: EditionRow.objects.filter(words_match(read_words([typed]))).count())
    page = milliseconds(lambda: search(Filters(text=typed, year="2009")))
    likes = len(read_words([typed])[0].spellings)
    more = f"{asked - bare:+.1f}, ×{asked / bare:.2f}"
    print(f"{typed}: a bare LIKE {bare:.1f} ms, {likes} LIKE {asked:.1f} ms ({more}), the page {page:.1f} ms")


if __name__ == "__main__":
    with own_database():
        main()
