"""Words that must go: found in every version that holds them, taken down in one act, and gone for citizens at once."""

import re

import pytest

from actionplan import permissions
from actionplan.models import Approval, Edition, EditionWithdrawal
from actionplan.publishing.approval import ask, grant
from actionplan.publishing.finder import Finder
from actionplan.publishing.publish import PublishRefused, publish
from actionplan.selectors import standing
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.publishing.publishing_pages import address, edit

pytestmark = pytest.mark.django_db
NAME, TOLD = "見本　花子", "公表してはならない内容が含まれていたため、取り下げました。"


@pytest.fixture
def status():
    """Three versions of a year, of which the first two hold the name; another year holds it, too."""
    status = factories.make_status(
        text="見本花子さん（０９２０－００－００００）に頼んだ。", progress="done", state="confirmed"
    )
    publish(status.report, by=None)
    factories.make_status(status.report, text="別の項目", progress="done", state="confirmed")
    publish(status.report, by=None, note="項目を加えました。")
    edit(status, "団体に頼んだ。")
    publish(status.report, by=None, note="名前を消しました。")
    later = factories.make_report(status.report.plan, 2010)
    publish(
        factories.make_status(later, status.item, text="見本 花子さんに続けて頼んだ。", state="confirmed").report,
        by=None,
    )
    return status


def look(client, status, words=NAME):
    return client.post(address("remove", status), {"act": "look", "words": words})


def remove(client, status, page, **fields):
    sent = form_of(page, "removal-form") | {"act": "remove", "reason": "氏名が載っていた", "told": TOLD} | fields
    return client.post(address("remove", status), sent, follow=True)


def numbers(page):
    return re.findall(r"<strong>(第\d版)</strong>", page.content.decode())


def test_the_versions_that_hold_the_words_are_shown_and_ticked(admin_client, status):
    page = look(admin_client, status)
    html = page.content.decode()
    assert numbers(page) == ["第1版", "第3版", "第2版", "第1版"]
    ticked = [int(pk) for pk in form_of(page, "removal-form")["editions"]]
    held = Edition.objects.exclude(report=status.report, number=3)
    assert sorted(ticked) == sorted(held.values_list("pk", flat=True))
    assert "1-1-1の実施状況" in html
    # The year of which the answer still says so.
    assert f"/admin/correct/{Edition.objects.get(report__fiscal_year=2010).report.statuses.get().pk}/" in html


@pytest.mark.parametrize("words", ["見本花子", "0920-00-0000", "0920000000", "０９２０ー００ー００００"])
def test_they_are_found_in_any_writing(admin_client, status, words):
    assert "1-1-1の実施状況" in look(admin_client, status, words).content.decode()


def test_one_act_takes_them_down_everywhere(admin_client, client, status, settings, tmp_path):
    settings.KEPT_PAGES, settings.VAR_DIR = True, tmp_path
    standing.watch.__init__()
    public_id = status.item.public_id
    places = ("/reports/2010/", "/reports/2010.csv", "/reports/2010.json", f"/items/{public_id}/", "/search/?q=花子")
    assert all("花子" in client.get(place).content.decode() for place in (*places, "/reports/2009/v1.csv"))
    done = remove(admin_client, status, look(admin_client, status))
    standing.ask_again()
    assert "3つの版を取り下げました" in done.content.decode()
    for place in (*places, "/reports/2009/v1.csv", "/reports/2009/v2.csv"):
        answer = client.get(place)
        assert "花子さん" not in answer.content.decode()
        assert answer.status_code == (410 if place.startswith("/reports/") else 200), place
    told = client.get("/reports/2010/").content.decode()
    assert TOLD in told
    assert re.search(r"\d{4}年\d+月\d+日", told)
    assert "団体に頼んだ。" in client.get("/reports/2009/").content.decode()
    assert {each.reason for each in EditionWithdrawal.objects.all()} == {"氏名が載っていた"}
    standing.watch.__init__()


def test_the_whole_year_goes_by_one_tick_and_is_published_anew(admin_client, client, status):
    page = look(admin_client, status)
    remove(admin_client, status, page, editions=[], years=[status.report.pk])
    assert client.get("/reports/2009/").status_code == 410
    assert client.get("/reports/2010/").status_code == 200
    again = admin_client.get(address("publish", status))
    assert "この年度は、取り下げられています" in again.content.decode()
    assert TOLD in again.content.decode()
    sent = form_of(again, "publish-form") | {"note": "名前を消して公表し直しました。"}
    assert "第4版を公表しました" in admin_client.post(address("publish", status), sent, follow=True).content.decode()
    assert TOLD not in client.get("/reports/2009/").content.decode()
    assert client.get("/reports/2009/v1.csv").status_code == 410


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("電話は０９２０ー００ー００００", "0920-00-0000"),
        ("一丁目二番の佐々木さん", "1丁目2番"),
        ("佐々木", "佐佐木"),
        ("ﾐﾎﾝﾊﾅｺ", "みほんはなこ"),
        ("見本\n花子", "見本花子"),
    ],
)
def test_a_writing_that_search_would_find_is_found(text, words):
    assert Finder([words]).finds(f"前の文。{text}。後の文")


def test_a_sign_alone_is_found_nowhere():
    assert not Finder(["ーー"]).finds("どの文も")


def test_a_year_that_is_still_being_written_is_named_when_it_says_the_words(admin_client, status):
    opened = factories.make_report(status.report.plan, 2011)
    copied = factories.make_status(opened, status.item, text="見本花子さんに頼んでいる。", state="draft")
    assert f"/admin/correct/{copied.pk}/" in look(admin_client, status).content.decode()
    nowhere = look(admin_client, status, "頼んでいる").content.decode()
    assert "どの版にもありません" in nowhere
    assert f"/admin/correct/{copied.pk}/" in nowhere


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"editions": []}, "取り下げる版を選んでください"),
        ({"told": "見本花子さんの名前のため"}, "消すことばが入っています"),
        ({"reason": "見本 花子さんの名前"}, "消すことばが入っています"),
        ({"reason": ""}, "取下げの理由を書いてください"),
        ({"told": ""}, "市民の皆さんに表示する文を書いてください"),
        ({"words": "・"}, "2字以上"),
    ],
)
def test_what_is_refused_takes_nothing_down(admin_client, status, fields, sentence):
    assert sentence in remove(admin_client, status, look(admin_client, status), **fields).content.decode()
    assert not EditionWithdrawal.objects.exists()


def test_a_version_that_came_meanwhile_is_shown_first(admin_client, status):
    page = look(admin_client, status)
    edit(status, "やはり見本花子さんに頼んだ。")
    publish(status.report, by=None, note="戻しました。")
    html = remove(admin_client, status, page).content.decode()
    assert "探したあとに" in html
    assert not EditionWithdrawal.objects.exists()


def test_the_words_are_kept_nowhere_and_a_second_person_confirms_each(status, settings):
    settings.FOUR_EYES = True
    client = signed_in(factories.make_user(last_name="取下", first_name="一"))
    remove(client, status, look(client, status))
    assert Approval.objects.open().count() == 3
    assert not any("花子" in str(list(model.objects.values_list())) for model in (Approval, EditionWithdrawal))


def test_words_that_nothing_holds_take_nothing_down(admin_client, status):
    assert "どの版にもありません" in look(admin_client, status, "無い言葉").content.decode()


def asked(page):
    """The box of the publishing form that asks about words said again, ticked."""
    return re.search(r'name="again" value="(\w+)"', page.content.decode())[1]


def test_removed_words_become_public_again_only_with_a_tick_and_a_reason(admin_client, client, status):
    later = Edition.objects.get(report__fiscal_year=2010).report.statuses.get()
    remove(admin_client, status, look(admin_client, status))
    page = admin_client.get(address("publish", later))
    html = page.content.decode()
    assert f'<a href="/admin/correct/{later.pk}/">平成22年度（2010年度）　1-1-1の実施状況</a>' in html
    assert "消したことばが残っている" in admin_client.get("/admin/").content.decode()
    sent = form_of(page, "publish-form") | {"note": "直しました。"}
    assert "印を付けて、理由を書いて" in admin_client.post(address("publish", later), sent).content.decode()
    with pytest.raises(PublishRefused):
        publish(later.report, by=None, note="命令で公表")
    named = sent | {"again": asked(page), "said_again": "見本花子さんの承諾を得た"}
    assert "ことばを使わずに" in admin_client.post(address("publish", later), named).content.decode()
    assert client.get("/reports/2010/").status_code == 410
    agreed = named | {"said_again": "本人の承諾を得た"}
    assert "第2版を公表しました" in admin_client.post(address("publish", later), agreed, follow=True).content.decode()
    assert Edition.objects.get(report=later.report, number=2).said_again == "本人の承諾を得た"


def test_a_mended_answer_is_published_unasked(admin_client, status):
    later = Edition.objects.get(report__fiscal_year=2010).report.statuses.get()
    remove(admin_client, status, look(admin_client, status))
    edit(later, "団体に続けて頼んだ。")
    page = admin_client.get(address("publish", later))
    assert 'name="again"' not in page.content.decode()
    assert "消したことばが残っている" not in admin_client.get("/admin/").content.decode()
    sent = form_of(page, "publish-form") | {"note": "名前を消しました。"}
    assert "第2版を公表しました" in admin_client.post(address("publish", later), sent, follow=True).content.decode()


def test_a_request_from_before_a_removal_lapses(status, settings):
    settings.FOUR_EYES = True
    edit(status, "団体に頼み直した。")
    one, two = (factories.make_user(username=name, last_name=name) for name in ("一", "二"))
    choice = {"public_from": None, "note": "直しました。", "wording": "published", "headings": None}
    request = ask(status.report, by=one, **choice)
    client = signed_in(one)
    remove(client, status, look(client, status))
    assert "ことばを指定した取下げ" in grant(status.report, request.pk, by=two).reason


def test_who_may_not_correct_gets_no_link_to_the_correction(status):
    publisher = signed_in(factories.make_person(permissions.PUBLISHER))
    page = look(publisher, status).content.decode()
    assert "1-1-1の実施状況" in page
    assert "/admin/correct/" not in page
