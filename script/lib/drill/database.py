"""A database of the drill's own: embedded SQLite in a folder, or a PostgreSQL that is started here and thrown away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class Sqlite:
    """The embedded one: nothing to start, nothing to stop."""

    name, url = "sqlite", ""

    def start(self) -> None:
        """Nothing."""

    def remove(self) -> None:
        """Nothing: it lies in the portal's own folder."""


class Postgres:
    """A server with its own socket and no network port; its files are flushed, as in service."""

    name = "postgres"

    def __init__(self, lay: Callable[[Path], None] = lambda home: None) -> None:
        """lay: called with the folder before anything is in it."""
        self.home = Path(tempfile.mkdtemp(prefix="portal-drill-pg.", dir="/tmp"))
        self.url = f"postgres://portal@/postgres?host={self.home}"
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")
        lay(self.home)
        self._run(
            "initdb", "--auth=trust", "--username=portal", "--encoding=UTF8", "--locale=C.UTF-8", "-D", self._data
        )

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = f"-k {self.home} -c listen_addresses=''"
        command = ("pg_ctl", "start", "-w", "-D", self._data, "-l", str(self.home / "log"), "-o", options)
        for _ in range(20):  # after a kill, its last process may still hold the memory for a moment
            try:
                return self._run(*command)
            except RuntimeError:
                time.sleep(0.5)
        raise RuntimeError((self.home / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """Stops it as an operator would, hanging up on everybody."""
        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self._data)

    def kill(self) -> None:
        """Kills every process of the server at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Every process of the server stops running, and answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """They run on."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stops it at once and removes its files."""
        subprocess.run(self._command("pg_ctl", "stop", "-m", "immediate", "-D", self._data), capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def ask(self, question: str) -> str:
        """The one value that the server answers with, as text."""
        command = ["psql", "-qtAX", "-h", str(self.home), "-U", "portal", "-d", "postgres", "-c", question]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _signal(self, number: signal.Signals) -> None:
        master = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout.split()
        for pid in [master, *map(int, children)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _run(self, *command: str) -> None:
        # pg_ctl's children keep its output open: it goes to a file.
        with open(self.home.parent / f"{self.home.name}.out", "w+") as out:
            done = subprocess.run(self._command(*command), stdout=out, stderr=out, cwd="/")
            if done.returncode:
                out.seek(0)
                raise RuntimeError(out.read())
        Path(out.name).unlink()

    def _command(self, program: str, *rest: str) -> Sequence[str]:
        # PostgreSQL refuses root; Debian's package brings the user postgres along.
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        change = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"] if user else []
        return [*(["setpriv", *change] if user else []), str(self._bin() / program), *rest]

    def replica(self) -> "Replica":
        """A streaming replica of this server, not started yet."""
        return Replica(self.home)

    def _bin(self) -> Path:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        place = str(found[-1]) if found else shutil.which("initdb")
        if place is None:
            raise RuntimeError("PostgreSQL（initdb）がありません。")
        return Path(place).parent


class Replica(Postgres):
    """A server that streams from a primary on this computer."""

    def __init__(self, primary: Path) -> None:
        """primary: the folder of its socket."""
        self.home = Path(tempfile.mkdtemp(prefix="portal-drill-pg.", dir="/tmp"))
        self.url = f"postgres://portal@/postgres?host={self.home}"
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")
        self._run("pg_basebackup", "-h", str(primary), "-U", "portal", "-D", self._data, "-R", "-c", "fast")

    def lag(self) -> None:
        """Takes in what comes, but shows nothing of it."""
        self.ask("SELECT pg_wal_replay_pause()")

    def catch_up(self) -> None:
        """Shows what came meanwhile."""
        self.ask("SELECT pg_wal_replay_resume()")
