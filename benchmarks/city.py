"""What one city costs: processor time for each request, memory, and room on the disk.

    .venv/bin/python -m benchmarks.city

Makes a database of its own with the real report (38 items) and throws it away. CPU seconds of this process, medians;
docs/scale.md reckons with them.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks.own_database import own_database

EDITIONS = 10
PAGES = ("/", "/reports/", "/reports/2009/", "/reports/2009/policies/3/", "/about/", "/sitemap/", "/reports/2009.csv")


def cpu(way: Callable[[], object], rounds: int) -> float:
    """Milliseconds of this process's processor time: the median."""
    times = []
    for _ in range(rounds):
        begun = process_time()
        way()
        times.append((process_time() - begun) * 1000)
    return median(times)


def requests(report: Any) -> dict[str, float]:
    """Milliseconds a request."""
    from django.test import Client

    from actionplan import kept_pages
    from tests import factories

    citizen, clerk = Client(), Client()
    clerk.force_login(factories.make_user(username="clerk"))

    def first(page: str) -> object:
        kept_pages.forget(kept_pages.states())
        kept_pages.forget_in_process()
        return citizen.get(page)

    department = factories.make_department()
    report.statuses.update(department=department)
    sheet = f"/admin/answers/{report.key}/{department.pk}/"
    citizen.get("/reports/2009/")
    return {
        "a kept page": cpu(lambda: citizen.get("/reports/2009/"), 200),
        "the report page, first time": cpu(lambda: first("/reports/2009/"), 7),
        "a policy's page, first time": cpu(lambda: first("/reports/2009/policies/3/"), 7),
        "a search": cpu(lambda: first("/search/?q=%E5%B8%82"), 7),
        "a department's answers, opened": cpu(lambda: clerk.get(sheet), 7),
    }


def saved(report: Any) -> float:
    """Milliseconds to save one answer with its record and seal, the page aside."""
    from django.db import transaction

    row = report.statuses.order_by("pk").first()

    def save() -> None:
        row.text += "。"
        with transaction.atomic():
            row.save()

    return cpu(save, 20)


def size(file: Path) -> int:
    """Bytes of the database, with nothing left over in it."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("VACUUM")
    return file.stat().st_size


def lying(folder: Path) -> int:
    """Bytes of all files in the folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def memory() -> float:
    """Megabytes that this process holds now."""
    words = Path("/proc/self/status").read_text()
    return int(words.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    """Prints a line for each."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from actionplan.models import AnnualReport
    from actionplan.publishing.publish import publish

    call_command("load_report", verbosity=0)
    report = AnnualReport.objects.get()
    publish(report, by=None)
    for name, took in requests(report).items():
        print(f"{name:32} {took:8.2f} ms")
    print(f"{'an answer saved':32} {saved(report):8.2f} ms")
    file = Path(connection.settings_dict["NAME"])
    connection.close()
    before = size(file)
    for number in range(EDITIONS):
        row = report.statuses.order_by("pk").first()
        row.text = f"訂正{number}"
        row.save()
        publish(report, by=None, note="訂正")
    connection.close()
    print(f"{'the database with one edition':32} {before / 1e6:8.2f} MB")
    print(f"{'an edition more':32} {(size(file) - before) / EDITIONS / 1e6:8.2f} MB")
    from django.test import Client

    for page in PAGES:
        Client().get(page)
    print(f"{'seven kept pages':32} {lying(settings.VAR_DIR / 'pages') / 1e6:8.2f} MB")
    print(f"{'this process, which did all that':32} {memory():8.0f} MB")


if __name__ == "__main__":
    with own_database(statics=True):
        main()
