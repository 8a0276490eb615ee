"""What a portal for others refuses to start with, and that a trial on this computer may."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from script.lib import production
from tests.scripts.stand_ins import assert_refused, start

GOOD_KEY = secrets.token_urlsafe(50)
NAMES = ["DEBUG", "ALLOWED_HOSTS", "SECRET_KEY", "HTTPS", "TRUST_PROXY", "OIDC_ISSUER"]


@pytest.fixture(autouse=True)
def user(monkeypatch):
    """Nobody's variables, and a user who is not root."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def refusals(monkeypatch, loopback: bool = False, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return "\n".join(production.refusals(loopback))


def test_a_portal_that_is_set_up_well_starts(monkeypatch):
    assert refusals(monkeypatch, ALLOWED_HOSTS="plan.example.jp", SECRET_KEY=GOOD_KEY, HTTPS="on", DEBUG="off") == ""
    assert refusals(monkeypatch, SECRET_KEY="", ALLOWED_HOSTS="", DEBUG="") == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "on"),
        ("DEBUG", " True "),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "plan.example.jp, *"),
        ("OIDC_ISSUER", "http://login.example.jp"),
        ("SECRET_KEY", "secret"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "abcabcabc" * 10),
        ("SECRET_KEY", "django-insecure-" + "kP3x9Qw7Zr5Tn1Vb8Lm4Hs6Jd2Fg0Yc" * 2),
    ],
)
@pytest.mark.parametrize("reach", [{"loopback": False}, {"TRUST_PROXY": "on"}, {"HTTPS": "on"}])
def test_what_is_unsafe_for_others_is_refused_by_name(monkeypatch, name, value, reach):
    said = refusals(monkeypatch, **{"loopback": True, **reach}, **{name: value})
    assert name in said
    assert said.count("\n") <= 1


@pytest.mark.parametrize("variables", [{"DEBUG": "on"}, {"ALLOWED_HOSTS": "*"}, {"SECRET_KEY": "x"}, {"HTTPS": "off"}])
def test_a_trial_on_this_computer_alone_may(monkeypatch, variables):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert refusals(monkeypatch, loopback=True, **variables) == ""


@pytest.mark.parametrize("reach", [{"loopback": False}, {"TRUST_PROXY": "on"}, {"HTTPS": "on"}])
def test_root_is_told_how_to_be_somebody_else(monkeypatch, reach):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "useradd" in refusals(monkeypatch, **{"loopback": True, **reach})


def test_the_command_says_all_that_is_wrong_before_anything_slow_happens(project, free_port):
    variables = {"DEBUG": "on", "ALLOWED_HOSTS": "*", "SECRET_KEY": "weak", "TRUST_PROXY": "on"}
    done = start(project, PORT=free_port, **variables)
    assert_refused(done, project, "DEBUG=on", "ALLOWED_HOSTS=*", "SECRET_KEY が弱すぎます")
    assert "weak" not in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_root_becomes_the_owner_of_the_folder(project):
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        theirs = shutil.copytree(project, Path(place) / "portal")
        for folder in (Path(place), theirs, *theirs.rglob("*")):
            os.chown(folder, 65534, 65534)
        done = start(theirs, TRUST_PROXY="on", DEBUG="on")
    assert "の持ち主（nobody）として続けます" in done.stdout
    assert done.returncode == 1
    # Whether it finds a Python there or not: it is not root who is refused.
    assert "useradd" not in done.stderr
