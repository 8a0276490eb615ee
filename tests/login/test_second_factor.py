"""The second factor: set up with an app, asked after the password, on paper too, taken back by the office."""

import re
import time

import pytest
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from actionplan.login.limits import FREE
from actionplan.models import AppDevice, opened
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import signed_in
from tests.login.conftest import log_in, make
from tests.login.test_limits import join_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def needed(settings):
    settings.SECOND_FACTOR = "needed"


@pytest.fixture
def clock(monkeypatch):
    """The servers' time, to be moved."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def figures(key: bytes) -> str:
    """What the app shows now."""
    app = TOTP(key)
    app.time = time.time()
    return f"{app.token():06d}"


def enrol(client: Client) -> list[str]:
    """The recovery codes of a new app."""
    client.get("/admin/second-factor/set/")
    key = opened(client.session["new_second_factor"], int(client.session["_auth_user_id"]))
    page = client.post("/admin/second-factor/set/", {"code": figures(key)})
    return re.findall(r"<code>(\w{5}-\w{5})</code>", page.content.decode())


@pytest.fixture
def boss(db):
    """A superuser with an app, and the recovery codes."""
    account = make("boss", superuser=True)
    account.codes = enrol(signed_in(account))
    account.key = AppDevice.objects.get().bin_key
    return account


def half_in(username: str = "boss") -> Client:
    """A browser after the password."""
    client = Client()
    assert log_in(username, client=client).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("role", "asked"), [(COORDINATOR, True), (PUBLISHER, True), (CLERK, False), (HEAD, False), (READER, False)]
)
def test_it_is_needed_by_the_office_and_the_publisher(role, asked):
    client = signed_in(factories.make_person(role))
    answer = client.get("/admin/")
    assert (answer.status_code == 302) is asked
    if asked:
        assert answer["Location"].startswith("/admin/second-factor/set/")


@pytest.mark.parametrize(("setting", "asked"), [("needed", True), ("offered", False), ("off", False)])
def test_the_setting_says_whether_it_is_needed(settings, setting, asked):
    settings.SECOND_FACTOR = setting
    assert (signed_in().get("/admin/").status_code == 302) is asked


def test_the_page_shows_the_key_as_a_picture_and_in_letters_and_the_codes_once():
    client = signed_in(make("boss", superuser=True))
    page = client.get("/admin/second-factor/set/").content.decode()
    assert 'src="data:image/svg+xml' in page
    assert re.search(r"<code>([A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>", page)
    assert len(set(enrol(client))) == 10
    assert is_in(client)


def test_a_wrong_code_sets_nothing():
    client = signed_in(make("boss", superuser=True))
    client.get("/admin/second-factor/set/")
    for code in ("000000", "abc", "１２３", "", "9" * 500):
        assert client.post("/admin/second-factor/set/", {"code": code}).status_code == 200
    assert not TOTPDevice.objects.exists()
    assert not is_in(client)


def test_a_post_without_ever_having_seen_a_key_sets_nothing():
    client = signed_in(make("boss", superuser=True))
    assert client.post("/admin/second-factor/set/", {"code": "123456"}).status_code == 200
    assert not TOTPDevice.objects.exists()


def test_after_the_password_the_code_is_asked_for_and_nothing_else_is_open(boss, clock):
    client = half_in()
    for address in ("/admin/trail/", "/admin/password_change/", "/admin/second-factor/set/", "/admin/own-logins/"):
        assert client.get(address)["Location"].startswith("/admin/second-factor/?next="), address
    clock[0] += 60
    answer = client.post("/admin/second-factor/", {"code": figures(boss.key), "next": "/admin/trail/"})
    assert answer["Location"] == "/admin/trail/"
    assert is_in(client)


def test_no_door_of_the_wing_is_open_to_half_a_log_in(boss):
    client = half_in()
    names = {pattern.name for pattern in admin.site.get_urls() if getattr(pattern, "name", None)}
    open_to_strangers = {"login", "logout", "forgotten", "single_sign_on", "single_sign_on_back", "view_on_site"}
    for name in names - open_to_strangers - {"jsi18n", "second_factor"}:
        try:
            address = reverse(f"admin:{name}")
        except NoReverseMatch:
            continue
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, answer["Location"][:21]) == (302, "/admin/second-factor/"), name


def test_the_code_gives_the_session_another_key_and_the_old_one_opens_nothing(boss):
    client = half_in()
    before = client.session.session_key
    client.post("/admin/second-factor/", {"code": boss.codes[0]})
    assert client.session.session_key != before
    assert "（この画面）" in client.get("/admin/own-logins/").content.decode()
    other = Client()
    other.cookies["sessionid"] = before
    assert other.get("/admin/second-factor/")["Location"].startswith("/admin/login/")


def test_a_new_app_is_told_to_the_owner():
    enrol(signed_in(make("boss", superuser=True, email="boss@example.jp")))
    join_mails()
    assert [sent.subject for sent in mail.outbox] == ["【アクションプラン管理】二段階の確認のアプリが登録されました"]


def test_a_code_opens_once(boss, clock):
    clock[0] += 60
    code = figures(boss.key)
    assert half_in().post("/admin/second-factor/", {"code": code}).status_code == 302
    assert half_in().post("/admin/second-factor/", {"code": code}).status_code == 200


def test_the_code_that_set_it_up_opens_nothing(boss, clock):
    assert half_in().post("/admin/second-factor/", {"code": figures(boss.key)}).status_code == 200


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_a_code_may_be_typed_with_blanks_and_full_width(boss, clock, spelling):
    clock[0] += 60
    code = spelling.format(figures(boss.key)).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert half_in().post("/admin/second-factor/", {"code": code}).status_code == 302


def test_a_recovery_code_opens_once(boss):
    code = boss.codes[0]
    assert half_in().post("/admin/second-factor/", {"code": code.upper().replace("-", " ")}).status_code == 302
    assert half_in().post("/admin/second-factor/", {"code": code}).status_code == 200
    assert half_in().post("/admin/second-factor/", {"code": boss.codes[1]}).status_code == 302


def test_recovery_codes_are_kept_as_hashes_and_outlive_a_new_secret_key(boss, settings):
    kept = list(StaticToken.objects.values_list("token", flat=True))
    assert not set(kept) & {code.replace("-", "") for code in boss.codes}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert half_in().post("/admin/second-factor/", {"code": boss.codes[0]}).status_code == 302


def test_new_recovery_codes_end_those_of_before(boss, clock):
    client = half_in()
    client.post("/admin/second-factor/", {"code": boss.codes[0]})
    page = client.post("/admin/second-factor/codes/").content.decode()
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", page)) == 10
    assert is_in(client)
    assert half_in().post("/admin/second-factor/", {"code": boss.codes[1]}).status_code == 200


def test_codes_cannot_be_guessed_by_logging_in_again_and_from_elsewhere(boss, clock):
    clock[0] += 60
    for number in range(FREE):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        log_in("boss", client=client, address=f"192.0.2.{number}")
        client.post("/admin/second-factor/", {"code": "000000"})
    client = half_in()
    assert (
        "しばらく受け付けません" in client.post("/admin/second-factor/", {"code": figures(boss.key)}).content.decode()
    )
    assert not is_in(client)


@pytest.mark.parametrize("mark", ["", " ", "\x1f", "\0"])
def test_no_stranger_can_use_up_somebodys_codes_at_the_log_in(boss, mark):
    for _ in range(FREE + 1):
        log_in(f"確認の番号{mark}boss", "wrong", address="203.0.113.9")
    assert half_in().post("/admin/second-factor/", {"code": boss.codes[0]}).status_code == 302


def test_anothers_app_opens_nothing(boss, clock):
    make("other", superuser=True)
    enrol(signed_in(factories.get_user_model().objects.get(username="other")))
    clock[0] += 60
    assert half_in("other").post("/admin/second-factor/", {"code": figures(boss.key)}).status_code == 200


def test_who_need_not_but_has_one_is_asked_all_the_same(settings, clock):
    account = make("yamada")
    enrol(signed_in(account))
    settings.SECOND_FACTOR = "offered"
    client = half_in("yamada")
    assert client.get("/admin/")["Location"].startswith("/admin/second-factor/")


def test_another_app_needs_a_fresh_yes(boss, settings):
    client = half_in()
    client.post("/admin/second-factor/", {"code": boss.codes[0]})
    session = client.session
    session["confirmed_at"] -= settings.STEP_UP_MINUTES * 60 + 1
    session.save()
    assert client.get("/admin/second-factor/set/")["Location"].startswith("/admin/confirm/")


def test_the_office_takes_a_lost_app_back_with_a_record_and_the_owner_is_logged_out(boss, settings):
    settings.SECOND_FACTOR = "offered"
    client = half_in()
    client.post("/admin/second-factor/", {"code": boss.codes[0]})
    helper = signed_in(make("helper", superuser=True))
    assert helper.post(f"/admin/people/{boss.pk}/second-factor/").status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    record = boss.history.first()
    assert (record.history_user.username, record.history_change_reason) == ("helper", "二段階の確認の登録を取消し")
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    again = half_in()
    assert "登録を取り消しました" in again.get("/admin/").content.decode()
    assert "登録を取り消しました" not in again.get("/admin/").content.decode()


def test_nobody_takes_their_own_or_a_higher_ones_back(boss):
    settings_free = signed_in(boss)
    settings_free.post("/admin/second-factor/", {"code": boss.codes[0]})
    assert settings_free.post(f"/admin/people/{boss.pk}/second-factor/").status_code == 403
    assert TOTPDevice.objects.exists()
