"""Log-ins as people make them: by the form, with the limits on."""

import pytest
from django.test import Client

from tests import factories

PASSWORD = "a-long-password-9"
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def limits_on(settings):
    settings.AXES_ENABLED = True


@pytest.fixture
def person(db):
    """A member of staff with a password."""
    return make("yamada")


def make(username: str, **fields):
    """An account whose password is PASSWORD and its own."""
    account = factories.make_user(username=username, superuser=fields.pop("superuser", False), **fields)
    account.set_password(PASSWORD)
    type(account).objects.filter(pk=account.pk).update(password=account.password)
    return account


def log_in(username: str = "yamada", password: str = PASSWORD, *, client: Client | None = None, address="192.0.2.1"):
    """The answer to the log-in's form."""
    client = client or Client()
    return client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address)


def fail(times: int, username: str = "yamada", *, address="192.0.2.1"):
    """The last answer to so many wrong passwords."""
    for _ in range(times):
        answer = log_in(username, "wrong", address=address)
    return answer
