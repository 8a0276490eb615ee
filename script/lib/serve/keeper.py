"""The keeper: owns the port, and has a front with its workers serve on it; script/server becomes this process.

SIGHUP, or script/server run again, puts a new front in place of the old one: the keeper begins anew as the program
that lies on the disk, a new front starts beside the old, and when it answers the old one ends what it has under way.
SIGTERM and Ctrl+C end everything, what is under way first. docs/decisions/0033 says why.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time

from gunicorn.systemd import SD_LISTEN_FDS_START, listen_fds, sd_notify

from script.lib.address import address, listen
from script.lib.address import main as check_address
from script.lib.serve.running import ROOT, Lock
from script.lib.serve.words import tell_where

SIGNALS = {signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
# Seconds until a front must serve, until one that is told to end has ended, and before a lost one is started again.
BEGIN, END, PAUSE = 180.0, 75.0, 1.0
HERE = "script.lib.serve.keeper"
log = logging.getLogger(__name__)


class Front:
    """A front and its workers: one generation. pid: of one that serves already; otherwise it is started."""

    def __init__(self, listener: socket.socket, pid: int = 0) -> None:
        self.since, self.serves, self._pipe = time.monotonic(), bool(pid), -1
        self.pid = pid or self._start(listener)

    def _start(self, listener: socket.socket) -> int:
        self._pipe, write = os.pipe()
        for descriptor in (listener.fileno(), write):
            os.set_inheritable(descriptor, True)
        told = [str(number) for number in (listener.fileno(), write, os.getpid())]
        command = [sys.executable, "-m", "script.lib.serve.front", *told]
        # A session of its own: Ctrl+C reaches the keeper alone, which ends the others in their order.
        pid = os.posix_spawn(sys.executable, command, os.environ, setsid=True, setsigmask=[])
        os.close(write)
        return pid

    def look(self) -> None:
        """Notices that it serves."""
        if not self.serves and select.select([self._pipe], [], [], 0)[0]:
            self.serves = os.read(self._pipe, 1) == b"1"

    @property
    def is_late(self) -> bool:
        """Whether it should have served by now."""
        return not self.serves and time.monotonic() - self.since > BEGIN


class Keeper:
    """The port, its front, and the one before, which serves until the new one does. old: its process, 0 for none."""

    def __init__(self, listener: socket.socket, lock: Lock, old: int = 0) -> None:
        self.listener, self.lock = listener, lock
        self.old = Front(listener, old) if old else None
        self.front = Front(listener)
        self.told = self.renewal_asked = False
        self.ended: set[int] = set()

    def run(self) -> int:
        """0 when it was told to end, 1 when it cannot serve."""
        while True:
            came = signal.sigtimedwait(SIGNALS, 0.1)
            if came and came.si_signo in {signal.SIGTERM, signal.SIGINT}:
                return self._end()
            self.renewal_asked |= bool(came and came.si_signo == signal.SIGHUP)
            self._reap()
            self.front.look()
            if self.front.serves and not self.told:
                self._tell()
            if (self.front.pid in self.ended or self.front.is_late) and not self._stand_in():
                return 1
            if self.renewal_asked and self.told:
                self._renew()

    def _reap(self) -> None:
        try:
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) > 0:
                self.ended.add(pid)
        except ChildProcessError:
            return

    def _tell(self) -> None:
        """The front serves: the old one may end, and people are told."""
        self.told = True
        if self.old:
            _send(self.old.pid, signal.SIGTERM)
            print("▶ 新しいプログラムに入れ替わりました。", flush=True)
        else:
            tell_where()
        self.old = None
        self.lock.count("generation")
        sd_notify("READY=1", log)

    def _stand_in(self) -> bool:
        """What follows the loss of a front; false when there is nothing to serve with."""
        _send(self.front.pid, signal.SIGKILL)
        if self.old and self.old.pid not in self.ended:
            self._refuse("新しいプログラムが起動できません。")
            self.front, self.old, self.told = self.old, None, True
        elif self.told or self.old:
            print("✕ 入口のプロセスが止まったので、起動しなおします。", file=sys.stderr, flush=True)
            time.sleep(PAUSE)
            self.front, self.old = Front(self.listener), None
        return self.told

    def _refuse(self, why: str) -> None:
        print(f"✕ {why}いままでのもので続けます。", file=sys.stderr, flush=True)
        self.lock.count("failures")
        sd_notify("READY=1", log)

    def _renew(self) -> None:
        """Becomes the program that lies on the disk; port, lock and front stay."""
        self.renewal_asked = False
        if subprocess.run([sys.executable, "-m", HERE, "--check"]).returncode:
            return self._refuse("いまの設定やプログラムでは起動できません。")
        sd_notify("RELOADING=1", log)
        os.set_inheritable(self.lock.descriptor, True)
        kept = [self.listener.fileno(), self.lock.descriptor, self.front.pid]
        os.execv(sys.executable, [sys.executable, "-m", HERE, *map(str, kept)])  # noqa: S606  # itself

    def _end(self) -> int:
        sd_notify("STOPPING=1", log)
        self.listener.close()
        fronts = {front.pid for front in (self.front, self.old) if front}
        for pid in fronts - self.ended:
            _send(pid, signal.SIGTERM)
        until = time.monotonic() + END
        while fronts - self.ended and time.monotonic() < until:
            time.sleep(0.02)
            self._reap()
        for pid in fronts - self.ended:
            _send(pid, signal.SIGKILL)
        print("▶ 止まりました。", flush=True)
        return 0


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _listener() -> socket.socket:
    """The socket that systemd keeps for us, or one of our own."""
    if listen_fds():
        return socket.socket(fileno=SD_LISTEN_FDS_START)
    return listen(address())


def main(kept: list[str]) -> int:
    """0 when it was told to end, 1 with a sentence. kept: what a keeper of before hands on: port, lock, front."""
    os.chdir(ROOT)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        return _keeper(kept).run()
    except ValueError as error:
        print(f"\n✕ {error}", file=sys.stderr)
        return 1


def _keeper(kept: list[str]) -> Keeper:
    port = address().port
    if kept:
        return Keeper(socket.socket(fileno=int(kept[0])), Lock(port, int(kept[1])), int(kept[2]))
    return Keeper(_listener(), Lock(port))


if __name__ == "__main__":
    sys.exit(check_address() if "--check" in sys.argv else main(sys.argv[1:]))
