"""The address of the PDF: from the store once it is made, plain words where it cannot be made."""

import fcntl
import os

import pytest

from actionplan.exports import pdf, report_files
from actionplan.exports import pdf as pdf_export
from actionplan.models import EditionWithdrawal
from tests import factories
from tests.exports.editions import front_matter, make_edition

pytestmark = pytest.mark.django_db
WITHOUT_PDF = "この装置では作れません"


@pytest.fixture(autouse=True)
def var(tmp_path, settings):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def edition():
    plan = {**front_matter()["plan"], "licence_name": ""}
    front = front_matter(newsletter_label="平成２１年度", plan=plan, progress=[], stages=[], aims=[])
    return make_edition(factories.make_report(), front_matter=front)


@pytest.fixture
def quick(monkeypatch):
    """PDFs that take no time."""
    monkeypatch.setattr(pdf_export, "_make", lambda edition, digest: b"%PDF-" + digest.encode())


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine that lacks a library."""
    monkeypatch.setattr(pdf_export, "LIBRARIES", ("libno-such-thing.so.0",))
    for answer in (pdf_export.can_make_pdf, pdf_export.program_fingerprint):
        answer.cache_clear()
    yield
    for answer in (pdf_export.can_make_pdf, pdf_export.program_fingerprint):
        answer.cache_clear()


def test_a_pdf_opens_in_the_browser_under_its_name(client, edition):
    for address in ("/reports/2009.pdf", "/reports/2009/v1.pdf"):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'inline; filename="422096_action_plan_fy2009_v1.pdf"'
        assert response.content.startswith(b"%PDF-")
        assert not response.cookies


def test_a_pdf_that_the_reader_has_is_not_sent_again(client, edition, quick):
    first = client.get("/reports/2009.pdf")
    assert client.get("/reports/2009.pdf", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_from_the_store_it_takes_three_queries_whatever_the_number_of_items(client, quick, django_assert_num_queries):
    make_edition(factories.make_report(), rows=[{}] * 25)
    client.get("/reports/2009.pdf")
    with django_assert_num_queries(3):
        client.get("/reports/2009.pdf")


def test_a_withdrawn_edition_is_not_served_though_its_pdf_is_kept(client, edition, quick):
    assert client.get("/reports/2009.pdf").status_code == 200
    EditionWithdrawal.objects.create(edition=edition, reason="誤り")
    assert list(pdf.folder().glob("*.pdf"))
    for address in ("/reports/2009.pdf", "/reports/2009/v1.pdf"):
        assert client.get(address).status_code == 404


def test_the_address_of_the_year_gives_the_correction(client, edition, quick):
    first = client.get("/reports/2009.pdf").content
    make_edition(edition.report, number=2, correction_note="訂正", front_matter=edition.front_matter)
    assert client.get("/reports/2009.pdf").content != first
    assert client.get("/reports/2009/v1.pdf").content == first


def test_the_address_by_era_leads_to_the_pdf(client, edition):
    assert client.get("/reports/h21.pdf")["Location"] == "/reports/2009.pdf"


def test_a_machine_without_the_libraries_says_so_and_offers_other_ways(client, edition, bare_machine):
    response = client.get("/reports/2009.pdf")
    text = response.content.decode()
    assert response.status_code == 503
    assert "この装置ではPDFを作れません" in text
    assert 'href="/reports/2009/"' in text
    assert 'href="/reports/2009-form.xlsx"' in text
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response


def test_every_other_file_works_on_such_a_machine(client, edition, bare_machine):
    for address in ("/reports/2009.csv", "/reports/2009.xlsx", "/reports/2009-form.xlsx", "/reports/2009.txt"):
        assert client.get(address).status_code == 200


def test_the_link_says_plainly_that_there_is_no_pdf(client, edition, bare_machine):
    text = client.get("/reports/2009/").content.decode()
    assert WITHOUT_PDF in text
    assert "2009.pdf" not in text
    assert "2009.pdf" not in client.get("/reports/").content.decode()


def test_a_machine_with_the_libraries_shows_the_link(client, edition):
    text = client.get("/reports/2009/").content.decode()
    assert WITHOUT_PDF not in text
    assert 'href="/reports/2009.pdf"' in text


def test_who_comes_while_another_pdf_is_made_is_told_when_to_come_back(client, edition, quick, monkeypatch):
    kind = report_files.KINDS["pdf", "utf-8"]
    wait = pdf.kept
    monkeypatch.setattr(pdf_export, "kept", lambda name, make: wait(name, make, patience=0))
    held = os.open(pdf.folder(), os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    response = client.get("/reports/2009.pdf")
    os.close(held)
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "PDFを作っています" in response.content.decode()
    assert client.get("/reports/2009.pdf")["Content-Type"] == kind.content_type
