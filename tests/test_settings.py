"""Settings as a process meets them: each test starts one with its own environment."""

import shutil
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.processes import ROOT, SHOW, run_python, settings_with

LOG = """
import django, logging
django.setup()
logging.getLogger("django.request").warning("a mistyped address")
logging.getLogger("actionplan").warning("a reminder could not be sent")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("django.request").exception("a broken page")
"""


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def refusal(var: Path, **variables: str) -> str:
    """The last line with which such a process refuses to start."""
    done = run_python(var, "-c", SHOW, **variables)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_an_empty_environment_is_a_secure_one(var):
    seen = settings_with(var)
    assert seen["DEBUG"] is False
    assert seen["SECURE_SSL_REDIRECT"] is True
    assert seen["SESSION_COOKIE_SECURE"] is True
    assert seen["CSRF_COOKIE_SECURE"] is True
    assert seen["SECURE_HSTS_SECONDS"] > 0
    assert seen["PROXY"] is None
    assert "*" not in seen["ALLOWED_HOSTS"]


def test_variables_that_are_set_but_empty_weaken_nothing(var):
    assert settings_with(var, HTTPS="", DEBUG="", SECRET_KEY="", VAR_DIR=str(var), TRUST_PROXY="") == settings_with(var)


@pytest.mark.parametrize("value", ["", "  "])
def test_a_database_url_that_is_set_but_empty_opens_no_empty_portal(var, value):
    assert "DATABASE_URL が空です" in refusal(var, DATABASE_URL=value)


def test_https_off_serves_a_single_computer_over_http(var):
    seen = settings_with(var, HTTPS="off")
    assert seen["SECURE_SSL_REDIRECT"] is False
    assert seen["SESSION_COOKIE_SECURE"] is False
    assert seen["CSRF_COOKIE_SECURE"] is False
    assert seen["SECURE_HSTS_SECONDS"] == 0


@pytest.mark.parametrize("word", ["on", "1", "true", "YES", " On "])
def test_a_flag_is_switched_on_by_any_usual_word(var, word):
    assert settings_with(var, DEBUG=word)["DEBUG"] is True


@pytest.mark.parametrize("name", ["HTTPS", "DEBUG", "TRUST_PROXY"])
def test_a_flag_that_cannot_be_read_stops_the_start_and_says_what_to_write(var, name):
    said = refusal(var, **{name: "maybe"})
    assert f"{name}=maybe" in said
    assert "on か off" in said


def test_a_proxy_is_trusted_only_when_asked_for(var):
    assert settings_with(var, TRUST_PROXY="on")["PROXY"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_hosts_are_the_comma_separated_names(var):
    assert settings_with(var, ALLOWED_HOSTS="a.example, b.example ,")["ALLOWED_HOSTS"] == ["a.example", "b.example"]


@pytest.mark.parametrize("word", ["10.0.0.0/33", "10.1.2.3/8", "office", "10.0.0.0/8 192.168.0.0/16", "１０.0.0.0/8"])
def test_a_network_that_is_none_stops_the_start_and_is_named(monkeypatch, word):
    from tsushima_portal import environment

    monkeypatch.setenv("STAFF_NETWORKS", f"192.0.2.0/24,{word}")
    with pytest.raises(ImproperlyConfigured, match="ネットワークとして読めません") as refused:
        environment.networks("STAFF_NETWORKS")
    assert f"STAFF_NETWORKS の {word} は" in str(refused.value)


PROVIDER = {"OIDC_ISSUER": "https://login.example.jp/city", "OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (PROVIDER | {"OIDC_CLIENT_SECRET": " "}, "OIDC_CLIENT_SECRET も必要です"),
        (PROVIDER | {"OIDC_ISSUER": "login.example.jp"}, "OIDC_ISSUER=login.example.jp は読めません"),
        ({"OIDC_ONLY": "on"}, "OIDC_ISSUER の指定が必要です"),
    ],
)
def test_a_provider_that_is_named_by_half_stops_the_start(monkeypatch, variables, said):
    from tsushima_portal import environment

    assert environment.single_sign_on() is None
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=said):
        environment.single_sign_on()


def test_a_provider_that_is_named_is_asked_for_the_usual_name(monkeypatch):
    from tsushima_portal import environment

    for name, value in (PROVIDER | {"OIDC_AMR": "mfa, hwk"}).items():
        monkeypatch.setenv(name, value)
    provider = environment.single_sign_on()
    assert (provider.claim, provider.acr, provider.amr, provider.only) == (
        "preferred_username",
        [],
        ["mfa", "hwk"],
        False,
    )


def test_a_secret_key_is_made_once_and_only_its_owner_may_read_it(var):
    first = settings_with(var)["SECRET_KEY"]
    assert settings_with(var)["SECRET_KEY"] == first
    assert len(first) >= 50
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    assert var.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in var.iterdir()] == ["secret_key"]


def test_two_portals_have_different_secret_keys(var, tmp_path):
    assert settings_with(var)["SECRET_KEY"] != settings_with(tmp_path / "other")["SECRET_KEY"]


def test_first_starts_at_the_same_moment_agree_on_one_secret_key(var):
    from tsushima_portal import environment

    var.mkdir()
    environment._write_once(var / "secret_key", "winner" * 10)
    environment._write_once(var / "secret_key", "latecomer" * 10)
    assert environment.secret_key(var) == "winner" * 10
    assert len(list(var.iterdir())) == 1


def test_a_secret_key_of_the_environment_is_used_and_not_written_down(var):
    assert settings_with(var, SECRET_KEY="given")["SECRET_KEY"] == "given"
    assert not (var / "secret_key").exists()


def test_a_relative_var_lies_in_the_project_whatever_the_current_directory(tmp_path):
    shutil.copytree(ROOT / "tsushima_portal", tmp_path / "project" / "tsushima_portal")
    (tmp_path / "elsewhere").mkdir()
    project = str(tmp_path / "project")
    entry = settings_with(Path("data"), cwd=tmp_path / "elsewhere", PYTHONPATH=project)["DATABASE"]
    assert entry["NAME"] == str(tmp_path / "project" / "data" / "portal.sqlite3")


def test_what_breaks_in_production_is_written_to_stderr_with_its_traceback(var):
    written = run_python(var, "-c", LOG).stderr
    assert written.count("a broken page") == 1
    assert "ZeroDivisionError" in written
    assert "a reminder could not be sent" in written
    assert "a mistyped address" not in written


@pytest.mark.parametrize("content", ["", "short"])
def test_a_damaged_secret_key_is_refused_with_the_file_to_delete(var, content):
    from tsushima_portal import environment

    var.mkdir()
    (var / "secret_key").write_text(content)
    with pytest.raises(ImproperlyConfigured, match="壊れています"):
        environment.secret_key(var)
