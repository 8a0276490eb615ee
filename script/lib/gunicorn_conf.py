"""How gunicorn serves one group of workers; the front starts it with this file. Two sync workers measured best."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from script.lib import metrics
from script.lib.address import address
from script.lib.serve.lifeline import end_with_parent

# Seconds that a page waits for a lock: a person is told within five. Commands wait longer (environment.py).
os.environ.setdefault("LOCK_WAIT", "4")
# Told by the front (script/lib/serve/group.py). Without it gunicorn listens at BIND and PORT itself, for every wing.
_group, _socket = os.environ.get("PORTAL_GROUP", ""), os.environ.get("PORTAL_SOCKET", "")
# So much less of the processor's time goes to the staff wing when citizens want it as well.
STAFF_NICE = 5
PIECE = 256 * 1024

metrics.prepare()
bind = f"unix:{_socket}" if _socket else str(address())
umask = 0o077
proc_name = f"portal {_group}".strip()
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# The front says whom a request comes from; nobody else reaches the socket.
proxy_protocol = "v1" if _socket else "off"
forwarder_headers = ""
# A large workbook takes longer to read than gunicorn's thirty seconds.
timeout = 120
graceful_timeout = 30
loglevel = "warning"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # gunicorn makes its own name there


def on_starting(server: Any) -> None:
    """Ends with the front."""
    if parent := os.environ.get("PORTAL_PARENT"):
        end_with_parent(signal.SIGTERM, int(parent))


def when_ready(server: Any) -> None:
    """Serves the counters of both groups beside one of them."""
    if (place := os.environ.get("METRICS_BIND")) and _group != "staff":
        metrics.serve_beside(place)


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its gunicorn, and staff's stand back."""
    end_with_parent(signal.SIGTERM, server.pid)
    if _group == "staff":
        os.nice(STAFF_NICE)


def post_request(worker: Any, request: Any, environ: Any, response: Any) -> None:
    """Reads away what the page did not want of the body: a socket that is closed on it could take the answer along."""
    while _socket and request.body.read(PIECE):
        continue


def on_exit(server: Any) -> None:
    """Leaves no folder behind where the front could not clear up."""
    if _socket:
        with suppress(OSError):
            Path(_socket).parent.rmdir()
