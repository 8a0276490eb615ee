"""A front with workers that the test plays itself: a socket for each wing, and what came to it."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from script.lib.serve import front
from script.lib.serve.group import Group

Worker = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Stage:
    """The front's address, what workers were handed, and when they may answer."""

    def __init__(self, port: int) -> None:
        self.port, self.handed = port, []
        self.may_answer = {"citizens": asyncio.Event(), "staff": asyncio.Event()}
        self.answer = OK
        self.over = asyncio.Event()
        self.lost = 0  # so many connections are closed without an answer
        for event in self.may_answer.values():
            event.set()

    async def work(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A worker: reads a request, waits until it may, answers."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.startswith(b"content-length: ")]
        body = await reader.readexactly(int(length[0][16:])) if length else b""
        self.handed.append((name, head, body))
        await self.may_answer[name].wait()
        if self.lost:
            self.lost -= 1
        else:
            writer.write(self.answer)
            await writer.drain()
        writer.close()

    async def send(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A client's connection on which these bytes were sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        await writer.drain()
        return reader, writer

    async def ask(self, data: bytes) -> bytes:
        """The answer to these bytes; empty when none came."""
        reader, writer = await self.send(data)
        try:
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


def playing(scene: Callable[[Stage], Awaitable[None]], workers: int = 1) -> None:
    """Plays the scene before a front whose groups have so many workers."""
    # In a thread of its own: the loop of a browser's tests may run in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_play(scene, workers))).result()


async def _play(scene: Callable[[Stage], Awaitable[None]], workers: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="front-", dir="/tmp"))
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)
    stage = Stage(listener.getsockname()[1])
    played = front.Front(listener, folder)
    ready = asyncio.Event()
    try:
        async with _groups(played, stage, workers):
            serving = asyncio.create_task(played.run(ready.set, stage.over))
            await ready.wait()
            await scene(stage)
            stage.over.set()
            await serving
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def _groups(played: front.Front, stage: Stage, workers: int):
    async def nothing(*_: object) -> None:
        return None

    servers = []
    for group in (played.citizens, played.staff):
        group.workers, group.start, group.stop = workers, nothing, nothing
        servers.append(await asyncio.start_unix_server(_worker(stage, group), group.socket))
    yield
    for server in servers:
        server.close()


def _worker(stage: Stage, group: Group) -> Worker:
    return lambda reader, writer: stage.work(group.name, reader, writer)
