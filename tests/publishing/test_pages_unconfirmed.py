"""Answers that are not confirmed are named before they are published."""

import pytest

from actionplan.models import Edition
from tests import factories
from tests.publishing.publishing_pages import address, hidden_fields, many, post, ticks

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def open_again(status, **fields) -> None:
    """The answer is no longer confirmed."""
    status.state = "submitted"
    for name, value in fields.items():
        setattr(status, name, value)
    status.save()


def test_what_is_not_confirmed_is_listed_by_department_and_name(admin_client, status):
    assert "確定しないまま公表する項目" not in admin_client.get(address("publish", status)).content.decode()
    open_again(status, department=factories.make_department("試験課"))
    page = admin_client.get(address("publish", status)).content.decode()
    assert '<strong>試験課（1件）</strong><span class="line">1-1-1　項目（提出）</span>' in page


def test_nothing_is_published_before_the_unconfirmed_are_named(admin_client, status):
    open_again(status)
    refused = post(admin_client, status)
    assert "まだ確定していない項目があります（担当課なし）" in refused.content.decode()
    assert not Edition.objects.exists()
    assert post(admin_client, status, named=ticks(admin_client, status)).status_code == 302
    assert [row["code"] for row in Edition.objects.get().unconfirmed] == ["1-1-1"]
    page = admin_client.get(address("publish", status)).content.decode()
    assert "確定しないまま公表（1件）" in page
    assert "1-1-1（提出）" in page


def test_an_answer_that_was_reopened_after_the_page_was_opened_has_to_be_named_anew(admin_client, status):
    other = factories.make_status(status.report, state="confirmed")
    open_again(status)
    seen, ticked = hidden_fields(admin_client, status), ticks(admin_client, status)
    open_again(other)
    refused = admin_client.post(address("publish", status), {"when": "now", **seen, "named": ticked})
    assert "あとに変わりました" in refused.content.decode()
    assert not Edition.objects.exists()


def test_of_many_unconfirmed_answers_the_first_are_named_and_the_others_counted(admin_client):
    html = admin_client.get(address("publish", many(25))).content.decode()
    assert "<strong>担当課なし（25件）</strong>" in html
    assert (html.count('<span class="line">'), html.count('<span class="line">ほか5件</span>')) == (21, 1)
