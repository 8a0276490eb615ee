"""A group of gunicorn workers behind a socket of its own, and who waits for one of them."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

GUNICORN = ["-m", "gunicorn", "--config", "script/lib/gunicorn_conf.py", "tsushima_portal.wsgi"]
BOOT = 120.0  # seconds within which a group must answer for the first time
# Beyond this many the answer is 503 at once: whoever waited so long would have left.
QUEUE = 500
PROBE = "PROXY TCP4 127.0.0.1 127.0.0.1 0 0\r\nGET /healthz HTTP/1.0\r\nhost: {host}\r\n\r\n"


class NotReady(Exception):
    """Raised when a group does not begin to answer. The message is a Japanese sentence."""


class Group:
    """Workers that answer one wing. Each is given one request at a time; the others wait here, in their order."""

    def __init__(self, name: str, workers: int, folder: Path) -> None:
        self.name, self.workers = name, workers
        self.socket = str(folder / name)
        self.process: asyncio.subprocess.Process | None = None
        self.busy = 0
        self._waiting: deque[Callable[[], None]] = deque()
        self._watch: asyncio.Task | None = None

    async def start(self) -> None:
        """Starts the workers and returns when one of them answers. Raises NotReady."""
        await self._spawn()
        until = asyncio.get_running_loop().time() + BOOT
        while not await self._answers():
            if self.process is None or self.process.returncode is not None:
                raise NotReady(f"{self.name} のワーカーが起動できませんでした（上は Gunicorn の報告です）。")
            if asyncio.get_running_loop().time() > until:
                raise NotReady(f"{self.name} のワーカーが {BOOT:g} 秒たっても応答しません。")
            await asyncio.sleep(0.1)
        self._watch = asyncio.create_task(self._keep_alive())

    async def _spawn(self) -> None:
        # Known to gunicorn_conf.py: which group it is, where it listens, whose end is its own.
        told = {"PORTAL_GROUP": self.name, "PORTAL_SOCKET": self.socket, "PORTAL_PARENT": str(os.getpid())}
        environment = {**os.environ, **told, "WEB_CONCURRENCY": str(self.workers)}
        self.process = await asyncio.create_subprocess_exec(sys.executable, *GUNICORN, env=environment)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False
        writer.write(PROBE.format(host=_a_name()).encode())
        status = (await reader.read(12))[9:]
        writer.close()
        # Away databases are told of by 503: that is the program's answer.
        return status[:1] in {b"2", b"3", b"4"} or status == b"503"

    async def _keep_alive(self) -> None:
        while self.process:
            await self.process.wait()
            print(f"✕ {self.name} の Gunicorn が止まったので、起動しなおします。", file=sys.stderr, flush=True)
            await asyncio.sleep(1)
            await self._spawn()

    async def stop(self, seconds: float) -> None:
        """Ends the workers; those that do not end are killed."""
        if self._watch:
            self._watch.cancel()
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), seconds)
        except TimeoutError:
            self.process.kill()

    def submit(self, begin: Callable[[], None]) -> bool:
        """Begins when a worker is free, now or later; false when too many wait."""
        if self.busy < self.workers:
            self.busy += 1
            begin()
        elif len(self._waiting) < QUEUE:
            self._waiting.append(begin)
        else:
            return False
        return True

    def forget(self, begin: Callable[[], None]) -> None:
        """Who waited has left."""
        if begin in self._waiting:
            self._waiting.remove(begin)

    def done(self) -> None:
        """A worker is free for the next one."""
        if self._waiting:
            self._waiting.popleft()()
        else:
            self.busy -= 1


def _a_name() -> str:
    """A name that the portal answers to."""
    return (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip("*.") or "localhost"
