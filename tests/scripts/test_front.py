"""The front: nobody's slowness is anybody else's, and nothing that was asked is dropped."""

import asyncio

import pytest

from script.lib.serve import front, group
from tests.scripts.fronts import Stage, playing

PAGE = b"GET /reports/ HTTP/1.1\r\nHost: x\r\n\r\n"
STAFF = b"GET /admin/ HTTP/1.1\r\nHost: x\r\n\r\n"
SAVE = b"POST /admin/x/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nword"


def status(answer: bytes) -> int:
    return int(answer[9:12] or 0)


async def handed(stage: Stage, number: int) -> None:
    """Returns when workers were handed so many requests."""
    async with asyncio.timeout(10):
        while len(stage.handed) < number:
            await asyncio.sleep(0.01)


def test_staff_who_keep_their_workers_busy_do_not_hold_a_citizen():
    async def scene(stage: Stage) -> None:
        stage.may_answer["staff"].clear()
        clerks = [asyncio.create_task(stage.ask(STAFF)) for _ in range(20)]
        await handed(stage, 1)
        assert status(await stage.ask(PAGE)) == 200
        stage.may_answer["staff"].set()
        assert {status(answer) for answer in await asyncio.gather(*clerks)} == {200}

    playing(scene)


def test_a_worker_sees_no_request_that_is_not_whole():
    async def scene(stage: Stage) -> None:
        for half in (
            PAGE[:-2],
            SAVE[:-1],
            b"",
            b"POST /admin/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n",
        ):
            for _ in range(50):
                await stage.send(half)
        assert status(await stage.ask(PAGE)) == 200
        assert len(stage.handed) == 1

    playing(scene)


def test_a_request_that_does_not_become_whole_in_time_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(front, "BODY_PAUSE", 0.2)
    monkeypatch.setattr(front, "TICK", 0.05)

    async def scene(stage: Stage) -> None:
        assert await stage.ask(PAGE[:-2]) == b""
        answer = await stage.ask(SAVE[:-1])
        assert status(answer) == 408
        assert "もう一度お試しください" in answer.decode()

    playing(scene)


def test_a_large_upload_reaches_its_worker_to_the_byte():
    body = bytes(range(256)) * 12_000

    async def scene(stage: Stage) -> None:
        head = b"POST /admin/x/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        assert status(await stage.ask(head + body)) == 200
        assert stage.handed[0][2] == body

    playing(scene)


def test_an_upload_that_is_too_large_is_refused_in_words_although_it_is_still_being_sent():
    async def scene(stage: Stage) -> None:
        head = b"POST /reports/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"
        answer = await stage.ask(head + b"x" * 3_000_000)
        assert status(answer) == 413
        assert "大きすぎます" in answer.decode()
        assert not stage.handed

    playing(scene)


def test_more_than_the_disk_has_room_for_is_refused(monkeypatch):
    monkeypatch.setattr(front, "ALL_BODIES_BYTES", 5_000_000)
    monkeypatch.setattr(front, "TICK", 0.05)

    async def scene(stage: Stage) -> None:
        head = b"POST /admin/x/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
        answer = await stage.ask(head + b"x" * 6_000_000)
        assert status(answer) == 503
        assert status(await stage.ask(SAVE)) == 200

    playing(scene)


def test_who_does_not_read_the_answer_holds_no_worker():
    async def scene(stage: Stage) -> None:
        stage.answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 4_000_000
        for _ in range(5):
            await stage.send(PAGE)
        assert len(await stage.ask(PAGE)) > 4_000_000

    playing(scene)


def test_who_never_reads_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(front, "READ_PAUSE", 0.2)
    monkeypatch.setattr(front, "TICK", 0.05)

    async def scene(stage: Stage) -> None:
        stage.answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 30_000_000
        reader, _ = await stage.send(PAGE)
        await asyncio.sleep(1)
        with pytest.raises(ConnectionError):
            await reader.read()

    playing(scene)


def test_a_page_whose_worker_was_lost_is_asked_for_once_more():
    async def scene(stage: Stage) -> None:
        stage.lost = 1
        assert status(await stage.ask(PAGE)) == 200
        assert len(stage.handed) == 2

    playing(scene)


def test_a_save_whose_worker_was_lost_is_not_sent_twice_and_says_what_to_look_for():
    async def scene(stage: Stage) -> None:
        stage.lost = 1
        answer = await stage.ask(SAVE)
        assert status(answer) == 502
        assert "保存されているかどうかを確かめて" in answer.decode()
        assert len(stage.handed) == 1
        assert status(await stage.ask(SAVE)) == 200

    playing(scene)


def test_who_left_while_waiting_costs_no_worker():
    async def scene(stage: Stage) -> None:
        stage.may_answer["citizens"].clear()
        first = asyncio.create_task(stage.ask(PAGE))
        await handed(stage, 1)
        for _ in range(5):
            _, writer = await stage.send(PAGE)
            writer.transport.abort()
        await asyncio.sleep(0.1)
        stage.may_answer["citizens"].set()
        assert status(await first) == 200
        assert status(await stage.ask(PAGE)) == 200
        assert len(stage.handed) == 2

    playing(scene)


def test_too_many_who_wait_are_told_to_come_again(monkeypatch):
    monkeypatch.setattr(group, "QUEUE", 2)

    async def scene(stage: Stage) -> None:
        stage.may_answer["citizens"].clear()
        waiting = [asyncio.create_task(stage.ask(PAGE)) for _ in range(3)]
        await handed(stage, 1)
        await asyncio.sleep(0.1)
        answer = await stage.ask(PAGE)
        assert status(answer) == 503
        assert b"Retry-After" in answer
        stage.may_answer["citizens"].set()
        assert {status(answer) for answer in await asyncio.gather(*waiting)} == {200}

    playing(scene)


def test_when_there_are_too_many_connections_the_oldest_half_sent_one_makes_room(monkeypatch):
    monkeypatch.setattr(front, "CONNECTIONS", 10)

    async def scene(stage: Stage) -> None:
        for _ in range(30):
            await stage.send(PAGE[:-2])
        assert status(await stage.ask(PAGE)) == 200

    playing(scene)


def test_what_was_asked_before_the_end_is_answered(monkeypatch):
    monkeypatch.setattr(front, "HALF_SENT_GRACE", 0.1)

    async def scene(stage: Stage) -> None:
        stage.may_answer["citizens"].clear()
        waiting = [asyncio.create_task(stage.ask(PAGE)) for _ in range(8)]
        half = asyncio.create_task(stage.ask(PAGE[:-2]))
        await handed(stage, 1)
        await asyncio.sleep(0.1)
        stage.over.set()
        await asyncio.sleep(0.1)
        stage.may_answer["citizens"].set()
        assert [status(answer) for answer in await asyncio.gather(*waiting)] == [200] * 8
        assert await half == b""

    playing(scene)


@pytest.mark.parametrize(
    "nonsense", [b"hello\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"]
)
def test_what_is_no_request_is_told_so_in_words(nonsense):
    async def scene(stage: Stage) -> None:
        answer = await stage.ask(nonsense)
        assert status(answer) == 400
        assert "読み取れませんでした" in answer.decode()

    playing(scene)
