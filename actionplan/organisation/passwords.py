"""The first password of an account, for offices without e-mail: shown once, handed over on paper, never stored."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from actionplan import permissions
from actionplan.cycle.names import full_name
from actionplan.organisation.recording import record

# No 0/O, 1/l/I: the password is read off paper or a screen and typed.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 5
# A hundred random bits cannot be guessed however fast one tries, and a file of two hundred people has to be answered
# in seconds. Django hashes the password again, at full strength, when its owner first logs in.
ROUNDS = 10_000
REASON = "最初のパスワードを作成"


@dataclass(frozen=True)
class StartPassword:
    """What the coordinator hands to a person."""

    username: str
    name: str
    password: str


def make_password() -> str:
    """A password of about 100 random bits in four groups, such as k7mfa-…."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def give_password(account: User) -> StartPassword:
    """A new password, put into the account, which is not saved here."""
    password, hasher = make_password(), PBKDF2PasswordHasher()
    account.password = hasher.encode(password, hasher.salt(), iterations=ROUNDS)
    return StartPassword(account.username, full_name(account), password)


@transaction.atomic
def renew_password(account: User, *, by: AbstractBaseUser) -> StartPassword:
    """A new first password for an account; its owner's sessions end. Raises PermissionDenied."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    permissions.require(permissions.may_change(by, User, account))
    given = give_password(account)
    User.objects.filter(pk=account.pk).update(password=account.password)
    record([account], by=by, reason=REASON)
    return given
