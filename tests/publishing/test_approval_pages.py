"""Four eyes in the browser: asking, looking at the same page, deciding; and every refusal there."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from actionplan.models import Approval, ApprovalState, Edition
from actionplan.permissions import COORDINATOR, PUBLISHER, READER
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.publishing.publishing_pages import address, edit, hidden_fields, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.FOUR_EYES = True


@pytest.fixture
def status():
    return factories.make_status(text="前の文", state="confirmed")


def browser(name: str, role: str = PUBLISHER, **fields):
    """The browser of somebody with a name, and an address unless told."""
    fields = {"email": f"{role}-{name}@example.jp", **fields}
    return signed_in(factories.make_person(role, last_name=name, first_name="花子", **fields))


@pytest.fixture
def asker():
    return browser("起案")


@pytest.fixture
def other():
    return browser("決裁")


def page(client, status, query: str = "") -> str:
    return client.get(address("publish", status) + query).content.decode()


def decide(client, status, act: str, **fields) -> str:
    """What the page says after the act on the request that it shows."""
    shown = re.search(r'name="approval" value="(\d+)"', page(client, status))
    fields = {"approval": shown[1] if shown else "", "act": act, **fields}
    return client.post(address("publish_decide", status), fields, follow=True).content.decode()


def waiting(client) -> list[str]:
    return [link.words for link in client.get("/admin/").context["work"] if "決裁" in link.label]


def test_asked_by_one_looked_at_and_granted_by_another(asker, other, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    assert "訂正版の公表を起案する" in page(asker, status)
    assert post(asker, status, note="直しました。").status_code == 302
    assert Edition.objects.count() == 1
    html = page(other, status)
    for words in ("起案 花子", "直しました。", "<ins>後の文</ins>", "決裁して公表する", "決裁されたら、すぐ"):
        assert words in html
    assert "第2版を公表しました。" in decide(other, status, "grant")
    assert Edition.objects.get(number=2).rows.get().status == "後の文"
    assert "決裁済み" in page(asker, status)


def test_the_one_who_asked_sees_a_way_to_take_it_back_and_none_to_grant(asker, status):
    post(asker, status)
    html = page(asker, status)
    assert 'value="take_back"' in html
    assert 'value="grant"' not in html
    forged = decide(asker, status, "grant")
    assert "自分が起案したもの、取り下げたものは、自分では決裁・確認できません" in forged
    assert "起案を取り消しました。" in decide(asker, status, "take_back")
    assert not Edition.objects.exists()


def test_the_page_shows_the_wording_that_was_asked_for(asker, other, status):
    publish(status.report, by=None)
    status.item.name = "新しい名前"
    status.item.save()
    post(asker, status, "?wording=current", note="名前も直しました。")
    assert "<ins>新しい名前</ins>" in page(other, status)
    away = page(other, status, "?wording=published")
    assert "起案とは別の選び方のものです" in away
    assert 'value="grant"' not in away
    decide(other, status, "grant")
    assert Edition.objects.get(number=2).rows.get().item_name == "新しい名前"


def test_what_moved_is_said_and_not_offered_and_lapses_when_it_is_granted_all_the_same(asker, other, status):
    post(asker, status)
    edit(status, "ほかの人の変更")
    html = page(other, status)
    assert "起案のあとに内容が変わったため、この起案は決裁できません" in html
    assert 'value="grant"' not in html
    assert "公表していません。この起案は失効しました" in decide(other, status, "grant")
    assert not Edition.objects.exists()
    assert waiting(asker) == [
        "公表の起案は、公表されずに戻っています（失効）：起案のあとに、公表する内容が変わりました。"
    ]
    post(asker, status)
    assert waiting(asker) == ["起案した公表が、ほかの公表権者の決裁を待っています。"]


def test_what_is_late_is_said(asker, other, status):
    post(asker, status)
    Approval.objects.update(public_from=timezone.now() - timedelta(hours=1))
    html = page(other, status)
    assert "公表する日時を過ぎたため、この起案は決裁できません" in html
    assert 'value="grant"' not in html
    assert waiting(other) == ["公表する日時を過ぎたため、このままでは決裁できません。起案し直してください。"]
    assert "失効しました：公表する日時を過ぎました。" in decide(other, status, "grant")
    assert not Edition.objects.exists()


def test_sent_back_with_a_reason_that_the_asker_reads(asker, other, status):
    post(asker, status)
    refused = decide(other, status, "refuse", reason=" ")
    assert "差し戻す理由を書いてください。" in refused
    assert "まだ何も変えていません" in refused
    assert "差し戻しました。" in decide(other, status, "refuse", reason="誤字があります")
    assert waiting(asker) == ["公表の起案は、公表されずに戻っています（差戻し）：誤字があります"]
    assert "誤字があります" in page(asker, status)


def test_a_reason_is_given_back_when_the_request_is_gone_meanwhile(asker, other, status):
    post(asker, status)
    number = str(Approval.objects.get().pk)
    post(asker, status)
    html = decide(other, status, "refuse", approval=number, reason="長く書いた理由")
    assert "新しい起案に差し替えられました" in html
    assert "長く書いた理由</textarea>" in html
    Approval.objects.requests().get().close(ApprovalState.TAKEN_BACK)
    assert "起案した人が取り消しました" in decide(other, status, "grant", approval=str(Approval.objects.first().pk))


def test_the_office_asks_and_waits_and_does_not_decide(other, status):
    office = browser("事務", COORDINATOR)
    assert "公表を起案する" in page(office, status)
    assert post(office, status).status_code == 302
    assert "公表権者の決裁を待っています。" not in page(other, status)
    assert waiting(office) == ["起案した公表が、ほかの公表権者の決裁を待っています。"]
    second = browser("事務二", COORDINATOR)
    assert "公表権者の決裁を待っています。" in page(second, status)
    assert waiting(second) == []
    refused = second.post(
        address("publish_decide", status), {"approval": str(Approval.objects.get().pk), "act": "grant"}
    )
    assert refused.status_code == 403
    assert "公表しました。" in decide(other, status, "grant")


def test_the_office_asks_for_nothing_where_the_setting_is_off(status, settings):
    settings.FOUR_EYES = False
    office = browser("事務", COORDINATOR)
    assert "起案" not in page(office, status)
    assert post(office, status, wording="published", expected_sha256="0" * 64).status_code == 403
    assert not Approval.objects.exists()


def test_with_the_setting_turned_off_an_open_request_is_shown_and_decided_or_overtaken(asker, other, status, settings):
    post(asker, status)
    settings.FOUR_EYES = False
    html = page(other, status)
    for words in ("決裁を待っている公表", "決裁して公表する", 'value="公表する"'):
        assert words in html
    assert waiting(other) == []
    assert "自分が起案したもの" in decide(asker, status, "grant")
    assert "公表しました" in decide(other, status, "grant")
    edit(status, "後の文")
    settings.FOUR_EYES = True
    post(asker, status, note="訂正")
    settings.FOUR_EYES = False
    assert post(asker, status, note="訂正").status_code == 302
    assert Approval.objects.first().reason == "第2版が、別に公表されました。"


def test_a_reader_has_no_way_in(asker, status):
    reader = browser("閲覧", READER)
    post(asker, status)
    html = page(reader, status)
    assert "決裁を待っている公表" in html
    assert 'name="act"' not in html
    assert post(reader, status, wording="published", expected_sha256="0" * 64).status_code == 403
    for act in ("grant", "refuse", "take_back"):
        fields = {"approval": str(Approval.objects.get().pk), "act": act, "reason": "x"}
        assert reader.post(address("publish_decide", status), fields).status_code == 403
    assert Approval.objects.get().is_open


@pytest.mark.parametrize(
    "forged",
    [
        {"approval": ""},
        {"approval": "x"},
        {"approval": "-1"},
        {"approval": "9" * 30},
        {"approval": "999"},
        {"act": ""},
        {"act": "publish"},
        {"reason": "\x00", "act": "refuse"},
        {"reason": "あ" * 2001, "act": "refuse"},
    ],
)
def test_a_forged_decision_is_refused_in_words(asker, other, status, forged):
    post(asker, status)
    html = decide(other, status, **{"act": "grant", **forged})
    assert re.search(r"読めません|この年度にはありません|制御文字|文字まで|文字以下|作れない値|2000", html)
    assert Approval.objects.get().is_open
    assert not Edition.objects.exists()


def test_fields_of_the_request_that_are_sent_along_change_nothing(asker, other, status):
    post(asker, status)
    forged = {
        "asked_by": "1",
        "content_sha256": "0" * 64,
        "note": "悪意",
        "wording": "current",
        "public_from": "2999-01-01T00:00",
    }
    decide(other, status, "grant", **forged)
    edition = Edition.objects.get()
    assert (edition.correction_note, edition.public_from <= timezone.now()) == ("", True)


def test_looking_and_a_mere_address_decide_nothing(asker, other, status):
    post(asker, status)
    assert other.get(address("publish_decide", status)).status_code == 302
    assert other.get(address("confirm_withdrawal", status, 1)).status_code == 302
    page(other, status)
    assert Approval.objects.get().is_open


def test_the_request_stands_on_the_years_round_page(asker, other, status):
    assert "決裁を待っています" not in other.get("/admin/round/2009/").content.decode()
    post(asker, status)
    assert "起案 花子さんが公表を起案し、決裁を待っています" in other.get("/admin/round/2009/").content.decode()


def test_a_withdrawal_is_shown_until_a_second_person_confirms_it(asker, other, status):
    publish(status.report, by=None)
    assert "一人でできます" in asker.get(address("withdraw", status, 1)).content.decode()
    asker.post(address("withdraw", status, 1), {"reason": "個人の名前"})
    assert waiting(other) == ["起案 花子さんの第1版の取下げを確認してください。"]
    assert waiting(asker) == ["第1版の取下げが、ほかの公表権者の確認を待っています。"]
    confirm = address("confirm_withdrawal", status, 1)
    assert f'action="{confirm}"' not in page(asker, status)
    own = asker.post(confirm, {"remark": "自分で"}, follow=True).content.decode()
    assert "自分では決裁・確認できません" in own
    assert Approval.objects.get().is_open
    assert f'action="{confirm}"' in page(other, status)
    assert "取下げを確認しました" in other.post(confirm, {"remark": "確かめました"}, follow=True).content.decode()
    assert "確かめました" in page(asker, status)
    assert "確認を待っている取下げはありません" in other.post(confirm, follow=True).content.decode()


def test_the_others_are_told_by_mail_and_then_who_asked(asker, other, status):
    browser("閲覧", READER)
    factories.make_person(PUBLISHER, last_name="去った人", email="gone@example.jp", is_active=False)
    post(asker, status)
    (letter,) = mail.outbox
    assert letter.to == [f"{PUBLISHER}-決裁@example.jp"]
    assert f"http://testserver{address('publish', status)}" in letter.body
    assert "起案 花子さんが起案しました。" in letter.body
    decide(other, status, "refuse", reason="誤字")
    assert mail.outbox[1].to == [f"{PUBLISHER}-起案@example.jp"]
    assert "誤字" in mail.outbox[1].body


def test_who_asks_where_nobody_could_decide_is_told_so(asker, status):
    factories.make_person(PUBLISHER)
    browser("起案", email="")
    assert (
        "決裁できる人がいません"
        in asker.post(address("publish", status), filled(asker, status), follow=True).content.decode()
    )
    browser("決裁")
    asked_again = asker.post(address("publish", status), filled(asker, status), follow=True).content.decode()
    assert "決裁できる人がいません" not in asked_again


def filled(client, status) -> dict[str, str]:
    """The form of the page, to be published at once."""
    return {"when": "now", **hidden_fields(client, status)}


def test_a_mail_that_fails_is_told_and_the_step_stands(asker, other, status, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    html = asker.post(address("publish", status), filled(asker, status), follow=True).content.decode()
    assert "お知らせのメールは送れませんでした" in html
    assert Approval.objects.get().is_open


def test_the_page_asks_at_most_twenty_eight_questions_with_a_request_and_a_withdrawal(
    asker, other, status, django_assert_max_num_queries
):
    publish(status.report, by=None)
    asker.post(address("withdraw", status, 1), {"reason": "誤り"})
    post(asker, status, note="もう一度")
    page(other, status)
    with django_assert_max_num_queries(28):
        page(other, status)
