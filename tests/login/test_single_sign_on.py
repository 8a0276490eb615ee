"""Logging in at the city's provider: who comes in as whom, and every way in which somebody else might try to."""

import re
import socket
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.test import Client
from joserfc.jwk import ECKey, RSAKey

from actionplan.login import provider
from actionplan.permissions import COORDINATOR
from tests import factories
from tests.login.city import CLIENT, SECRET, City
from tests.login.conftest import PASSWORD, log_in, make
from tsushima_portal.environment import SingleSignOn

pytestmark = pytest.mark.django_db
BEGIN = "/admin/sso/"


@pytest.fixture(scope="module")
def running():
    city = City()
    yield city
    city.server.shutdown()


@pytest.fixture
def city(running, settings, monkeypatch):
    """The provider, honest, and named by the settings."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running.reset()
    provider._read.clear()
    provider._away.clear()
    settings.OIDC = SingleSignOn(running.issuer, CLIENT, SECRET, "preferred_username", [], ["mfa"], only=False)
    return running


def come(city: City, client: Client | None = None, begin: str = BEGIN):
    """The answer to a browser that went to the provider and came back; client: the browser."""
    client = client or Client()
    return client.get(city.visit(client.get(begin)["Location"]))


def sentence(answer) -> str:
    found = re.search(r'class="notice notice--warning">([^<]+)', answer.content.decode())
    return found[1] if found else ""


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_who_the_office_has_made_comes_in_and_it_is_recorded_like_any_log_in(city, person):
    client = Client()
    before = client.get(BEGIN + "?next=/admin/own-logins/") and client.session.session_key
    answer = come(city, client, BEGIN + "?next=/admin/own-logins/")
    assert answer["Location"] == "/admin/own-logins/"
    assert client.session.session_key != before
    assert "（この画面）" in client.get("/admin/own-logins/").content.decode()
    assert AccessLog.objects.filter(username="yamada").count() == 1
    person.refresh_from_db()
    assert person.last_login is not None
    assert "verifier" not in str(dict(client.session))


def test_the_button_is_there_only_where_a_provider_is_named(city, settings):
    page = Client().get("/admin/login/?next=/admin/trail/").content.decode()
    assert f'href="{BEGIN}?next=%2Fadmin%2Ftrail%2F"' in page
    settings.OIDC = None
    assert BEGIN not in Client().get("/admin/login/").content.decode()
    assert [Client().get(address).status_code for address in (BEGIN, BEGIN + "back/")] == [404, 404]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({}, "ここにはありません"),
        ({"is_active": False}, "閉じています"),
        ({"superuser": True}, "管理者の利用者は"),
        ({"is_staff": False}, "閉じています"),
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(city, made, said):
    if made:
        make("yamada", **made)
    count, client = User.objects.count(), Client()
    answer = come(city, client)
    assert answer.status_code == 403
    assert said in sentence(answer)
    assert not is_in(client)
    assert User.objects.count() == count


FORGED = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong aud": {"aud": "another"},
    "another's among two": {"aud": [CLIENT, "another"]},
    "made for another": {"azp": "another"},
    "no aud": {"aud": None},
    "wrong issuer": {"iss": "https://evil.example"},
    "expired": {"exp": int(time.time()) - 120},
    "never expires": {"exp": None},
    "of tomorrow": {"iat": int(time.time()) + 86400},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("claims", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_for_this_log_in_lets_nobody_in(city, person, claims):
    city.claims, client = claims, Client()
    assert "確かめられなかった" in sentence(come(city, client))
    assert not is_in(client)


def test_a_token_that_nobody_signed_or_a_key_of_another_kind_lets_nobody_in(city, person):
    public, strangers = city.keys[0].as_pem(private=False), RSAKey.generate_key(2048, {"kid": "one"})
    for header, key in (({"alg": "none"}, None), ({"alg": "HS256"}, public), ({}, strangers)):
        city.header, city.signs, client = header, key, Client()
        assert "確かめられなかった" in sentence(come(city, client)), header
        assert not is_in(client)


def test_new_keys_of_the_provider_are_read_when_they_sign(city, person):
    assert come(city).status_code == 302
    kept = city.keys
    for key in (ECKey.generate_key("P-256", {"kid": "two"}), RSAKey.generate_key(2048, {"kid": "one"})):
        city.keys, city.header, client = [key], {"kid": key.kid}, Client()
        come(city, client)
        assert is_in(client)
    assert city.asked.count("/jwks") == 3
    city.keys = kept


def test_an_answer_counts_once_in_its_own_browser_and_not_for_long(city, person, monkeypatch):
    client, other = Client(), Client()
    back = city.visit(client.get(BEGIN)["Location"])
    assert "もう一度始めてください" in sentence(other.get(back))
    assert "もう一度始めてください" in sentence(client.get(back.replace("state=", "state=x")))
    # The wrong state used it up.
    assert "もう一度始めてください" in sentence(client.get(back))
    back = city.visit(client.get(BEGIN)["Location"])
    assert client.get(back).status_code == 302
    client.post("/admin/logout/")
    assert "もう一度始めてください" in sentence(client.get(back))
    back, now = city.visit(client.get(BEGIN)["Location"]), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert "もう一度始めてください" in sentence(client.get(back))


def test_an_answer_of_another_provider_and_one_that_was_declined_let_nobody_in(city, person):
    for more, said in (("&iss=https://evil.example", "確かめられなかった"), ("&error=access_denied", "取りやめ")):
        client = Client()
        assert said in sentence(client.get(city.visit(client.get(BEGIN)["Location"]) + more))
    assert "/token" not in city.asked


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil"])
def test_it_leads_to_no_other_host(city, person, wanted):
    assert come(city, begin=f"{BEGIN}?next={wanted}")["Location"] == "/admin/"


def test_a_name_that_only_userinfo_tells_counts_for_the_same_subject_only(city, person):
    city.person, city.userinfo = {}, {"sub": "1", "preferred_username": "yamada"}
    assert come(city).status_code == 302
    city.userinfo = {"sub": "2", "preferred_username": "yamada"}
    assert "確かめられなかった" in sentence(come(city))
    city.userinfo = {"sub": "1"}
    assert "利用者名を知らせてこない" in sentence(come(city))


def test_a_mail_address_names_one_account_and_must_be_shown_to_be_theirs(city, settings):
    settings.OIDC = settings.OIDC._replace(claim="email")
    make("yamada", email="Taro@example.jp")
    make("kanrisha", superuser=True, email="taro@example.jp")
    city.person = {"email": "taro@example.jp"}
    assert come(city).status_code == 302
    for person, said in (
        ({"email": "taro@example.jp", "email_verified": False}, "ここにはありません"),
        ({"email": "taro@example.jp", "email_verified": "false"}, "ここにはありません"),
        ({"email": "tаro@example.jp"}, "ここにはありません"),
    ):
        city.person = person
        assert said in sentence(come(city))
    make("jiro", email="TARO@example.jp")
    city.person = {"email": "taro@example.jp"}
    assert "2人以上" in sentence(come(city))


@pytest.mark.parametrize(
    ("claims", "asked"), [({}, True), ({"amr": ["pwd"]}, True), ({"amr": ["pwd", "mfa"]}, False), ({"acr": "2"}, False)]
)
def test_the_second_factor_is_ours_unless_the_provider_has_seen_one(city, settings, claims, asked):
    settings.SECOND_FACTOR, settings.OIDC = "needed", settings.OIDC._replace(acr=["2"])
    office = factories.make_person(COORDINATOR)
    city.person, client = {"preferred_username": office.username} | claims, Client()
    come(city, client)
    assert is_in(client) is not asked
    # What the provider said counts for its own log-in only.
    type(office).objects.filter(pk=office.pk).update(password=make("another").password)
    log_in(office.username, client=client)
    assert not is_in(client)


def stale(client: Client) -> Client:
    session = client.session
    session["confirmed_at"] -= 16 * 60
    session.save()
    return client


def test_a_fresh_yes_is_given_at_the_provider_anew_by_the_same_person(city, client):
    office = factories.make_person(COORDINATOR)
    city.person = {"preferred_username": office.username}
    come(city, client)
    asked = stale(client).get("/admin/people/list.csv")["Location"]
    way = re.search(r'href="(/admin/sso/\?confirm=1[^"]+)"', client.get(asked).content.decode())[1]
    way = way.replace("&amp;", "&")
    sent = parse_qs(urlsplit(client.get(way)["Location"]).query)
    assert (sent["prompt"], sent["max_age"]) == (["login"], ["0"])
    make("yamada")
    for told in ({"auth_time": int(time.time()) - 3600}, {"auth_time": None}, {"preferred_username": "yamada"}):
        city.claims = told
        assert come(city, client, way).status_code == 403
        assert client.get("/admin/people/list.csv").status_code == 302
    city.claims, before = {}, client.session.session_key
    assert come(city, client, way)["Location"] == "/admin/people/list.csv"
    assert client.session.session_key != before
    assert client.get("/admin/people/list.csv").status_code == 200


@pytest.mark.parametrize(("ago", "status"), [(None, 302), (3600, 302), (60, 200)])
def test_a_log_in_that_asked_for_nothing_is_no_fresh_yes(city, client, ago, status):
    """Whoever is logged in at the provider since the morning comes in without a password."""
    office = factories.make_person(COORDINATOR)
    city.person = {"preferred_username": office.username}
    city.claims = {"auth_time": ago and int(time.time()) - ago}
    come(city, client)
    assert client.get("/admin/people/list.csv").status_code == status


def test_what_was_about_to_be_saved_waits_while_the_provider_is_asked_in_another_window(city, client):
    office, other = factories.make_person(COORDINATOR), make("other")
    city.person = {"preferred_username": office.username}
    come(city, client)
    address = f"/admin/people/{other.pk}/start-password/"
    page = stale(client).post(address).content.decode()
    assert f'href="{BEGIN}?confirm=1" target="_blank"' in page
    assert "まだ確かめられていません" in client.post(address, {"confirm_secret": ""}).content.decode()
    assert not AccessAttempt.objects.exists()
    assert come(city, client, BEGIN + "?confirm=1")["Location"] == "/admin/"
    assert "「確かめ終わったので続ける」を押してください" in client.get("/admin/").content.decode()
    assert client.post(address, {"confirm_secret": ""}).status_code == 200
    assert not User.objects.get(pk=other.pk).check_password(PASSWORD)


def test_a_provider_that_is_away_is_said_at_once_and_asked_no_more_for_a_while(city, settings, person, monkeypatch):
    monkeypatch.setattr(provider, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.OIDC = settings.OIDC._replace(issuer=f"http://127.0.0.1:{mute.getsockname()[1]}")
        began = time.monotonic()
        answer = Client().get(BEGIN)
        assert time.monotonic() - began < 2
        assert (answer.status_code, "応答しない" in sentence(answer)) == (503, True)
        began = time.monotonic()
        assert Client().get(BEGIN).status_code == 503
        assert time.monotonic() - began < 0.2
    client = Client()
    log_in(client=client)
    assert is_in(client)


def test_a_provider_that_falls_silent_before_its_token_lets_nobody_in(city, person):
    client = Client()
    back = city.visit(client.get(BEGIN)["Location"])
    city.silent = True
    assert client.get(back).status_code == 503
    assert not is_in(client)


@pytest.mark.parametrize("told", [{"issuer": "https://evil.example"}, {"token_endpoint": "file:///etc/passwd"}])
def test_a_description_that_leads_elsewhere_is_not_followed(city, told):
    city.metadata = told
    assert Client().get(BEGIN).status_code == 503


def test_where_only_the_provider_counts_a_password_is_for_superusers(city, settings, person):
    settings.OIDC = settings.OIDC._replace(only=True)
    make("kanrisha", superuser=True)
    refused = log_in()
    assert "「市の認証基盤でログインする」から" in refused.content.decode()
    assert "管理者の利用者だけが使います" in refused.content.decode()
    assert log_in("kanrisha").status_code == 302
    assert come(city).status_code == 302


def test_a_first_password_that_waits_does_not_stop_who_comes_from_the_provider(city, person):
    from actionplan.models import gave_passwords

    gave_passwords([person])
    client = Client()
    come(city, client)
    assert is_in(client)


def test_the_page_after_the_log_out_leads_to_the_providers_own(city, person):
    client = Client()
    come(city, client)
    page = client.post("/admin/logout/").content.decode()
    assert f'href="{city.issuer}/logout?client_id={CLIENT}&amp;post_logout_redirect_uri=http' in page
    log_in(client=client)
    assert "/logout?" not in client.post("/admin/logout/").content.decode()


def test_an_issuer_without_https_is_refused_at_deployment(city, settings):
    def found() -> list[str]:
        return [fault.id for fault in run_checks(include_deployment_checks=True) if fault.id == "portal.E001"]

    assert found() == ["portal.E001"]
    settings.OIDC = settings.OIDC._replace(issuer="https://login.example.jp")
    assert found() == []
