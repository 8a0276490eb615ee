"""What waits for a publisher on the front page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.publishing.publishing_pages import address, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_a_publisher_is_led_to_the_year_that_is_not_published_yet(status):
    publisher = factories.make_person("公表権者")
    (link,) = [link for link in signed_in(publisher).get("/admin/").context["work"] if "公表" in link.label]
    assert link.address == address("publish", status)
    assert link.words == "1項目のうち1項目が確定しています。"
    publish(status.report, by=None)
    assert not [link for link in signed_in(publisher).get("/admin/").context["work"] if "公表" in link.label]


def test_nobody_else_is_led_there(status):
    for role in ("事務局", "課長", "閲覧者"):
        work = signed_in(factories.make_person(role)).get("/admin/").context["work"]
        assert not [link for link in work if "公表の画面" in link.label]


def waiting(publisher) -> list[str]:
    return [link.words for link in signed_in(publisher).get("/admin/").context["work"] if "公表" in link.label]


def test_a_publisher_is_told_of_a_correction_that_is_ready_until_it_is_published(status):
    publisher = factories.make_person("公表権者")
    publish(status.report, by=None)
    assert waiting(publisher) == []
    edit(status, "直した文")
    assert waiting(publisher) == ["公表したあとに直して確定した項目が1件あります。訂正版を公表できます。"]
    publish(status.report, by=None, note="訂正")
    assert waiting(publisher) == []


def test_what_is_not_confirmed_after_publishing_is_told_until_it_is(status):
    publisher = factories.make_person("公表権者")
    publish(status.report, by=None)
    status.state = "submitted"
    edit(status, "直している文")
    assert waiting(publisher) == ["公表済みですが、確定していない項目が1件あります。"]
    status.state = "confirmed"
    edit(status, "直した文")
    assert waiting(publisher) == ["公表したあとに直して確定した項目が1件あります。訂正版を公表できます。"]


def test_a_publisher_is_told_of_a_reservation_and_of_what_changed_after_it(status):
    publisher, moment = factories.make_person("公表権者"), timezone.now() + timedelta(days=7)
    publish(status.report, by=None, public_from=moment)
    (words,) = waiting(publisher)
    assert words.startswith("第1版が")
    assert words.endswith("に公表されます（予約）。")
    edit(status, "予約のあとの文")
    assert waiting(publisher)[0].endswith("予約のあとに変わった項目が1件あります。")


@pytest.mark.parametrize("cell", ["progress", "outcome", "challenge", "next_step"])
def test_every_cell_of_an_answer_counts_as_a_correction(status, cell):
    publish(status.report, by=None)
    setattr(status, cell, "not_done" if cell == "progress" else "別の文")
    status.save()
    assert len(waiting(factories.make_person("公表権者"))) == 1
