"""What is public outlives the database: pages are kept as they were rendered, and never longer than they stand."""

import gzip
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from actionplan import kept_pages
from actionplan.models import AlikeWords, Edition
from actionplan.models.edition import ALREADY_PUBLIC
from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors import standing
from actionplan.views import kept
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ("/", "/reports/", "/reports/2009/", "/reports/2009/policies/1/", "/reports/2009.csv", "/sitemap/", "/about/")


@pytest.fixture(autouse=True)
def keeping(settings, tmp_path):
    """A portal that keeps pages in a folder of its own, in a process that has just begun."""
    settings.VAR_DIR, settings.KEPT_PAGES = tmp_path, True
    begin_anew()
    yield
    begin_anew()


def begin_anew():
    """As a process that has just started: what lies on disk is all that it knows."""
    kept_pages.forget_in_process()
    standing.watch.__init__()
    ALREADY_PUBLIC.clear()


def a_second_later():
    standing.watch.asked_at = -10
    standing.watch.away_until = 0


def told_by(answer):
    """The headers, but for the number of the request."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


@contextmanager
def database_away(words="could not connect to server"):
    def refuse(*args):
        raise OperationalError(words)

    a_second_later()
    with connection.execute_wrapper(refuse):
        yield
    a_second_later()


@pytest.fixture
def edition():
    return publish(factories.make_status(text="公表した文").report, by=None)


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Runs what waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_kept_page_is_not_for_another_name(client):
    publish(factories.make_status().report, by=None)
    assert [client.get("/", HTTP_HOST=host).status_code for host in ("testserver", "evil.example")] == [200, 400]


def test_a_page_that_bears_addresses_is_kept_for_the_name_that_was_asked_for(edition, browser, settings):
    settings.ALLOWED_HOSTS = ["testserver", "plan.example.jp"]
    for host in ("testserver", "plan.example.jp", "testserver"):
        assert f'<link rel="canonical" href="http://{host}/">' in browser.get("/", HTTP_HOST=host).content.decode()
    settings.SITE_URL = "https://plan.example.jp"
    assert kept._address(RequestFactory().get("/share.png?x=1")) == "/share.png"


def test_what_was_shown_once_is_shown_to_the_byte_while_the_database_is_away(edition, browser):
    before = {address: browser.get(address) for address in PAGES}
    with database_away():
        for address in PAGES:
            after = browser.get(address)
            assert (after.status_code, after.content) == (200, before[address].content), address
            assert told_by(after) == told_by(before[address])


def test_a_process_that_starts_while_the_database_is_away_finds_the_pages_on_disk(edition, browser):
    before = browser.get("/reports/2009/").content
    begin_anew()
    with database_away():
        assert browser.get("/reports/2009/").content == before


def test_what_was_never_rendered_gets_a_plain_page_that_says_when_to_come_back(edition, browser):
    browser.get("/")
    with database_away():
        for address in ("/sitemap/", "/search/?q=文", "/nothing/"):
            answer = browser.get(address)
            assert (answer.status_code, answer["Retry-After"]) == (503, "30"), address
            assert "少したってから" in answer.content.decode()
            assert answer["Cache-Control"] == "no-store"
    assert browser.get("/sitemap/").status_code == 200


def test_the_database_is_left_alone_for_a_moment_and_nothing_needs_a_restart(edition, browser):
    browser.get("/")
    with database_away():
        browser.get("/")
        assert standing.is_away()
        standing.watch.away_until = 0
    assert browser.get("/reports/").status_code == 200
    assert not standing.is_away()


def test_a_kept_page_asks_the_database_one_question_a_second_at_most(edition, browser, django_assert_num_queries):
    browser.get("/reports/2009/")
    with django_assert_num_queries(0):
        browser.get("/reports/2009/")
    a_second_later()
    with django_assert_num_queries(1):
        browser.get("/reports/2009/")


def test_a_publication_is_seen_at_once_on_every_page(edition, browser, committed):
    before = browser.get("/reports/").content
    item = edition.rows.get().item
    with committed():
        publish(
            factories.make_status(factories.make_report(edition.report.plan, fiscal_year=2010), item).report, by=None
        )
    assert browser.get("/reports/").content != before


def test_another_process_learns_of_a_withdrawal_by_the_file_without_waiting_a_second(edition, browser, committed):
    browser.get("/reports/2009/")
    theirs = vars(standing.watch).copy()
    with committed():
        withdraw(edition, by=None, reason="誤り")
    vars(standing.watch).update(theirs)
    assert browser.get("/reports/2009/").status_code == 404


def test_what_was_withdrawn_is_shown_by_nobody_while_the_database_is_away(edition, browser, committed):
    before = [browser.get(address) for address in PAGES]
    assert all(answer.status_code == 200 for answer in before)
    theirs = vars(standing.watch).copy()
    with committed():
        withdraw(edition, by=None, reason="誤り")
    vars(standing.watch).update(theirs)  # a process that has not asked since
    with database_away():
        assert {browser.get(address).status_code for address in PAGES} == {503}
    begin_anew()
    with database_away():
        assert {browser.get(address).status_code for address in PAGES} == {503}


def test_an_older_page_stands_in_while_the_new_one_was_never_asked_for(edition, browser, committed):
    before = browser.get("/reports/2009/").content
    item = edition.rows.get().item
    with committed():
        publish(
            factories.make_status(factories.make_report(edition.report.plan, fiscal_year=2010), item).report, by=None
        )
    with database_away():
        assert browser.get("/reports/2009/").content == before
        assert browser.get("/reports/2010/").status_code == 503


def test_a_new_program_renders_anew_and_leans_on_the_old_pages_only_in_need(edition, browser, monkeypatch):
    before = browser.get("/reports/2009/").content
    monkeypatch.setattr(standing, "program", lambda: "0" * 16)
    begin_anew()
    with database_away():
        assert browser.get("/reports/2009/").content == before
    state = standing.public_state()
    assert kept_pages.find([state], "http://testserver/reports/2009/") is None
    browser.get("/reports/2009/")
    assert kept_pages.find([state], "http://testserver/reports/2009/")


def test_a_page_that_is_damaged_on_disk_is_rendered_again(edition, browser, tmp_path):
    before = browser.get("/reports/2009/").content
    for path in (tmp_path / "pages").glob("*/*"):
        path.write_bytes(path.read_bytes()[:-5])
    begin_anew()
    assert browser.get("/reports/2009/").content == before
    begin_anew()
    (tmp_path / "pages" / "public.json").write_text("{")
    assert browser.get("/reports/2009/").content == before


def test_a_disk_that_takes_nothing_costs_nobody_a_page(edition, browser, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_pages, "write_whole", full)
    monkeypatch.setattr(standing, "write_whole", full)
    assert [browser.get(address).status_code for address in PAGES] == [200] * len(PAGES)
    with database_away():
        assert browser.get("/reports/2009/").status_code == 200


def test_questions_never_fill_the_disk_and_oldest_pages_go_first(edition, browser, tmp_path, settings, monkeypatch):
    for number in range(5):
        browser.get(f"/search/?q={number}")
        browser.get(f"/reports/2009/?utm={number}")
        browser.get(f"/reports/2009.csv?x={number}")
    assert len(list((tmp_path / "pages").glob("*/*"))) == 1
    settings.KEPT_PAGES_BYTES = 1
    monkeypatch.setattr(kept_pages, "_writes", 0)
    browser.get("/sitemap/")
    assert not list((tmp_path / "pages").glob("*/*"))


def test_an_address_by_code_leads_on_with_its_question(edition, browser):
    plain, asked = browser.get("/items/1-1-1/"), browser.get("/items/1-1-1/?from=print")
    assert asked["Location"] == plain["Location"] + "?from=print"
    assert browser.get("/items/1-1-1/")["Location"] == plain["Location"]
    with database_away():
        assert browser.get("/items/1-1-1/")["Location"] == plain["Location"]


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_a_browser_that_has_the_page_is_told_that_it_stands(edition, browser, encoding):
    page = browser.get("/reports/2009/", HTTP_ACCEPT_ENCODING=encoding)
    again = browser.get("/reports/2009/", HTTP_ACCEPT_ENCODING=encoding, HTTP_IF_NONE_MATCH=page["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get("/reports/2009/", HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_nginx_reads_how_long_it_may_keep_a_page_before_it_reads_that_browsers_may_not(edition, browser):
    for _ in ("rendered", "kept"):
        names = list(browser.get("/reports/2009/").headers)
        # nginx before 1.23 keeps nothing when it reads them the other way round.
        assert names.index("X-Accel-Expires") < names.index("Cache-Control")


def test_a_page_is_compressed_once_for_who_takes_it(edition, browser):
    plain, small = browser.get("/reports/2009/"), browser.get("/reports/2009/", HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(small.content) == plain.content
    assert [int(answer["Content-Length"]) for answer in (plain, small)] == [len(plain.content), len(small.content)]
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in small["Vary"]


def test_head_is_answered_from_what_is_kept(edition, browser):
    browser.get("/reports/2009/")
    with database_away():
        answer = browser.head("/reports/2009/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) > 1000


def test_no_staff_page_is_kept(edition, admin_client, tmp_path):
    admin_client.get("/admin/")
    assert not list((tmp_path / "pages").glob("*/*"))


@pytest.mark.parametrize("behind", [timedelta(minutes=40), timedelta(days=365)])
def test_what_has_become_public_stays_public_when_the_clock_falls_behind(edition, browser, monkeypatch, behind, caplog):
    later = timezone.now() + timedelta(days=2)
    item = edition.rows.get().item
    report = factories.make_status(factories.make_report(edition.report.plan, fiscal_year=2010), item).report
    scheduled = publish(report, by=None, public_from=later)
    real_now = timezone.now
    assert browser.get("/reports/2010/").status_code == 404
    monkeypatch.setattr(timezone, "now", lambda: real_now() + timedelta(days=3))
    a_second_later()
    assert browser.get("/reports/2010/").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: real_now() - behind)
    begin_anew()
    for address in ("/reports/2009/", "/reports/2010/", "/sitemap/", "/reports/2010.csv"):
        assert browser.get(address).status_code == 200, address
    assert scheduled in Edition.objects.public()
    assert "clock is behind" in caplog.text


def test_what_has_not_become_public_stays_unseen_on_a_late_clock(edition, browser, monkeypatch):
    later = timezone.now() + timedelta(days=2)
    item = edition.rows.get().item
    report = factories.make_status(factories.make_report(edition.report.plan, fiscal_year=2010), item).report
    publish(report, by=None, public_from=later)
    real_now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real_now() - timedelta(days=1))
    assert browser.get("/reports/2009/").status_code == 200
    assert browser.get("/reports/2010/").status_code == 404


def test_a_page_shows_what_was_public_when_it_was_asked_for_whatever_another_computer_publishes(edition, browser):
    """Else it would be kept for the editions of before, and shown again once the new one is withdrawn."""
    browser.get("/about/")
    status = edition.report.statuses.get()
    status.text = "名前を出してしまった文"
    status.save()
    # Elsewhere: nobody tells this computer, which asks once a second.
    publish(edition.report, by=None, note="訂正")
    shown = browser.get("/reports/2009/").content.decode()
    assert "公表した文" in shown
    assert "名前を出してしまった文" not in shown
    a_second_later()
    assert "名前を出してしまった文" in browser.get("/reports/2009/").content.decode()


def test_a_kept_answer_of_a_search_holds_for_a_minute_since_the_office_may_call_other_words_alike(
    edition, browser, monkeypatch
):
    asked = {"q": "発表", "year": "2009"}
    assert "見つかりませんでした" in browser.get("/search/", asked).content.decode()
    AlikeWords.objects.create(words="発表、公表")
    assert "見つかりませんでした" in browser.get("/search/", asked).content.decode()
    monkeypatch.setattr(kept, "ANSWER_HOLDS", -1)
    assert "1件見つかりました" in browser.get("/search/", asked).content.decode()
    with database_away():
        assert "1件見つかりました" in browser.get("/search/", asked).content.decode()
