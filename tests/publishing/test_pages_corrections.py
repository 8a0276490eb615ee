"""A published year corrected: its note, and the plan's wording when asked for."""

import pytest

from actionplan.models import Edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import form_of
from tests.publishing.publishing_pages import address, edit, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_a_correction_without_a_note_is_refused_and_keeps_what_was_typed(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    response = post(admin_client, status, note="")
    assert "訂正の説明を書いてください" in response.content.decode()
    assert post(admin_client, status, note="直しました。").status_code == 302
    assert Edition.objects.get(number=2).correction_note == "直しました。"


def test_the_note_survives_a_refusal(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    response = post(admin_client, status, note="長い説明", when="later", public_from="")
    assert "長い説明</textarea>" in response.content.decode()


def test_the_plans_current_wording_is_taken_only_when_asked_for(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    status.item.name = "新しい名前"
    status.item.save()
    assert "新しい名前" not in admin_client.get(address("publish", status)).content.decode()
    assert "<ins>新しい名前</ins>" in admin_client.get(address("publish", status) + "?wording=current").content.decode()
    post(admin_client, status, "?wording=current", note="名前も直しました。")
    assert Edition.objects.get(number=2).rows.get().item_name == "新しい名前"


def test_a_note_of_two_lines_is_taken_as_browsers_send_it(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    assert post(admin_client, status, note="一行目\r\n二行目").status_code == 302
    assert Edition.objects.get(number=2).correction_note == "一行目\n二行目"
    answer = admin_client.post(address("withdraw", status, 2), {"reason": "一行目\r\n二行目"})
    assert answer.status_code == 302
    assert Edition.objects.get(number=2).withdrawal.reason == "一行目\n二行目"


def test_a_first_publication_asks_for_no_note_and_leads_to_the_public_page(admin_client, status):
    page = admin_client.get(address("publish", status))
    assert 'name="note"' not in page.content.decode()
    done = admin_client.post(address("publish", status), form_of(page, "publish-form"), follow=True).content.decode()
    assert f'<a href="/reports/{status.report.key}/">公表したページを見る</a>' in done
    assert "いま公表するものはありません" in done
    assert 'id="publish-form"' not in done
