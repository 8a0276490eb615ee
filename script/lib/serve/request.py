"""One request as it comes in from a client: judged by h11, collected until it is whole, written down for gunicorn."""

import ipaddress
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import unquote_to_bytes

import h11
from gunicorn.util import split_request_uri

from script.lib.production import public_only

STAFF_WING, PARTNERS = b"/admin/", b"/partner/"
# Photographs and workbooks of the staff wing; each page has a smaller limit of its own and says so in words.
STAFF_BODY = 100 * 1024 * 1024
# Citizens send nothing; what comes nevertheless is refused by the portal, in words.
CITIZEN_BODY = 64 * 1024
HEAD = 32 * 1024
# gunicorn's own limit of the first line, less method and version.
TARGET = 4000
IN_MEMORY = 1024 * 1024
# What holds for one leg of the way only. Names with an underscore would be taken for others (SCRIPT_NAME): none passes.
THIS_LEG = {
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
    b"expect",
    b"content-length",
}
SCHEME = {b"x-forwarded-proto", b"x-forwarded-protocol", b"x-forwarded-ssl"}
ADDRESS = {b"x-forwarded-for", b"x-real-ip", b"forwarded"}


class Refused(Exception):
    """Raised for a request that no worker sees; its argument is the status of the answer."""


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(IN_MEMORY)  # the front closes it with the answer


@dataclass
class Incoming:
    """Collects one request. peer: the address that the connection comes from; trust_proxy: the setting."""

    peer: str
    trust_proxy: bool = False
    on_continue: Callable[[], None] = lambda: None
    method: bytes = b""
    # The client's own address: the peer's, or what the trusted proxy says of whom it speaks for.
    client: str = ""
    is_staff: bool = False
    body: IO[bytes] = field(default_factory=_spool)
    length: int = 0
    is_whole: bool = False
    _request: h11.Request | None = None
    _parser: h11.Connection = field(default_factory=lambda: h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD))

    @property
    def has_begun(self) -> bool:
        """Whether its head is there."""
        return self._request is not None

    def feed(self, data: bytes) -> bool:
        """Takes what came; true when the request is whole. Raises Refused."""
        try:
            self._parser.receive_data(data)
            return self._read()
        except h11.RemoteProtocolError as error:
            raise Refused(error.error_status_hint) from None

    def _read(self) -> bool:
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._add(event.data)
            else:
                self.is_whole = isinstance(event, h11.EndOfMessage)
                return self.is_whole

    def _begin(self, request: h11.Request) -> None:
        if len(request.target) > TARGET:
            raise Refused(414)
        self._request, self.method = request, request.method
        self.is_staff = not public_only() and path_of(request.target).startswith((STAFF_WING, PARTNERS))
        headers = dict(request.headers)
        self.client = self._whose(headers)
        self._check_length(int(headers.get(b"content-length", b"0")))
        if self._parser.they_are_waiting_for_100_continue:
            self.on_continue()

    def _add(self, data: bytes) -> None:
        self.length += len(data)
        self._check_length(self.length)
        self.body.write(data)

    def _check_length(self, length: int) -> None:
        if length > (STAFF_BODY if self.is_staff else CITIZEN_BODY):
            raise Refused(413)

    def _whose(self, headers: dict[bytes, bytes]) -> str:
        said = headers.get(b"x-forwarded-for", b"") if self.trust_proxy else b""
        return _address(said.rpartition(b",")[2].strip().decode("latin-1")) or _address(self.peer) or "127.0.0.1"

    def head(self) -> bytes:
        """What gunicorn is given before the body: whom it comes from, by the PROXY protocol, and the request's head."""
        assert self._request is not None
        version, other = ("TCP6", "::1") if ":" in self.client else ("TCP4", "127.0.0.1")
        lines = [f"PROXY {version} {self.client} {other} 0 0".encode()]
        protocol = b"HTTP/1.0" if self._request.http_version == b"1.0" else b"HTTP/1.1"
        lines.append(b" ".join([self.method, self._request.target, protocol]))
        lines += [name + b": " + value for name, value in self._request.headers if self._passes(name)]
        if self.length or self.method not in {b"GET", b"HEAD"}:
            lines.append(b"content-length: %d" % self.length)
        return b"\r\n".join([*lines, b"connection: close", b"", b""])

    def _passes(self, name: bytes) -> bool:
        if name in SCHEME:
            return self.trust_proxy or _is_loopback(self.peer)
        if name in ADDRESS:
            return self.trust_proxy
        return name not in THIS_LEG and b"_" not in name


def path_of(target: bytes) -> bytes:
    """The path that gunicorn and Django will read in the target of a request."""
    try:
        path = split_request_uri(target.decode("latin-1")).path
    except ValueError:
        raise Refused(400) from None
    return unquote_to_bytes(path.encode("latin-1"))


def _address(text: str) -> str:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _is_loopback(text: str) -> bool:
    address = _address(text)
    return bool(address) and ipaddress.ip_address(address).is_loopback
