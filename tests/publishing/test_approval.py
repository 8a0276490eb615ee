"""Four eyes: who asks for a publication is not who grants it, and what is granted is what was asked for."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from actionplan.models import Approval, ApprovalState, Edition, EditionWithdrawal
from actionplan.models.sealing import is_sealed
from actionplan.permissions import COORDINATOR, HEAD, PUBLISHER, READER
from actionplan.publishing.approval import (
    ApprovalRefused,
    ask,
    confirm_withdrawal,
    grant,
    publish_alone,
    refuse,
    take_back,
)
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import PublishRefused, publish, withdraw
from actionplan.seen import Moved
from tests import factories
from tests.publishing.publishing_pages import edit
from tests.simultaneous import at_once
from tests.trail.watch import Watch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.FOUR_EYES = True


@pytest.fixture
def status():
    return factories.make_status(text="前の文", state="confirmed")


def named(last_name: str, *roles: str, **fields):
    """Somebody with a name."""
    if roles:
        return factories.make_person(*roles, last_name=last_name, first_name="花子", **fields)
    return factories.make_user(last_name=last_name, first_name="花子", **fields)


@pytest.fixture
def asker():
    return named("起案", PUBLISHER)


@pytest.fixture
def other():
    return named("決裁", PUBLISHER)


def asked(status, by, **choice) -> Approval:
    """A request for what the year says now."""
    usual = {"public_from": None, "note": "", "wording": "published", "headings": None, "named": ()}
    seen = compose(status.report, choice.get("wording", "published")).content_sha256
    return ask(status.report, by=by, **{**usual, "expected_sha256": seen, **choice})


def soon():
    return timezone.now() + timedelta(hours=1)


def pass_by(approval: Approval) -> None:
    """Lets the time of the request pass."""
    Approval.objects.filter(pk=approval.pk).update(public_from=timezone.now() - timedelta(seconds=1))


# ---- asking and granting ---------------------------------------------------------------------------------------------


def test_nobody_publishes_alone_by_whatever_right(status, asker):
    for person in (asker, factories.make_user()):
        with pytest.raises(PublishRefused, match="別の公表権者の決裁"):
            publish(status.report, by=person)
    assert not Edition.objects.exists()


def test_without_the_setting_a_publisher_publishes_as_ever(status, asker, settings):
    settings.FOUR_EYES = False
    assert publish(status.report, by=asker).published_by == asker
    assert not Approval.objects.exists()


def test_what_was_asked_for_is_published_by_who_grants_it(status, asker, other):
    approval = asked(status, asker, note="見本の説明")
    assert not Edition.objects.exists()
    granted = grant(status.report, approval.pk, by=other)
    edition = Edition.objects.get()
    assert (granted.state, granted.edition, granted.decided_by) == (ApprovalState.GRANTED, edition, other)
    assert (edition.published_by, edition.content_sha256) == (other, approval.content_sha256)
    assert edition.correction_note == "見本の説明"


def test_a_set_time_unconfirmed_answers_and_the_plans_wording_are_those_that_were_asked_for(status, asker, other):
    grant(status.report, asked(status, asker).pk, by=other)
    open_one = factories.make_status(status.report, state="draft", text="書きかけ")
    item = status.item
    item.name = "新しい名前"
    item.save()
    when = soon()
    choice = {"public_from": when, "note": "訂正", "wording": "current", "named": [open_one.pk]}
    approval = asked(status, asker, **choice)
    assert [row["code"] for row in approval.unconfirmed] == [open_one.item.code]
    grant(status.report, approval.pk, by=other)
    edition = Edition.objects.get(number=2)
    assert edition.public_from == when
    assert edition.unconfirmed == approval.unconfirmed
    assert edition.rows.get(item=item).item_name == "新しい名前"


def test_the_office_may_ask_and_may_not_grant(status, other):
    office = named("事務局", COORDINATOR)
    approval = asked(status, office)
    with pytest.raises(PermissionDenied):
        grant(status.report, asked(status, other).pk, by=office)
    with pytest.raises(ApprovalRefused, match="差し替えられました"):
        grant(status.report, approval.pk, by=other)


@pytest.mark.parametrize("role", [HEAD, READER])
def test_others_may_neither_ask_nor_decide_nor_take_back(status, asker, role):
    person = named("部外", role)
    with pytest.raises(PermissionDenied):
        asked(status, person)
    approval = asked(status, asker)
    for act in (grant, take_back, confirm_withdrawal):
        with pytest.raises(PermissionDenied):
            act(status.report, approval.pk, by=person)
    with pytest.raises(PermissionDenied):
        refuse(status.report, approval.pk, by=person, reason="x")
    assert Approval.objects.get().is_open


def test_what_could_not_be_published_is_not_asked_for(status, asker):
    with pytest.raises(Moved):
        asked(status, asker, expected_sha256="0" * 64)
    with pytest.raises(PublishRefused, match="過去"):
        asked(status, asker, public_from=timezone.now() - timedelta(hours=1))
    status.state = "draft"
    edit(status, "書きかけ")
    with pytest.raises(PublishRefused, match="確定していない項目"):
        asked(status, asker)
    assert not Approval.objects.exists()


# ---- two people ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        ({"last_name": "起案", "first_name": "花子"}, "同じ人"),
        ({"last_name": "起案　花子"}, "同じ人"),
        ({"last_name": "管理", "email": "KIAN@example.jp"}, "同じ人"),
        ({}, "氏名のない利用者"),
    ],
)
def test_nobody_grants_their_own_by_another_account(status, account, sentence):
    asker = named("起案", PUBLISHER, email="kian@example.jp")
    approval = asked(status, asker)
    with pytest.raises(ApprovalRefused, match="自分が起案したもの"):
        grant(status.report, approval.pk, by=asker)
    with pytest.raises(ApprovalRefused, match=sentence):
        grant(status.report, approval.pk, by=factories.make_user(**account))
    assert not Edition.objects.exists()
    assert Approval.objects.get().is_open


def test_a_superuser_grants_what_others_asked_for_but_not_their_own(status, asker):
    ruler = named("管理")
    approval = asked(status, ruler)
    with pytest.raises(ApprovalRefused, match="自分が起案したもの"):
        grant(status.report, approval.pk, by=ruler)
    assert grant(status.report, asked(status, asker).pk, by=ruler).state == ApprovalState.GRANTED


def test_clerks_of_one_section_may_share_an_address(status, other):
    asker = named("起案", PUBLISHER, email="ka@example.jp")
    colleague = named("同僚", PUBLISHER, email="ka@example.jp")
    assert grant(status.report, asked(status, asker).pk, by=colleague).state == ApprovalState.GRANTED


def test_an_account_without_a_name_asks_for_nothing(status):
    with pytest.raises(ApprovalRefused, match="氏名のない"):
        asked(status, factories.make_person(PUBLISHER))


def test_an_account_that_lost_its_right_grants_nothing(status, asker, other):
    approval = asked(status, asker)
    other.groups.clear()
    with pytest.raises(PermissionDenied):
        grant(status.report, approval.pk, by=type(other).objects.get(pk=other.pk))


# ---- what lapses -----------------------------------------------------------------------------------------------------


def test_what_moved_since_lapses_and_nothing_is_published(status, asker, other):
    approval = asked(status, asker)
    edit(status, "後の文")
    lapsed = grant(status.report, approval.pk, by=other)
    assert (lapsed.state, lapsed.decided_by) == (ApprovalState.LAPSED, other)
    assert "内容が変わりました" in lapsed.reason
    assert not Edition.objects.exists()
    with pytest.raises(ApprovalRefused, match="失効しています"):
        grant(status.report, approval.pk, by=other)


def test_what_is_late_lapses(status, asker, other):
    approval = asked(status, asker, public_from=soon())
    pass_by(approval)
    lapsed = grant(status.report, approval.pk, by=other)
    assert (lapsed.state, lapsed.reason) == (ApprovalState.LAPSED, "公表する日時を過ぎました。")
    assert not Edition.objects.exists()


def test_an_answer_that_was_taken_back_since_and_that_nobody_named_lapses_it(status, asker, other):
    approval = asked(status, asker)
    status.state = "submitted"
    status.save()
    lapsed = grant(status.report, approval.pk, by=other)
    assert lapsed.state == ApprovalState.LAPSED
    assert "確定していない項目" in lapsed.reason


def test_an_edition_that_came_by_another_way_closes_the_request(status, asker, other):
    approval = asked(status, asker)
    publish(status.report, by=None)
    approval.refresh_from_db()
    assert (approval.state, approval.reason) == (ApprovalState.LAPSED, "第1版が、別に公表されました。")
    with pytest.raises(ApprovalRefused, match="失効"):
        grant(status.report, approval.pk, by=other)
    assert Edition.objects.count() == 1


def test_a_request_outlives_the_setting_and_still_needs_two(status, asker, other, settings):
    approval = asked(status, asker)
    settings.FOUR_EYES = False
    with pytest.raises(ApprovalRefused, match="自分が起案"):
        grant(status.report, approval.pk, by=asker)
    assert grant(status.report, approval.pk, by=other).state == ApprovalState.GRANTED


def test_with_the_setting_off_again_publishing_alone_overtakes_the_request(status, asker, settings):
    approval = asked(status, asker)
    settings.FOUR_EYES = False
    publish(status.report, by=asker)
    assert Approval.objects.get(pk=approval.pk).state == ApprovalState.LAPSED


# ---- sent back, taken back, replaced ---------------------------------------------------------------------------------


def test_sending_back_needs_a_reason_and_ends_the_request(status, asker, other):
    approval = asked(status, asker)
    for blank in ("", " 　\n"):
        with pytest.raises(ApprovalRefused, match="理由を書いて"):
            refuse(status.report, approval.pk, by=other, reason=blank)
    with pytest.raises(ApprovalRefused, match="自分が起案"):
        refuse(status.report, approval.pk, by=asker, reason="やめる")
    assert refuse(status.report, approval.pk, by=other, reason="誤字").reason == "誤字"
    with pytest.raises(ApprovalRefused, match="差し戻されています"):
        grant(status.report, approval.pk, by=other)


def test_only_who_asked_takes_it_back(status, asker, other):
    approval = asked(status, asker)
    with pytest.raises(ApprovalRefused, match="起案した人だけ"):
        take_back(status.report, approval.pk, by=other)
    assert take_back(status.report, approval.pk, by=asker).state == ApprovalState.TAKEN_BACK
    with pytest.raises(ApprovalRefused, match="取り消しました"):
        grant(status.report, approval.pk, by=other)


def test_a_new_request_replaces_the_old_one(status, asker, other):
    first = asked(status, asker)
    edit(status, "後の文")
    second = asked(status, asker)
    assert [each.pk for each in Approval.objects.requests()] == [second.pk]
    with pytest.raises(ApprovalRefused, match="新しい起案に差し替え"):
        grant(status.report, first.pk, by=other)
    grant(status.report, second.pk, by=other)
    assert Edition.objects.get().rows.get().status == "後の文"


def test_a_request_is_found_in_its_own_year_only(status, asker, other):
    approval = asked(status, asker)
    later = factories.make_report(status.report.plan, 2010)
    for number in (approval.pk, 10**15):
        with pytest.raises(ApprovalRefused, match="この年度にはありません"):
            grant(later, number, by=other)


def test_a_year_that_is_taken_back_takes_its_request_along_and_the_record_stays(status, asker):
    approval = asked(status, asker)
    factories.vanish(status)
    status.report.delete()
    assert not Approval.objects.exists()
    assert [each.history_type for each in Approval.history.filter(id=approval.pk)] == ["-", "+"]


@pytest.mark.django_db(transaction=True)
def test_two_people_granting_at_once_make_one_edition():
    status = factories.make_status(text="前の文", state="confirmed")
    approval = asked(status, named("起案", PUBLISHER))
    people = [named(f"決裁{number}", PUBLISHER) for number in range(3)]
    outcomes = at_once(*[lambda person=each: grant(status.report, approval.pk, by=person) for each in people])
    assert Edition.objects.count() == 1
    assert sum(isinstance(each, ApprovalRefused) for each in outcomes) == 2


# ---- withdrawing -----------------------------------------------------------------------------------------------------


def test_a_withdrawal_counts_at_once_and_is_confirmed_by_a_second_person(status, asker, other):
    edition = publish(status.report, by=None)
    withdraw(edition, by=asker, reason="個人の名前")
    assert not Edition.objects.public().exists()
    waits = Approval.objects.open().get()
    with pytest.raises(ApprovalRefused, match="取り下げたもの"):
        confirm_withdrawal(status.report, waits.pk, by=asker)
    with pytest.raises(ApprovalRefused, match="この年度にはありません"):
        grant(status.report, waits.pk, by=other)
    assert confirm_withdrawal(status.report, waits.pk, by=other, remark="確かめた").state_words == "確認済み"
    with pytest.raises(ApprovalRefused, match="すでに確認"):
        confirm_withdrawal(status.report, waits.pk, by=other)
    assert EditionWithdrawal.objects.count() == 1


def test_without_the_setting_a_withdrawal_waits_for_nobody(status, asker, settings):
    settings.FOUR_EYES = False
    withdraw(publish(status.report, by=None), by=asker, reason="誤り")
    assert not Approval.objects.exists()


# ---- the machine, and the record -------------------------------------------------------------------------------------


def test_the_command_needs_a_reason_that_is_kept(status):
    for reason in ([], ["--without-four-eyes", " "]):
        with pytest.raises(CommandError, match="--without-four-eyes"):
            call_command("publish_report", "2009", *reason)
    assert not Edition.objects.exists()
    call_command("publish_report", "2009", "--without-four-eyes", "決裁する人が不在のため")
    alone = Approval.objects.get()
    assert (alone.state, alone.reason) == (ApprovalState.ALONE, "決裁する人が不在のため")
    assert alone.edition == Edition.objects.get()


def test_without_the_setting_the_command_keeps_no_reason(status, settings):
    settings.FOUR_EYES = False
    call_command("publish_report", "2009", "--without-four-eyes", "初めての設置")
    assert Edition.objects.exists()
    assert not Approval.objects.exists()


def test_a_command_that_is_refused_leaves_nothing(status):
    publish_alone(status.report, reason="一")
    with pytest.raises(PublishRefused):
        publish_alone(status.report, reason="二")
    assert Approval.objects.count() == Edition.objects.count() == 1


def test_every_step_stands_in_the_record_in_words_and_is_sealed(status, asker, other):
    watch = Watch()
    first = asked(status, asker)
    refuse(status.report, asked(status, asker).pk, by=other, reason="誤字")
    take_back(status.report, asked(status, asker).pk, by=asker)
    grant(status.report, asked(status, asker, public_from=soon()).pk, by=other)
    reasons = [record.reason for record in watch.found() if record.kind == "公表の決裁"]
    assert reasons == [
        *("公表を起案", "新しい起案に差し替える", "公表を起案", "起案を差し戻す"),
        *("公表を起案", "起案を取り消す", "公表を起案", "決裁して公表"),
    ]
    assert {record.year for record in watch.found() if record.kind == "公表の決裁"} == {str(status.report)}
    assert Approval.history.filter(id=first.pk).count() == 2
    assert is_sealed(Approval.history.model)
