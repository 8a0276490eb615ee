"""What was written is given back when the login has ended or the page is stale."""

import pytest
from django.test import Client

from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    report = factories.make_report()
    measure = factories.make_measure(report.plan)
    return [factories.make_status(report, factories.make_item(measure), text=f"元の文{n}") for n in (1, 2)]


def logged_out(client):
    client.logout()
    return client


def stale(user=None):
    """A browser whose forms carry no valid token."""
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    return client


def list_with(text):
    form = form_of(signed_in().get(STATUSES), "changelist-form")
    return {**form, "_save": "保存", "form-1-text": text}


@pytest.mark.parametrize("trouble", ["ended", "stale"])
def test_a_text_that_could_not_be_saved_is_shown_to_be_copied_and_no_other(rows, trouble):
    form = list_with("<b>長く考えた文</b>\n二行目")
    client = logged_out(signed_in()) if trouble == "ended" else stale(factories.make_user())
    response = client.post(STATUSES, form)
    page = response.content.decode()
    assert response.status_code == 403
    assert "まだ保存されていません。" in page
    assert "書いた文は下にあります。" in page
    assert "実施状況（2行目）</label>" in page
    assert "readonly>\n&lt;b&gt;長く考えた文&lt;/b&gt;\n二行目</textarea>" in page
    assert page.count("<textarea") == 1
    assert "元の文1" not in page
    assert YearlyStatus.objects.get(pk=rows[1].pk).text == "元の文2"


def test_the_way_to_log_in_opens_beside_the_texts(rows):
    page = logged_out(signed_in()).post(STATUSES, list_with("文")).content.decode()
    assert '<a href="/admin/login/?next=%2Fadmin%2F" target="_blank" rel="noopener">' in page


def test_texts_of_a_form_and_of_its_inlines_go_by_their_own_names():
    item = factories.make_item()
    form = form_of(signed_in().get(change_url(item.measure)), "measure_form")
    changes = {"title": "新しい取組名", "items-0-content": "新しい内容"}
    page = Client().post(change_url(item.measure), {**form, **changes}).content.decode()
    assert "取組名</label>" in page
    assert "アクションプランの内容（1行目）</label>" in page
    assert page.count("<textarea") == 2


def test_the_reason_of_a_correction_is_given_back_too(rows):
    page = Client().post(f"/admin/actionplan/annualreport/{rows[0].report_id}/publish/", {"note": "誤記を直した"})
    assert "訂正の説明</label>" in page.content.decode()
    assert "誤記を直した" in page.content.decode()


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/password_change/", "/admin/auth/user/add/"])
def test_passwords_and_tokens_are_never_shown_again(address):
    names = ("username", "password", "password1", "old_password", "csrfmiddlewaretoken")
    page = stale().post(address, dict.fromkeys(names, "himitsu")).content.decode()
    assert "まだ保存されていません。" in page
    assert "himitsu" not in page


def test_nothing_that_is_posted_to_the_login_form_is_shown_again():
    assert "himitsu" not in stale().post("/admin/login/", {"text": "himitsu"}).content.decode()


def test_logging_in_and_out_work_as_ever():
    user = factories.make_user(username="sato")
    answer = Client().post("/admin/login/", {"username": "sato", "password": "a-long-password-9"})
    assert answer.status_code == 302
    assert Client().post("/admin/logout/").status_code == 302
    assert signed_in(user).post("/admin/logout/").status_code == 200
    assert "ログイン" in Client().get(STATUSES, follow=True).content.decode()


def test_a_refusal_is_a_page_in_japanese_that_gives_the_reason():
    response = signed_in(superuser=False).get("/admin/actionplan/plan/1/tree/")
    page = response.content.decode()
    assert response.status_code == 403
    assert "この操作をする権限がありません。事務局に確認してください。" in page
    assert "Forbidden" not in page
    assert "権限がありません。" in signed_in(superuser=False).get("/admin/actionplan/plan/add/").content.decode()
