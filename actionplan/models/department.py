"""Departments (担当課), which are renamed and merged every April."""

from collections.abc import Iterable
from datetime import date
from typing import overload

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from actionplan.models.base import RecordLineField, RecordModel, records

ORDER_HELP = (
    "組織図の順（建制順）に並べるための番号です。小さい番号から並びます。"
    "10、20、30のように間を空けておくと、後から間に入れられます。空欄の課は、番号のある課の後に課名の順で並びます。"
)
TWICE = "同じ課名・係名の担当課が、すでにあります。一覧で確かめてください。"


class Department(RecordModel):
    """A department with its contact block and the days it exists."""

    name = RecordLineField("課名", max_length=100, help_text="例：○○部 ○○課")
    unit = RecordLineField("係名", max_length=100, blank=True)
    order = models.PositiveSmallIntegerField(
        "並び順", null=True, blank=True, validators=[MaxValueValidator(9999)], help_text=ORDER_HELP
    )
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    address = RecordLineField("所在地", max_length=200, blank=True)
    phone = models.CharField("電話番号", max_length=20, blank=True)
    fax = models.CharField("FAX番号", max_length=20, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    in_force_from = models.DateField("設置日", null=True, blank=True)
    in_force_until = models.DateField("廃止日", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name="引き継いだ課", related_name="predecessors", null=True, blank=True
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, verbose_name="分かれる前の課", related_name="parts", null=True, blank=True
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="所属する職員", related_name="departments", blank=True
    )
    history = records(m2m_fields=[members])

    class Meta:
        verbose_name = verbose_name_plural = "担当課"
        ordering = [models.F("order").asc(nulls_last=True), "name", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "unit", "in_force_from"], name="department_unique", violation_error_message=TWICE
            ),
            # NULLs are distinct in a unique constraint: departments without a first day need one of their own.
            models.UniqueConstraint(
                fields=["name", "unit"],
                condition=models.Q(in_force_from__isnull=True),
                name="department_unique_undated",
                violation_error_message=TWICE,
            ),
            models.CheckConstraint(
                condition=models.Q(in_force_from__isnull=True)
                | models.Q(in_force_until__isnull=True)
                | models.Q(in_force_until__gte=models.F("in_force_from")),
                name="department_end_not_before_start",
                violation_error_message="廃止日は、設置日より前にできません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.unit}".strip()

    def exists_on(self, day: date) -> bool:
        """Whether the department is in force on the day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_until is None or day <= self.in_force_until)

    @property
    def place(self) -> tuple:
        """Where the department stands in lists, as Meta.ordering has it: those without a number last, by name."""
        return (self.order is None, self.order or 0, self.name, self.unit, self.pk or 0)


def place_of(department: Department | None) -> tuple:
    """The place of a department in a list in which what belongs to none comes last."""
    return (False, *department.place) if department else (True,)


class Succession:
    """Every department and who stands for it, read once."""

    def __init__(self, departments: Iterable[Department] | None = None) -> None:
        """departments: all of them; read from the database when None (one query)."""
        rows = Department.objects.all() if departments is None else departments
        self.by_pk: dict[int | None, Department] = {department.pk: department for department in rows}

    @overload
    def current(self, pk: int, day: date) -> int: ...
    @overload
    def current(self, pk: int | None, day: date) -> int | None: ...
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
        return frozenset(one.pk for one in self.by_pk.values() if self.current(one.pk, day) in wanted)

    def home_of(self, pk: int | None, lead: int | None, day: date) -> int | None:
        """The part that takes over what this ended department held and another leads now; itself otherwise."""
        home = self.current(lead, day)
        if pk is None or home is None or home == self.current(pk, day) or home not in self.heirs(pk, day):
            return pk
        return home
