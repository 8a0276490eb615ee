"""What publishing would change, kept until something that the draft is made of changes.

Composing a large year takes a second or more, and the page is opened again and again while it stands still. Every write
leaves a record of change, so the newest record of each table that a draft is made of tells whether it still stands.
What is kept only shows: publishing composes anew and compares the hash of what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from actionplan.models import (
    ActionItem,
    ActorType,
    Aim,
    AnnualReport,
    Department,
    Edition,
    Measure,
    Plan,
    Policy,
    Stage,
    StoryRemark,
    StoryStep,
    YearlyStatus,
)
from actionplan.publishing.compose import Wording, compose
from actionplan.publishing.differences import (
    CellDifference,
    RowDifference,
    front_matter_differences,
    row_differences,
)
from actionplan.publishing.rows import printed_cells
from actionplan.publishing.unconfirmed import OpenAnswer, unconfirmed_among

SOURCES = (ActionItem, ActorType, Aim, AnnualReport, Department, Measure, Plan, Policy)
SOURCES += (Stage, StoryRemark, StoryStep, YearlyStatus)
AN_HOUR = 3600


@dataclass(frozen=True)
class Outlook:
    """The hash and the size of the next edition, how it differs from the one that it is held against, what is open."""

    content_sha256: str
    item_count: int
    unconfirmed: Sequence[OpenAnswer]
    rows: Sequence[RowDifference]
    front: Sequence[CellDifference]


def outlook(
    report: AnnualReport, wording: Wording, standing: Sequence[Edition], base: Edition | None, *, anew: bool = False
) -> Outlook:
    """What publishing would change.

    standing: the year's editions that have not been withdrawn. base: the edition to compare with, None for the first.
    anew: compose whatever is kept, as after a refusal.
    """
    about = (report.pk, wording, [edition.pk for edition in standing], base and base.pk, _stamp(report))
    key = f"outlook-{sha256(repr(about).encode()).hexdigest()}"
    found = None if anew else cache.get(key)
    if found is None:
        found = _look(report, wording, standing, base)
        cache.set(key, found, AN_HOUR)
    return found


def _look(report: AnnualReport, wording: Wording, standing: Sequence[Edition], base: Edition | None) -> Outlook:
    draft = compose(report, wording, editions=standing)
    rows = row_differences(printed_cells(base), draft.cells) if base else []
    front = front_matter_differences(base.front_matter, draft.front_matter) if base else []
    return Outlook(draft.content_sha256, len(draft.cells), unconfirmed_among(draft.ground), rows, front)


def _stamp(report: AnnualReport) -> str:
    """Number and moment of the newest record of every table that a draft is made of; one query.

    The moment too: after a database was restored from a copy the numbers come again, for other words.
    """
    record = JSONObject(number="history_id", at="history_date")
    newest = [model.history.order_by("-history_id").values(found=record)[:1] for model in SOURCES]
    found = AnnualReport.objects.filter(pk=report.pk).values_list(*map(Subquery, newest)).get()
    return "|".join(f"{newest['number']}@{newest['at']}" if newest else "" for newest in found)
