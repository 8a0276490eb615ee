"""Editions built straight from their rows, without the live tables' publishing."""

from datetime import UTC, datetime

from actionplan.models import AnnualReport, Edition, EditionRow
from tests.factories import LEGEND, make_item

ACTORS = [{"symbol": symbol, "label": label, "short_name": short} for symbol, label, short in LEGEND]
PUBLIC_FROM = datetime(2010, 3, 31, 16, 0, tzinfo=UTC)  # 1 April, one o'clock in the morning, in Japan


def front_matter(**changes) -> dict:
    """What the exports read of an edition's front matter."""
    return {
        "fiscal_year": 2009,
        "label": "平成21年度（2009年度）",
        "era_label": "平成21年度",
        "title": "平成２１年度試験計画実施状況",
        "plan": {"title": "試験計画", "municipality": "対馬市", "municipality_code": "422096"},
        "actors": ACTORS,
        **changes,
    }


def make_row(position: int = 1, **fields) -> EditionRow:
    """A row that is not saved; its item needs no database unless it is named."""
    if "item" not in fields:
        fields.setdefault("item_id", position)
    defaults = {
        "public_id": f"item{position:04}",
        "policy_number": 1,
        "policy_title": "意識を高める",
        "measure_number": 1,
        "measure_title": "啓発に努めます",
        "status_heading": "実施状況",
        "item_number": position,
        "item_name": f"項目{position}",
        "content": "内容",
        "actor_symbols": "◎",
        "status": "実施した。",
        "progress": "unset",
        "progress_label": "未設定",
    }
    return EditionRow(position=position, **{**defaults, **fields})


def make_edition(report: AnnualReport, rows: list[dict] | None = None, **fields) -> Edition:
    """A stored edition with a row for each dict of fields; one plain row unless told."""
    defaults = {"number": 1, "public_from": PUBLIC_FROM, "front_matter": front_matter(), "content_sha256": "0" * 64}
    edition = Edition.objects.create(report=report, **{**defaults, **fields})
    stored = [make_row(position, item=make_item(), **row) for position, row in enumerate(rows or [{}], 1)]
    for row in stored:
        row.edition = edition
    EditionRow.objects.bulk_create(stored)
    return edition
