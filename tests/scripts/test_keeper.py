"""The keeper with real workers: both wings answer, it is renewed without a gap, and nothing outlives it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import ROOT

START = [sys.executable, "-m", "script.lib.serve.keeper"]
OFFICE, HOME = "127.0.0.2", "127.0.0.3"
RENEW = [sys.executable, "-m", "script.lib.serve.running"]

# No database was prepared here: what counts is that the portal itself answers.
ALIVE = {200, 503}


class Served:
    """A portal with one worker a wing, an empty database and one address that may work in it."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        # Names of sockets are short.
        self.sockets = Path(tempfile.mkdtemp(prefix="keeper-", dir="/tmp"))
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "VAR_DIR": str(folder / "var"),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "STAFF_CONCURRENCY": "1",
            "RUNTIME_DIRECTORY": str(self.sockets),
            "HTTPS": "off",
            "STAFF_NETWORKS": f"10.0.0.0/8,{OFFICE}",
        }
        (folder / "var").mkdir()
        self.out = folder / "out"
        self.keeper = self.run(START)

    def run(self, command: list[str]) -> subprocess.Popen:
        """The command, with this portal's variables, its words added to out."""
        with open(self.out, "a") as out:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=out)

    def get(self, path: str, client: str = OFFICE, **headers: str) -> tuple[int, str]:
        """Status and words of the answer to a client of that address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(client, 0))
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    portal = Served(tmp_path_factory.mktemp("keeper"))
    while portal.keeper.poll() is None:
        with suppress(ConnectionRefusedError):
            portal.get("/healthz")
            break
        time.sleep(0.05)
    yield portal
    portal.keeper.terminate()
    portal.keeper.wait()
    portal.sockets.rmdir()


def family(pid: int) -> list[int]:
    """The process and all below it."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *(below for child in found.split() for below in family(int(child)))]


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_the_staff_wing_opens_to_its_networks_by_the_clients_own_address(served):
    assert served.get("/admin/")[0] == 302
    status, words = served.get("/admin/login/", HOME)
    assert status == 403
    assert "庁内の決められたネットワーク" in words


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "X_FORWARDED_FOR", "REMOTE_ADDR"])
def test_an_address_that_a_client_claims_opens_nothing(served, header):
    assert served.get("/admin/", HOME, **{header: OFFICE})[0] == 403


def test_citizens_and_partners_come_from_anywhere(served):
    assert served.get("/healthz", HOME)[0] in ALIVE
    assert "庁内の決められたネットワーク" not in served.get("/partner/x/", HOME)[1]


def test_an_upload_to_a_page_that_does_not_want_it_gets_its_answer(served):
    for _ in range(10):
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60, source_address=(HOME, 0))
        connection.request("POST", "/admin/x/", b"x" * 3_000_000)
        answer = connection.getresponse()
        assert answer.status == 403
        assert answer.read().decode().endswith("</html>\n")


def test_staff_workers_stand_back_for_citizens(served):
    niceness = [os.getpriority(os.PRIO_PROCESS, pid) for pid in family(served.keeper.pid)]
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert sorted(value - own for value in niceness) == [0, 0, 0, 0, 0, 5]


def test_a_second_start_renews_the_first_and_nobody_notices(served):
    keeper, *before = family(served.keeper.pid)
    statuses, over = [], threading.Event()

    def read() -> None:
        while not over.is_set():
            statuses.append(served.get("/healthz")[0])

    reader = threading.Thread(target=read)
    reader.start()
    assert served.run(RENEW).wait() == 0
    while any(lives(pid) for pid in before):
        time.sleep(0.05)
    over.set()
    reader.join()
    assert set(statuses) <= ALIVE
    assert family(served.keeper.pid)[0] == keeper
    assert len(family(keeper)) == 1 + len(before)
    assert "入れ替わりました" in served.out.read_text()


def test_a_renewal_that_cannot_start_leaves_what_serves(served, tmp_path):
    before, key = family(served.keeper.pid), Path(served.environment["VAR_DIR"]) / "secret_key"
    key.rename(tmp_path / "key")
    key.write_text("short")
    assert served.run(RENEW).wait() == 1
    (tmp_path / "key").rename(key)
    assert family(served.keeper.pid) == before
    assert served.get("/healthz")[0] in ALIVE
    assert "いままでのもので続けます" in served.out.read_text()


def test_a_killed_gunicorn_is_replaced_and_its_worker_goes(served):
    _, _, gunicorn, worker, *_ = family(served.keeper.pid)
    os.kill(gunicorn, signal.SIGKILL)
    assert {served.get("/admin/")[0], served.get("/healthz")[0]} <= {302, *ALIVE}
    while lives(worker):
        time.sleep(0.05)


def test_nothing_outlives_a_killed_keeper_and_the_port_is_free_at_once(served):
    everyone = family(served.keeper.pid)
    served.keeper.kill()
    served.keeper.wait()
    until = time.monotonic() + 1
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", served.port)):
                break
    else:
        pytest.fail("the port is still held")
    until = time.monotonic() + 30
    while any(lives(pid) for pid in everyone) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in everyone if lives(pid)] == []
    assert list(served.sockets.iterdir()) == []
