"""Records of change for rows that were stored in bulk: one each, the row's many-to-many relations included."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import ManyToManyField, Model

BATCH = 500


def record(
    rows: Sequence[Model], *, by: AbstractBaseUser | None, reason: str, source: str = "", new: bool = False
) -> None:
    """Writes one record of change for each row, as it stands in the database now.

    rows: of one model, stored already without a record (bulk_create, bulk_update, rows of a relation).
    source: the name of the file that the change came from. new: whether the rows were just made.
    """
    if not rows:
        return
    records = type(rows[0]).history.bulk_history_create(
        rows,
        batch_size=BATCH,
        update=not new,
        default_user=by,
        default_change_reason=reason or None,
        custom_historical_attrs={"source_file": source[:255]},
    )
    by_pk = {row.pk: each for row, each in zip(rows, records, strict=True)}
    for field in records[0]._history_m2m_fields:
        _record_relation(field, by_pk)


def _record_relation(field: ManyToManyField, records: dict[int, Model]) -> None:
    """The library's bulk path leaves relations out; a record without them would read as if all had been taken away."""
    through, owner = field.remote_field.through, f"{field.m2m_field_name()}_id"
    kept = through.objects.filter(**{f"{owner}__in": records.keys()})
    history = getattr(type(next(iter(records.values()))), field.name).model
    names = [column.attname for column in through._meta.concrete_fields]
    history.objects.bulk_create(
        (history(history=records[getattr(row, owner)], **{name: getattr(row, name) for name in names}) for row in kept),
        batch_size=BATCH,
    )
