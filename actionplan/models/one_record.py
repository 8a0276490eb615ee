"""One change, one record: what a person saves at once, marks and members included, leaves a single entry.

The library writes an entry for the row and one more for each step of its many-to-many relations (a set() is a removal
and an addition). Here those steps complete the entry that the same request, or the same one_change(), has made already.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from actionplan.models.sealing import BATCH, TrailModel, is_waiting

STEPS = ("post_add", "post_remove", "post_clear")
OWNERS = "_owners_before_clear"


@dataclass
class OneChange:
    """What is being written together: why, from which file, and the entries made so far by model and key."""

    reason: str = ""
    source_file: str = ""
    made: dict[tuple[type, int], Any] = field(default_factory=dict)


_current: ContextVar[OneChange | None] = ContextVar("change that is being written", default=None)


@contextmanager
def one_change(*, reason: str = "", source_file: str = "") -> Iterator[None]:
    """Everything written inside belongs together; rows that name no reason or file of their own get these."""
    token = _current.set(OneChange(reason, source_file[:255]))
    try:
        yield
    finally:
        _current.reset(token)


def current_change() -> OneChange | None:
    """What is being written now: the innermost one_change(), else the request's; None outside both."""
    if change := _current.get():
        return change
    request = getattr(HistoricalRecords.context, "request", None)
    return vars(request).setdefault("_one_change", OneChange()) if request else None


def record_deletions(rows: Sequence[Any], *, by: Any, reason: str) -> None:
    """Writes the record of deletion of each row, all of one model, in bulk: a record is never changed afterwards.

    The library's own way in bulk knows no deletions.
    """
    if not rows:
        return
    history = type(rows[0]).history.model
    fields, now = [field.attname for field in history.tracked_fields], timezone.now()
    facts = {"history_type": "-", "history_date": now, "history_user": by, "history_change_reason": reason}
    made = [history(**facts, **{name: getattr(row, name) for name in fields}) for row in rows]
    history.objects.bulk_create(made, batch_size=BATCH)


class OneRecord(HistoricalRecords):
    """History in which a change of marks or members belongs to the record of the change that it came with.

    Its rows, those of marks and members too, are sealed with the transaction that stores them.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, m2m_bases=[TrailModel], **options)

    def m2m_changed(
        self, instance: models.Model, action: str, attr: str, pk_set: set | None, reverse: bool, **signal
    ) -> None:
        """Completes the owner's record of this change, or writes one; from the other side, for each owner."""
        if reverse and action == "pre_clear":
            setattr(instance, OWNERS, self._owners(attr, instance))
        if action not in STEPS or hasattr(instance, "skip_history_when_saving"):
            return
        for owner in self._reached(instance, pk_set) if reverse else [instance]:
            self._note(owner)

    def _owners(self, attr: str, other: models.Model) -> list[models.Model]:
        return list(self.cls._base_manager.filter(**{attr: other.pk}))

    def _reached(self, other: models.Model, pks: Iterable[int] | None) -> list[models.Model]:
        owners = other.__dict__.pop(OWNERS, []) if pks is None else self.cls._base_manager.filter(pk__in=pks)
        told = {name: value for name, value in vars(other).items() if name in ("_change_reason", "_source_file")}
        for owner in owners:
            vars(owner).update(told)
        return owners

    def _note(self, owner: models.Model) -> None:
        change = current_change()
        record = change and change.made.get((type(owner), owner.pk))
        if record and self._still_there(record):
            for relation in record._history_m2m_fields:
                self.m2m_models[relation].objects.filter(history=record).delete()
            self.create_historical_record_m2ms(record, owner)
        else:
            self.create_historical_record(owner, "~")

    def _still_there(self, record: Any) -> bool:
        """Whether the record may be completed: neither rolled back since nor sealed by the end of its transaction.

        Its key alone may have been given to another one.
        """
        if not is_waiting(record):
            return False
        same = {"pk": record.pk, "id": record.id, "history_date": record.history_date}
        return type(record).objects.filter(**same).exists()


def _complete(sender: type, instance: models.Model, history_instance: Any, **kwargs) -> None:
    change = current_change() or OneChange()
    history_instance.history_change_reason = history_instance.history_change_reason or change.reason or None
    history_instance.source_file = getattr(instance, "_source_file", "") or change.source_file


def _remember(sender: type, instance: models.Model, history_instance: Any, **kwargs) -> None:
    if change := current_change():
        change.made[type(instance), instance.pk] = history_instance


def connect() -> None:
    """Writes reason and file into every record and remembers it; called once when the application is ready."""
    pre_create_historical_record.connect(_complete, dispatch_uid="why and from which file")
    post_create_historical_record.connect(_remember, dispatch_uid="records of one change")
