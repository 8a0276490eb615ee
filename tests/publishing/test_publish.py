"""publish() and withdraw(): freezing, scheduling, correcting, taking back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from actionplan.models import Edition, EditionRow
from actionplan.publishing.compose import compose, printed_cells
from actionplan.publishing.publish import NothingChanged, PublishRefused, publish, withdraw
from actionplan.seen import Moved
from tests import factories

pytestmark = pytest.mark.django_db


def edit(status, text: str) -> None:
    """Writes another text over the status."""
    status.text = text
    status.save()


def test_the_first_edition_is_public_at_once(real_report, coordinator):
    edition = publish(real_report, by=coordinator)
    assert (edition.number, edition.published_by, edition.rows.count()) == (1, coordinator, 38)
    assert Edition.objects.public().get() == edition


def test_the_stored_hash_is_that_of_the_stored_content(real_report):
    from actionplan.models.edition import content_sha256

    stored = Edition.objects.get(pk=publish(real_report, by=None).pk)
    assert stored.content_sha256 == content_sha256(stored.front_matter, printed_cells(stored).values())


def test_a_scheduled_edition_is_public_from_its_moment():
    status = factories.make_status()
    moment = timezone.now() + timedelta(days=1)
    edition = publish(status.report, by=None, public_from=moment)
    assert not Edition.objects.public().exists()
    assert Edition.objects.public(at=moment).get() == edition


def test_a_moment_in_the_past_is_refused():
    status = factories.make_status()
    with pytest.raises(PublishRefused, match="過去"):
        publish(status.report, by=None, public_from=timezone.now() - timedelta(minutes=5))


def test_a_correction_leaves_the_first_edition_unchanged():
    status = factories.make_status(text="誤")
    first = publish(status.report, by=None)
    edit(status, "正")
    second = publish(status.report, by=None, note="誤字を直しました。")
    assert (first.rows.get().status, second.rows.get().status) == ("誤", "正")
    assert Edition.objects.public().of_report("2009").first() == second


def test_a_correction_needs_a_note_once_citizens_have_seen_the_year():
    status = factories.make_status()
    publish(status.report, by=None)
    edit(status, "正")
    with pytest.raises(PublishRefused, match="訂正の説明"):
        publish(status.report, by=None, note="　 ")
    assert Edition.objects.count() == 1


def test_a_change_before_a_scheduled_edition_is_seen_needs_no_note():
    status = factories.make_status()
    publish(status.report, by=None, public_from=timezone.now() + timedelta(days=1))
    edit(status, "正")
    assert publish(status.report, by=None).number == 1


def test_publishing_twice_without_a_change_is_refused_politely():
    status = factories.make_status()
    publish(status.report, by=None)
    with pytest.raises(NothingChanged, match="第1版から変わったところがない"):
        publish(status.report, by=None, note="念のため")
    assert Edition.objects.count() == 1


def test_the_same_content_may_be_published_again_after_it_was_withdrawn():
    status = factories.make_status()
    withdraw(publish(status.report, by=None), by=None, reason="確認のため")
    assert publish(status.report, by=None, note="確認を終えました。").number == 2


def test_a_draft_that_changed_since_it_was_looked_at_is_refused():
    status = factories.make_status()
    seen = compose(status.report).content_sha256
    edit(status, "その後の変更")
    with pytest.raises(Moved, match="内容が変わりました"):
        publish(status.report, by=None, expected_sha256=seen)


def test_a_year_without_items_is_refused():
    with pytest.raises(PublishRefused, match="項目がありません"):
        publish(factories.make_report(), by=None)


def test_an_item_without_a_mark_is_refused_by_its_code():
    status = factories.make_status(item=factories.make_item(marks=""))
    factories.make_status(status.report, factories.make_item(status.item.measure))
    with pytest.raises(PublishRefused, match=r"1-1-1 項目$"):
        publish(status.report, by=None)


def test_who_may_not_publish_is_refused_and_nothing_is_saved():
    status = factories.make_status()
    clerk = factories.make_user(superuser=False)
    with pytest.raises(PermissionDenied):
        publish(status.report, by=clerk)
    assert not Edition.objects.exists()
    assert not EditionRow.objects.exists()


def test_withdrawing_brings_the_edition_before_back():
    status = factories.make_status()
    first = publish(status.report, by=None)
    edit(status, "別")
    second = publish(status.report, by=None, note="直しました。")
    withdraw(second, by=None, reason="取り違え")
    assert Edition.objects.public().of_report("2009").first() == first


def test_withdrawing_needs_a_reason_and_happens_once():
    edition = publish(factories.make_status().report, by=None)
    with pytest.raises(PublishRefused, match="理由"):
        withdraw(edition, by=None, reason=" ")
    withdraw(edition, by=None, reason="誤り")
    with pytest.raises(PublishRefused, match="すでに取り下げ"):
        withdraw(edition, by=None, reason="もう一度")


def test_withdrawing_asks_the_policy():
    edition = publish(factories.make_status().report, by=None)
    with pytest.raises(PermissionDenied):
        withdraw(edition, by=factories.make_user(superuser=False), reason="理由")


def test_a_withdrawn_number_is_never_used_again():
    status = factories.make_status()
    withdraw(publish(status.report, by=None), by=None, reason="誤り")
    edit(status, "別")
    assert publish(status.report, by=None, note="直しました。").number == 2


def test_publishing_now_brings_a_scheduled_edition_forward():
    status = factories.make_status()
    publish(status.report, by=None)
    edit(status, "予約した文")
    publish(status.report, by=None, note="予告", public_from=timezone.now() + timedelta(days=7))
    third = publish(status.report, by=None, note="早めました。")
    assert Edition.objects.public().of_report("2009").first() == third


def test_scheduling_what_is_scheduled_already_is_refused():
    status = factories.make_status()
    publish(status.report, by=None, public_from=timezone.now() + timedelta(days=7))
    with pytest.raises(NothingChanged, match="第1版"):
        publish(status.report, by=None, public_from=timezone.now() + timedelta(days=8))


def test_a_published_year_cannot_become_another_year():
    report = factories.make_status().report
    publish(report, by=None)
    report.fiscal_year = 2012
    with pytest.raises(ValidationError, match="平成21年度"):
        report.save()
    report.refresh_from_db()
    report.answers_due = timezone.localdate()
    report.save()
    assert Edition.objects.public().of_report("2009").exists()


def test_a_year_that_asks_for_no_answers_yet_may_still_move():
    report = factories.make_report()
    report.fiscal_year = 2012
    report.save()
    assert type(report).objects.get().fiscal_year == 2012


def test_a_correction_is_noted_at_the_rows_that_it_changes_and_stays_there():
    report = factories.make_report()
    measure = factories.make_measure(report.plan)
    first, second = (factories.make_status(report, factories.make_item(measure)) for _ in range(2))
    publish(report, by=None)
    edit(first, "訂正した文")
    publish(report, by=None, note="一つ目を直しました。")
    edit(second, "これも訂正")
    third = publish(report, by=None, note="二つ目も直しました。")
    assert [row.correction_note for row in third.rows.all()] == [
        "第2版で訂正：一つ目を直しました。",
        "第3版で訂正：二つ目も直しました。",
    ]


def test_what_citizens_have_not_read_is_not_noted_as_corrected():
    status = factories.make_status()
    publish(status.report, by=None, public_from=timezone.now() + timedelta(days=1))
    edit(status, "別の文")
    assert publish(status.report, by=None).rows.get().correction_note == ""
