"""The front: holds the clients' connections, and hands whole requests to citizens' or staff workers.

A worker never waits for a client: it gets a request when all of it is there, and its answer is taken from it at once.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from script.lib.production import flag, public_only
from script.lib.serve.answers import answer
from script.lib.serve.group import Group, NotReady
from script.lib.serve.lifeline import end_with_parent
from script.lib.serve.request import Incoming, Refused

HEAD_SECONDS = 10.0
# A body may stand still for so long, and must come faster than this on the whole.
BODY_PAUSE, BODY_BYTES_A_SECOND = 20.0, 20_000
# Of an answer so much is taken from a worker before the client has read it.
ANSWER_BYTES = 8 * 1024 * 1024
ALL_ANSWERS_BYTES = 256 * 1024 * 1024
ALL_BODIES_BYTES = 2 * 1024 * 1024 * 1024
READ_PAUSE = 30.0
# Then the one that has been sending longest makes room.
CONNECTIONS = 1000
LINGER = 30.0
GRACE = 30.0  # seconds for what is under way when the front is told to end
HALF_SENT_GRACE = 2.0
STOP = 35.0  # seconds for workers that are told to end
PIECE = 256 * 1024
RETRIES = 40
BACKLOG = 1024
TICK = 1.0  # seconds between two looks at who is too slow


class Front:
    """All connections of one generation of workers."""

    def __init__(self, listener: socket.socket, folder: Path) -> None:
        self.loop = asyncio.get_running_loop()
        self.listener = listener
        self.trust_proxy = flag("TRUST_PROXY", default=False)
        self.citizens = Group("citizens", number("WEB_CONCURRENCY", 2), folder)
        # Where only citizens come, the other wing's addresses are theirs too: pages that are not found.
        self.staff = self.citizens if public_only() else Group("staff", number("STAFF_CONCURRENCY", 2), folder)
        self.groups = {self.citizens, self.staff}
        self.clients: set[Client] = set()
        self._tasks: set[asyncio.Task] = set()

    async def run(self, ready: Callable[[], None], over: asyncio.Event) -> None:
        """Serves until it is over, and ends what is under way. Raises NotReady."""
        try:
            await asyncio.gather(*(group.start() for group in self.groups))
            server = await self.loop.create_server(lambda: Client(self), sock=self.listener.dup(), backlog=BACKLOG)
            ready()
            watch = asyncio.create_task(self._watch())
            await over.wait()
            server.close()
            await self._accept_the_rest()
            await self._drain()
            watch.cancel()
        finally:
            await asyncio.gather(*(group.stop(STOP) for group in self.groups))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Lets the work run beside the others."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def welcome(self, client: "Client") -> None:
        """One more client; when there are too many, the one that has been sending longest is hung up on."""
        self.clients.add(client)
        if len(self.clients) > CONNECTIONS:
            sending = [one for one in self.clients if not one.asked]
            min(sending or [client], key=lambda one: one.began).transport.abort()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = self.loop.time()
            for client in [one for one in self.clients if one.is_too_slow(now)]:
                client.give_up()
            unread = {one: one.transport.get_write_buffer_size() for one in self.clients}
            if sum(unread.values()) > ALL_ANSWERS_BYTES:
                max(unread, key=unread.__getitem__).reset()
            bodies = {one: one.incoming.length for one in self.clients if one.incoming and not one.answered}
            sending = [one for one in bodies if not one.asked]
            if sending and sum(bodies.values()) > ALL_BODIES_BYTES:
                max(sending, key=bodies.__getitem__).refuse(503)

    async def _accept_the_rest(self) -> None:
        """Takes those who knocked before the door was closed; another front may take them first."""
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self.listener.accept()
                await self.loop.connect_accepted_socket(lambda: Client(self), connection)
        self.listener.close()

    async def _drain(self) -> None:
        begun = self.loop.time()
        while self.clients and (waited := self.loop.time() - begun) < GRACE:
            for client in list(self.clients):
                if client.is_settled or (waited > HALF_SENT_GRACE and not client.has_head):
                    client.transport.abort()
            await asyncio.sleep(0.05)


class Client(asyncio.Protocol):
    """A client's connection: one request, one answer."""

    transport: asyncio.Transport

    def __init__(self, front: "Front") -> None:
        self.front = front
        self.incoming: Incoming | None = None
        self.asked = self.answered = self.lost = False
        self.group: Group | None = None
        self.tries = 0
        self.upstream: Upstream | None = None
        self.began = self.moved = front.loop.time()
        self.unread = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection of a client."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=ANSWER_BYTES)
        peer = (transport.get_extra_info("peername") or ("127.0.0.1",))[0]
        self.incoming = Incoming(peer, self.front.trust_proxy, self._ask_for_the_body)
        self.front.welcome(self)

    def _ask_for_the_body(self) -> None:
        self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        """More of the request."""
        self.moved = self.front.loop.time()
        if self.asked or self.incoming is None:
            return  # what comes after the request is thrown away
        try:
            self.asked = self.incoming.feed(data)
        except Refused as refusal:
            return self.refuse(refusal.args[0])
        except OSError:
            return self.refuse(503)  # the disk is full
        if self.asked:
            self._submit()

    def eof_received(self) -> bool:
        """Whether the connection stays although the client has ended its half."""
        # Who leaves while waiting costs no worker. What a worker has begun is sent as far as it goes.
        return self.upstream is not None or self.answered

    def connection_lost(self, error: Exception | None) -> None:
        """The client has left, or has been answered."""
        self.lost = True
        self.front.clients.discard(self)
        if self.group and not self.upstream:
            self.group.forget(self.begin)
        if self.upstream:
            self.upstream.resume()

    def pause_writing(self) -> None:
        """The client is behind: the worker is to wait."""
        if self.upstream:
            self.upstream.pause()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self.upstream:
            self.upstream.resume()

    def _submit(self) -> None:
        assert self.incoming is not None
        self.group = self.front.staff if self.incoming.is_staff else self.front.citizens
        if not self.group.submit(self.begin):
            self.refuse(503)

    def begin(self) -> None:
        """A worker is free: hands it the request."""
        self.front.start(self._hand_over())

    async def _hand_over(self) -> None:
        assert self.group is not None
        for _ in range(RETRIES):
            with contextlib.suppress(OSError):
                await self.front.loop.create_unix_connection(lambda: Upstream(self), self.group.socket)
                return
            await asyncio.sleep(0.25)
        self.group.done()
        self.refuse(503)

    def answer_ended(self, begun: bool) -> None:
        """The worker has closed. begun: whether anything of an answer came."""
        assert self.incoming is not None
        assert self.group is not None
        self.upstream, self.tries = None, self.tries + 1
        if not begun and not self.lost and self.incoming.method in {b"GET", b"HEAD"} and self.tries == 1:
            self.begin()  # a worker was lost; asking again changes nothing
            return
        self.group.done()
        if begun:
            self.finish()
        else:
            self.refuse(502)

    def refuse(self, status: int) -> None:
        """Answers with the front's own page."""
        self.asked = True
        if not self.lost:
            self.transport.write(answer(status, self.incoming.method if self.incoming else b"GET"))
            self.finish()

    def finish(self) -> None:
        """Ends the answer; what is still being sent is read away, or the client would never see the answer."""
        self.answered, self.moved = True, self.front.loop.time()
        if self.incoming:
            self.incoming.body.close()
        if self.incoming and not self.incoming.is_whole and not self.transport.is_closing():
            self.transport.write_eof()
            self.front.loop.call_later(LINGER, self.transport.close)
        else:
            self.transport.close()

    def give_up(self) -> None:
        """Hangs up on a client that is too slow; who has begun to ask is told so."""
        if self.incoming and self.incoming.has_begun and not self.asked:
            self.asked = self.answered = True
            self.transport.write(answer(408))
            self.transport.close()
        else:
            self.reset()

    def reset(self) -> None:
        """Ends the connection so that nobody takes half an answer for a whole one."""
        at_once = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.transport.abort()

    @property
    def is_settled(self) -> bool:
        """Whether all of its answer is sent."""
        return self.answered and not self.transport.get_write_buffer_size()

    @property
    def has_head(self) -> bool:
        """Whether it is known what it asks for."""
        return self.incoming is not None and self.incoming.has_begun

    def is_too_slow(self, now: float) -> bool:
        """Whether it holds its connection longer than anybody may."""
        if self.answered or (self.upstream and self.transport.get_write_buffer_size()):
            size, before = self.transport.get_write_buffer_size(), self.unread
            self.unread = size
            self.moved = now if size < before else self.moved
            return size > 0 and now - self.moved > READ_PAUSE
        if self.asked or self.incoming is None:
            return False
        if not self.incoming.has_begun:
            return now - self.began > HEAD_SECONDS
        allowed = BODY_PAUSE + self.incoming.length / BODY_BYTES_A_SECOND
        return now - self.moved > BODY_PAUSE or now - self.began > HEAD_SECONDS + allowed


class Upstream(asyncio.Protocol):
    """The connection to a worker, for one request."""

    transport: asyncio.Transport

    def __init__(self, client: Client) -> None:
        self.client = client
        self.begun = self.ended = False
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection to a worker: hands over the request."""
        assert isinstance(transport, asyncio.Transport)
        assert self.client.incoming is not None
        self.transport, self.client.upstream = transport, self
        transport.write(self.client.incoming.head())
        if self.client.incoming.length:
            self.client.front.start(self._send_body())

    async def _send_body(self) -> None:
        assert self.client.incoming is not None
        body = self.client.incoming.body
        body.seek(0)
        while not self.transport.is_closing() and (piece := body.read(PIECE)):
            self.transport.write(piece)
            await self._may_write.wait()

    def data_received(self, data: bytes) -> None:
        """More of the answer, passed on at once."""
        self.begun = True
        if not self.client.lost:
            self.client.transport.write(data)

    def eof_received(self) -> None:
        """The answer is whole, whatever was still to be sent."""
        self.ended = True
        self.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """The worker has closed."""
        self._may_write.set()
        if self.begun and not self.ended and not self.client.lost:
            self.client.reset()
        self.client.answer_ended(self.begun)

    def pause(self) -> None:
        """Takes no more of the answer for now."""
        self.transport.pause_reading()

    def resume(self) -> None:
        """Takes more of it."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        """The worker is behind with reading the body."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """The worker has caught up."""
        self._may_write.set()


async def serve(listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serves on the listener until SIGTERM. Raises NotReady."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    # Short, as names of sockets must be; only its owner may look in.
    place = os.environ.get("RUNTIME_DIRECTORY") or "/tmp"  # noqa: S108  # mkdtemp makes a name of its own there
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir=place))
    try:
        await Front(listener, folder).run(ready, over)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def number(name: str, default: int) -> int:
    """The variable as a number of one or more."""
    value = (os.environ.get(name) or "").strip()
    return max(1, int(value)) if value.isdecimal() else default


def main(listener: int, ready: int, parent: int) -> int:
    """0 when it was told to end; 1 when the workers did not begin. Numbers of descriptors, and the keeper's process."""
    end_with_parent(signal.SIGKILL, parent)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    _allow_files()
    try:
        asyncio.run(serve(socket.socket(fileno=listener), lambda: os.close(ready) if os.write(ready, b"1") else None))
    except NotReady as error:
        print(f"\n✕ {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
