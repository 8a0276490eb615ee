"""First passwords: hard to guess, easy to type, stored only as a hash, given only to accounts below."""

import re

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from actionplan.organisation.accounts import LETTERS, give_password, make_password, renew_password
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories


def test_a_password_is_four_groups_of_letters_that_cannot_be_mistaken():
    for _ in range(50):
        assert re.fullmatch(f"[{LETTERS}]{{5}}(-[{LETTERS}]{{5}}){{3}}", make_password())
    assert not set("0O1lI") & set(LETTERS)


def test_no_two_passwords_are_alike():
    assert len({make_password() for _ in range(200)}) == 200


def test_the_account_holds_a_hash_and_the_person_the_password():
    account = User(username="suzuki", last_name="鈴木", first_name="一郎")
    given = give_password(account)
    assert (given.username, given.name) == ("suzuki", "鈴木 一郎")
    assert given.password not in account.password
    assert check_password(given.password, account.password)


def test_a_person_without_a_name_is_called_by_the_name_to_log_in_with():
    assert give_password(User(username="suzuki")).name == "suzuki"


@pytest.mark.django_db
def test_a_new_first_password_changes_nothing_else_of_what_is_stored():
    account = factories.make_person(CLERK, username="suzuki")
    stale = User.objects.get(pk=account.pk)
    User.objects.filter(pk=account.pk).update(email="neu@example.jp")
    given = renew_password(stale, by=factories.make_person(COORDINATOR))
    stored = User.objects.get(pk=account.pk)
    assert stored.email == "neu@example.jp"
    assert stored.check_password(given.password)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_nobody_else_gives_passwords(role):
    account = factories.make_person(CLERK)
    with pytest.raises(PermissionDenied):
        renew_password(account, by=factories.make_person(role))
    assert User.objects.get(pk=account.pk).password == account.password
