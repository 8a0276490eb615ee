"""Live tables → an edition not yet saved: the same function feeds preview, publish and the differences."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import orjson

from actionplan.models import AnnualReport, Edition, EditionRow
from actionplan.publishing.front_matter import live_front_matter, with_missing_actors
from actionplan.publishing.ground import Ground, ground_of
from actionplan.publishing.rows import (
    Cells,
    content_of,
    keep_published_wording,
    live_cells,
    page_place,
    printed_cells,
    unsaved_rows,
)

Wording = Literal["published", "current"]


@dataclass(frozen=True)
class Draft:
    """An edition not yet saved: its front matter, its rows as cells in page order, and the ground they are made of."""

    front_matter: dict
    cells: Sequence[Cells]
    ground: Ground

    @cached_property
    def rows(self) -> Sequence[EditionRow]:
        """The rows as models not yet saved, made when they are asked for first."""
        return unsaved_rows(self.cells)

    @cached_property
    def content_sha256(self) -> str:
        """The hash of the public content."""
        return content_sha256(self.front_matter, self.cells)


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
    base = base_of(report, wording, editions)
    ground = ground_of(report)
    return Draft(compose_front_matter(report, base), compose_cells(ground, base), ground)


def base_of(report: AnnualReport, wording: Wording, editions: Sequence[Edition] | None = None) -> Edition | None:
    """The edition whose wording of the plan is kept, None for the plan's own; editions: as for compose()."""
    if wording != "published":
        return None
    return last_edition(report) if editions is None else newest(editions)


def compose_front_matter(report: AnnualReport, base: Edition | None) -> dict:
    """The front matter as the base printed it, or as the plan has it now."""
    return with_missing_actors(base.front_matter) if base else live_front_matter(report)


def compose_cells(ground: Ground, base: Edition | None) -> list[Cells]:
    """The ground's rows, worded as in the base and in page order; of the base, its items' rows alone are read."""
    published = printed_cells(base, ground.items) if base else {}
    rows = [live_cells(answer, ground) for answer in ground.answers]
    for cells in rows:
        if cells["item_id"] in published:
            keep_published_wording(cells, published[cells["item_id"]])
    return sorted(rows, key=page_place)


def content_sha256(front_matter: dict, rows: Iterable[Cells]) -> str:
    """The SHA-256, as hex, of the public content: canonical JSON of the front matter and the rows in order.

    Canonical: UTF-8, keys sorted, no blanks; json.dumps with sort_keys, ensure_ascii=False and the shortest separators
    gives the same.
    """
    content = {"front_matter": front_matter, "rows": [content_of(cells) for cells in rows]}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
