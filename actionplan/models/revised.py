"""Optimistic locking: a row that refuses to be saved over somebody else's newer version of it."""

from typing import Self

from django.db import models, transaction

from actionplan.seen import Moved

STALE = "読み込んだあとに、ほかの人がこの行を保存しました。新しい内容を確かめてください。"


class RevisedModel(models.Model):
    """A model with a `revision` number that every save raises by one, by whichever door it comes."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Saves the next revision; raises Moved when the stored row is newer than the one read."""
        if self._state.adding:
            return super().save(*args, **kwargs)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "revision"}
        read = self.revision
        try:
            with transaction.atomic(using=self._state.db):
                self._lock()
                self.revision = read + 1
                super().save(*args, **kwargs)
        except Exception:
            self.revision = read
            raise

    def _lock(self) -> Self:
        """The stored row, locked until the transaction ends."""
        stored = type(self)._base_manager.using(self._state.db).select_for_update().get(pk=self.pk)
        if stored.revision != self.revision:
            raise Moved(STALE, now=stored)
        return stored
