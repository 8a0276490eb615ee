"""How long a log-in lasts, which ones are open, and how the others are ended."""

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from actionplan.permissions import CLERK, COORDINATOR, PUBLISHER
from tests import factories
from tests.admin.pages import signed_in
from tests.login.conftest import PASSWORD, log_in
from tests.login.test_limits import join_mails
from tests.processes import settings_with

pytestmark = pytest.mark.django_db


def age(client: Client, **marks: float) -> None:
    session = client.session
    for name, seconds in marks.items():
        session[name] -= seconds
    session.save()


@pytest.mark.parametrize("mark", ["seen_at", "began_at"])
def test_a_log_in_ends_after_so_long_without_a_page_and_after_so_long_anyhow(settings, mark):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 30, 8
    client = signed_in()
    age(client, **{mark: 29 * 60 if mark == "seen_at" else 7.9 * 3600})
    assert client.get("/admin/").status_code == 200
    age(client, **{mark: 31 * 60 if mark == "seen_at" else 0.2 * 3600})
    answer = client.get("/admin/trail/", follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/login/?next=/admin/trail/"
    assert "ログインが切れました" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("role", "minutes", "ends"),
    [(COORDINATOR, 31, True), (PUBLISHER, 31, True), (COORDINATOR, 29, False), (CLERK, 119, False), (CLERK, 121, True)],
)
def test_who_can_do_the_most_may_rest_the_shortest(role, minutes, ends):
    client = signed_in(factories.make_person(role))
    age(client, seen_at=minutes * 60)
    assert (client.get("/admin/").status_code == 302) is ends


def test_who_posts_too_late_gets_the_words_back(settings):
    status = factories.make_status()
    client = signed_in()
    age(client, seen_at=settings.SESSION_IDLE_MINUTES * 60 + 1)
    address = f"/admin/actionplan/yearlystatus/{status.pk}/change/"
    answer = client.post(address, {"text": "長く書いた文"})
    assert "ログインの有効期限が切れた" in answer.content.decode()
    assert "長く書いた文" in answer.content.decode()


def test_working_keeps_it_open_and_writes_at_most_once_a_minute(django_assert_max_num_queries):
    client = signed_in()
    client.get("/admin/")
    before = client.session["seen_at"]
    client.get("/admin/")
    assert client.session["seen_at"] == before
    age(client, seen_at=61)
    client.get("/admin/")
    assert client.session["seen_at"] > before - 61


def test_own_log_ins_are_listed_and_the_others_ended(person):
    here, there = Client(HTTP_USER_AGENT="Kokono/1"), Client(HTTP_USER_AGENT="Yosono/2")
    log_in(client=here, address="192.0.2.1")
    log_in(client=there, address="192.0.2.2")
    other = signed_in()
    page = here.get("/admin/own-logins/").content.decode()
    assert "192.0.2.2" in page
    assert page.count("（この画面）") == 1
    here.post("/admin/own-logins/")
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert other.get("/admin/").status_code == 200


def test_a_changed_password_ends_the_others_and_the_list_knows_this_one(person):
    here, there = Client(), Client()
    log_in(client=here)
    log_in(client=there)
    new = "tegami-mikan-densha"
    here.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert there.get("/admin/").status_code == 302
    assert "（この画面）" in here.get("/admin/own-logins/").content.decode()


def test_the_last_log_in_is_shown(person):
    first, second = Client(), Client()
    log_in(client=first)
    assert "前回のログイン" not in first.get("/admin/").content.decode()
    log_in(client=second)
    assert "前回のログイン：20" in second.get("/admin/").content.decode()


def test_cookies_are_bound_to_this_host_where_https_is_on(tmp_path):
    assert settings_with(tmp_path)["COOKIES"] == ["__Host-sessionid", "__Host-csrftoken"]
    assert settings_with(tmp_path, HTTPS="off")["COOKIES"] == ["sessionid", "csrftoken"]


def test_staff_pages_are_kept_by_no_browser_save_where_words_are_written():
    status = factories.make_status()
    client = signed_in()
    for address in ("/admin/", "/admin/trail/", "/admin/auth/user/", "/admin/own-logins/"):
        assert "no-store" in client.get(address)["Cache-Control"], address
    form = client.get(f"/admin/actionplan/yearlystatus/{status.pk}/change/")
    assert "no-store" not in form["Cache-Control"]
    assert "private" in form["Cache-Control"]


def test_accounts_unused_for_a_year_can_be_listed():
    from datetime import timedelta

    from django.contrib.auth.models import User
    from django.utils import timezone

    for name, days in (("idle", 366), ("busy", 300)):
        account = factories.make_user(username=name)
        User.objects.filter(pk=account.pk).update(last_login=timezone.now() - timedelta(days=days))
    never = factories.make_user(username="never")
    User.objects.filter(pk=never.pk).update(date_joined=timezone.now() - timedelta(days=400))
    page = signed_in(username="jimu").get("/admin/auth/user/?active=idle").content.decode()
    assert "idle" in page
    assert ">never<" in page
    assert ">busy<" not in page


def test_a_password_that_became_another_is_told_to_its_owner(person, django_capture_on_commit_callbacks):
    client, new = Client(), "tegami-mikan-densha"
    type(person).objects.update(email="yamada@example.jp")
    log_in(client=client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
        signed_in().post(f"/admin/people/{person.pk}/start-password/")
    join_mails()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["yamada@example.jp"], "【アクションプラン管理】パスワードが変わりました")
    ] * 2


def test_logging_in_once_more_within_a_session_gives_it_another_key(person):
    client = Client()
    log_in(client=client)
    before = client.session.session_key
    log_in(client=client)
    assert client.session.session_key != before
    assert Session.objects.count() == 1
    assert "（この画面）" in client.get("/admin/own-logins/").content.decode()


def test_a_log_in_leaves_one_session(person):
    client = Client()
    log_in(client=client)
    assert Session.objects.count() == 1
