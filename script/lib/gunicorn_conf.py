"""How gunicorn serves the portal; script/server starts it with this file. Two sync workers measured best."""

import os
from pathlib import Path
from typing import Any

from script.lib import metrics
from script.lib.address import address

_address = address()
# Seconds that a page waits for a lock: a person is told within five. Commands wait longer (environment.py).
os.environ.setdefault("LOCK_WAIT", "4")

metrics.prepare()
bind = str(_address)
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# A large workbook takes longer to read than gunicorn's thirty seconds.
timeout = 120
graceful_timeout = 30
loglevel = "warning"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # gunicorn makes its own name there


def when_ready(server: Any) -> None:
    """Says where to look, once the port is really open."""
    if place := os.environ.get("METRICS_BIND"):
        metrics.serve_beside(place)
    https = (os.environ.get("HTTPS") or "on").lower() not in {"off", "0", "no", "false"}
    everywhere = _address.host in {"0.0.0.0", "::"}  # noqa: S104  # asked, not bound
    place = f"（このサーバーの名前）:{_address.port}" if everywhere else str(_address)
    print(f"▶ 動きだしました（{bind}）。ブラウザーで次を開いてください。", flush=True)
    if https:
        print("  HTTPS が有効です。nginx などの TLS の入口を通した https:// の番地で開きます（docs/operations.md）。")
        print("  公開ページ  https://（公開する名前）/\n  管理画面    https://（公開する名前）/admin/", flush=True)
    else:
        print(f"  公開ページ  http://{place}/\n  管理画面    http://{place}/admin/", flush=True)
    print("  止めるには Ctrl+C を押します。", flush=True)


def on_exit(server: Any) -> None:
    """Says that it has stopped."""
    print("▶ 止まりました。", flush=True)
