"""An address that names nothing is answered in Japanese, whatever the page."""

import pytest

from tests import factories
from tests.admin.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/admin/people/99999/start-password/", "この利用者はありません。"),
        ("/admin/departments/99999/reorganise/", "この担当課はありません。"),
        ("/admin/actionplan/plan/99999/tree/", "この計画はありません。"),
        ("/admin/actionplan/edition/99999/download.csv", "この公表した版はありません。"),
        ("/admin/actionplan/annualreport/{report}/editions/9/withdraw/", "この公表した版はありません。"),
        ("/admin/actionplan/annualreport/99999/publish/", "この年次報告はありません。"),
    ],
)
def test_what_is_not_there_is_named(address, sentence):
    answer = signed_in().get(address.format(report=factories.make_status().report_id))
    assert answer.status_code == 404
    assert sentence in answer.content.decode()
    assert "matches the given query" not in answer.content.decode()


def test_a_button_for_a_year_that_is_gone_says_so():
    answer = signed_in().post("/admin/actionplan/annualreport/99999/fill/")
    assert answer.status_code == 404
    assert "この年次報告はありません。" in answer.content.decode()
