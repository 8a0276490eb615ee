"""Sending mails: to the department's own address or its people's, and no failure harms another mail."""

import socket
from datetime import date

import pytest
from django.core import mail

from actionplan.mail import Post
from actionplan.round.responses import MEMBERS, OWN, Addressees, addressees, response_of
from tests import factories
from tests.round.post_office import open_post_office, send_to

ALL = ("a@example.jp", "b@example.jp", "c@example.jp")


def to(department) -> Addressees:
    response = response_of(department.pk)
    return addressees([response])[response.key]


def sent(*recipients: str) -> list[str]:
    """What became of a mail to each of the recipients, sent over one connection."""
    with Post() as post:
        return [post.send("件名", "本文", [recipient]) for recipient in recipients]


@pytest.mark.django_db
def test_a_departments_own_address_comes_first():
    department = factories.make_department(email="ka@example.jp")
    factories.make_person(departments=[department], email="hito@example.jp")
    assert to(department) == Addressees(("ka@example.jp",), OWN)


@pytest.mark.django_db
def test_without_one_it_goes_to_every_person_with_an_open_account_and_an_address_once():
    old = factories.make_department("古い課", in_force_until=date(2020, 3, 31))
    new = factories.make_department("新しい課", in_force_from=date(2020, 4, 1))
    old.successor = new
    old.save()
    factories.make_person(departments=[old, new], email="b@example.jp")
    factories.make_person(departments=[new], email="a@example.jp")
    factories.make_person(departments=[new], email="c@example.jp", is_active=False)
    factories.make_person(departments=[new], email="")
    found = to(new)
    assert (sorted(found.addresses), found.whose) == (["a@example.jp", "b@example.jp"], MEMBERS)


@pytest.mark.django_db
def test_the_people_of_another_department_are_left_alone():
    department, other = factories.make_department("第一課"), factories.make_department("第二課")
    factories.make_person(departments=[other], email="a@example.jp")
    both = factories.make_person(departments=[department, other], email="b@example.jp")
    assert to(department).addresses == (both.email,)


@pytest.mark.django_db
def test_a_department_without_any_address_has_nobody():
    assert to(factories.make_department()) == Addressees()


@pytest.mark.django_db
def test_answers_without_department_go_to_nobody():
    assert addressees([response_of(None)]) == {0: Addressees()}


@pytest.mark.django_db
@pytest.mark.parametrize("departments", [2, 40])
def test_one_question_finds_everybodys_addresses(departments, django_assert_num_queries):
    found = [factories.make_department(f"第{number}課") for number in range(departments)]
    chosen = [response_of(department.pk) for department in found]
    with django_assert_num_queries(1):
        assert len(addressees(chosen)) == departments


def test_what_is_sent_says_nothing():
    assert sent(*ALL) == ["", "", ""]
    assert [letter.to for letter in mail.outbox] == [[address] for address in ALL]


def test_a_line_break_in_a_name_breaks_no_subject():
    with Post() as post:
        assert post.send("【照会】第一課\r\nBcc: x@example.jp", "本文", ["a@example.jp"]) == ""
    assert (mail.outbox[0].subject, mail.outbox[0].bcc) == ("【照会】第一課 Bcc: x@example.jp", [])


def test_many_mails_go_over_one_connection(settings):
    with open_post_office(settings) as office:
        assert sent(*ALL) == ["", "", ""]
    assert office.taken == [[address] for address in ALL]
    assert office.connections == 1


@pytest.mark.parametrize("trouble", ["refused", "hangs_up"])
def test_a_mail_that_fails_loses_nobody_elses(settings, trouble):
    with open_post_office(settings, **{trouble: ["b@example.jp"]}) as office:
        first, failed, third = sent(*ALL)
    assert (first, third) == ("", "")
    assert "メールサーバーが受け付けませんでした" in failed
    assert office.taken == [["a@example.jp"], ["c@example.jp"]]


def test_of_two_people_of_a_department_one_may_be_refused(settings):
    with open_post_office(settings, refused=["a@example.jp"]) as office, Post() as post:
        assert post.send("件名", "本文", ["a@example.jp", "b@example.jp"]) == ""
    assert office.taken == [["b@example.jp"]]


def test_a_server_that_falls_silent_is_not_waited_for_again(settings):
    with open_post_office(settings, silent=ALL) as office:
        answers = sent(*ALL)
    assert all("メールサーバーが応答しません" in answer for answer in answers)
    assert office.connections == 1


def test_a_server_that_cannot_be_reached_is_asked_once_and_named_so(settings, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        send_to(settings, closed.getsockname()[1])
        calls, connect = [], socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda *a, **k: (calls.append(a), connect(*a, **k))[1])
        answers = sent(*ALL)
    assert all("メールサーバーにつながりません" in answer for answer in answers)
    assert len(calls) == 1


def test_a_host_that_no_server_can_have_is_a_failure_and_no_crash(settings):
    send_to(settings, 25)
    settings.EMAIL_HOST = "あ" * 70
    assert all("メールサーバーにつながりません" in answer for answer in sent(*ALL))


def test_an_address_that_would_break_the_header_fails_alone():
    with Post() as post:
        assert "受け付けませんでした" in post.send("件名", "本文", ["a@example.jp\nBcc: x@example.jp"])
        assert post.send("件名", "本文", ["b@example.jp"]) == ""
    assert [letter.to for letter in mail.outbox] == [["b@example.jp"]]
