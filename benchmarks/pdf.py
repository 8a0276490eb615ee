"""How long a report's PDF takes: made, read from the store, and beside the page and the bare layout of WeasyPrint.

    .venv/bin/python -m benchmarks.pdf

Needs a published report (script/server makes one). Only ratios of one run mean anything.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import django

ROUNDS = 5


def seconds(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of a few rounds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        job()
        times.append(perf_counter() - start)
    return median(times)


def main() -> None:
    """Prints one line per way, each with its ratio to the first."""
    from django.conf import settings

    from actionplan.exports import pdf
    from actionplan.selectors.editions import latest_public_edition

    edition = latest_public_edition()
    if edition is None:
        raise SystemExit("公表された報告がありません。script/server を一度起動してください。")
    with tempfile.TemporaryDirectory() as folder:
        settings.VAR_DIR = Path(folder)
        first = seconds(lambda: pdf.report_pdf(edition), 1)
        content = pdf.report_pdf(edition)
        print(f"{edition.rows.count()} items, {len(content) / 1024:.0f} KB")
        line("first in a process", first, first)
        line("made again", seconds(lambda: pdf._make(edition, "x")), first)
        line("its HTML alone", seconds(lambda: pdf.report_html(edition)), first)
        line("from the store", seconds(lambda: pdf.report_pdf(edition)), first)


def line(name: str, taken: float, first: float) -> None:
    """Prints a time and its ratio to making the first."""
    print(f"{name:20} {taken:8.4f} s   ratio {taken / first:.4f}")


if __name__ == "__main__":
    django.setup()
    main()
