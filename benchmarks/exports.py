"""How long this project's CSV and XLSX writers and readers take beside tablib's, in one run.

    .venv/bin/python -m benchmarks.exports [rows]

Prints seconds and ratios; above 1.0 means slower than tablib. Only ratios of one run mean anything.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import django
import tablib

ROUNDS = 3
TEXT = "地域マネージャー制度を通じ、地域のまちづくり情報や他地区の活動事例の紹介を実施した。"


def sample(rows: int) -> tablib.Dataset:
    """A table as wide as the open data, with a formula-like text here and there."""
    headers = [f"列{index}" for index in range(22)]
    lines = [[number, *[TEXT] * 3, "＝随時" if number % 10 == 0 else "◎", *["短い"] * 17] for number in range(rows)]
    return tablib.Dataset(*lines, headers=headers)


def seconds(job: Callable[[], object]) -> float:
    """The median time of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        job()
        times.append(perf_counter() - start)
    return median(times)


def main(rows: int) -> None:
    """Prints one line per format and direction."""
    from import_export.formats.base_formats import CSV, XLSX

    from actionplan.uploads import GuardedCSV, GuardedXLSX

    dataset = sample(rows)
    print(f"{rows} rows")
    for ours, theirs in ((GuardedCSV(), CSV()), (GuardedXLSX(), XLSX())):
        name = theirs.get_title()
        report(f"{name} write", lambda: ours.export_data(dataset), lambda: theirs.export_data(dataset))  # noqa: B023
        data = theirs.export_data(dataset)
        given = data.encode() if isinstance(data, str) else data
        report(f"{name} read", lambda: ours.create_dataset(given), lambda: theirs.create_dataset(data))  # noqa: B023


def report(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Prints both times and their ratio."""
    mine, tablibs = seconds(ours), seconds(theirs)
    print(f"{name:12} ours {mine:6.2f} s   tablib {tablibs:6.2f} s   ratio {mine / tablibs:.2f}")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
