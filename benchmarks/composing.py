"""What the publishing page of a large year costs, beside composing it and beside hashing it.

    .venv/bin/python -m benchmarks.composing [items]

Makes a database of its own and throws it away. CPU seconds, and ratios to composing alone.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from benchmarks.own_database import own_database

ROUNDS = 5


def ways(report, office) -> dict[str, Callable[[], object]]:
    """What is timed; the first is what the others are compared with."""
    from django.test import Client

    from actionplan.publishing.compose import compose

    client, page = Client(), f"/admin/actionplan/annualreport/{report.pk}"
    client.force_login(office)
    return {
        "composed": lambda: compose(report),
        "composed and hashed": lambda: compose(report).content_sha256,
        "the publishing page": lambda: client.get(f"{page}/publish/"),
        "a page of the preview": lambda: client.get(f"{page}/preview/"),
    }


def main() -> None:
    """Prints a line a way."""
    from actionplan.models import AnnualReport
    from actionplan.publishing.publish import publish
    from benchmarks.staff_pages import build

    scene = build(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
    report = AnnualReport.objects.get(fiscal_year=2025)
    publish(report, by=None)
    timed = ways(report, scene["office"])
    times: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, way in timed.items():
            start = process_time()
            way()
            times[name].append(process_time() - start)
    first = median(next(iter(times.values())))
    for name, taken in times.items():
        print(f"{name:<24}{median(taken):8.3f} s  ×{median(taken) / first:.2f}")


if __name__ == "__main__":
    with own_database(statics=True):
        main()
