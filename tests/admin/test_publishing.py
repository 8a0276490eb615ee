"""The publishing pages: differences, preview, publish, schedule, correct, withdraw."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from actionplan.models import Edition
from actionplan.publishing.publish import publish, withdraw
from tests import factories
from tests.admin.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def address(name: str, status, *args) -> str:
    """A publishing page of the status's report."""
    return reverse(f"admin:{name}", args=[status.report.pk, *args])


def hidden_fields(client, status, query: str = "") -> dict:
    """The form's hidden fields as the page gives them."""
    html = client.get(address("publish", status) + query).content.decode()
    return dict(re.findall(r'type="hidden" name="(wording|expected_sha256)" value="(\w+)"', html))


def ticks(client, status) -> list[str]:
    """The values of the tick boxes for departments with unconfirmed answers."""
    html = client.get(address("publish", status)).content.decode()
    return re.findall(r'type="checkbox" name="named" value="(\w+)"', html)


def post(client, status, query: str = "", **fields):
    """Sends the publishing form as a browser would."""
    return client.post(address("publish", status), {"when": "now", **hidden_fields(client, status, query), **fields})


def edit(status, text: str) -> None:
    status.text = text
    status.save()


def test_the_first_publication_is_two_clicks_away(admin_client, status):
    html = admin_client.get(reverse("admin:actionplan_annualreport_changelist")).content.decode()
    assert address("publish", status) in html
    assert post(admin_client, status).status_code == 302
    edition = Edition.objects.get()
    assert edition.published_by.is_superuser
    assert "第1版を公表しました" in admin_client.get(address("publish", status)).content.decode()


def test_the_page_shows_every_changed_cell_before_and_after(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    html = admin_client.get(address("publish", status)).content.decode()
    assert "<del>前の文</del>" in html
    assert "<ins>後の文</ins>" in html
    assert "1-1-1 項目" in html


def test_looking_changes_nothing(admin_client, status):
    admin_client.get(address("publish", status))
    admin_client.get(address("preview", status))
    assert not Edition.objects.exists()


def test_the_preview_is_the_citizens_page_and_says_that_it_is_a_preview(admin_client, status):
    html = admin_client.get(address("preview", status)).content.decode()
    assert "公表前の確認画面です" in html
    assert '<table class="report-table"' in html
    assert "前の文" in html


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
    assert sentence in response.content.decode()
    assert not Edition.objects.exists()


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


def test_what_changed_since_it_was_looked_at_is_not_published(admin_client, status):
    fields = hidden_fields(admin_client, status)
    edit(status, "ほかの人の変更")
    response = admin_client.post(address("publish", status), {"when": "now", **fields})
    assert "確認していただいた後に、内容が変わりました" in response.content.decode()
    assert not Edition.objects.exists()
    # The page now shows the newer draft: sending what it shows goes through.
    fresh = dict(re.findall(r'name="(wording|expected_sha256)" value="(\w+)"', response.content.decode()))
    assert admin_client.post(address("publish", status), {"when": "now", **fresh}).status_code == 302


def test_the_plans_current_wording_is_taken_only_when_asked_for(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    status.item.name = "新しい名前"
    status.item.save()
    assert "新しい名前" not in admin_client.get(address("publish", status)).content.decode()
    assert "<ins>新しい名前</ins>" in admin_client.get(address("publish", status) + "?wording=current").content.decode()
    post(admin_client, status, "?wording=current", note="名前も直しました。")
    assert Edition.objects.get(number=2).rows.get().item_name == "新しい名前"


def test_an_unchanged_year_cannot_be_published_again(admin_client, status):
    publish(status.report, by=None)
    html = admin_client.get(address("publish", status)).content.decode()
    assert "変わるところはありません" in html
    assert re.search(r'<input type="submit"[^>]* disabled', html)
    assert "変わったところがない" in post(admin_client, status, note="念のため").content.decode()


def test_withdrawing_asks_for_a_reason_and_hides_the_edition(admin_client, client, status):
    publish(status.report, by=None)
    page = address("withdraw", status, 1)
    assert "取下げの理由を書いてください" in admin_client.post(page, {"reason": " "}).content.decode()
    assert client.get("/reports/2009/").status_code == 200
    assert admin_client.post(page, {"reason": "取り違え"}).status_code == 302
    assert client.get("/reports/2009/").status_code == 404
    html = admin_client.get(address("publish", status)).content.decode()
    assert "取り違え" in html
    assert "取下げ</td>" in html


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


def test_a_reader_sees_the_changes_but_has_no_button(client, status):
    reader = factories.make_user(superuser=False)
    reader.user_permissions.add(Permission.objects.get(codename="view_annualreport"))
    client.force_login(reader)
    html = client.get(address("publish", status)).content.decode()
    assert "公表する権限" not in html
    assert "変更点の確認だけできます" in html
    assert '<input type="submit" class="default"' not in html


@pytest.mark.parametrize("name", ["publish", "withdraw"])
def test_a_forged_post_without_the_right_is_refused(client, status, name):
    publish(status.report, by=None)
    edit(status, "後の文")
    reader = factories.make_user(superuser=False)
    reader.user_permissions.add(Permission.objects.get(codename="view_annualreport"))
    client.force_login(reader)
    page = address(name, status, *([1] if name == "withdraw" else []))
    response = client.post(page, {"when": "now", "wording": "published", "expected_sha256": "0" * 64, "reason": "悪意"})
    assert response.status_code == 403
    assert Edition.objects.count() == 1
    assert Edition.objects.public().count() == 1


def test_a_stranger_is_sent_to_the_login(client, status):
    for name in ("publish", "preview"):
        assert client.get(address(name, status))["Location"].startswith("/admin/login/")


def test_an_unknown_report_or_edition_is_a_404(admin_client, status):
    assert admin_client.get(reverse("admin:publish", args=[999])).status_code == 404
    assert admin_client.get(address("withdraw", status, 9)).status_code == 404


def test_the_state_of_each_edition_is_told(admin_client, status):
    publish(status.report, by=None)
    edit(status, "二")
    publish(status.report, by=None, note="直しました。")
    edit(status, "三")
    publish(status.report, by=None, note="予告", public_from=timezone.now() + timedelta(days=1))
    html = admin_client.get(address("publish", status)).content.decode()
    states = re.findall(r"<td>(公表中|予約中|前の版|取下げ)</td>", html)
    assert states == ["予約中", "公表中", "前の版"]


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
    assert re.findall(r"<td>(公表中|予約中|使われない予約|前の版)</td>", html) == ["公表中", "使われない予約", "前の版"]


def test_a_withdrawn_edition_is_not_asked_about_again(admin_client, status):
    withdraw(publish(status.report, by=None), by=None, reason="誤り")
    response = admin_client.get(address("withdraw", status, 1), follow=True)
    assert "すでに取り下げられています" in response.content.decode()


def test_the_year_of_a_report_with_answers_is_shown_but_not_asked_for(admin_client, status):
    page = reverse("admin:actionplan_annualreport_change", args=[status.report.pk])
    assert 'name="fiscal_year"' not in admin_client.get(page).content.decode()
    empty = reverse("admin:actionplan_annualreport_change", args=[factories.make_report(fiscal_year=2010).pk])
    assert 'name="fiscal_year"' in admin_client.get(empty).content.decode()


@pytest.mark.parametrize("items", [5, 60])
@pytest.mark.parametrize("editions", [0, 2])
def test_the_page_asks_fewer_than_fifteen_questions(items, editions, django_assert_max_num_queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    for number in range(editions):
        row = report.statuses.first()
        row.text = f"{number}"
        row.save()
        publish(report, by=None, note="訂正")
    publisher = factories.make_user(superuser=False)
    publisher.groups.set(Group.objects.filter(name="公表権者"))
    client = signed_in(publisher)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("admin:publish", args=[report.pk])).status_code == 200


def test_a_note_of_two_lines_is_taken_as_browsers_send_it(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    assert post(admin_client, status, note="一行目\r\n二行目").status_code == 302
    assert Edition.objects.get(number=2).correction_note == "一行目\n二行目"
    answer = admin_client.post(address("withdraw", status, 2), {"reason": "一行目\r\n二行目"})
    assert answer.status_code == 302
    assert Edition.objects.get(number=2).withdrawal.reason == "一行目\n二行目"


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


def test_who_published_is_named_with_the_family_name_first(admin_client, status):
    publish(status.report, by=factories.make_person("公表権者", last_name="公表", first_name="太郎"))
    assert "公表 太郎" in admin_client.get(address("publish", status)).content.decode()


def many(count: int):
    """A published year of so many items, all of them changed since, none confirmed."""
    report = factories.make_report()
    factories.make_tree(report, count)
    publish(report, by=None)
    for row in report.statuses.all():
        edit(row, f"後の文{row.pk}")
    return report.statuses.first()


def test_many_changes_stand_on_pages_and_are_published_together(admin_client):
    status = many(103)
    first = admin_client.get(address("publish", status)).content.decode()
    assert "変わる項目は103件です。1件目から100件目までを表示しています。" in first
    assert first.count("<ins>後の文") == 100
    second = admin_client.get(address("publish", status) + "?page=2").content.decode()
    assert second.count("<ins>後の文") == 3
    assert post(admin_client, status, note="訂正", named=ticks(admin_client, status)).status_code == 302
    assert Edition.objects.get(number=2).rows.filter(status__startswith="後の文").count() == 103


def test_of_many_unconfirmed_answers_the_first_are_named_and_the_others_counted(admin_client):
    html = admin_client.get(address("publish", many(25))).content.decode()
    assert "<strong>担当課なし（25件）</strong>" in html
    assert (html.count('<span class="line">'), html.count('<span class="line">ほか5件</span>')) == (21, 1)


def test_a_long_year_is_previewed_in_parts(admin_client, monkeypatch):
    monkeypatch.setattr("actionplan.admin.publishing.PREVIEWED", 10)
    status = many(12)
    first, second = (admin_client.get(address("preview", status) + query).content.decode() for query in ("", "?page=2"))
    assert "全12項目のうち、1番目から10番目までを表示しています。" in first
    assert (first.count('<tr id="item-'), second.count('<tr id="item-')) == (10, 2)


def test_a_reservation_is_cancelled_not_withdrawn(admin_client, status):
    publish(status.report, by=None, public_from=timezone.now() + timedelta(days=7))
    page = admin_client.get(address("publish", status)).content.decode()
    assert ">予約を取り消す</a>" in page
    assert "予約した第1版に代わる版を公表する" in page
    assert "第1版を訂正して" not in page
    assert "まだ市民の皆さんには見えていません" in admin_client.get(address("withdraw", status, 1)).content.decode()
    done = admin_client.post(address("withdraw", status, 1), {"reason": "日時を変えるため"}, follow=True)
    assert "第1版の予約を取り消しました。" in done.content.decode()
    assert "<td>取り消した予約</td>" in done.content.decode()
    assert not Edition.objects.standing().exists()


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


def test_what_is_corrected_but_not_confirmed_does_not_wait_for_the_publisher(status):
    publish(status.report, by=None)
    status.state = "submitted"
    edit(status, "直している文")
    assert waiting(factories.make_person("公表権者")) == []


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
