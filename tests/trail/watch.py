"""What is recorded between two moments, told as people read it."""

from actionplan.trail.kinds import KINDS as EVERY_KIND
from actionplan.trail.kinds import SECURITY
from actionplan.trail.names import Names
from actionplan.trail.records import records

# That somebody took a step is an event of security too; here it counts what became of it.
KINDS = {key: kind for key, kind in EVERY_KIND.items() if kind is not SECURITY}


class Watch:
    """What is recorded between two moments."""

    def __init__(self) -> None:
        self.seen = {key: set(kind.table.objects.values_list("pk", flat=True)) for key, kind in KINDS.items()}

    def found(self):
        """Every record made since, in words."""
        keys = [
            (key, pk)
            for key, kind in KINDS.items()
            for pk in kind.table.objects.order_by("pk").values_list("pk", flat=True)
            if pk not in self.seen[key]
        ]
        return records(keys, Names())

    def only(self):
        """The one record made since."""
        [record] = self.found()
        return record


def told(record):
    """The cells that changed: old and new by the name of the cell."""
    return {change.label: (change.before, change.after) for change in record.changes}
