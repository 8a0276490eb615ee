"""The guard of what is published: rows that are written once and then neither changed nor deleted."""

from typing import NoReturn

from django.db import models


class ImmutableError(RuntimeError):
    """Raised when code tries to change or delete a published record."""

    def __init__(self) -> None:
        super().__init__(
            "公表した版は、書き換えることも削除することもできません。訂正は新しい版として公表してください。"
        )


def _refuse(*args, **kwargs) -> NoReturn:
    raise ImmutableError


class ImmutableQuerySet(models.QuerySet):
    """A queryset that reads and inserts only."""

    update = _refuse
    delete = _refuse
    bulk_update = _refuse
    update_or_create = _refuse
    _raw_delete = _refuse

    def _update(self, values) -> int:
        """What save_base() and loaddata try before they insert: nothing, unless the row is stored already."""
        if self.exists():
            raise ImmutableError
        return 0

    def bulk_create(self, objs, *args, update_conflicts: bool = False, **kwargs):
        """Inserts; refuses the variant that overwrites."""
        if update_conflicts:
            raise ImmutableError
        return super().bulk_create(objs, *args, update_conflicts=False, **kwargs)


class ImmutableModel(models.Model):
    """A model whose rows are inserted once."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs) -> None:
        """Inserts; raises ImmutableError for a row that is already stored."""
        if not self._state.adding or kwargs.get("force_update") or kwargs.get("update_fields"):
            raise ImmutableError
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs) -> NoReturn:
        """Refuses: raises ImmutableError."""
        raise ImmutableError


def connect() -> None:
    """Guards every immutable model against deletes that start at another row; called when the application is ready."""
    for subclass in ImmutableModel.__subclasses__():
        models.signals.pre_delete.connect(_refuse, sender=subclass, dispatch_uid=f"immutable {subclass}")
