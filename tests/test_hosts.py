"""Two computers on one database: what is done on one is there on the other; what would tear them apart is refused."""

import time
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from actionplan import kept_files, kept_pages
from actionplan.login.limits import FREE
from actionplan.models import ActionItem, Installation
from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors import standing
from script.lib.installation import join
from tests.evidence import files
from tests.evidence.offering import make_desk
from tests.plan.files import ITEMS, confirmation, edited, upload, written
from tests.second_host import SecondHost

LOGIN, REPORT = "/admin/login/", "/reports/2010/"
PROMISED = 2.0  # seconds after which a publication or a withdrawal counts everywhere


@pytest.fixture
def shared(settings, tmp_path):
    """This computer's folder, and the one that both see."""
    settings.VAR_DIR, settings.SHARED_DIR = tmp_path / "a", tmp_path / "shared"
    for place in (settings.VAR_DIR, settings.SHARED_DIR):
        place.mkdir()
    return settings.SHARED_DIR


@pytest.fixture
def here(shared, settings) -> Iterator[None]:
    """This computer serves, with pages kept and the log-in's limits on."""
    settings.KEPT_PAGES = settings.AXES_ENABLED = True
    kept_pages.forget_in_process()
    standing.watch.__init__()
    join()
    yield
    kept_pages.forget_in_process()
    standing.watch.__init__()


def soon(there: SecondHost, address: str, status: int) -> bool:
    """Whether the other computer answers so in time."""
    until = time.monotonic() + PROMISED
    while time.monotonic() < until:
        if there.get(address)[0] == status:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.django_db(transaction=True)
def test_what_one_computer_takes_publishes_withdraws_and_counts_the_other_knows(here, shared, tmp_path):
    desk = make_desk(text="実施した。")
    desk.offer(("写真.jpg", files.jpeg(40, 20), "人たち", "説明会"))
    session = desk.browser.cookies.output(header="").strip()
    with SecondHost(tmp_path / "b", shared) as there:
        assert there.get(REPORT)[0] == 404
        edition = publish(desk.status.report, by=None)
        assert soon(there, REPORT, 200)
        name = edition.files.first().name
        assert there.get(f"/evidence/{name}") == (200, kept_files.read(name))
        # Somebody who logged in here goes on there.
        assert there.get(desk.address, cookies=session)[0] == 200

        clerk = office()
        preview = upload(clerk, written(edited(clerk, 項目名="あちらで確定した名前")))
        cookies = clerk.cookies.output(header="", sep=";").strip()
        assert there.post(f"{ITEMS}process_import/", confirmation(preview), cookies)[0] == 302
        assert ActionItem.objects.filter(name="あちらで確定した名前").exists()

        for number in range(FREE):
            wrong = {"username": "yamada", "password": "wrong"}
            Client().post(LOGIN, wrong) if number % 2 else there.post(LOGIN, wrong)
        assert there.post(LOGIN, wrong)[0] == Client().post(LOGIN, wrong).status_code == 429

        withdraw(edition, by=None, reason="誤りがあったため")
        assert soon(there, REPORT, 404)
        assert there.get(f"/evidence/{name}")[0] == 404


def office() -> Client:
    from tests import factories
    from tests.admin.pages import signed_in

    return signed_in(factories.make_user(username="office"))


@pytest.mark.django_db
def test_a_computer_with_another_key_does_not_start(shared, settings):
    join()
    first, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 5
    with pytest.raises(CommandError, match="秘密鍵"):
        join()
    settings.SECRET_KEY_FALLBACKS = [first]
    join()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], first
    with pytest.raises(CommandError, match="秘密鍵"):
        join()
    call_command("accept_installation", verbosity=0)
    join()


@pytest.mark.django_db
def test_a_computer_that_does_not_see_the_shared_folder_neither_starts_nor_writes_past_it(shared, settings):
    join()
    settings.SHARED_DIR = shared.with_name("not mounted")
    with pytest.raises(CommandError, match="SHARED_DIR"):
        join()
    settings.SHARED_DIR.mkdir()
    with pytest.raises(CommandError, match="つながっていません"):
        join()
    with pytest.raises(kept_files.SharedFolderAway, match="共有フォルダー"):
        kept_files.keep(b"x", "image/png")
    assert list(settings.SHARED_DIR.iterdir()) == []


@pytest.mark.django_db
def test_a_first_start_beside_a_database_with_editions_needs_what_they_show(shared, settings):
    publish(make_desk(text="実施した。").status.report, by=None)
    for left in shared.iterdir():
        left.rename(settings.VAR_DIR / left.name)
    with pytest.raises(CommandError, match="つながっていません"):
        join()
    assert not Installation.objects.exists()


@pytest.mark.django_db
def test_staff_are_told_that_the_shared_folder_is_away(shared, settings):
    desk = make_desk(text="実施した。")
    join()
    desk.browser.raise_request_exception = False
    settings.SHARED_DIR = shared.with_name("not mounted")
    answer = desk.offer(("写真.jpg", files.jpeg(40, 20), "人たち", "説明会"))
    assert answer.status_code == 503
    assert "共有フォルダーが見えない" in answer.content.decode()
