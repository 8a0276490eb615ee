"""The ledger of seals, each time that the seal was opened, and the triggers by which the database refuses the rest."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.signals import connection_created
from django.utils import timezone

from actionplan.models.base import ImmutableModel
from actionplan.models.sealing import Key, digests, note_keys, sealed_models, stored, watch

SECURITY = logging.getLogger("portal.security")


class Seal(ImmutableModel):
    """An entry of the ledger: what a row of the record said when it was stored; empty once it was rightly removed."""

    sequence = models.BigIntegerField("通し番号", primary_key=True)
    sealed_at = models.DateTimeField("日時")
    kind = models.CharField("種類", max_length=100)
    number = models.BigIntegerField("番号")
    sha256 = models.CharField("内容のSHA-256", max_length=64, blank=True)
    chain_sha256 = models.CharField("連鎖のSHA-256", max_length=64)

    class Meta(ImmutableModel.Meta):
        verbose_name = verbose_name_plural = "封"
        ordering = ["sequence"]
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "number"], name="seal_of_row")]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.chain_sha256}"


class Unsealing(models.Model):
    """A time at which rows of the record were rightly changed or removed: why, and from when to when."""

    reason = models.TextField("理由")
    opened_at = models.DateTimeField("始まり", default=timezone.now)
    closed_at = models.DateTimeField("終わり", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "封を開けた記録"
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason


# ---- what fits -------------------------------------------------------------------------------------------------------


class BrokenSeal(NamedTuple):
    """A row that does not fit its seal: its kind and key, and how."""

    kind: str
    number: int
    how: str

    @property
    def model(self) -> type[models.Model]:
        """Where the row stands, or stood."""
        return apps.get_model("actionplan", self.kind)

    @property
    def key(self) -> Key:
        """What the ledger is told of it by."""
        return self.model, self.number


CHANGED, GONE, NEVER_SEALED = "changed", "gone", "never sealed"


def latest_seals(kind: str, registry: Any = apps) -> dict[int, str]:
    """The hash that each row of the kind was last sealed with, by its key; empty for one that was rightly removed."""
    ledger = registry.get_model("actionplan", "Seal")
    found: models.QuerySet = (
        models.QuerySet(ledger).filter(kind=kind).order_by("sequence").values_list("number", "sha256")
    )
    return dict(found.iterator(2000))


def misfits(registry: Any = apps) -> Iterator[BrokenSeal]:
    """Every row of the record that does not fit its seal, by kind and key. registry: see sealed_models()."""
    for model in sealed_models(registry):
        kind = str(model._meta.model_name)
        sealed = latest_seals(kind, registry)
        for number, sha256 in digests(model):
            if (said := sealed.pop(number, "")) != sha256:
                yield BrokenSeal(kind, number, CHANGED if said else NEVER_SEALED)
        yield from (BrokenSeal(kind, number, GONE) for number, said in sealed.items() if said)


def still(misfit: BrokenSeal) -> bool:
    """Whether the row does not fit yet: one that was stored while others were read has its seal by now."""
    last = Seal.objects.filter(kind=misfit.kind, number=misfit.number).order_by("-sequence")
    said = last.values_list("sha256", flat=True).first() or ""
    return said != dict(digests(misfit.model, [misfit.number])).get(misfit.number, "")


# ---- the one way through ---------------------------------------------------------------------------------------------


@contextmanager
def unsealed(reason: str) -> Iterator[None]:
    """One transaction in which rows of the record may be changed and removed, for a command that has to.

    reason: in Japanese; it is logged and stays in the ledger. What fitted before and does not afterwards is sealed
    anew; what did not fit before is not made to.
    """
    with transaction.atomic():
        before = set(misfits())
        opened = Unsealing.objects.create(reason=reason)
        yield
        _close(opened, before)
    SECURITY.warning("封を開けて記録を直しました（%s番）：%s", opened.pk, reason)


def _close(opened: Unsealing, before: set[BrokenSeal]) -> None:
    Unsealing.objects.filter(pk=opened.pk).update(closed_at=timezone.now())
    note_keys([*(each.key for each in misfits() if each not in before), (Unsealing, opened.pk)])


# ---- triggers --------------------------------------------------------------------------------------------------------

REFUSED = "記録は、書き換えることも消すこともできません"
SHUT = "NOT EXISTS (SELECT 1 FROM actionplan_unsealing WHERE closed_at IS NULL)"


class Guarded(NamedTuple):
    """A table that the database keeps as it is.

    once_sealed: only rows that are sealed: the marks and members of a record are completed until it is.
    unique: the columns of each of which, or of each group, no two rows have the same.
    """

    table: str
    kind: str
    once_sealed: bool
    unique: tuple[tuple[str, ...], ...]


def guarded(registry: Any = apps) -> list[Guarded]:
    """Every table that is kept as it is, among those that there are."""
    there = connection.introspection.table_names()
    return [
        Guarded(meta.db_table, str(meta.model_name), meta.pk.name == "m2m_history_id", _unique(meta))
        for meta in (model._meta for model in [registry.get_model("actionplan", "Seal"), *sealed_models(registry)])
        if meta.db_table in there
    ]


def _unique(meta: Any) -> tuple[tuple[str, ...], ...]:
    alone = [(field.name,) for field in meta.concrete_fields if field.unique]
    groups = [*alone, *meta.unique_together, *(each.fields for each in meta.total_unique_constraints)]
    return tuple(tuple(meta.get_field(name).column for name in group) for group in groups)


def _sqlite(guard: Guarded) -> dict[str, str]:
    sealed = f"SELECT 1 FROM actionplan_seal WHERE kind = '{guard.kind}' AND number = "  # noqa: S608  # a model's name
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}（{guard.table}）'); END"
    same = " OR ".join(" AND ".join(f'"{column}" = NEW."{column}"' for column in group) for group in guard.unique)
    # Whom REPLACE takes away, SQLite deletes without asking the trigger of DELETE.
    taken = f' AND EXISTS (SELECT 1 FROM "{guard.table}" WHERE {same})'  # noqa: S608  # columns of a model
    found = {}
    for deed, row, only in (("UPDATE", "OLD", ""), ("DELETE", "OLD", ""), ("INSERT", "NEW", taken)):
        name = f"keep_{deed.lower()}_{guard.table}"
        when = f"{SHUT}{only}" + (f" AND EXISTS ({sealed}{row}.m2m_history_id)" if guard.once_sealed else "")
        found[name] = f'CREATE TRIGGER "{name}" BEFORE {deed} ON "{guard.table}" WHEN {when} {refuse}'
    return found


# The search path is that of the installation, whatever a later session's is.
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION actionplan_keep() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $keep$
BEGIN
  IF {SHUT} THEN
    IF TG_NARGS = 0 OR EXISTS (SELECT 1 FROM actionplan_seal WHERE kind = TG_ARGV[0]
                               AND number = (to_jsonb(OLD)->>'m2m_history_id')::bigint) THEN
      RAISE EXCEPTION '{REFUSED}（%）', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NULL;
END $keep$
"""  # noqa: S608  # words of our own


def _postgresql(guard: Guarded) -> dict[str, str]:
    # Names of PostgreSQL have 63 bytes; a trigger's is its table's own matter.
    argument = f"'{guard.kind}'" if guard.once_sealed else ""
    rows = f'BEFORE UPDATE OR DELETE ON "{guard.table}" FOR EACH ROW EXECUTE FUNCTION actionplan_keep({argument})'
    whole = f'BEFORE TRUNCATE ON "{guard.table}" FOR EACH STATEMENT EXECUTE FUNCTION actionplan_keep()'
    return {
        f"{guard.table}/keep": f"CREATE TRIGGER keep {rows}",
        f"{guard.table}/keep_whole": f"CREATE TRIGGER keep_whole {whole}",
    }


STANDING = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep\\_%' ESCAPE '\\'",
    "postgresql": "SELECT c.relname || '/' || t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = "
    "t.tgrelid WHERE t.tgname IN ('keep', 'keep_whole') AND pg_table_is_visible(c.oid)",
}


def wanted_triggers(registry: Any = apps) -> dict[str, str]:
    """The statement that makes each trigger, by its name; on PostgreSQL the name stands behind its table's."""
    making = _sqlite if connection.vendor == "sqlite" else _postgresql
    return {name: statement for guard in guarded(registry) for name, statement in making(guard).items()}


def missing_triggers(registry: Any = apps) -> list[str]:
    """The triggers that are not there, are switched off, or are not what they should be."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING[connection.vendor])
        standing = dict(cursor.fetchall())
        body = _stored_body(cursor)
    wanted = wanted_triggers(registry)
    if connection.vendor == "sqlite":
        return [name for name, statement in wanted.items() if standing.get(name) != statement]
    whole = body is not None and body.strip() in FUNCTIONS
    return [name for name in wanted if not whole or standing.get(name) not in ("O", "A")]


def _stored_body(cursor: Any) -> str | None:
    """The body of the function that PostgreSQL's triggers ask."""
    if connection.vendor != "postgresql":
        return None
    cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'actionplan_keep'")
    return next((row[0] for row in cursor.fetchall()), None)


def set_triggers(registry: Any = apps) -> None:
    """Makes every trigger that is missing: at first, and again where a migration has built a table anew."""
    missing = missing_triggers(registry)
    if not missing:
        return
    wanted = wanted_triggers(registry)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTIONS)
        for name in missing:
            cursor.execute(_dropping(name))
            cursor.execute(wanted[name])


def drop_triggers(registry: Any = apps) -> None:
    """Takes every trigger away: when the migration that made them is undone, and when tests empty all tables."""
    with connection.cursor() as cursor:
        for name in wanted_triggers(registry):
            cursor.execute(_dropping(name))


def _dropping(name: str) -> str:
    table, _, trigger = name.rpartition("/")
    return f'DROP TRIGGER IF EXISTS "{trigger}"' + (f' ON "{table}"' if table else "")


# ---- migrations ------------------------------------------------------------------------------------------------------

_before_upgrade: set[BrokenSeal] = set()


def before_migration(sender: Any, using: str, apps: Any, plan: Sequence = (), **signal: Any) -> None:
    """Looks what does not fit, before migrations write records of their own or change what columns there are."""
    _before_upgrade.clear()
    if plan and using == connection.alias and ("actionplan", "seal") in _names(apps):
        _before_upgrade.update(misfits(apps))


def _names(registry: Any) -> set[tuple[str, str | None]]:
    return {(model._meta.app_label, model._meta.model_name) for model in registry.get_models()}


def after_migration(sender: Any, using: str, plan: Sequence = (), **signal: Any) -> None:
    """Puts back what a migration that builds a table anew took with it (SQLite drops the triggers of a table), and
    seals what migrations wrote; what did not fit before is not made to.
    """
    if using != connection.alias or Unsealing._meta.db_table not in connection.introspection.table_names():
        return
    set_triggers()
    if plan and not any(backwards for _, backwards in plan):
        with transaction.atomic():
            note_keys([each.key for each in misfits() if each not in _before_upgrade])


def connect(config: Any) -> None:
    """Has every commit seal what it wrote, and every migration leave the triggers in place."""
    models.signals.post_save.connect(stored, dispatch_uid="rows to be sealed")
    connection_created.connect(watch, dispatch_uid="seal before commit")
    models.signals.pre_migrate.connect(before_migration, sender=config, dispatch_uid="record before migrations")
    models.signals.post_migrate.connect(after_migration, sender=config, dispatch_uid="triggers of the record")
