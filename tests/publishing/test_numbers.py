"""An edition's number is the one under which it becomes public: a reservation that was cancelled gives it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.management.commands.verify import published
from actionplan.models import Edition, EditionWithdrawal
from actionplan.publishing.publish import PublishRefused, publish, withdraw
from tests import factories
from tests.publishing.publishing_pages import address, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return factories.make_status(text="はじめの文", state="confirmed")


def reserve(status, text="予約した文", days=7.0, note="予告"):
    edit(status, text)
    return publish(status.report, by=None, note=note, public_from=timezone.now() + timedelta(days=days))


def cancel(edition):
    return withdraw(edition, by=None, reason="日時を変えるため")


def test_a_cancelled_reservation_gives_its_number_to_the_next(status, client):
    for _ in range(2):
        cancel(reserve(status))
    first = publish(status.report, by=None)
    assert (first.number, str(first)) == (1, "平成21年度（2009年度） 第1版")
    assert client.get("/reports/2009/v1.csv").status_code == 200
    assert client.get("/reports/2009/v2.csv").status_code == 404
    cancel(reserve(status, "二つ目の文"))
    edit(status, "三つ目の文")
    assert publish(status.report, by=None, note="訂正").rows.get().correction_note == "第2版で訂正：訂正"
    assert list(published()) == []


def test_a_number_that_citizens_saw_is_never_given_again(status, client):
    cancel(publish(status.report, by=None))
    edit(status, "別の文")
    assert publish(status.report, by=None, note="直しました。").number == 2
    assert client.get("/reports/2009/v1.csv").status_code == 404


def test_minutes_before_its_time_a_reservation_keeps_its_number(status):
    # Clocks differ, and a cancellation may wait for its turn: citizens could have seen it.
    cancel(reserve(status, days=1 / 24 / 60))
    assert publish(status.report, by=None).number == 2


def test_a_number_that_a_fast_clock_showed_is_never_given_again(status, monkeypatch):
    edition = reserve(status)
    monkeypatch.setattr("actionplan.publishing.publish.standing.was_shown", lambda pk: pk == edition.pk)
    cancel(edition)
    assert publish(status.report, by=None).number == 2


def test_what_is_published_first_has_the_lower_number_and_cancels_the_reservation(status):
    publish(status.report, by=None)
    waiting = reserve(status)
    edit(status, "早めた文")
    brought_forward = publish(status.report, by=None, note="早めました。")
    assert (waiting.number, brought_forward.number) == (2, 2)
    waiting.refresh_from_db()
    assert waiting.withdrawal.before_public
    later = timezone.now() + timedelta(days=30)
    assert list(Edition.objects.public(at=later).values_list("pk", flat=True)) == [
        brought_forward.pk,
        Edition.objects.get(number=1).pk,
    ]


def test_reservations_follow_each_other_and_are_cancelled_from_the_last(status):
    first, second = reserve(status), reserve(status, "もっと後の文", days=14)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(PublishRefused, match="先に第2版の予約を取り消してください"):
        cancel(first)
    cancel(second)
    cancel(first)
    assert reserve(status, "はじめから").number == 1


def test_an_old_gap_stays(status):
    """A reservation cancelled before numbers were given back keeps its own."""
    EditionWithdrawal.objects.create(edition=reserve(status), reason="前の仕組みで取り消した")
    assert publish(status.report, by=None).number == 2


def test_the_page_says_which_number_comes_next(admin_client, status):
    edition = reserve(status)
    page = admin_client.get(address("withdraw", status, edition.number)).content.decode()
    assert "番号は、次に公表する版が使います" in page
    admin_client.post(address("withdraw", status, 1), {"reason": "日時"})
    again = reserve(status, "別の文")
    admin_client.post(address("withdraw", status, 1), {"reason": "もう一度"})
    again.refresh_from_db()
    assert again.withdrawal.reason == "もう一度"
