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


class Portal:
    """The portal on a free port, with its database, folder and log."""

    def __init__(self, database: Postgres | Sqlite) -> None:
        self.database = database
        self.folder = Path(tempfile.mkdtemp(prefix="portal-drill."))
        self.port = _free_port()
        self.log = self.folder / "log"
        self.site = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
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

    def start(self) -> None:
        """Serves, and returns when it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "script/lib/gunicorn_conf.py", "tsushima_portal.wsgi"]
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Returns when the port answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """Kills gunicorn and its workers, as a power cut would."""
        for pid in [*self.workers(), self.process.pid if self.process else 0]:
            _kill(pid)
        if self.process:
            self.process.wait()

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        parent = str(self.process.pid) if self.process else ""
        found = subprocess.run(["pgrep", "-P", parent], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def stop(self) -> None:
        """Stops serving as systemd would."""
        if self.process:
            self.process.terminate()
            self.process.wait()


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
