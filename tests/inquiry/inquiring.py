"""Sending workbooks in through the pages, as a browser does."""

import re
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from actionplan.models import AnnualReport, Department, YearlyStatus
from actionplan.permissions import CLERK
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.inquiry.filled import edited
from tests.inquiry.workbooks import issue


@dataclass
class Office:
    """A department with two items of the year, 1-1-1 and 1-1-2, and its clerk at the browser."""

    report: AnnualReport
    department: Department
    first: YearlyStatus
    second: YearlyStatus
    clerk: Client

    def book(self, **cells):
        """The department's workbook, issued now, with cells written (see tests.inquiry.filled.edited)."""
        return edited(issue(self.report, self.department), **cells)


def make_office(name="水産課", report=None):
    report = report or factories.make_report()
    department = factories.make_department(name)
    measure = factories.make_measure(report.plan)
    first, second = (
        factories.make_status(report, factories.make_item(measure), department=department, text=f"はじめの文{n}")
        for n in (1, 2)
    )
    person = factories.make_person(CLERK, departments=[department])
    return Office(report, department, first, second, signed_in(person))


def upload_url(report, door=""):
    return f"/admin/inquiry/{report.fiscal_year}/upload/{door}"


def upload(client, report, *books, name="回答.xlsx", door="", follow=True):
    """The page that follows; books: bytes, or (name, bytes)."""
    named = [book if isinstance(book, tuple) else (name, book) for book in books]
    files = [SimpleUploadedFile(title, data) for title, data in named]
    return client.post(upload_url(report, door), {"files": files}, follow=follow)


def address(response):
    """Where the browser stands after following."""
    return response.redirect_chain[-1][0] if response.redirect_chain else response.request["PATH_INFO"]


def confirm(client, preview, url=None, *, ticked=(), scope=None, **choices):
    """What follows the button of a preview. choices: radio or tick by c<status>_<field>; None takes one away."""
    form = form_of(preview, "inquiry-confirm")
    form["scope"] = scope or ("good" if preview.context["comparison"].troubles else "all")
    boxes = {f"{kind}-{key}": value for kind, key, value in boxes_of(preview)}
    for name, choice in choices.items():
        key = name.removeprefix("c").replace("_", "-", 1)
        form[f"choice-{key}"] = boxes[f"{choice}-{key}"]
    return client.post(url or address(preview), form, follow=True)


def boxes_of(preview):
    """Every radio and tick of a preview: (keep or take, key of the cell, value)."""
    found = re.findall(r'name="choice-([^"]+)" value="((keep|take):[0-9a-f]+)"', preview.content.decode())
    return [(kind, key, value) for key, value, kind in found]


def shown(response):
    """The words of a page, without its tags."""
    return re.sub(r"<[^>]+>", "", response.content.decode())
