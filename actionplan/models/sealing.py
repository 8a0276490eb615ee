"""Sealing: each row of the record that a transaction writes gets an entry in one ledger just before the commit.

An entry holds the hash of what its row says and that of the entry before it: a row that is changed, taken away or
slipped in past the portal fits no longer. It is written in the last moment of the transaction, so that people who save
at once wait for each other for no longer than that, and what a later step of the same change completes is sealed once.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

PUBLISHED = ("edition", "editionrow", "editionfile", "editionwithdrawal")
TRAIL, EVENTS = "historical", ("securityevent", "unsealing")
BATCH = 500
# Advisory locks of PostgreSQL; SQLite has one writer at a time anyway.
LEDGER, EDITIONS = 7_236_501, 7_236_502

Key = tuple[type[models.Model], int]


class Entry(NamedTuple):
    """What is to be sealed: the kind and number of a row, and the hash of what it says, empty for one taken away."""

    kind: str
    number: int
    sha256: str


def is_sealed(model: type[models.Model]) -> bool:
    """Whether rows of the model are sealed: what is published, the trail, and events of security."""
    name = model._meta.model_name or ""
    ours = model._meta.app_label == "actionplan"
    return ours and (name in PUBLISHED or name in EVENTS or name.startswith(TRAIL))


def sealed_models(registry: Any = apps) -> list[type[models.Model]]:
    """Every model whose rows are sealed, by name. registry: a migration's own, whose models are those of its time."""
    return sorted(filter(is_sealed, registry.get_models()), key=lambda model: model._meta.model_name)


# ---- what a row says -------------------------------------------------------------------------------------------------


def digest(kind: str, cells: Mapping[str, Any]) -> str:
    """The hash of what a row says. What says nothing is left out, so that a column which comes later changes none."""
    told = {name: value for name, value in cells.items() if not _says_nothing(value)}
    text = json.dumps([kind, told], ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_in_words)
    return hashlib.sha256(text.encode()).hexdigest()


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def digests(model: type[models.Model], numbers: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
    """Key and hash of each stored row of the model, or of those with the keys, as they are stored, by key."""
    kind, names = str(model._meta.model_name), [field.attname for field in model._meta.concrete_fields]
    rows: models.QuerySet = models.QuerySet(model).order_by("pk")
    for cells in (rows if numbers is None else rows.filter(pk__in=numbers)).values(*names).iterator(2000):
        yield cells[model._meta.pk.attname], digest(kind, cells)


# ---- the ledger ------------------------------------------------------------------------------------------------------


def chained(previous: str, sequence: int, entry: Entry, sealed_at: datetime) -> str:
    """The hash of an entry, which covers the one before it."""
    facts = (previous, str(sequence), *map(str, entry), _in_words(sealed_at))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def hold(lock: int, using: str = DEFAULT_DB_ALIAS) -> None:
    """Lets nobody else pass here until the transaction ends."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def seal(entries: Iterable[Entry], registry: Any = apps) -> None:
    """Writes the entries at the end of the ledger; inside a transaction."""
    ledger: Any = registry.get_model("actionplan", "Seal")
    hold(LEDGER)
    rows: models.QuerySet = models.QuerySet(ledger)
    last = rows.order_by("-sequence").values_list("sequence", "chain_sha256").first()
    chain = _chain(ledger, entries, *(last or (0, "")))
    while batch := list(islice(chain, BATCH)):
        rows.bulk_create(batch)


def _chain(ledger: Any, entries: Iterable[Entry], sequence: int, previous: str) -> Iterator[models.Model]:
    now = timezone.now()
    for number, entry in enumerate(entries, sequence + 1):
        previous = chained(previous, number, entry, now)
        yield ledger(sequence=number, sealed_at=now, chain_sha256=previous, **entry._asdict())


def seal_everything(registry: Any) -> None:
    """Seals every row that is stored: once, when an installation is brought up to date."""
    for model in sealed_models(registry):
        seal((Entry(str(model._meta.model_name), *found) for found in digests(model)), registry)


# ---- what waits for the end of the transaction -----------------------------------------------------------------------


def note(rows: Iterable[models.Model]) -> None:
    """Remembers rows just stored, which are sealed with the transaction; to be asked inside one."""
    _waiting().update(dict.fromkeys((type(row), row.pk) for row in rows if _is_ours(type(row))))


def note_keys(keys: Iterable[Key]) -> None:
    """The same for rows by their key: one that is gone by then gets an entry that says so."""
    _waiting().update(dict.fromkeys(keys, True))


def is_waiting(row: models.Model) -> bool:
    """Whether the row was stored by this very transaction, so that nobody has sealed it yet."""
    return (type(row), row.pk) in _waiting()


def _waiting() -> dict[Key, Any]:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return connection.waiting_for_seal


def seal_waiting(waiting: Mapping[Key, Any]) -> None:
    """Seals the rows as they are stored now; one that was taken back since is passed over, unless told otherwise."""
    by_model = defaultdict(list)
    for model, number in waiting:
        by_model[model].append(number)
    found = {model: _found(model, numbers) for model, numbers in by_model.items()}
    entries = [
        Entry(str(model._meta.model_name), number, found[model].get(number, ""))
        for (model, number), also_gone in waiting.items()
        if number in found[model] or also_gone
    ]
    if entries:
        seal(entries)


def _found(model: type[models.Model], numbers: Sequence[int]) -> dict[int, str]:
    parts = [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]
    return {number: sha256 for part in parts for number, sha256 in digests(model, part)}


def stored(sender: type[models.Model], instance: models.Model, **signal: Any) -> None:
    """Notes a row of the record that was stored by itself, from a fixture too."""
    if _is_ours(sender):
        note([instance])


def _is_ours(model: type[models.Model]) -> bool:
    """Whether the model is sealed and of today: what a migration stores is sealed when all migrations are through."""
    return is_sealed(model) and model._meta.apps is apps


def watch(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Has each commit of the connection seal first what the transaction has written; called when it is opened.

    Django has no signal before a commit. What cannot be sealed is not committed.
    """
    own: Any = connection
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    first = not hasattr(own, "waiting_for_seal")
    own.waiting_for_seal = {}
    if first:
        own._commit, own._rollback = _sealing(own, own._commit), _forgetting(own, own._rollback)


def _sealing(connection: Any, commit: Any) -> Any:
    def seal_and_commit() -> Any:
        waiting, connection.waiting_for_seal = connection.waiting_for_seal, {}
        if waiting:
            _inside(connection, waiting)
        return commit()

    return seal_and_commit


def _inside(connection: Any, waiting: Mapping[Key, Any]) -> None:
    """Seals in the transaction that is still open, though Django has left its block already."""
    connection.in_atomic_block = True
    try:
        seal_waiting(waiting)
    except BaseException:
        connection.in_atomic_block = False
        connection.rollback()
        raise
    finally:
        connection.in_atomic_block = False


def _forgetting(connection: Any, rollback: Any) -> Any:
    def forget_and_roll_back() -> Any:
        connection.waiting_for_seal = {}
        return rollback()

    return forget_and_roll_back


class TrailQuerySet(models.QuerySet):
    """Records of change, noted as they are stored in bulk."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> list:
        """Inserts the rows, which are sealed with the transaction."""
        with transaction.atomic(savepoint=False):
            rows = super().bulk_create(*args, **kwargs)
            note(rows)
        return rows


class TrailModel(models.Model):
    """A record of change, or of a mark or member that belonged to it."""

    objects = TrailQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores the row, which is sealed with the transaction."""
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
