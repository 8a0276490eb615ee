"""The departments as lists of staff name them today: by their present name, those to come beside them."""

import re
from functools import cached_property

from django.utils import timezone

from actionplan.models import Department, Succession


class Offices:
    """Every department, read once."""

    def __init__(self) -> None:
        self.day = timezone.localdate()
        self.by_pk = {department.pk: department for department in Department.objects.all()}
        self.succession = Succession(self.by_pk.values())

    def has_ended(self, department: Department) -> bool:
        """Whether the department is no more."""
        return department.in_force_until is not None and department.in_force_until < self.day

    def is_to_come(self, department: Department) -> bool:
        """Whether the department has not begun yet."""
        return department.in_force_from is not None and department.in_force_from > self.day

    def shown(self, pk: int) -> Department:
        """The department as lists name it today: one that has ended by the name of its successor."""
        if self.has_ended(self.by_pk[pk]):
            pk = self.succession.current(pk, self.day)
        return self.by_pk[pk]

    @cached_property
    def standing(self) -> list[Department]:
        """Departments that stand today, then those to come."""
        found = [each for each in self.by_pk.values() if not self.has_ended(each)]
        return sorted(found, key=self.is_to_come)

    @cached_property
    def by_name(self) -> dict[str, list[Department]]:
        """The standing departments by name; see tidy()."""
        found: dict[str, list[Department]] = {}
        for department in self.standing:
            found.setdefault(tidy(str(department)), []).append(department)
        return found

    @cached_property
    def every_name(self) -> dict[str, Department]:
        """Today's department by every name, those of ended ones too; see tidy()."""
        return {tidy(str(each)): self.shown(each.pk) for each in self.by_pk.values()}


def tidy(name: str) -> str:
    """The name with single blanks, full-width ones too: how it was typed does not matter."""
    return re.sub(r"[ 　]+", " ", name).strip()
