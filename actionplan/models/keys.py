"""Natural keys: how fixtures name a row without its primary key."""

from django.db import models

from actionplan.models.protection import RecordQuerySet


class NaturalManager(models.Manager.from_queryset(RecordQuerySet)):
    """A manager that finds a row by the named look-ups, in the order that natural_key() gives them."""

    use_in_migrations = False

    def __init__(self, *lookups: str) -> None:
        super().__init__()
        self.lookups = lookups

    def get_by_natural_key(self, *values):
        """The row with these values; raises the model's DoesNotExist."""
        return self.get(**dict(zip(self.lookups, values, strict=True)))
