"""The first account: made once, its password shown once and kept only as a hash."""

import re
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command

from actionplan import permissions
from actionplan.management.commands import first_account
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = re.compile(r"\b[a-z2-9]{5}(?:-[a-z2-9]{5}){3}\b")


def run(**options) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("first_account", stdout=out, **options)
    return out.getvalue()


def users():
    return get_user_model().objects.all()


def test_the_printed_passwords_open_the_admin(client):
    printed = run()
    for name, password in zip(("jimukyoku", "kanrisha"), PASSWORD.findall(printed), strict=True):
        assert name in printed
        assert client.login(username=name, password=password)


def test_the_office_runs_the_round_and_the_administrator_does_everything():
    run()
    office, admin = users().get(username="jimukyoku"), users().get(username="kanrisha")
    assert permissions.may_coordinate(office)
    assert not permissions.may_publish(office)
    assert permissions.may_publish(admin)


def test_the_passwords_are_not_stored_in_clear():
    passwords = PASSWORD.findall(run())
    stored = str(list(users().values()))
    assert len(passwords) == 2
    assert not any(password in stored for password in passwords)


def test_a_second_run_prints_no_password_and_changes_no_account():
    run()
    before = list(users().values())
    printed = run()
    assert not PASSWORD.search(printed)
    assert "既にあります" in printed
    assert list(users().values()) == before


def test_no_account_is_made_where_staff_exist_under_other_names():
    factories.make_user(username="yamada", superuser=False)
    run()
    assert [user.username for user in users()] == ["yamada"]


def test_no_account_is_made_where_the_staff_were_switched_off_on_purpose():
    factories.make_user(username="yamada", is_active=False)
    run()
    assert users().count() == 1


def test_a_name_that_somebody_outside_the_staff_has_is_refused_with_the_way_out():
    somebody = factories.make_user(username="jimukyoku", superuser=False, is_staff=False)
    with pytest.raises(CommandError, match="--username"):
        run()
    somebody.refresh_from_db()
    assert not somebody.is_staff
    run(username="soumu")
    assert [user.username for user in users().filter(is_staff=True).order_by("pk")] == ["soumu", "kanrisha"]


def test_both_accounts_need_a_name_of_their_own():
    with pytest.raises(CommandError, match="別の名前"):
        run(username="a", admin="a")
    assert not users().exists()


def test_the_administrators_name_may_be_taken_too():
    factories.make_user(username="kanrisha", superuser=False, is_staff=False)
    with pytest.raises(CommandError, match="kanrisha"):
        run()
    assert users().count() == 1


def test_a_start_that_lost_the_race_says_that_the_account_exists(monkeypatch):
    run()
    # The other start made its account between our look and our write.
    answers = iter([False, True])
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: next(answers))
    assert not PASSWORD.search(run())


def test_passwords_differ_and_satisfy_the_portals_own_rules():
    passwords = {first_account.make_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        validate_password(password)
        assert PASSWORD.fullmatch(password)
