"""What the workers counted, at an address of its own for Prometheus: never on the port that citizens reach."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def prepare() -> None:
    """Lets the workers count, where METRICS_BIND is set; called before the first of them starts."""
    if not os.environ.get("METRICS_BIND"):
        os.environ.pop(FOLDER, None)
        return
    folder = Path(os.environ.get("VAR_DIR") or "var").resolve() / "metrics"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    for file in folder.glob("*.db"):
        if not _runs(file.stem.rpartition("_")[2]):
            file.unlink(missing_ok=True)


def _runs(pid: str) -> bool:
    return pid.isdecimal() and Path("/proc", pid).exists()


def serve_beside(bind: str) -> None:
    """Serves the counters from a process of its own, which ends with the one that calls this."""
    parent = os.getpid()
    if os.fork():
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    try:
        _serve(bind, parent)
    finally:
        os._exit(0)


def _serve(bind: str, parent: int) -> None:
    place = urlsplit(f"//{bind}")
    while os.getppid() == parent:
        try:
            server = HTTPServer((place.hostname or "127.0.0.1", place.port or 9100), Counters)
        except OSError as error:
            # The portal of before an upgrade still has it, for a moment.
            print(f"計測の番地（METRICS_BIND={bind}）を、まだ開けません：{error.strerror}", file=sys.stderr, flush=True)
            sleep(5)
            continue
        server.timeout = 1
        while os.getppid() == parent:
            server.handle_request()


class Counters(BaseHTTPRequestHandler):
    """Answers GET /metrics."""

    timeout = 5

    def do_GET(self) -> None:
        """The counters of all workers, summed up."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        body = generate_latest(registry)
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it is asked every few seconds."""
