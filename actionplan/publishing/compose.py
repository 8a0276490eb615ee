"""Live tables → an edition not yet saved: the same function feeds preview, publish and the differences."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from actionplan.models import AnnualReport, Edition, EditionRow, YearlyStatus
from actionplan.publishing.front_matter import live_front_matter, with_missing_actors
from actionplan.publishing.ground import ground_of
from actionplan.publishing.rows import content_of, keep_published_wording, live_row

Wording = Literal["published", "current"]


@dataclass(frozen=True)
class Draft:
    """An edition not yet saved: its front matter, its rows in page order, the hash of both; the answers behind them."""

    front_matter: dict
    rows: Sequence[EditionRow]
    content_sha256: str
    statuses: Sequence[YearlyStatus] = ()


def last_edition(report: AnnualReport) -> Edition | None:
    """The highest-numbered edition of the report that has not been withdrawn, scheduled ones included."""
    return report.editions.standing().order_by("-number").first()


def shown_edition(report: AnnualReport) -> Edition | None:
    """The edition of the report that citizens see at this moment."""
    return report.editions.public().order_by("-number").first()


def newest(editions: Sequence[Edition]) -> Edition | None:
    """The last edition among those of one year."""
    return max(editions, key=lambda edition: edition.number, default=None)


def compose(
    report: AnnualReport, wording: Wording = "published", *, editions: Sequence[Edition] | None = None
) -> Draft:
    """The draft of the report's next edition.

    editions: those of the year that have not been withdrawn, when the caller has read them already.

    wording: "published" keeps the plan's text as the last edition printed it, so that later edits of the plan do not
    leak into an old year; "current" takes the plan as it stands now. Items new to the year are worded as now.
    """
    base = _base(report, wording, editions)
    published = {row.item_id: row for row in base.rows.all()} if base else {}
    ground = ground_of(report)
    rows = [live_row(status, ground) for status in ground.statuses]
    for row in rows:
        if row.item_id in published:
            keep_published_wording(row, published[row.item_id])
    rows = _in_page_order(rows)
    front_matter = with_missing_actors(base.front_matter) if base else live_front_matter(report)
    return Draft(front_matter, rows, content_sha256(front_matter, rows), ground.statuses)


def _base(report: AnnualReport, wording: Wording, editions: Sequence[Edition] | None) -> Edition | None:
    if wording != "published":
        return None
    return last_edition(report) if editions is None else newest(editions)


def _in_page_order(rows: list[EditionRow]) -> list[EditionRow]:
    rows = sorted(rows, key=lambda row: (row.policy_number, row.measure_number, row.item_number, row.item_id))
    for position, row in enumerate(rows, 1):
        row.position = position
    return rows


def content_sha256(front_matter: dict, rows: Sequence[EditionRow]) -> str:
    """The SHA-256, as hex, of the public content: canonical JSON of the front matter and the rows in order."""
    content = {"front_matter": front_matter, "rows": [content_of(row) for row in rows]}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
