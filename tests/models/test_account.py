"""What changes in accounts and groups is recorded; a log-in is no change, and no record holds a password."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-9"


@pytest.fixture
def account():
    return factories.make_user(username="suzuki", superuser=False)


def log_in(password=PASSWORD):
    browser = Client()
    browser.post("/admin/login/", {"username": "suzuki", "password": password})
    return browser


def test_a_new_account_has_one_record_without_a_reason(account):
    assert [(record.history_type, record.history_change_reason) for record in account.history.all()] == [("+", None)]


def test_no_record_holds_the_password_or_the_time_of_the_last_log_in(account):
    fields = {field.name for field in type(account.history.get())._meta.get_fields()}
    assert not fields & {"password", "last_login"}


def test_a_log_in_notes_its_time_and_leaves_no_record(account):
    log_in()
    account.refresh_from_db()
    assert account.last_login is not None
    assert account.history.count() == 1


def test_a_password_that_is_only_hashed_anew_leaves_no_record(account):
    hasher = PBKDF2PasswordHasher()
    weak = hasher.encode(PASSWORD, hasher.salt(), iterations=1000)
    User.objects.filter(pk=account.pk).update(password=weak)
    log_in()
    account.refresh_from_db()
    assert account.password != weak
    assert account.history.count() == 1


def test_what_is_saved_after_a_rehash_is_recorded_again(account):
    account.password = "pbkdf2_sha256$1$a$b"
    account.save(update_fields=["password"])
    account.last_name = "鈴木"
    account.save()
    assert [record.last_name for record in account.history.all()] == ["鈴木", ""]


def test_a_changed_password_leaves_one_record_that_says_so(account):
    browser = log_in()
    new = "quite-another-word-7"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/admin/password_change/", form).status_code == 302
    newest = account.history.first()
    assert account.history.count() == 2
    assert newest.history_change_reason == "パスワードの変更"
    assert newest.history_user == account


def test_who_is_in_which_group_is_recorded(account):
    group = Group.objects.get(name="担当者")
    account.groups.add(group)
    assert [row.group for row in account.history.first().groups.all()] == [group]


def test_the_rights_of_a_group_are_recorded():
    group = Group.objects.create(name="研修係")
    group.permissions.add(Group.objects.get(name="担当者").permissions.first())
    assert group.history.first().permissions.count() == 1


def test_people_are_called_by_the_word_that_the_guide_uses():
    page = Client().get("/admin/login/").content.decode()
    assert "利用者名" in page
    assert "ユーザー" not in page


def test_the_portals_word_for_people_asks_for_no_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
