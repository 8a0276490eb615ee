"""Where the portal listens: BIND and PORT checked before anything slow happens. Standard library only.

With it, what a portal that others reach must not have (production.py), and whether it is running already.
"""

import errno
import ipaddress
import os
import socket
import sys
from typing import NamedTuple

from script.lib.production import refusals
from script.lib.serve.running import running

REASONS = {
    errno.EADDRINUSE: "ポート {port} は使用中です（このポータルが既に動いているのかもしれません）。",
    errno.EACCES: "ポート {port} を開く権限がありません。1024 以上の番号を使ってください。",
    errno.EADDRNOTAVAIL: "BIND={host} は、このコンピューターの番地ではありません。",
}
HINT = "ほかの番号で起動するには：  PORT={other} script/server"


class Address(NamedTuple):
    """A host name or address without brackets, and a port."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        """host:port as gunicorn and URLs write it, IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address() -> Address:
    """The address that BIND and PORT ask for; raises ValueError with a sentence when PORT is no port."""
    port = os.environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 1 <= int(port) <= 65535):
        raise ValueError(f"PORT={port} は使えません。1〜65535 の数字を指定してください。例：PORT=8001 script/server")
    host = (os.environ.get("BIND") or "127.0.0.1").strip("[]")
    return Address(host, int(port))


BACKLOG = 1024


def require_free(wanted: Address) -> None:
    """Returns when the address can be listened on; raises ValueError with a sentence otherwise."""
    listen(wanted).close()


def listen(wanted: Address) -> socket.socket:
    """A socket that listens there; raises ValueError with a sentence when that cannot be."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            wanted.host, wanted.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise ValueError(f"BIND={wanted.host} という名前の番地が見つかりません。例：BIND=0.0.0.0") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ValueError(_sentence(wanted, error)) from None
    return listener


def _sentence(wanted: Address, error: OSError) -> str:
    reason = REASONS.get(error.errno or 0, f"{wanted} で待ち受けられません（{error.strerror}）。")
    sentence = reason.format(host=wanted.host, port=wanted.port)
    if error.errno == errno.EADDRNOTAVAIL:
        return sentence
    other = wanted.port + 1 if 1024 <= wanted.port < 65535 else 8001
    return f"{sentence}\n  {HINT.format(other=other)}"


def main() -> int:
    """0 when the portal may start; prints loopback or network, and running where it runs already. 1 with a sentence."""
    try:
        wanted = address()
        runs = running(wanted.port) is not None
        # systemd may hold the port for us (deploy/systemd/portal.socket).
        if not runs and not os.environ.get("LISTEN_FDS"):
            require_free(wanted)
        if sentences := refusals(wanted.is_loopback):
            raise ValueError("\n✕ ".join(sentences))
    except ValueError as error:
        print(f"\n✕ {error}", file=sys.stderr)
        return 1
    print("loopback" if wanted.is_loopback else "network", *(["running"] if runs else []))
    return 0


if __name__ == "__main__":
    sys.exit(main())
