"""What composing a large year costs: with Python's own garbage collector numbers and the portal's, side by side.

    .venv/bin/python -m benchmarks.composing [items]

Makes a database of its own and throws it away. CPU seconds, and ratios to Python's own json and collector.
"""

import gc
import hashlib
import json
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from benchmarks.own_database import own_database

ROUNDS = 5
PYTHONS = (700, 10, 10)


def by_pythons_json(report) -> str:
    """The hash of the composed report as Python's own json writes it."""
    from actionplan.publishing.compose import compose, content_of

    draft = compose(report)
    content = {"front_matter": draft.front_matter, "rows": [content_of(cells) for cells in draft.cells]}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ways(report) -> dict[str, tuple[Callable[[], object], tuple[int, int, int]]]:
    """What is timed, and with which numbers of the collector; the first is what the others are compared with."""
    from actionplan.apps import LARGE_YEARS
    from actionplan.publishing.compose import DraftRows, compose

    return {
        "Python's json and collector": (lambda: by_pythons_json(report), PYTHONS),
        "Python's collector": (lambda: compose(report).content_sha256, PYTHONS),
        "as it is": (lambda: compose(report).content_sha256, LARGE_YEARS),
        "one page of 500": (lambda: DraftRows(report, "published")[:500], LARGE_YEARS),
    }


def main() -> None:
    """Prints a line a way."""
    from actionplan.models import AnnualReport
    from benchmarks.staff_pages import build

    build(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    timed = ways(AnnualReport.objects.get(fiscal_year=2025))
    times: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, (way, threshold) in timed.items():
            gc.set_threshold(*threshold)
            start = process_time()
            way()
            times[name].append(process_time() - start)
    first = median(next(iter(times.values())))
    for name, taken in times.items():
        print(f"{name:28} {median(taken):6.2f} s  ratio {median(taken) / first:5.2f}")


if __name__ == "__main__":
    with own_database():
        main()
