"""Files are read in a process of their own: a bad one ends its reader, and says so in a sentence."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actionplan.apart import Limits, read_apart
from actionplan.uploads import Table, UploadError

SOON = Limits(seconds=1, megabytes=64)


def apart_from_here(read, *args, limits=SOON):
    return read_apart(read, *args, limits=limits)


def refuse(sentence):
    raise UploadError(sentence)


def test_what_was_read_comes_back_as_it_is():
    table = Table(["番号", "項目"], [["1", "対馬市"]])
    for value in (table, None, "", 1.5, [datetime(2026, 4, 1, tzinfo=UTC)], {"a": frozenset({1})}):
        assert apart_from_here(lambda value=value: value) == value


def test_it_is_another_process_that_reads():
    assert apart_from_here(os.getpid) != os.getpid()


def test_a_reader_that_reads_on_does_so_where_it_is():
    def both():
        return os.getpid(), apart_from_here(os.getpid)

    first, second = apart_from_here(both)
    assert first == second != os.getpid()


def test_a_refusal_comes_back_in_its_own_words():
    with pytest.raises(UploadError, match="E7：数式"):
        apart_from_here(refuse, "E7：数式")


def burn():
    while True:
        pass


def wait():
    time.sleep(60)


@pytest.mark.parametrize("read", [burn, wait])
def test_a_reading_without_an_end_is_ended(read):
    start = time.monotonic()
    with pytest.raises(UploadError, match="時間がかかりすぎる"):
        apart_from_here(read)
    assert time.monotonic() - start < 5


def test_a_reading_that_takes_all_memory_is_ended():
    with pytest.raises(UploadError, match="メモリが多すぎる"):
        apart_from_here(lambda: len(bytearray(500 * 1024 * 1024)))


def test_memory_that_a_reader_took_for_a_broken_file_is_told_as_what_it_was():
    def hidden():
        try:
            bytearray(500 * 1024 * 1024)
        except Exception as error:
            raise UploadError("読めません") from error

    with pytest.raises(UploadError, match="メモリが多すぎる"):
        apart_from_here(hidden)


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), 9), lambda: os._exit(3), lambda: 1 / 0])
def test_a_reader_that_breaks_down_harms_nobody_else(end):
    with pytest.raises(UploadError, match="途中で止まりました"):
        apart_from_here(end)


def children() -> set[str]:
    """The processes below this one; a browser's may be among them."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_no_child_is_left_over():
    before = children()
    for read in (os.getpid, wait):
        with pytest.raises(UploadError) if read is wait else pytest.MonkeyPatch.context():
            apart_from_here(read)
    assert children() <= before


class Call:
    def __reduce__(self):
        return print, ("taken over",)


def test_a_reader_that_was_taken_over_can_make_us_call_nothing(capsys):
    with pytest.raises(UploadError, match="途中で止まりました"):
        apart_from_here(Call)
    assert capsys.readouterr().out == ""
