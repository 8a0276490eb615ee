"""Yearly statuses in bulk: locked as they were seen, stored with one revision more and one record of change each."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from simple_history.utils import bulk_update_with_history

from actionplan.models import YearlyStatus

BATCH = 500


class Overtaken(RuntimeError):
    """Raised when somebody saved rows after they were seen; `rows` are the newer ones, `gone` the deleted keys."""

    def __init__(self, rows: Sequence[YearlyStatus], gone: Iterable[int] = ()) -> None:
        self.rows, self.gone = list(rows), sorted(gone)
        names = "、".join(row.item.code for row in self.rows)
        super().__init__(f"確認していただいた後に、内容が変わりました：{names or '削除された項目'}")


def lock(pks: Iterable[int]) -> list[YearlyStatus]:
    """The stored rows with what names them, locked until the transaction ends, always in the same order."""
    rows = YearlyStatus.objects.select_for_update(of=("self",)).filter(pk__in=list(pks)).order_by("pk")
    return list(rows.select_related("report", "department", "item__measure__policy"))


def lock_seen(seen: Mapping[int, int]) -> list[YearlyStatus]:
    """The rows, locked; raises Overtaken when one is gone or has another revision than was seen."""
    rows = lock(seen)
    newer = [row for row in rows if row.revision != seen[row.pk]]
    gone = set(seen) - {row.pk for row in rows}
    if newer or gone:
        raise Overtaken(newer, gone)
    return rows


def store(
    rows: Sequence[YearlyStatus], fields: Iterable[str], *, by: AbstractBaseUser | None, reason: str, source: str = ""
) -> None:
    """Stores the fields of locked rows in bulk, each row one revision on, each with its record of change.

    source: the name of the file that the change came from. Only for rows that lock() gave in this transaction.
    """
    for row in rows:
        row.revision += 1
    bulk_update_with_history(
        rows,
        YearlyStatus,
        [*fields, "revision"],
        batch_size=BATCH,
        default_user=by,
        default_change_reason=reason,
        custom_historical_attrs={"source_file": source[:255]},
    )


def remove(rows: Sequence[YearlyStatus], *, by: AbstractBaseUser | None, reason: str) -> None:
    """Deletes locked rows of a year that was never published, each with the record of its deletion."""
    records = YearlyStatus.history.bulk_history_create(
        rows, batch_size=BATCH, update=True, default_user=by, default_change_reason=reason
    )
    YearlyStatus.history.filter(pk__in=[record.pk for record in records]).update(history_type="-")
    # A plain queryset: one question for all rows, where the guarded one asks for each whether an edition rests on it.
    QuerySet(YearlyStatus).filter(pk__in=[row.pk for row in rows])._raw_delete(DEFAULT_DB_ALIAS)
