"""Bringing in a list of staff and reorganising departments through the pages, as a browser does."""

import csv
import re
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from actionplan.exports.tabular import write_xlsx
from actionplan.models import Department
from actionplan.organisation.people_lines import COLUMNS
from actionplan.permissions import COORDINATOR
from tests import factories
from tests.admin.pages import form_of, signed_in

IMPORT, LIST = "/admin/people/import/", "/admin/people/list.csv"
USERS, DEPARTMENTS = "/admin/auth/user/", "/admin/actionplan/department/"
STANDS = {"姓": "山田", "名": "花子", "メールアドレス": "", "所属課": "", "役割": "", "在籍": "はい"}


def make_coordinator(**fields):
    """Somebody of the coordinator's office, who is not a superuser."""
    return factories.make_person(COORDINATOR, **{"username": "jimu", **fields})


def make_member(username: str, *roles: str, departments=(), **fields):
    """A person with a name, as a list of staff has them."""
    fields = {"last_name": "山田", "first_name": "花子", **fields}
    return factories.make_person(*roles, departments=departments, username=username, **fields)


def office() -> Client:
    """The browser of the coordinator's office."""
    return signed_in(make_coordinator())


def row(username: str, **cells: str) -> list[str]:
    """A row of the list; 山田 花子 unless told otherwise."""
    stored = {"利用者名": username, **STANDS, **cells}
    return [stored[column] for column in COLUMNS]


def csv_of(*rows: list[str], encoding: str = "utf-8-sig", columns=COLUMNS) -> bytes:
    """The rows as a CSV file."""
    stream = StringIO(newline="")
    csv.writer(stream).writerows([columns, *rows])
    return stream.getvalue().encode(encoding)


def xlsx_of(*rows: list[str]) -> bytes:
    """The rows as a workbook."""
    return write_xlsx(COLUMNS, rows)


def exported(browser: Client, ending: str = "csv") -> list[list[str]]:
    """The list as the page gives it out, without its header."""
    data = browser.get(f"/admin/people/list.{ending}").content
    if ending == "csv":
        return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    lines = load_workbook(BytesIO(data)).active.iter_rows(min_row=2, values_only=True)
    return [[cell or "" for cell in line] for line in lines]


def send(browser: Client, data: bytes, name: str = "名簿.csv"):
    """What follows the choice of a file."""
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, data)})


def confirm(browser: Client, preview, button: str = "confirm", **changes):
    """What follows a button of the preview."""
    return browser.post(IMPORT, {**form_of(preview, None), button: "", **changes}, follow=True)


def take(browser: Client, *rows: list[str]):
    """What follows the confirmation of a file with these rows."""
    return confirm(browser, send(browser, csv_of(*rows)))


def words(response) -> str:
    """The words of a page without tags, every blank single."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def reorganise_url(department: Department, **asked) -> str:
    """The address of the department's reorganisation; asked: kind and count."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/admin/departments/{department.pk}/reorganise/?{query}"


def fill(browser: Client, department: Department, kind: str = "rename", **boxes):
    """What follows the form of a reorganisation. boxes: part0_name for part0-name, item5 and so on."""
    address = reorganise_url(department, kind=kind, count=boxes.pop("count", 2))
    form = form_of(browser.get(address), "reorganise")
    changes = {re.sub(r"^(part\d)_", r"\1-", name): value for name, value in boxes.items()}
    return browser.post(address, {**form, **changes, "preview": ""})


def register(browser: Client, department: Department, preview, button: str = "confirm"):
    """What follows a button of the preview of a reorganisation."""
    return browser.post(reorganise_url(department), {**form_of(preview, None), button: ""}, follow=True)
