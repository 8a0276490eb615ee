"""Workbooks between their look and their taking: each belongs to who uploaded it, and goes after a day."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from actionplan.inquiry.layout import InquiryFile
from actionplan.inquiry.read_workbook import read_inquiry
from actionplan.models import AnnualReport, Person
from actionplan.waiting_files import ONE_DAY, WAITING_NAME, OwnedFile

KIND = "inquiry"
MARKED = "（直すところ）"  # ends the name of a workbook that was given back with marks


@dataclass(frozen=True)
class WaitingInquiry:
    """A workbook that waits. name: the one that cannot be guessed; title: the file's own; arrived: when, in seconds."""

    place: OwnedFile
    name: str
    title: str
    fiscal_year: int
    arrived: float

    def data(self) -> bytes:
        """The workbook's bytes. Raises FileNotFoundError when it is gone."""
        return self.place.read().partition(b"\n")[2]

    def read(self) -> InquiryFile:
        """What the workbook says. Raises UploadError, FileNotFoundError."""
        return _read(self.place.path, self.title, self.arrived)

    @property
    def arrived_at(self) -> datetime:
        """When it was chosen."""
        return datetime.fromtimestamp(self.arrived, tz=timezone.get_current_timezone())

    def remove(self) -> None:
        """Removes the file."""
        self.place.remove()


@lru_cache(maxsize=64)
def _read(path: Path, title: str, arrived: float) -> InquiryFile:
    # A waiting file never changes, and a queue of twenty would be read again on every page.
    return read_inquiry(path.read_bytes().partition(b"\n")[2], title)


def keep(owner: Person, report: AnnualReport, title: str, data: bytes) -> WaitingInquiry:
    """The workbook, kept until it is taken."""
    place = OwnedFile(KIND, owner)
    head = json.dumps({"title": title, "fiscal_year": report.fiscal_year})
    place.save(head.encode() + b"\n" + data)
    return find(owner, report, place.name)


def find(owner: Person, report: AnnualReport, name: str) -> WaitingInquiry | None:
    """The person's waiting workbook of that name and year; None when there is none, or none any more."""
    if not WAITING_NAME.fullmatch(name):
        return None
    found = _open(OwnedFile(KIND, owner, name))
    return found if found and found.fiscal_year == report.fiscal_year else None


def waiting(owner: Person, report: AnnualReport) -> list[WaitingInquiry]:
    """All of the person's waiting workbooks of the year, the first to arrive first."""
    found = (file for file in _all(owner) if file.fiscal_year == report.fiscal_year)
    return sorted(found, key=lambda file: (file.arrived, file.title))


def _all(owner: Person) -> Iterator[WaitingInquiry]:
    prefix = OwnedFile(KIND, owner).prefix
    for path in (settings.VAR_DIR / "uploads").glob(f"{prefix}*"):
        if found := _open(OwnedFile(KIND, owner, path.name.removeprefix(prefix))):
            yield found


def _open(place: OwnedFile) -> WaitingInquiry | None:
    try:
        arrived = place.path.stat().st_mtime
        with place.path.open("rb") as file:
            head = json.loads(file.readline())
    except (FileNotFoundError, ValueError):  # gone just now, or not written to its end yet
        return None
    if time.time() - arrived > ONE_DAY:
        place.remove()
        return None
    return WaitingInquiry(place, place.name, head["title"], head["fiscal_year"], arrived)
