"""Passwords as they were typed, to the last sign; a session's key: new at log-in, in no address, gone at log-out."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from tests.login.conftest import log_in, make

TYPED = [
    "x" * 63 + "y" * 64 + "z",
    "  長い 合い言葉　さくら貝  ",
    "鍵🗝️はえんがわの下です🐟🐟",
    "' OR 1=1; -- <b>%s{0}\\",
]


@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
def test_a_password_of_any_signs_and_length_counts_to_its_last_sign(db, typed):
    account = make("yamada")
    account.set_password(typed)
    account.save()
    assert log_in(password=typed[:-1]).status_code == 200
    assert log_in(password=typed).status_code == 302


def test_a_session_that_a_stranger_began_is_not_taken_over(person):
    begun = SessionStore()
    begun["planted"] = True
    begun.create()
    client = Client()
    client.cookies["sessionid"] = begun.session_key
    log_in(client=client)
    assert client.cookies["sessionid"].value != begun.session_key
    assert not SessionStore().exists(begun.session_key)


def test_a_key_stands_in_no_address_and_on_no_page(person):
    client = Client()
    answer = log_in(client=client)
    key = client.cookies["sessionid"].value
    assert key not in answer["Location"]
    assert key not in client.get("/admin/").content.decode()
    assert Client().get(f"/admin/?sessionid={key}").status_code == 302


def test_no_script_reads_the_cookie_and_no_other_site_sends_it(person):
    client = Client()
    log_in(client=client)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_after_the_log_out_the_old_cookie_opens_nothing(person):
    client = Client()
    log_in(client=client)
    held = client.cookies["sessionid"].value
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    other = Client()
    other.cookies["sessionid"] = held
    assert other.get("/admin/").status_code == 302
