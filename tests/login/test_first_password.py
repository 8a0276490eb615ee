"""A password that somebody else gave opens nothing but the page that changes it, and lapses."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from actionplan.models import FirstPassword
from actionplan.organisation.accounts import renew_password
from actionplan.permissions import COORDINATOR
from tests import factories
from tests.admin.pages import signed_in
from tests.login.conftest import PASSWORD, log_in, make
from tests.management.test_first_account import run

pytestmark = pytest.mark.django_db
OWN = "tegami-mikan-densha"


@pytest.fixture
def given(person):
    """The first password of an account."""
    return renew_password(person, by=factories.make_person(COORDINATOR)).password


def change(client: Client, old: str, new: str = OWN):
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/admin/password_change/", form)


def test_a_first_password_leads_nowhere_but_to_its_change(given):
    client = Client()
    assert log_in(password=given, client=client).status_code == 302
    for address in ("/admin/", "/admin/trail/", "/admin/own-logins/", "/admin/people/list.csv"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/password_change/")
    assert "最初のパスワードのままです" in client.get("/admin/password_change/").content.decode()
    assert client.post("/admin/confirm/", {"x": "1"}).status_code == 302


def test_once_changed_everything_is_open_and_stays_so(given):
    client = Client()
    log_in(password=given, client=client)
    assert change(client, given).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert not FirstPassword.objects.exists()
    again = Client()
    log_in(password=OWN, client=again)
    assert again.get("/admin/").status_code == 200


def test_the_same_password_or_a_bad_one_is_no_change(given):
    client = Client()
    log_in(password=given, client=client)
    assert change(client, given, "password-password").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_it_lapses_after_the_days_of_the_setting(given, settings):
    settings.FIRST_PASSWORD_DAYS = 3
    FirstPassword.objects.update(given_at=timezone.now() - timedelta(days=3, minutes=1))
    page = log_in(password=given).content.decode()
    assert "最初のパスワードの期限（3日）が過ぎた" in page
    assert "期限" not in log_in(password="wrong").content.decode()
    FirstPassword.objects.update(given_at=timezone.now() - timedelta(days=2, hours=23))
    assert log_in(password=given).status_code == 302


def test_accounts_of_before_are_asked_for_nothing(person):
    client = Client()
    log_in(client=client)
    assert client.get("/admin/").status_code == 200


def test_a_password_that_a_superuser_sets_for_another_is_a_first_one_and_their_own_is_not(person):
    boss = make("boss", superuser=True)
    client = signed_in(boss)
    for account in (person, boss):
        form = {"password1": OWN, "password2": OWN, "usable_password": "true"}
        assert client.post(f"/admin/auth/user/{account.pk}/password/", form).status_code == 302
    assert [row.account for row in FirstPassword.objects.all()] == [person]


def test_what_a_command_sets_is_a_first_password(person):
    person.set_password(OWN)
    person.save()
    assert FirstPassword.objects.filter(account=person).exists()


def test_a_rehash_at_log_in_makes_no_first_password_of_ones_own(person, settings):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    assert log_in().status_code == 302
    person.refresh_from_db()
    assert person.password.startswith("pbkdf2")
    assert not FirstPassword.objects.exists()


def test_the_installation_makes_an_office_account_and_a_sealed_administrator():
    printed = run()
    office, admin = User.objects.get(username="jimukyoku"), User.objects.get(username="kanrisha")
    assert (office.is_staff, office.is_superuser) == (True, False)
    assert [group.name for group in office.groups.all()] == [COORDINATOR]
    assert admin.is_superuser
    assert FirstPassword.objects.count() == 2
    assert "金庫" in printed


def test_a_lost_account_gets_back_in_by_the_command(person):
    printed = run(again="yamada")
    password = printed.split("パスワード  ")[1].split()[0]
    assert log_in(password=PASSWORD).status_code == 200
    assert log_in(password=password).status_code == 302
    assert FirstPassword.objects.filter(account=person).exists()
    with pytest.raises(CommandError, match="ありません"):
        call_command("first_account", again="nobody")
