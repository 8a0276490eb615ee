"""What staff are told when the database does not answer, is full or takes no writing; their words come back."""

import errno
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection
from django.db.utils import InternalError

from actionplan.models import YearlyStatus
from tests.admin.pages import form_of, signed_in
from tests.answers.answering import make_office

pytestmark = pytest.mark.django_db
WORDS = "長い会議のあとに書いた文"
AWAY = "データベースが応答しない"
CONDITIONS = [
    (OperationalError("could not connect to server: Connection refused"), AWAY),
    (OperationalError("The database did not answer within 4.5 s."), AWAY),
    (DatabaseError("database disk image is malformed"), "ファイルが読み書きできない"),
    (DatabaseError("file is not a database"), "ファイルが読み書きできない"),
    (OperationalError("disk I/O error"), "ファイルが読み書きできない"),
    (OperationalError('could not open file "base/5/16570": No such file or directory'), "ファイルが読み書きできない"),
    (OperationalError("database is locked"), "ほかの人の保存に時間がかかっている"),
    (OperationalError("canceling statement due to lock timeout"), "ほかの人の保存に時間がかかっている"),
    (OperationalError("database or disk is full"), "空き容量が足りない"),
    (OperationalError("could not extend file: No space left on device"), "空き容量が足りない"),
    (OSError(errno.ENOSPC, "No space left on device"), "空き容量が足りない"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "空き容量が足りない"),
    (OSError(errno.EROFS, "Read-only file system"), "書き込みを受け付けない"),
    (OSError(errno.EIO, "Input/output error"), "ファイルが読み書きできない"),
    (OperationalError("attempt to write a readonly database"), "書き込みを受け付けない"),
    (InternalError("cannot execute UPDATE in a read-only transaction"), "書き込みを受け付けない"),
]


@contextmanager
def failing(mishap):
    """Every statement fails."""

    def refuse(*args):
        raise mishap

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def office():
    return make_office(2)


@pytest.fixture
def client(office):
    client = office.browser()
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(("mishap", "sentence"), CONDITIONS)
def test_a_post_that_the_database_fails_gets_a_true_sentence_and_its_words(office, client, mishap, sentence):
    form = office.form(client)
    with failing(mishap):
        answer = client.post(office.address, {**form, **office.named(form, text_0=WORDS), "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert sentence in page
    assert WORDS in page
    assert sum(words in page for words in dict.fromkeys(sentence for _, sentence in CONDITIONS)) == 1


@pytest.mark.parametrize("page", ["change", "list"])
def test_the_forms_of_the_admin_give_the_words_back_too(office, page):
    client = signed_in()
    client.raise_request_exception = False
    pk = office.rows[0].pk
    address = "/admin/actionplan/yearlystatus/" + (f"{pk}/change/" if page == "change" else "")
    form = form_of(client.get(address), "yearlystatus_form" if page == "change" else "changelist-form")
    name = "text" if page == "change" else "form-0-text"
    with failing(OperationalError("server closed the connection unexpectedly")):
        answer = client.post(address, {**form, name: WORDS, "_save": "保存"})
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_to_be_saved_when_the_commit_failed(office, monkeypatch):
    client = signed_in()
    address = f"/admin/actionplan/yearlystatus/{office.rows[0].pk}/change/"
    form = form_of(client.get(address), "yearlystatus_form")

    def full():
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", full)
        answer = client.post(address, {**form, "text": WORDS, "_save": "保存"})
    assert answer.status_code == 503
    assert "変更しました" not in answer.content.decode()
    assert "空き容量" in answer.content.decode()
    assert "変更しました" not in client.get("/admin/").content.decode()
    assert YearlyStatus.objects.get(pk=office.rows[0].pk).text != WORDS


@pytest.mark.parametrize("mishap", [mishap for mishap, _ in CONDITIONS])
def test_a_page_that_only_shows_says_when_to_come_back(client, office, mishap):
    with failing(mishap):
        answer = client.get(office.address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(("mishap", "sentence"), CONDITIONS)
def test_who_logs_in_meanwhile_is_told_and_the_password_is_on_no_page(client, mishap, sentence):
    client.logout()
    with failing(mishap):
        answer = client.post("/admin/login/", {"username": "a", "password": "geheim-geheim"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "ログインできません。" in page
    assert sentence in page
    assert "保存" not in page.replace("ほかの人の保存に", "")
    assert "geheim" not in page


def test_a_file_that_the_full_disk_does_not_take_is_told_and_the_words_come_back(office, client, monkeypatch):
    def full(person):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tsushima_portal.receiving.take_turn", full)
    file = SimpleUploadedFile("a.xlsx", b"x")
    answer = client.post(
        office.address, {**office.form(client), **office.named(office.form(client), text_0=WORDS), "file": file}
    )
    assert answer.status_code == 503
    assert "空き容量が足りない" in answer.content.decode()
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize("mishap", [RuntimeError("a fault"), OSError(errno.ENOENT, "No such file or directory")])
def test_a_fault_of_the_program_stays_an_error_of_its_own(client, office, mishap):
    form = office.form(client)
    with failing(mishap):
        answer = client.post(office.address, {**form, **office.named(form, text_0=WORDS), "do": "save"})
    assert answer.status_code == 500
