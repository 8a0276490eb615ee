"""Publishing at a set time: the reservation, and its being overtaken or cancelled."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.models import Edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.publishing.publishing_pages import address, edit, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_a_set_time_is_japan_time(admin_client, status):
    post(admin_client, status, when="later", public_from="2098-05-01T09:00")
    assert timezone.localtime(Edition.objects.get().public_from).isoformat() == "2098-05-01T09:00:00+09:00"
    assert "予約中" in admin_client.get(address("publish", status)).content.decode()


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("", "公表する日時を入力してください"),
        ("2001-01-01T00:00", "過去になっています"),
        ("あした", "日時が読めません"),
    ],
)
def test_a_time_that_cannot_be_is_refused(admin_client, status, moment, sentence):
    response = post(admin_client, status, when="later", public_from=moment)
    page = response.content.decode()
    assert sentence in page
    top = page[: page.index("これまでの版")]
    assert "まだ公表していません。次のところを直してください。" in top
    assert sentence in top
    assert 'href="#id_public_from_box"' in top
    assert 'id="id_public_from_box"' in page
    assert not Edition.objects.exists()


def test_a_pending_schedule_is_told_and_the_differences_are_those_that_citizens_would_see(admin_client, status):
    publish(status.report, by=None)
    edit(status, "予約した文")
    publish(status.report, by=None, note="予告", public_from=timezone.now() + timedelta(days=7))
    html = admin_client.get(address("publish", status)).content.decode()
    assert "第2版が" in html
    assert "公表される予約です" in html
    assert "<del>前の文</del>" in html
    assert "<ins>予約した文</ins>" in html
    post(admin_client, status, note="早めました。")
    html = admin_client.get(address("publish", status)).content.decode()
    assert re.findall(r"<td>(公表中|予約中|取り消した予約|前の版)</td>", html) == ["公表中", "取り消した予約", "前の版"]


def test_a_reservation_is_cancelled_not_withdrawn(admin_client, status):
    publish(status.report, by=None, public_from=timezone.now() + timedelta(days=7))
    page = admin_client.get(address("publish", status)).content.decode()
    assert ">予約を取り消す</a>" in page
    assert "変わるところがないため、いま公表するものはありません。" in page
    status.text = "予約のあとに直した文"
    status.save()
    page = admin_client.get(address("publish", status)).content.decode()
    assert "予約した第1版に代わる版を公表する" in page
    assert "第1版を訂正して" not in page
    assert "まだ市民の皆さんには見えていません" in admin_client.get(address("withdraw", status, 1)).content.decode()
    done = admin_client.post(address("withdraw", status, 1), {"reason": "日時を変えるため"}, follow=True)
    assert "第1版の予約を取り消しました。" in done.content.decode()
    assert "<td>取り消した予約</td>" in done.content.decode()
    assert "予約の取消し（日時を変えるため）" in admin_client.get("/admin/actionplan/edition/").content.decode()
    assert not Edition.objects.standing().exists()
