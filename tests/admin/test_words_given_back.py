"""Words that no form can take any more come back to be copied: the row was confirmed, or deleted, meanwhile."""

import pytest

from actionplan.models import ActionItem, State, YearlyStatus
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in

pytestmark = pytest.mark.django_db


def test_words_for_an_answer_that_was_confirmed_meanwhile_come_back():
    status = factories.make_status(text="前の文", state=State.SUBMITTED)
    client, address = signed_in(factories.make_person("事務局")), change_url(status)
    form = form_of(client.get(address), "yearlystatus_form")
    YearlyStatus.objects.update(state=State.CONFIRMED)
    page = client.post(address, form | {"text": "書いている文"})
    assert page.status_code == 403
    assert "書いている文" in page.content.decode()
    assert YearlyStatus.objects.get().text == "前の文"


def test_words_for_an_item_that_was_deleted_meanwhile_come_back():
    item = factories.make_item()
    client, address = signed_in(), change_url(item)
    form = form_of(client.get(address), "actionitem_form")
    item.delete()
    page = client.post(address, form | {"content": "書いている内容"})
    assert "ほかの人が削除したため、保存していません。" in page.content.decode()
    assert "書いている内容" in page.content.decode()
    assert not ActionItem.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        f"/admin/trail/?object={2**63 - 1}",
        f"/admin/trail/?object={10**30}",
        f"/admin/actionplan/yearlystatus/?mark={10**30}",
        "/admin/actionplan/yearlystatus/?mark=²",
    ],
)
def test_numbers_that_no_row_has_end_in_no_error_page(address):
    factories.make_status()
    assert signed_in().get(address).status_code == 200


@pytest.mark.parametrize("query", ["?zzz=1", "?resource=0", "?format=1"])
def test_an_export_narrowed_by_what_no_row_has_leads_to_the_page_without_it(query):
    factories.make_item()
    answer = signed_in().get(f"/admin/actionplan/policy/export/{query}", follow=True)
    assert answer.status_code == 200
    assert answer.request["QUERY_STRING"] == ""
