"""Events of security in 変更の記録 and its file: who, when, from where, what; counted in a flood; never in the way."""

import ast
import csv
import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actionplan.models import Approval, HeldEvent, SecurityEvent
from actionplan.models.security import EVENTS
from actionplan.permissions import CLERK
from actionplan.publishing.publish import publish
from actionplan.trail import security
from tests import factories
from tests.admin.pages import signed_in
from tests.sealing.sealed import faults, settle, tamper, var  # noqa: F401
from tests.trail.conftest import make_person
from tsushima_portal.logs import request_of_now

pytestmark = pytest.mark.django_db
TRAIL, FILE = "/admin/trail/?kind=securityevent", "/admin/trail/csv/?kind=securityevent"
HERE, SECRET = "192.0.2.77", "himitsu-no-kotoba-9"
ROOT = Path(__file__).resolve().parents[2]
# What everybody can bring about, or what each log-in by app does: told in the log alone.
LOG_ONLY = {"bad_host", "bad_request", "second_factor"}


def kept(**which) -> list[tuple]:
    rows = SecurityEvent.objects.filter(**which).order_by("pk")
    return list(rows.values_list("event", "done_by_id", "account_id", "times"))


def log_in(name: str, password: str, client: Client | None = None) -> None:
    (client or Client()).post(reverse("admin:login"), {"username": name, "password": password}, REMOTE_ADDR=HERE)


def test_a_day_of_staff_stands_in_the_record_and_its_file(client, settings):
    settings.AXES_ENABLED = True
    person = factories.make_user(username="suisan", last_name="見本", first_name="花子")
    log_in("suisan", SECRET)
    log_in("suisan", "a-long-password-9", client)
    assert b"".join(client.get("/admin/people/list.csv", REMOTE_ADDR=HERE))
    client.post(reverse("admin:logout"), REMOTE_ADDR=HERE)
    own = [("login", person.pk, None, None), ("export", person.pk, None, None), ("logout", person.pk, None, None)]
    assert kept() == [("login_failed", None, person.pk, None), *own]
    auditor = signed_in(make_person("kansa"))
    page = auditor.get(TRAIL).content.decode()
    for words in (
        "安全の記録",
        "ログインの失敗：見本 花子（suisan）",
        "（ログインの前）",
        HERE,
        "/admin/people/list.csv",
    ):
        assert words in page
    text = b"".join(auditor.get(FILE)).decode().removeprefix("\ufeff")
    lines = list(csv.DictReader(StringIO(text, newline="")))
    told = [(line["対象"], line["操作した人（利用者名）"], line["変更後"], line["理由"]) for line in lines]
    assert told[2] == ("書き出し", "suisan", HERE, "/admin/people/list.csv")
    # Taking this very file out is the newest of them.
    assert [line[0] for line in told[:2]] == ["書き出し", "ログアウト"]
    assert len(told) == 5
    assert SECRET not in page + text
    assert len(auditor.get(f"{TRAIL}&person={person.pk}").context["records"]) == 4


def test_a_flood_is_one_row_and_one_that_counts():
    person = factories.make_user(username="suisan")
    line = {"event": "login_failed", "account": person.pk, "address": HERE, "path": "/admin/login/"}
    for _ in range(20):
        tell(line)
    assert kept() == [("login_failed", None, person.pk, None)]
    HeldEvent.objects.update(since=timezone.now() - timedelta(minutes=2))
    tell({"event": "logout", "user": person.pk, "address": HERE, "path": ""})
    assert kept()[1:] == [("login_failed", None, person.pk, 19), ("logout", person.pk, None, None)]
    assert HeldEvent.objects.count() == 1


def test_a_flood_from_everywhere_is_counted_together():
    for number in range(100):
        tell({"event": "login_failed", "address": f"192.0.2.{number}", "path": ""})
    assert len(kept()) == security.MOST_BEFORE_LOGIN + 1
    assert HeldEvent.objects.order_by("pk").last().times == 100 - len(kept())


def tell(line) -> None:
    request = Client().get("/admin/login/").wsgi_request
    security.keep(None, request, {"user": None, **line})


def test_a_database_that_is_away_fails_no_request_and_the_log_has_its_line(client, caplog, monkeypatch):
    client.force_login(factories.make_user(superuser=False))

    def away(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(security, "_empty", away)
    monkeypatch.setattr(logging.getLogger("portal.security"), "propagate", True)
    with caplog.at_level(logging.INFO, "portal.security"):
        assert client.get("/admin/people/import/").status_code == 403
    assert [record.event for record in caplog.records if hasattr(record, "event")][-1] == "forbidden"
    assert kept() == []


def test_what_citizens_and_strangers_do_writes_nothing(client):
    publish(factories.make_status().report, by=None)
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/admin/", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/reports/2009.csv")["Content-Disposition"]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "x"}).status_code == 403
    assert strict.post("/admin/forgotten/", {"email": "x"}).status_code == 403
    assert (kept(), HeldEvent.objects.count()) == ([], 0)


def test_rights_and_decisions_are_told_with_whose_they_are():
    boss, account = factories.make_user(), factories.make_user(superuser=False)
    request = Client().get("/admin/login/").wsgi_request
    request._cached_user = boss
    with request_of_now(request):
        account.is_active = False
        account.save()
        account.groups.add(factories.make_role(CLERK))
        account.groups.get().permissions.clear()
        Approval(report=factories.make_report(), content_sha256="0" * 64, asked_by=boss).record()
    own = [("rights", boss.pk, None, None), ("approval", boss.pk, None, None)]
    assert kept() == [("rights", boss.pk, account.pk, None)] * 2 + own
    step = "平成21年度（2009年度）の公表：公表を起案"
    what = ["有効：いいえ", "役割か個別の権限", "役割の中身か、役割に入る人", step]
    assert list(SecurityEvent.objects.order_by("pk").values_list("what", flat=True)) == what


def test_events_are_sealed_and_one_that_was_changed_is_named(var, capsys):  # noqa: F811
    tell({"event": "login_failed", "address": HERE, "path": ""})
    settle()
    assert faults(capsys) == []
    tamper("UPDATE actionplan_securityevent SET address = '198.51.100.1'")
    assert faults(capsys) == ["安全の記録（ログインの失敗）：書き換えられています。"]


def test_every_event_of_the_code_is_kept_or_named_as_one_of_the_log_alone():
    paths = [path for folder in ("actionplan", "tsushima_portal") for path in (ROOT / folder).rglob("*.py")]
    calls = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_told(node)]
    assert {name for call in calls for name in strings(call.args[0])} == EVENTS.keys() | LOG_ONLY


def is_told(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "told"


def strings(argument: ast.expr) -> list[str]:
    """The words that the argument may be; of a choice both, without what it is chosen by."""
    if isinstance(argument, ast.IfExp):
        return [*strings(argument.body), *strings(argument.orelse)]
    return [argument.value] if isinstance(argument, ast.Constant) else []
