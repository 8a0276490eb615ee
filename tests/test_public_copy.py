"""A public host outside: a copy that holds only what citizens may see, and a portal that can only show it."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from actionplan import kept_files
from actionplan.exports.report_files import KINDS
from actionplan.models import AnnualReport, YearlyStatus
from actionplan.publishing.publish import publish, withdraw, withdraw_all
from tests import factories
from tests.answers.answering import make_office
from tests.evidence import files
from tests.evidence.offering import Desk
from tests.pages import PUBLIC, publish_all_kinds
from tests.second_host import SecondHost
from tsushima_portal import environment

pytestmark = pytest.mark.django_db
PROMISED = 2.0
NOT_PUBLIC = ("名前を出してしまった文", "まだ公表しない文", "取下げの理由の文", "下書きの文")


@pytest.fixture
def report(real_report, settings, tmp_path) -> AnnualReport:
    """The real year with every kind of page; one correction withdrawn, one that stands, one scheduled."""
    settings.VAR_DIR = tmp_path
    statuses = list(real_report.statuses.select_related("item").order_by("pk"))
    clerk = factories.make_user(username="kakarichou", last_name="秘密の氏名")
    publish_all_kinds(real_report)
    say(statuses[0], NOT_PUBLIC[0])
    withdraw(publish(real_report, by=clerk, note="訂正"), by=clerk, reason=NOT_PUBLIC[2])
    say(statuses[0], "正しい文")
    publish(real_report, by=clerk, note="二度目の訂正")
    say(statuses[0], NOT_PUBLIC[1])
    publish(real_report, by=clerk, note="予約", public_from=timezone.now() + timedelta(days=1))
    say(statuses[0], NOT_PUBLIC[3])
    return real_report


def say(status: YearlyStatus, text: str) -> None:
    status.text = text
    status.save()


def copy(place: Path) -> Path:
    place.mkdir(exist_ok=True)
    call_command("public_copy", str(place / "public.sqlite3"), verbosity=0)
    return place / "public.sqlite3"


def test_the_copy_holds_what_is_public_and_nothing_else(report, tmp_path):
    file = copy(tmp_path / "out")
    with closing(sqlite3.connect(file)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = {
            name: list(database.execute(f'SELECT * FROM "{name}"'))
            for name in names - {"sqlite_sequence", "django_migrations"}
        }
        editions = database.execute("SELECT number, published_by_id, unconfirmed FROM actionplan_edition").fetchall()
    assert {name for name, rows in columns.items() if rows} == {
        "actionplan_plan",
        "actionplan_annualreport",
        "actionplan_edition",
        "actionplan_editionrow",
        "actionplan_alikewords",
    }
    assert columns["actionplan_editionwithdrawal"] == []
    # The two that are public, and of the withdrawn one before them nothing but its hash.
    assert sorted(editions) == [(1, None, "[]"), (3, None, "[]"), (10_000, None, "[]")]
    assert len(columns["actionplan_editionrow"]) == 2 * 38
    content = file.read_bytes()
    for words in (*NOT_PUBLIC, "秘密の氏名", "kakarichou"):
        assert words.encode() not in content
        assert words.encode("unicode_escape") not in content


def test_the_sentence_in_the_place_of_a_year_goes_along_without_the_reason(report, tmp_path):
    withdraw_all(list(report.editions.standing()), by=None, reason=NOT_PUBLIC[2], told="取り下げました。")
    file = copy(tmp_path / "out")
    assert NOT_PUBLIC[2].encode() not in file.read_bytes()
    with SecondHost(tmp_path / "b", DATABASE_URL=f"sqlite:///{quote(str(file))}", PUBLIC_ONLY="on") as there:
        for address in ("/reports/2009/", "/reports/2009/v1.csv"):
            status, page = there.get(address)
            assert (status, "取り下げました。" in page.decode()) == (410, True)
            assert NOT_PUBLIC[0] not in page.decode()


def addresses() -> list[str]:
    files_of = [f"/reports/2009.{ending}" for ending, _ in KINDS]
    files_of += ["/reports/2009/v1.csv", "/reports/2009/v2.csv", "/reports/2009/v1.sha256"]
    asked = ["/search/?q=市", "/search.csv?q=市", "/reports/2009.csv?encoding=cp932", "/reports/2009-form.xlsx"]
    return [*PUBLIC, "/reports/", *files_of, *asked]


def test_a_public_host_shows_every_page_to_the_byte_and_has_no_other_door(report, tmp_path):
    file = copy(tmp_path / "out")
    here = Client()
    with SecondHost(tmp_path / "b", DATABASE_URL=f"sqlite:///{quote(str(file))}", PUBLIC_ONLY="on") as there:
        for address in addresses():
            answer = here.get(address)
            assert there.get(address) == (answer.status_code, answer.getvalue()), address
        for door in ("/admin/", "/admin/login/", "/partner/x/"):
            assert there.get(door)[0] == 404
        assert there.get("/readyz") == (200, there.get("/readyz")[1])
        # Replaced while it runs.
        publish(report, by=None, note="三度目の訂正")
        copy(tmp_path / "out")
        begun = time.monotonic()
        while NOT_PUBLIC[3].encode() not in there.get("/reports/2009/")[1]:
            assert time.monotonic() - begun < PROMISED
            time.sleep(0.05)


def test_a_public_host_cannot_write(tmp_path, monkeypatch):
    file = tmp_path / "a b.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE record (text)")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{quote(str(file))}")
    entry = environment.databases(tmp_path, read_only=True)["default"]
    assert environment.folder_of(entry) == tmp_path
    with closing(sqlite3.connect(entry["NAME"], uri=True)) as database, pytest.raises(sqlite3.OperationalError):
        database.execute("INSERT INTO record VALUES ('x')")
    monkeypatch.setenv("DATABASE_URL", "postgres://portal@db/portal")
    entry = environment.databases(tmp_path, read_only=True)["default"]
    assert "default_transaction_read_only=on" in entry["OPTIONS"]["options"]


def test_photographs_go_along_and_go_again_and_a_missing_one_leaves_the_copy_of_before(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    office = make_office(1, text="実施した。")
    desk = Desk(office.rows[0], office.browser())
    desk.offer(("写真.jpg", files.jpeg(40, 20), "人たち", "説明会"))
    edition = publish(desk.status.report, by=None)
    file, names = copy(tmp_path / "out"), {each.name for each in edition.files.all()}
    assert {path.name for path in (tmp_path / "out" / "evidence").iterdir()} == names
    withdraw(edition, by=None, reason="誤り")
    copy(tmp_path / "out")
    assert list((tmp_path / "out" / "evidence").iterdir()) == []
    before = file.read_bytes()
    publish(desk.status.report, by=None, note="訂正")
    for path in kept_files.folder().iterdir():
        path.unlink()
    with pytest.raises(CommandError, match="見つかりません"):
        copy(tmp_path / "out")
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["evidence", "public.sqlite3", "shared.json"]
