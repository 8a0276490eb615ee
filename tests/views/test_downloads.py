"""The addresses of a report's files."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from actionplan.models import EditionWithdrawal
from actionplan.uploads import read_csv, read_xlsx
from tests import factories
from tests.exports.editions import make_edition

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ADDRESSES = [
    "/reports/2009.csv",
    "/reports/2009.csv?encoding=cp932",
    "/reports/2009.xlsx",
    "/reports/2009-form.xlsx",
    "/reports/2009/v1.csv",
    "/reports/2009/v1.xlsx",
]


@pytest.fixture
def edition():
    return make_edition(factories.make_report())


@pytest.mark.parametrize(
    ("address", "name", "content_type"),
    [
        *zip(
            ADDRESSES,
            ["v1.csv", "v1_cp932.csv", "v1.xlsx", "v1_form.xlsx", "v1.csv", "v1.xlsx"],
            ["text/csv; charset=utf-8", "text/csv; charset=windows-31j", XLSX, XLSX, "text/csv; charset=utf-8", XLSX],
            strict=True,
        )
    ],
)
def test_a_file_is_handed_over_under_its_name_without_a_cookie(client, edition, address, name, content_type):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="422096_action_plan_fy2009_{name}"'
    assert response["Content-Type"] == content_type
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_file_that_has_not_changed_is_not_sent_again(client, edition, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_correction_is_sent_to_who_holds_the_file_before_it(client, edition):
    before = client.get("/reports/2009.csv")
    make_edition(edition.report, number=2, correction_note="訂正", content_sha256="1" * 64)
    after = client.get("/reports/2009.csv", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "fy2009_v2.csv" in after["Content-Disposition"]


def test_the_address_without_a_number_gives_the_latest_edition_and_the_numbered_ones_stay(client):
    report = factories.make_report()
    make_edition(report, rows=[{"status": "古い"}])
    make_edition(report, rows=[{"status": "新しい"}], number=2)
    assert "新しい" in client.get("/reports/2009.csv").content.decode()
    assert "古い" in client.get("/reports/2009/v1.csv").content.decode()


def test_the_files_hold_the_rows_in_page_order(client):
    make_edition(factories.make_report(), rows=[{"item_name": name} for name in "いろは"])
    for table in (
        read_csv(client.get("/reports/2009.csv").content),
        read_xlsx(client.get("/reports/2009.xlsx").content),
    ):
        assert [row[table.headers.index("項目名")] for row in table.rows] == list("いろは")
    sheet = openpyxl.load_workbook(BytesIO(client.get("/reports/2009-form.xlsx").content)).worksheets[0]
    assert [cell.value for cell in sheet["B"][5:]] == list("いろは")


def test_a_character_that_old_systems_lack_gives_a_page_that_names_row_and_column(client):
    make_edition(factories.make_report(), rows=[{}, {"status": "𠮷田〜"}])
    response = client.get("/reports/2009.csv?encoding=cp932")
    text = response.content.decode()
    assert response.status_code == 406
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "3行目" in text
    assert "実施状況" in text
    assert "𠮷（U+20BB7）、〜（U+301C）はCP932で表せません。" in text
    assert 'href="/reports/2009.csv"' in text
    assert "Content-Disposition" not in response


@pytest.mark.parametrize(
    "address",
    [
        "/reports/2010.csv",
        "/reports/2009.csv?encoding=utf-16",
        "/reports/2009.xlsx?encoding=cp932",
        "/reports/2009.doc",
        "/reports/2009/v2.csv",
        "/reports/2010-form.xlsx",
    ],
)
def test_an_unknown_year_edition_format_or_encoding_is_not_found(client, edition, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_scheduled_and_a_withdrawn_edition_have_no_files(client, address):
    report = factories.make_report()
    make_edition(report, public_from=timezone.now() + timedelta(days=1))
    assert client.get(address).status_code == 404
    other = factories.make_report(fiscal_year=2010)
    EditionWithdrawal.objects.create(edition=make_edition(other), reason="誤り")
    assert client.get(address.replace("2009", "2010")).status_code == 404


def test_a_file_is_read_and_not_posted_to(client, edition):
    assert client.post("/reports/2009.csv").status_code == 405
    assert client.head("/reports/2009.csv").status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_number_of_items_takes_two_queries(client, address, django_assert_num_queries):
    make_edition(factories.make_report(), rows=[{}] * 25)
    with django_assert_num_queries(2):
        client.get(address)


def test_the_manuscript_is_saved_as_plain_text(client, edition):
    for address in ("/reports/2009.txt", "/reports/2009/v1.txt"):
        response = client.get(address)
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert 'attachment; filename="422096_action_plan_fy2009_v1_manuscript.txt"' in response["Content-Disposition"]
        assert "字数のまとめ" in response.content.decode("utf-8-sig")
