"""Which page of answers it is: the year, the department as it stands today, and what the person may do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from actionplan.answers.steps import missing_parts
from actionplan.models import AnnualReport, Department, Succession, YearlyStatus
from actionplan.permissions import OPEN_STATES, Standing, standing_of
from actionplan.words import NO_DEPARTMENT, person_name


@dataclass(frozen=True)
class Place:
    """A department's answers of a year, as one person meets them.

    department: its form of today; None for the items without one. forms: every form of it that answers may stand under.
    """

    user: AbstractBaseUser
    report: AnnualReport
    department: Department | None
    forms: frozenset[int | None]
    standing: Standing
    day: date

    @property
    def key(self) -> int:
        """The department's primary key in addresses; 0 for 担当課なし."""
        return self.department.pk if self.department else 0

    @property
    def name(self) -> str:
        """The department's name of today."""
        return str(self.department or NO_DEPARTMENT)

    @property
    def title(self) -> str:
        """令和7年度（2025年度）　○○課の回答."""
        return f"{self.report}　{self.name}の回答"

    @property
    def address(self) -> str:
        """Where the page is."""
        return reverse("admin:answer_sheet", args=[self.report.fiscal_year, self.key])

    @property
    def may_write(self) -> bool:
        """Whether the person may write answers here as long as they are open."""
        return self.standing.may_answer_for(self.department and self.department.pk)

    @property
    def may_submit(self) -> bool:
        """Whether the person may hand the answers in, and take them back."""
        return self.standing.may_submit_for(self.department and self.department.pk)

    @property
    def may_take_back(self) -> bool:
        """Whether the person may take submitted answers back."""
        return self.standing.may_take_back_for(self.department and self.department.pk)

    @property
    def stands_in(self) -> bool:
        """Whether the person would submit in place of the department."""
        return self.standing.stands_in(self.department and self.department.pk)

    @property
    def may_act(self) -> bool:
        """Whether the person may do more here than read."""
        return self.may_write or self.may_submit

    def holds(self, row: YearlyStatus) -> bool:
        """Whether the answer belongs to this page."""
        return row.report_id == self.report.pk and row.department_id in self.forms

    def rows(self) -> QuerySet[int]:
        """Primary keys of the department's answers."""
        return self._answers().values_list("pk", flat=True)

    def gaps(self) -> tuple[int, int]:
        """How many of the open answers lack a part, and how many are open."""
        rows = list(self._answers().filter(state__in=OPEN_STATES).only("text", "progress"))
        return sum(bool(missing_parts(row)) for row in rows), len(rows)

    def _answers(self) -> QuerySet[YearlyStatus]:
        chosen = Q(department__in=self.forms - {None}) | (Q(department=None) if None in self.forms else Q(pk=None))
        return YearlyStatus.objects.filter(chosen, report=self.report)


def find_place(user: AbstractBaseUser, year: int, key: int) -> Place:
    """The page of the year and the department that stands for this one today. Raises Http404."""
    day, succession = timezone.localdate(), Succession()
    report = AnnualReport.objects.filter(fiscal_year=year).first()
    if report is None:
        raise Http404("この年度の年次報告はありません。")
    if key and key not in succession.by_pk:
        raise Http404("この担当課はありません。")
    pk = succession.current(key, day) if key else None
    forms = succession.standing_for([pk], day) if key else frozenset({None})
    return Place(user, report, succession.by_pk.get(pk), forms, standing_of(user, day, succession), day)


def submitters(place: Place) -> Sequence[str]:
    """The names of the department's people who may hand its answers in, in order."""
    able = User.objects.with_perm(
        "actionplan.submit_yearlystatus",
        include_superusers=False,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    people = able.filter(departments__in=place.forms - {None}, is_staff=True).distinct().order_by("username")
    return [person_name(person) for person in people]
