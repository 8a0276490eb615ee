"""The settings of e-mail as a process meets them: where mails go, how they are encrypted, and who sends them."""

import json

import pytest

from tests.processes import run_python

SHOW_MAIL = """
import json
from django.conf import settings
names = "BACKEND HOST PORT HOST_USER HOST_PASSWORD USE_TLS USE_SSL TIMEOUT".split()
seen = {name: getattr(settings, f"EMAIL_{name}") for name in names}
print(json.dumps({**seen, "FROM": settings.DEFAULT_FROM_EMAIL, "SITE_URL": settings.SITE_URL}))
"""
SERVER = {"EMAIL_HOST": "mail.example.jp", "EMAIL_FROM": "plan@example.jp"}


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def mail_settings(var, **variables: str) -> dict:
    done = run_python(var, "-c", SHOW_MAIL, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal(var, **variables: str) -> str:
    done = run_python(var, "-c", SHOW_MAIL, **variables)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_without_a_server_mails_are_only_printed(var):
    seen = mail_settings(var)
    assert seen["BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    assert (seen["HOST"], seen["SITE_URL"]) == ("", "")


def test_variables_that_are_empty_count_as_unset(var):
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL", "FROM")
    empty = {f"EMAIL_{name}": "" for name in names} | {"SITE_URL": ""}
    assert mail_settings(var, **empty) == mail_settings(var)


def test_a_server_is_spoken_to_with_starttls_unless_told_otherwise(var):
    seen = mail_settings(var, **SERVER)
    assert seen["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (seen["HOST"], seen["PORT"], seen["FROM"]) == ("mail.example.jp", 587, "plan@example.jp")
    assert (seen["USE_TLS"], seen["USE_SSL"]) == (True, False)


def test_a_server_may_be_encrypted_from_the_first_byte_or_not_at_all(var):
    seen = mail_settings(var, **SERVER, EMAIL_USE_SSL="on")
    assert (seen["USE_TLS"], seen["USE_SSL"], seen["PORT"]) == (False, True, 465)
    seen = mail_settings(var, **SERVER, EMAIL_USE_TLS="off")
    assert (seen["USE_TLS"], seen["USE_SSL"], seen["PORT"]) == (False, False, 25)


def test_port_account_and_the_portals_address_are_taken_as_given(var):
    given = {"EMAIL_PORT": "2525", "EMAIL_HOST_USER": "plan", "EMAIL_HOST_PASSWORD": "himitsu"}
    seen = mail_settings(var, **SERVER, **given, SITE_URL="https://plan.example.jp/")
    assert (seen["PORT"], seen["HOST_USER"], seen["HOST_PASSWORD"]) == (2525, "plan", "himitsu")
    assert seen["SITE_URL"] == "https://plan.example.jp"


def test_nobody_waits_for_a_silent_server_for_ever(var):
    assert 0 < mail_settings(var)["TIMEOUT"] <= 30


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"EMAIL_HOST": "mail.example.jp"}, "差出人のアドレスを EMAIL_FROM に指定してください"),
        ({**SERVER, "EMAIL_USE_TLS": "on", "EMAIL_USE_SSL": "on"}, "どちらか一つだけ on にしてください"),
        ({**SERVER, "EMAIL_PORT": "abc"}, "EMAIL_PORT=abc は読めません。数字を指定してください"),
        ({**SERVER, "EMAIL_PORT": "-1"}, "EMAIL_PORT=-1 は読めません"),
        ({"EMAIL_USE_TLS": "maybe"}, "EMAIL_USE_TLS=maybe は読めません"),
        ({"SITE_URL": "plan.example.jp"}, "SITE_URL=plan.example.jp は読めません。https://"),
    ],
)
def test_what_cannot_be_meant_stops_the_start_and_says_what_to_write(var, variables, sentence):
    assert sentence in refusal(var, **variables)


def test_the_password_is_never_repeated_in_a_refusal(var):
    assert "himitsu" not in refusal(var, EMAIL_HOST="mail.example.jp", EMAIL_HOST_PASSWORD="himitsu")
