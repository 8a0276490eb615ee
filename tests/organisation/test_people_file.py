"""人事異動: the list as a file, given out and read again in every format that offices have."""

import pytest
from django.contrib.auth.models import User

from actionplan.organisation.people_lines import COLUMNS
from actionplan.permissions import CLERK, HEAD, PUBLISHER
from tests import factories
from tests.admin.pages import form_of
from tests.organisation.staffing import (
    IMPORT,
    confirm,
    csv_of,
    exported,
    make_member,
    office,
    row,
    send,
    words,
    xlsx_of,
)

pytestmark = pytest.mark.django_db
WAITING = "確認の途中のファイルがなくなりました。何も保存していません。"


@pytest.fixture
def browser():
    return office()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_exported_list_names_those_in_use_whom_the_office_may_change(browser, ending):
    department = factories.make_department("福祉課", unit="窓口係")
    make_member("suzuki", CLERK, HEAD, departments=[department], email="s@example.jp")
    make_member("yameta", is_active=False)
    make_member("kouho", PUBLISHER)
    factories.make_user(username="root")
    assert exported(browser, ending) == [
        ["suzuki", "山田", "花子", "s@example.jp", "福祉課 窓口係", "担当者、課長", "はい"]
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_exported_list_brought_in_again_changes_nothing(browser, ending):
    make_member("suzuki", CLERK, departments=[factories.make_department("福祉課")], last_name="=SUM(1)")
    data = browser.get(f"/admin/people/list.{ending}").content
    preview = send(browser, data, f"名簿.{ending}")
    assert "変わるところはありません。「名簿." in words(preview)
    assert form_of(preview, None).keys() <= {"csrfmiddlewaretoken"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("名簿.csv", csv_of(row("suzuki", 姓="鈴木"), encoding="utf-8")),
        ("名簿.csv", csv_of(row("suzuki", 姓="鈴木"), encoding="utf-8-sig")),
        ("名簿.csv", csv_of(row("suzuki", 姓="鈴木"), encoding="cp932")),
        ("名簿.XLSX", xlsx_of(row("suzuki", 姓="鈴木"))),
    ],
    ids=["utf-8", "utf-8-sig", "cp932", "xlsx"],
)
def test_the_list_is_read_in_every_format_that_offices_have(browser, name, data):
    confirm(browser, send(browser, data, name))
    assert User.objects.get(username="suzuki").last_name == "鈴木"


def test_the_columns_may_stand_in_another_order_and_further_ones_do_not_matter(browser):
    line = dict(reversed([*zip(COLUMNS, row("suzuki", 名="一郎"), strict=True), ("備考", "新任")]))
    confirm(browser, send(browser, csv_of(list(line.values()), columns=line.keys())))
    assert User.objects.get(username="suzuki").first_name == "一郎"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("名簿.xls", b"x", "③「ファイルの種類」で「Excel ブック (*.xlsx)」の順に選んで保存し"),
        ("名簿.csv", b"", "ファイルが空です。"),
        ("名簿.csv", csv_of(), "見出しだけで、データの行がありません。"),
        ("名簿.xlsx", b"PK\x03\x04broken", "Excelブック（.xlsx）として読めません。"),
        ("名簿.csv", xlsx_of(row("suzuki")), "CSVではなく、Excelのファイルのようです。"),
        (
            "名簿.csv",
            csv_of(["suzuki"], columns=["利用者名"]),
            "見出しの行に「姓」「名」「メールアドレス」「所属課」「役割」「在籍」の列が",
        ),
        ("名簿.csv", b"x" * (10 * 1024 * 1024 + 1), "ファイルが大きすぎます。10MB以下に分けてください。"),
    ],
    ids=["xls", "empty", "header only", "broken", "xlsx as csv", "columns", "large"],
)
def test_a_file_that_cannot_be_read_is_told_on_the_page(browser, name, data, sentence):
    page = words(send(browser, data, name))
    assert sentence in page
    assert "ファイルを読めませんでした。何も保存していません。" in page


def test_sending_no_file_is_told_on_the_page(browser):
    assert "ファイルを選んでください。" in words(browser.post(IMPORT, {"csrfmiddlewaretoken": "x"}))


@pytest.mark.parametrize("ending", ["ods", "xls", "../csv"])
def test_the_list_is_given_in_no_other_format(browser, ending):
    assert browser.get(f"/admin/people/list.{ending}").status_code == 404
