"""What composing a large year costs: with Python's own garbage collector numbers and the portal's, side by side.

    .venv/bin/python -m benchmarks.composing [items]

Makes a database of its own and throws it away. CPU seconds, and ratios to Python's own json and collector.
"""

import gc
import hashlib
import json
import sys
from statistics import median
from time import process_time

from benchmarks.own_database import own_database

ROUNDS = 5


def main() -> None:
    """Prints a line a way."""
    from actionplan.apps import LARGE_YEARS
    from actionplan.models import AnnualReport
    from actionplan.publishing.compose import compose, content_sha256
    from actionplan.publishing.part import DraftRows
    from actionplan.publishing.rows import content_of
    from benchmarks.staff_pages import build

    build(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    report = AnnualReport.objects.get(fiscal_year=2025)

    def by_pythons_json() -> str:
        draft = compose(report)
        content = {"front_matter": draft.front_matter, "rows": [content_of(cells) for cells in draft.cells]}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_it_is() -> str:
        draft = compose(report)
        return content_sha256(draft.front_matter, draft.cells)

    ways = {
        "Python's json and collector": (by_pythons_json, (700, 10, 10)),
        "Python's collector": (as_it_is, (700, 10, 10)),
        "as it is": (as_it_is, LARGE_YEARS),
        "one page of 500": (lambda: DraftRows(report, "published")[:500], LARGE_YEARS),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (way, threshold) in ways.items():
            gc.set_threshold(*threshold)
            start = process_time()
            way()
            times[name].append(process_time() - start)
    first = median(times["Python's json and collector"])
    for name, taken in times.items():
        print(f"{name:28} {median(taken):6.2f} s  ratio {median(taken) / first:5.2f}")


if __name__ == "__main__":
    with own_database():
        main()
