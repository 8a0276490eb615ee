"""The store of files that take long to make: once, whole, private, one at a time."""

import fcntl
import os
import stat
import threading
from contextlib import contextmanager

import pytest

from actionplan.exports.pdf import StillBeingMade, folder, kept


@pytest.fixture(autouse=True)
def var(tmp_path, settings):
    settings.VAR_DIR = tmp_path


@contextmanager
def held():
    """Somebody else makes a file."""
    lock = os.open(folder(), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    yield
    os.close(lock)


def never() -> bytes:
    raise AssertionError("made again")


def test_a_file_is_made_once_and_read_afterwards():
    assert kept("a-1.pdf", lambda: b"made") == b"made"
    assert kept("a-1.pdf", never) == b"made"


def test_nobody_else_may_read_what_is_kept():
    kept("a-1.pdf", lambda: b"made")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder(), *folder().iterdir()]}
    assert modes == {"files": 0o700, "a-1.pdf": 0o600}


def test_two_requests_at_once_make_one_file():
    made, begun = [], threading.Barrier(2)

    def make() -> bytes:
        made.append(1)
        return b"made"

    def ask() -> None:
        begun.wait()
        answers.append(kept("a-1.pdf", make))

    answers: list[bytes] = []
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"made", b"made"]
    assert made == [1]


def test_who_waits_too_long_for_another_is_told_to_come_back():
    with held(), pytest.raises(StillBeingMade):
        kept("a-1.pdf", never, patience=0.1)
    assert kept("a-1.pdf", lambda: b"made") == b"made"


def test_a_file_in_the_store_is_read_while_another_is_being_made():
    kept("a-1.pdf", lambda: b"made")
    with held():
        assert kept("a-1.pdf", never, patience=0) == b"made"


def test_a_failure_leaves_nothing_behind_and_the_next_request_tries_again():
    with pytest.raises(ZeroDivisionError):
        kept("a-1.pdf", lambda: 1 // 0)
    assert [path.name for path in folder().iterdir()] == []
    assert kept("a-1.pdf", lambda: b"made") == b"made"


def test_what_an_earlier_program_made_of_the_same_edition_goes_and_other_editions_stay():
    for name in ("a-1.pdf", "b-1.pdf", "a-2.pdf"):
        kept(name, lambda: b"made")
    assert sorted(path.name for path in folder().glob("*.pdf")) == ["a-2.pdf", "b-1.pdf"]


def test_a_disk_that_is_full_costs_nobody_the_file(monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("actionplan.exports.pdf.write_whole", full)
        assert kept("a-1.pdf", lambda: b"made") == b"made"
    assert kept("a-1.pdf", lambda: b"made later") == b"made later"
