"""One line of JSON a request and one an event; ids throughout; no secret, no question and no text in any line."""

import json
import logging

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actionplan.publishing.publish import publish
from tests import factories
from tests.plan.files import export
from tsushima_portal import logs, watching
from tsushima_portal.health import Finding

pytestmark = pytest.mark.django_db
SECRET = "himitsu-no-kotoba-9"


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.told = []

    def emit(self, record) -> None:
        assert "\n" not in record.getMessage()
        self.told.append(json.loads(record.getMessage()))


@pytest.fixture
def lines(settings):
    """What both logs were told, as a list for each."""
    settings.LOG_REQUESTS, kept = True, {"request": Kept(), "security": Kept()}
    for name, handler in kept.items():
        logging.getLogger(f"portal.{name}").addHandler(handler)
    yield {name: handler.told for name, handler in kept.items()}
    for name, handler in kept.items():
        logging.getLogger(f"portal.{name}").removeHandler(handler)


def events(lines, name=None) -> list:
    return [line for line in lines["security"] if name in (None, line["event"])]


def test_a_request_is_one_line(client, lines):
    publish(factories.make_status().report, by=None)
    answer = client.get("/search/?q=himitsu", REMOTE_ADDR="192.0.2.77")
    [line] = lines["request"]
    assert (line["method"], line["path"], line["status"], line["user"]) == ("GET", "/search/", 200, None)
    assert (line["address"], line["bytes"]) == ("192.0.2.0", len(answer.content))
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["ms"] > 0
    assert "himitsu" not in json.dumps(lines)


def test_who_watches_fills_no_log_while_all_is_well(client, lines, monkeypatch):
    client.get("/healthz")
    assert lines["request"] == []
    monkeypatch.setattr("tsushima_portal.health.findings", lambda: [Finding("disk", "fail", "")])
    client.get("/readyz")
    assert [(line["path"], line["status"]) for line in lines["request"]] == [("/readyz", 503)]


def test_a_line_of_the_staff_names_the_account_by_its_number(admin_client, admin_user, lines):
    admin_client.get("/admin/", REMOTE_ADDR="192.0.2.77")
    assert [(line["user"], line["address"]) for line in lines["request"]] == [(admin_user.pk, "192.0.2.77")]


@pytest.mark.parametrize("place", ["/partner/", "/admin/forgotten/"])
def test_a_key_in_an_address_is_in_no_line(client, lines, place):
    for address in (f"{place}{SECRET}/", f"{place}{SECRET}/{SECRET}/", f"{place}{SECRET}"):
        client.get(address)
    assert SECRET not in json.dumps(lines)
    assert lines["request"][0]["path"] == f"{place}…"
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", (f"{place}{SECRET}/{SECRET}",), None)
    assert SECRET not in logs.Dated().format(record)


@pytest.mark.parametrize(
    ("setting", "address", "told"),
    [
        ("short", "192.0.2.77", "192.0.2.0"),
        ("short", "2001:db8:1:2:3::4", "2001:db8:1::"),
        ("short", "", ""),
        ("full", "192.0.2.77", "192.0.2.77"),
        ("off", "192.0.2.77", ""),
    ],
)
def test_the_setting_says_how_much_of_an_address_is_kept(client, lines, settings, setting, address, told):
    settings.LOG_ADDRESSES = setting
    client.get("/nothing/", REMOTE_ADDR=address)
    assert lines["request"][0]["address"] == told


def test_what_a_proxy_says_counts_only_from_one_that_is_trusted(client, lines, settings):
    said = {"HTTP_X_REQUEST_ID": "abcdef-12345", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}
    settings.LOG_ADDRESSES = "full"
    assert client.get("/nothing/", **said)["X-Request-ID"] != "abcdef-12345"
    settings.TRUST_PROXY = True
    assert client.get("/nothing/", **said)["X-Request-ID"] == "abcdef-12345"
    assert [line["address"] for line in lines["request"]] == ["127.0.0.1", "198.51.100.7"]


@pytest.mark.parametrize("odd", ["", "short", "a" * 65, "a b c d e f", 'abcdefgh","x":"', "abcdefgh\nabc"])
def test_an_odd_id_of_a_proxy_is_replaced(client, settings, odd):
    settings.TRUST_PROXY = True
    assert watching.GIVEN_ID.fullmatch(client.get("/nothing/", HTTP_X_REQUEST_ID=odd)["X-Request-ID"])
    assert client.get("/nothing/", HTTP_X_REQUEST_ID=odd)["X-Request-ID"] != odd


def test_an_error_page_shows_the_number_under_which_the_log_has_it(client, admin_client, lines):
    client.force_login(factories.make_user(superuser=False))
    refused = client.get(reverse("admin:people_import"))
    assert refused.status_code == 403
    assert f"受付番号：{lines['request'][0]['request_id']}" in refused.content.decode()


def test_log_ins_failures_and_log_outs_are_told_without_a_password(client, lines, settings):
    settings.AXES_ENABLED = True
    person = factories.make_user(username="suisan")
    del lines["security"][:]
    for name, password in (("suisan", SECRET), (SECRET, "x"), ("suisan", "a-long-password-9")):
        client.post(reverse("admin:login"), {"username": name, "password": password})
    client.post(reverse("admin:logout"))
    told = [(line["event"], line.get("account"), line["user"]) for line in events(lines)]
    failed = [("login_failed", person.pk, None), ("login_failed", None, None)]
    assert told == [*failed, ("login", None, person.pk), ("logout", None, person.pk)]
    assert len({line["request_id"] for line in events(lines)}) == 4
    assert SECRET not in json.dumps(lines)


def test_what_is_forbidden_is_told(client, lines):
    person = factories.make_user(superuser=False)
    client.force_login(person)
    client.get(reverse("admin:people_import"))
    [event] = events(lines, "forbidden")
    assert (event["user"], event["path"]) == (person.pk, "/admin/people/import/")


@pytest.mark.parametrize("address", ["/admin/people/list.csv", "/admin/people/list.xlsx", "/admin/trail/csv/"])
def test_what_is_taken_out_is_told(admin_client, lines, address):
    assert b"".join(admin_client.get(address))
    assert [event["path"] for event in events(lines, "export")] == [address]


def test_what_import_export_takes_out_is_told(admin_client, lines):
    factories.make_status()
    export(admin_client)
    assert len(events(lines, "export")) == 1


def test_a_citizens_file_is_no_event(client, lines):
    publish(factories.make_status().report, by=None)
    client.get("/reports/2009.csv")
    assert events(lines) == []


def test_a_strange_host_is_one_line_and_no_traceback(client, lines, capfd):
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    assert [(event["event"], event["host"]) for event in events(lines)] == [("bad_host", "evil.example")]
    assert "Traceback" not in capfd.readouterr().err


def test_a_file_that_was_refused_is_told(admin_client, lines):
    sent = {"file": SimpleUploadedFile("職員.xlsx", b"PK\x03\x04 and so on")}
    admin_client.post(reverse("admin:people_import"), sent)
    assert [event["why"] for event in events(lines, "upload_refused")] == ["raised"]


def test_passwords_and_rights_are_told_whoever_changes_them(lines, db):
    person = User.objects.create_user("new", password=SECRET)
    del lines["security"][:]
    person.set_password(f"{SECRET}9")
    person.save()
    person.is_superuser = True
    person.save()
    person.groups.add(Group.objects.first())
    person.email = "new@example.jp"
    person.save()
    assert [event["event"] for event in events(lines)] == ["password_set", "rights", "rights"]
    assert events(lines)[1]["is_superuser"] is True
    assert SECRET not in json.dumps(lines)


def test_an_event_takes_no_secret_and_no_long_text(lines):
    logs.told("otp_failed", None, account=3, password=SECRET, token=SECRET, words="あ" * 5000)
    [event] = events(lines)
    assert SECRET not in json.dumps(event)
    assert len(event["words"]) == logs.LONGEST


def test_what_the_browser_is_told_beside_the_policy(client, admin_client):
    for answer in (client.get("/nothing/"), admin_client.get("/admin/"), client.get("/healthz")):
        assert answer["Cross-Origin-Resource-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")


def test_a_sentence_that_others_log_is_a_line_too():
    record = logging.LogRecord("portal.security", logging.ERROR, "", 0, "記録が\n合いません：%s", ("版1",), None)
    assert json.loads(logs.Lines().format(record))["words"] == "記録が\n合いません：版1"
