"""The first password of a new person, and of one who forgot theirs."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client

from actionplan.organisation.accounts import renew_password
from tests import factories
from tests.organisation.listing import line, person, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


def test_a_new_person_gets_an_account_that_can_log_in_once_they_have_the_password(office):
    department = factories.make_department("福祉課")
    _, passwords = take(office, line("suzuki", 姓="鈴木", 名="一郎", 所属課="福祉課", 役割="担当者"))
    account = User.objects.get(username="suzuki")
    assert (account.is_active, account.is_staff, account.is_superuser) == (True, True, False)
    assert [group.name for group in account.groups.all()] == ["担当者"]
    assert list(account.departments.all()) == [department]
    assert authenticate(username="suzuki", password=passwords[0].password) == account
    assert (passwords[0].username, passwords[0].name) == ("suzuki", "鈴木 一郎")


def test_the_first_password_is_hashed_at_full_strength_once_it_was_used(office, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    _, passwords = take(office, line("suzuki"))
    weak = User.objects.get(username="suzuki").password
    records = User.objects.get(username="suzuki").history.count()
    Client().post("/admin/login/", {"username": "suzuki", "password": passwords[0].password})
    account = User.objects.get(username="suzuki")
    assert int(account.password.split("$")[1]) > int(weak.split("$")[1])
    assert account.history.count() == records


def test_a_forgotten_password_gets_a_new_first_one(office):
    user = person("suzuki")
    given = renew_password(user, by=office)
    assert authenticate(username="suzuki", password=given.password) == user
    assert "最初のパスワードを作成" in user.history.values_list("history_change_reason", flat=True)
    with pytest.raises(PermissionDenied):
        renew_password(office, by=office)
