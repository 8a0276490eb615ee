"""Which department stands for which on a day: renamed, merged and split departments follow one another."""

from collections.abc import Iterable
from datetime import date

from actionplan.models.department import Department


class Succession:
    """Every department and who stands for it, read once."""

    def __init__(self, departments: Iterable[Department] | None = None) -> None:
        """departments: all of them; read from the database when None (one query)."""
        rows = Department.objects.all() if departments is None else departments
        self.by_pk = {department.pk: department for department in rows}

    def current(self, pk: int | None, day: date) -> int | None:
        """The department that stands for this one on the day: its successors once it has ended, what it was split
        from before it begins; itself otherwise. None stays None, and a circle ends where it began."""
        seen: set[int] = set()
        while pk is not None and pk not in seen:
            seen.add(pk)
            step = self._step(self.by_pk[pk], day)
            if step is None or step in seen:
                return pk
            pk = step
        return pk

    def _step(self, department: Department, day: date) -> int | None:
        if department.in_force_until and department.in_force_until < day:
            return department.successor_id
        if department.in_force_from and department.in_force_from > day:
            return department.split_from_id
        return None

    def heirs(self, pk: int, day: date) -> frozenset[int]:
        """Every department that stands on the day for what this one was: its successor, and the parts split off."""
        seen, todo = set(), [pk]
        while todo:
            if (one := todo.pop()) not in seen:
                seen.add(one)
                todo += self._next(one, day)
        return frozenset(self.current(one, day) for one in seen)

    def _next(self, pk: int, day: date) -> list[int]:
        """Who follows the department by the day, and the parts of it that have begun."""
        step = self._step(self.by_pk[pk], day)
        parts = [part for part in self.by_pk.values() if part.split_from_id == pk]
        begun = [part.pk for part in parts if part.in_force_from is None or part.in_force_from <= day]
        return begun if step is None else [step, *begun]

    def standing_for(self, pks: Iterable[int], day: date) -> frozenset[int]:
        """Every department, ended ones too, that the given ones stand for on the day."""
        wanted = {self.current(pk, day) for pk in pks}
        return frozenset(pk for pk in self.by_pk if self.current(pk, day) in wanted)

    def home_of(self, pk: int, lead: int | None, day: date) -> int:
        """The part that takes over what this ended department held and another leads now; itself otherwise."""
        home = self.current(lead, day)
        moves = home is not None and home != self.current(pk, day) and home in self.heirs(pk, day)
        return home if moves else pk
