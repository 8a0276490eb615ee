"""A portal of the drill's own: prepared and served as script/server does it, in a folder that is thrown away."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from script.lib.drill.database import Postgres, Sqlite
from script.lib.drill.readers import ask


class Portal:
    """The portal on a free port, with its database, folder and log."""

    def __init__(self, database: Postgres | Sqlite) -> None:
        self.database = database
        self.folder = Path(tempfile.mkdtemp(prefix="portal-drill."))
        self.port = _free_port()
        self.log = self.folder / "log"
        self.site = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "VAR_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "FIRST_INSTALLATION": "on",
            "HTTPS": "off",
            **({"DATABASE_URL": database.url} if database.url else {}),
        }
        self.process: subprocess.Popen | None = None

    def prepare(self) -> None:
        """Tables, the real report, its first edition, static files."""
        self.run("-m", "script.lib.prepare")

    def run(self, *command: str) -> str:
        """What the command of the portal's Python prints; raises RuntimeError with its words when it fails."""
        done = subprocess.run([sys.executable, *command], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def verified(self) -> str:
        """What the record's own check finds amiss, or nothing."""
        try:
            self.run("manage.py", "verify", "--quiet")
        except RuntimeError as amiss:
            return str(amiss).strip()[:500]
        return ""

    def start(self) -> None:
        """Serves, and returns when it answers."""
        command = [sys.executable, "-m", "script.lib.serve.keeper"]
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Returns when the portal answers; its port is open before."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process and self.process.poll() is None and ask(f"{self.site}/healthz", timeout=seconds):
                return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """Kills the keeper and everything below it, as a power cut would."""
        for pid in self.processes():
            _kill(pid)
        if self.process:
            self.process.wait()

    def processes(self) -> list[int]:
        """Keeper, fronts, gunicorns and workers."""
        return _tree(self.process.pid) if self.process else []

    def workers(self) -> list[int]:
        """The process ids of the workers, of both wings."""
        return [pid for pid in self.processes() if not _children(pid)]

    def stop(self) -> None:
        """Stops serving as systemd would."""
        if self.process:
            self.process.terminate()
            self.process.wait()


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    return [int(child) for child in found.stdout.split()]


def _tree(pid: int) -> list[int]:
    return [pid, *(below for child in _children(pid) for below in _tree(child))]


def _kill(pid: int) -> None:
    try:
        if pid:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
