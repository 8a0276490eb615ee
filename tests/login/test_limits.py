"""Wrong passwords: refused before hashing, by account and by address, for longer each time, with a way out."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client, RequestFactory

from actionplan.login import address_of
from actionplan.login.limits import (
    ACCOUNT_WAITS,
    CROWD,
    FREE,
    FREE_AT_KNOWN_ADDRESS,
    FREE_AT_STRANGE_ADDRESS,
    hold_on,
    turn,
)
from actionplan.models import LoginLock
from tests.admin.pages import signed_in
from tests.login.conftest import LOGIN, fail, log_in, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashed(monkeypatch):
    """How often a password is hashed or compared."""
    seen = []
    original = hashers.MD5PasswordHasher.encode

    def counting(self, *args):
        seen.append(self)
        return original(self, *args)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    return seen


def later(minutes: float) -> None:
    """As if everything had happened so long before."""
    for row in AccessAttempt.objects.all():
        moved = row.attempt_time - timedelta(minutes=minutes)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=moved)


def test_after_too_many_wrong_passwords_the_right_one_is_not_even_looked_at(person, hashed):
    assert fail(FREE - 1).status_code == 200
    assert "しばらく受け付けません" in fail(1).content.decode()
    hashed.clear()
    answer = log_in()
    assert answer.status_code == 429
    assert "止めています" in answer.content.decode()
    assert int(answer["Retry-After"]) <= 60
    assert hashed == []


def test_a_name_that_nobody_has_is_answered_word_for_word_alike(person, hashed):
    answers, costs = [], []
    for number, name in enumerate(("yamada", "nobody")):
        hashed.clear()
        pages = [fail(1, name, address=f"192.0.2.{number}") for _ in range(FREE + 1)]
        answers.append([(page.status_code, page.content.decode().count("受け付けません")) for page in pages])
        costs.append(len(hashed))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]


def test_each_further_failure_doubles_the_wait_up_to_a_longest(person):
    fail(FREE)
    for wait in (1, 2, 4, 8, 16, 30, 30):
        later(wait - 0.1)
        assert log_in().status_code == 429, wait
        later(0.2)
        assert fail(1).status_code == 200, wait
    assert ACCOUNT_WAITS == (1, 30)


def test_after_the_wait_the_right_password_opens_and_counting_begins_anew(person):
    fail(FREE)
    later(1.1)
    assert log_in().status_code == 302
    assert fail(FREE - 1).status_code == 200
    assert log_in().status_code == 302


def test_a_stranger_elsewhere_keeps_nobody_out_where_they_work(person):
    assert log_in(address="192.0.2.1").status_code == 302
    fail(FREE, address="198.51.100.7")
    assert log_in(address="198.51.100.8").status_code == 429
    assert log_in(address="192.0.2.1").status_code == 302


def test_one_address_cannot_try_one_password_on_many_accounts(person):
    for number in range(FREE_AT_STRANGE_ADDRESS):
        fail(1, f"name{number}")
    assert log_in("name77", "wrong").status_code == 429
    assert log_in(address="192.0.2.2").status_code == 302


def test_behind_one_router_nobody_locks_the_whole_office_out(person):
    assert log_in().status_code == 302
    where = {"ip_address": "192.0.2.1", "user_agent": "", "failures_since_start": 1}
    AccessAttempt.objects.bulk_create(AccessAttempt(username=f"key{n}", **where) for n in range(FREE_AT_KNOWN_ADDRESS))
    assert log_in("name77", "wrong").status_code == 429
    assert log_in().status_code == 302


def test_another_browser_another_spelling_and_no_cookie_are_the_same_account(person):
    for number, name in enumerate(["yamada", "YAMADA", " yamada ", "ｙａｍａｄａ", "Yamada"]):
        Client(HTTP_USER_AGENT=f"browser {number}").post(LOGIN, {"username": name, "password": "x"})
    assert log_in(address="127.0.0.1").status_code == 429


@pytest.mark.parametrize("name", ["\0", "a\0b", "x" * 5000, "", " ", "名前", "'; --"])
def test_odd_names_are_answered_like_others(db, name):
    for _ in range(FREE + 1):
        assert log_in(name, "x").status_code in (200, 400, 429)


def test_a_password_in_the_wrong_box_is_kept_nowhere_in_clear(db):
    fail(FREE, "my-secret-password")
    rows = [*AccessAttempt.objects.values_list(), *LoginLock.objects.values_list()]
    rows += LoginLock.history.values_list()
    assert rows
    assert "my-secret-password" not in str(rows)


def test_the_office_sees_who_is_kept_out_and_lets_them_in_with_a_record(person):
    fail(FREE)
    office = signed_in(username="jimu")
    assert "いま1件" in office.get("/admin/").content.decode()
    page = office.get("/admin/login-locks/").content.decode()
    assert "yamada" in page
    lock = LoginLock.objects.get()
    assert office.post(f"/admin/login-locks/{lock.pk}/lift/").status_code == 302
    assert log_in().status_code == 302
    newest = lock.history.first()
    assert (newest.history_user.username, newest.history_change_reason) == ("jimu", "ログインの制限を解除")
    assert "いま1件" not in office.get("/admin/").content.decode()


def test_an_address_is_let_in_again_too(person):
    for number in range(FREE_AT_STRANGE_ADDRESS):
        fail(1, f"name{number}")
    lock = LoginLock.objects.get(address="192.0.2.1")
    signed_in().post(f"/admin/login-locks/{lock.pk}/lift/")
    assert log_in().status_code == 302


def test_a_lock_that_goes_on_is_one_record(person):
    fail(FREE)
    later(1.1)
    fail(1)
    assert LoginLock.objects.get().failures == FREE + 1
    assert LoginLock.history.count() == 1


def test_the_owner_is_told_at_the_next_login_once_and_by_mail(person):
    type(person).objects.filter(pk=person.pk).update(email="yamada@example.jp")
    fail(FREE)
    join_mails()
    assert [sent.to for sent in mail.outbox] == [["yamada@example.jp"]]
    later(2)
    client = Client()
    log_in(client=client)
    assert "5回続いた" in client.get("/admin/").content.decode()
    assert "5回続いた" not in client.get("/admin/").content.decode()


def join_mails() -> None:
    """Waits for what is sent aside."""
    import threading

    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(5)


def test_the_old_password_of_the_change_page_is_limited_too(person):
    client = Client()
    log_in(client=client)
    form = {"old_password": "wrong", "new_password1": "umi-no-mieru-machi-e", "new_password2": "umi-no-mieru-machi-e"}
    for _ in range(FREE):
        client.post("/admin/password_change/", form, REMOTE_ADDR="192.0.2.1")
    form["old_password"] = "a-long-password-9"
    answer = client.post("/admin/password_change/", form, REMOTE_ADDR="192.0.2.1")
    assert "しばらく受け付けません" in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password("a-long-password-9")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "remote", "expected"),
    [
        (False, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (True, "203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (True, "6.6.6.6, 203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (True, "", "192.0.2.1", "192.0.2.1"),
        (True, "nonsense", "192.0.2.1", "192.0.2.1"),
        (False, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (False, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (False, "", "", None),
    ],
)
def test_the_address_is_the_proxys_word_only_where_it_is_trusted(settings, trusted, forwarded, remote, expected):
    settings.TRUST_PROXY = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == expected


def test_a_log_in_that_nothing_failed_before_asks_one_question(person, django_assert_num_queries):
    request = RequestFactory().post(LOGIN, REMOTE_ADDR="192.0.2.1")
    with django_assert_num_queries(1):
        assert hold_on(request, "yamada") is None


def test_while_many_are_wrong_strangers_wait_for_their_turn_and_the_known_do_not(person, hashed):
    make("tanaka")
    log_in()
    for number in range(CROWD):
        fail(1, f"name{number}", address=f"198.51.100.{number}")
    with turn() as mine:
        assert mine
        hashed.clear()
        answer = log_in("tanaka", address="203.0.113.1")
        assert (answer.status_code, hashed) == (429, [])
        assert "1分ほど待って" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert log_in().status_code == 302
    assert log_in("tanaka", address="203.0.113.1").status_code == 302


def test_what_happens_is_told_to_the_security_log(person, caplog):
    with caplog.at_level("INFO", logger="portal.security"):
        fail(FREE)
        make("tanaka")
        client = Client()
        log_in("tanaka", client=client, address="192.0.2.9")
        client.post("/admin/logout/")
    events = [record.event for record in caplog.records if record.name == "portal.security"]
    events = [event for event in events if event not in {"rights", "password_set"}]  # of the account's making
    assert events == ["login_failed"] * FREE + ["login_locked", "login", "logout"]
    assert "wrong" not in caplog.text


def test_no_rights_on_locks_and_first_passwords_are_handed_out(db):
    from actionplan.organisation.account_admin import grantable_rights

    offered = {right.content_type.model for right in grantable_rights()}
    assert offered & {"loginlock", "firstpassword"} == set()
    assert "user" in offered
