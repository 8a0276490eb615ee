"""Live tables → an edition not yet saved: the same function feeds preview, publish and the differences."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from actionplan.models import AnnualReport, Edition, EditionRow, YearlyStatus
from actionplan.publishing.front_matter import live_front_matter, with_missing_actors
from actionplan.publishing.rows import content_of, keep_published_wording, live_row, search_text

Wording = Literal["published", "current"]


@dataclass(frozen=True)
class Draft:
    """An edition not yet saved: its front matter, its rows in page order, and the hash of both."""

    front_matter: dict
    rows: Sequence[EditionRow]
    content_sha256: str


def last_edition(report: AnnualReport) -> Edition | None:
    """The highest-numbered edition of the report that has not been withdrawn, scheduled ones included."""
    return report.editions.standing().order_by("-number").first()


def shown_edition(report: AnnualReport) -> Edition | None:
    """The edition of the report that citizens see at this moment."""
    return report.editions.public().order_by("-number").first()


def compose(report: AnnualReport, wording: Wording = "published") -> Draft:
    """The draft of the report's next edition.

    wording: "published" keeps the plan's text as the last edition printed it, so that later edits of the plan do not
    leak into an old year; "current" takes the plan as it stands now. Items new to the year are worded as now.
    """
    base = last_edition(report) if wording == "published" else None
    published = {row.item_id: row for row in base.rows.all()} if base else {}
    rows = [live_row(status) for status in _statuses(report)]
    for row in rows:
        if row.item_id in published:
            keep_published_wording(row, published[row.item_id])
    rows = _in_page_order(rows)
    live = live_front_matter(report)
    front_matter = with_missing_actors(base.front_matter, live) if base else live
    return Draft(front_matter, rows, content_sha256(front_matter, rows))


def _statuses(report: AnnualReport) -> list[YearlyStatus]:
    return list(
        report.statuses.select_related("item__measure__policy", "department")
        .prefetch_related("item__actors", "item__predecessors__measure__policy")
        .order_by("item__measure__policy__number", "item__measure__number", "item__number", "item")
    )


def _in_page_order(rows: list[EditionRow]) -> list[EditionRow]:
    rows = sorted(rows, key=lambda row: (row.policy_number, row.measure_number, row.item_number, row.item_id))
    for position, row in enumerate(rows, 1):
        row.position = position
        row.search_text = search_text(row)
    return rows


def content_sha256(front_matter: dict, rows: Sequence[EditionRow]) -> str:
    """The SHA-256, as hex, of the public content: canonical JSON of the front matter and the rows in order."""
    content = {"front_matter": front_matter, "rows": [content_of(row) for row in rows]}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
