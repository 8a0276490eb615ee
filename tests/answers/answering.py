"""A department that answers: its items of a year, its people's browsers, and the page posted as a browser does."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from actionplan.models import AnnualReport, Department, YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in

FORM = "answers-form"


@dataclass
class Office:
    """A department, its year, its rows in report order."""

    report: AnnualReport
    department: Department
    rows: list[YearlyStatus]

    @property
    def address(self) -> str:
        return f"/admin/answers/{self.report.fiscal_year}/{self.department.pk}/"

    def person(self, *roles: str, **fields) -> User:
        return factories.make_person(*roles, departments=[self.department], **fields)

    def browser(self, *roles: str, **fields) -> Client:
        return signed_in(self.person(*(roles or ("担当者",)), **fields))

    def form(self, client: Client, query: str = "") -> dict:
        return form_of(client.get(self.address + query), FORM)

    def post(self, client: Client, form: dict, do: str = "save", follow: bool = False, **changes) -> HttpResponse:
        """changes: text_0="…" is the text of the first row."""
        return client.post(self.address, {**form, "do": do, **self.named(form, **changes)}, follow=follow)

    def save(self, client: Client, do: str = "save", **changes) -> str:
        """Opens the page, writes, presses the button; the words of the page that follows."""
        return self.post(client, self.form(client), do, follow=True, **changes).content.decode()

    def named(self, form: dict, **changes) -> dict[str, str]:
        return {self.name(form, key): value for key, value in changes.items()}

    def name(self, form: dict, key: str) -> str:
        """The name that the form gives the box text_0; empty when it has no such box."""
        cell, _, index = key.rpartition("_")
        place = f"{cell}-{self.rows[int(index)].pk}"
        return next((name for name in form if name == place or name.startswith(f"{place}-")), "")

    def shown(self, form: dict, key: str) -> str | None:
        """What the form's box text_0 says; None when it has no such box."""
        name = self.name(form, key)
        return form[name][0] if name else None

    def stored(self, index: int = 0) -> YearlyStatus:
        return YearlyStatus.objects.get(pk=self.rows[index].pk)

    def states(self) -> list[str]:
        return [self.stored(index).state for index in range(len(self.rows))]


def make_office(items: int = 2, year: int = 2010, department: Department | None = None, **fields) -> Office:
    """A department with empty answers, unless the fields say otherwise."""
    department = department or factories.make_department("第一課")
    report = AnnualReport.objects.filter(fiscal_year=year).first() or factories.make_report(fiscal_year=year)
    measure = factories.make_measure(report.plan, policy_number=3)
    rows = []
    for number in range(1, items + 1):
        item = factories.make_item(measure, name=f"項目{number}", content=f"計画の内容{number}")
        rows.append(factories.make_status(report, item, **{"department": department, "text": "", **fields}))
    return Office(report, department, rows)


def written(**fields) -> dict[str, str]:
    """The fields of a complete answer."""
    return {"text": "実施した。", "progress": "done", **fields}
