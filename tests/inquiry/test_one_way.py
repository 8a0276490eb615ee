"""A workbook on its way in passes few modules: each further one must be worth opening."""

import pytest

from tests.admin.pages import form_of
from tests.inquiry.inquiring import make_office, upload, upload_url
from tests.walked import walked

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    office = make_office()
    # What is done once a process, such as naming the addresses, is nobody's way.
    office.clerk.get(upload_url(office.report))
    return office


def test_an_upload_passes_nineteen_modules_at_most(office):
    book = office.book(c1_1_1={"text": "新しい文"})
    assert len(walked(lambda: upload(office.clerk, office.report, book, follow=False))) <= 19


def test_its_preview_and_its_taking_pass_no_more_than_they_need(office):
    sent = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}), follow=False)
    assert len(walked(lambda: office.clerk.get(sent.url))) <= 26
    form = {**form_of(office.clerk.get(sent.url), "inquiry-confirm"), "scope": "all"}
    assert len(walked(lambda: office.clerk.post(sent.url, form))) <= 20
    office.first.refresh_from_db()
    assert office.first.text == "新しい文"
