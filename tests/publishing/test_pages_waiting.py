"""What waits for a publisher on the front page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.models import Area, Evidence, Figure, Tag
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


CORRECTED = ["公表したあとに直して確定した項目が1件あります。訂正版を公表できます。"]


def give_evidence(status) -> None:
    Evidence.objects.create(status=status, kind="link", url="https://example.jp/", caption="記録")


def give_figure(status) -> None:
    Figure.objects.create(item=status.item, name="参加者数", unit="人")
    edit(status, status.text)
    now = type(status).objects.get(pk=status.pk)
    now.figures = "参加者数　実績＝5"
    now.save()


def give_related_text(status) -> None:
    factories.make_voice(status, department=factories.make_department("福祉課"), text="関係課の文", state="confirmed")


def give_partners_text(status) -> None:
    factories.make_voice(status, partner=factories.make_partner(), text="相手方の文", state="confirmed")


def give_department(status) -> None:
    status.department = factories.make_department("新しい課")
    status.save()


def give_outcome(status) -> None:
    status.outcome = "成果の文"
    status.save()


KINDS = (give_evidence, give_figure, give_related_text, give_partners_text, give_department, give_outcome)


@pytest.mark.parametrize("give", KINDS)
def test_every_kind_of_change_alone_is_told_until_it_is_published(status, give):
    publisher = factories.make_person("公表権者")
    publish(status.report, by=None)
    give(status)
    assert waiting(publisher) == CORRECTED
    publish(status.report, by=None, note="訂正")
    assert waiting(publisher) == []


def test_evidence_taken_away_is_told_too(status):
    publisher = factories.make_person("公表権者")
    give_evidence(status)
    publish(status.report, by=None)
    assert waiting(publisher) == []
    Evidence.objects.get().delete()
    assert waiting(publisher) == CORRECTED


def test_what_came_back_to_what_was_published_is_not_told(status):
    publisher = factories.make_person("公表権者")
    publish(status.report, by=None)
    edit(status, "ほかの文")
    edit(status, "前の文")
    give_evidence(status)
    Evidence.objects.get().delete()
    factories.make_voice(status, partner=factories.make_partner(), text="まだの文", state="submitted")
    assert waiting(publisher) == []


@pytest.mark.parametrize(("model", "relation", "facts"), [(Area, "areas", {"order": 1}), (Tag, "tags", {})])
def test_areas_and_tags_belong_to_the_plan_and_are_told_for_its_newest_year(status, model, relation, facts):
    publisher = factories.make_person("公表権者")
    publish(status.report, by=None)
    newer = factories.make_status(
        factories.make_report(status.report.plan, 2010), status.item, text="文", state="confirmed"
    )
    publish(newer.report, by=None)
    getattr(status.item, relation).add(model.objects.create(name="豊玉", **facts))
    assert waiting(publisher) == [
        "公表したあとに地域かタグを変えた項目が1件あります。「いまの計画の文に替える」を選ぶと、訂正版に載せられます。"
    ]
    publish(newer.report, by=None, note="訂正", wording="current")
    assert waiting(publisher) == []


def test_however_many_years_were_changed_the_front_page_asks_as_often(status, django_assert_max_num_queries):
    rows = [
        status,
        *(
            factories.make_status(
                factories.make_report(status.report.plan, year), status.item, text="文", state="confirmed"
            )
            for year in range(2010, 2020)
        ),
    ]
    for row in rows:
        publish(row.report, by=None)
    for row in rows:
        give_evidence(row)
    client = signed_in(factories.make_person("公表権者"))
    client.get("/admin/")
    with django_assert_max_num_queries(22):
        assert len([link for link in client.get("/admin/").context["work"] if "公表" in link.label]) == len(rows)
