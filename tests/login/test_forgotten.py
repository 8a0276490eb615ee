"""A forgotten password: by mail where there is a server, the same words for everybody, one link, one hour."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.login.conftest import log_in, make
from tests.login.test_limits import join_mails

pytestmark = pytest.mark.django_db
NEW = "tegami-mikan-densha"


@pytest.fixture
def owner(db):
    """Somebody with an address."""
    return make("yamada", email="yamada@example.jp")


def ask(email: str, client: Client | None = None):
    answer = (client or Client()).post("/admin/forgotten/", {"email": email}, REMOTE_ADDR="192.0.2.5")
    join_mails()
    return answer


def link() -> str:
    return re.search(r"http://\S+", mail.outbox[-1].body)[0].removeprefix("http://testserver")


def take(address: str, client: Client | None = None, new: str = NEW):
    client = client or Client()
    page = client.get(address, follow=True)
    return client.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})


def test_the_link_lets_the_owner_choose_a_password_and_ends_the_other_sessions(owner):
    open_elsewhere = Client()
    log_in(client=open_elsewhere)
    ask("yamada@example.jp")
    assert take(link()).status_code == 302
    assert open_elsewhere.get("/admin/").status_code == 302
    client = Client()
    log_in(password=NEW, client=client)
    assert client.get("/admin/").status_code == 200


def test_nobody_learns_whether_an_address_is_known(owner):
    known, unknown = ask("yamada@example.jp"), ask("nobody@example.jp")
    pages = [re.sub(r'value="\w{64}"', "", page.content.decode()) for page in (known, unknown)]
    assert pages[0] == pages[1]
    assert [sent.to for sent in mail.outbox] == [["yamada@example.jp"]]


def test_a_link_opens_once_and_for_an_hour(owner, monkeypatch):
    from datetime import datetime, timedelta

    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    ask("yamada@example.jp")
    address = link()
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: datetime.now() + timedelta(minutes=61))
    assert "このリンクは使えません" in Client().get(address).content.decode()
    monkeypatch.undo()
    assert take(address).status_code == 302
    assert "このリンクは使えません" in Client().get(address).content.decode()


@pytest.mark.parametrize("made_up", ["x/y", "MQ/set-password", "%00/a"])
def test_a_made_up_link_opens_nothing(owner, made_up):
    assert "このリンクは使えません" in Client().get(f"/admin/forgotten/{made_up}/").content.decode()


def test_a_weak_password_is_refused_there_too(owner):
    ask("yamada@example.jp")
    page = take(link(), new="yamada-yamada-1").content.decode()
    assert "利用者名・名前・メールアドレスの名前が入っています" in page


def test_asking_over_and_over_is_stopped_alike_for_everybody(owner):
    for address in ("yamada@example.jp", "nobody@example.jp"):
        answers = [ask(address).status_code for _ in range(6)]
        assert answers[-1] == 429
        assert answers[0] == 200


def test_without_a_mail_server_the_page_says_that_the_office_does_it(owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = Client().get("/admin/forgotten/").content.decode()
    assert "事務局が、利用者の画面で最初のパスワードを新しく作ります" in page
    assert "<form" not in page.split("<h1>")[1]
    ask("yamada@example.jp")
    assert mail.outbox == []


def test_closed_accounts_get_no_link():
    make("gone", email="gone@example.jp", is_active=False)
    ask("gone@example.jp")
    assert mail.outbox == []
