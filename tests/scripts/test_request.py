"""What the front makes of a request: whole or not, whose, which wing's, and what a worker is told of it."""

import pytest

from script.lib.serve import request
from script.lib.serve.request import Incoming, Refused

OUTSIDE = "203.0.113.9"


def told(data: bytes, peer: str = OUTSIDE, trust_proxy: bool = False) -> Incoming:
    """The request as it was taken in, whole."""
    incoming = Incoming(peer, trust_proxy)
    assert incoming.feed(data)
    return incoming


def asked(target: str = "/", *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: plan.example.jp", *headers, "", ""]).encode("latin-1")


def refusal(data: bytes) -> int:
    with pytest.raises(Refused) as refused:
        Incoming(OUTSIDE).feed(data)
    return refused.value.args[0]


def test_a_request_is_whole_with_its_last_byte_and_not_before():
    data = b"POST /admin/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
    incoming = Incoming(OUTSIDE)
    assert [incoming.feed(data[n : n + 1]) for n in range(len(data))] == [False] * (len(data) - 1) + [True]
    incoming.body.seek(0)
    assert incoming.body.read() == b"abcde"


@pytest.mark.parametrize(
    "target",
    ["/admin/", "/admin/login/?next=/", "/%61dmin/", "/admin%2flogin", "http://x/admin/", "/partner/abc/", "/admin/#x"],
)
def test_the_staff_wing_is_known_however_its_address_is_written(target):
    assert told(asked(target)).is_staff


@pytest.mark.parametrize("target", ["/", "/reports/", "/admin", "//admin/", "/x?/admin/", "/x/../admin/", "/Admin/"])
def test_what_the_portal_would_not_take_for_the_staff_wing_is_a_citizens(target):
    assert not told(asked(target)).is_staff


@pytest.mark.parametrize(
    "header",
    [
        "SCRIPT_NAME: /x",
        "PATH_INFO: /admin/",
        "X_FORWARDED_FOR: 10.0.0.1",
        "X-Forwarded-For: 10.0.0.1",
        "X-Real-IP: 10.0.0.1",
        "Forwarded: for=10.0.0.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-SSL: on",
    ],
)
def test_what_a_client_says_of_its_own_way_reaches_no_worker(header):
    head = told(asked("/", header)).head().decode().lower()
    assert header.split(":")[0].lower() not in head
    assert head.startswith(f"proxy tcp4 {OUTSIDE} ")


def test_a_trusted_proxy_says_whom_it_speaks_for_and_only_its_own_word_counts():
    data = asked(
        "/", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2, 198.51.100.7", "X-Forwarded-Proto: https"
    )
    incoming = told(data, "127.0.0.1", trust_proxy=True)
    assert incoming.client == "198.51.100.7"
    assert b"x-forwarded-proto: https" in incoming.head()


def test_a_proxy_on_this_computer_tells_of_https_as_ever():
    assert b"x-forwarded-proto: https" in told(asked("/", "X-Forwarded-Proto: https"), "127.0.0.1").head()


@pytest.mark.parametrize(
    ("said", "peer", "client"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("unknown", "127.0.0.1", "127.0.0.1"),
        ("1.2.3.4\tx", "127.0.0.1", "127.0.0.1"),
        ("2001:db8::7", "127.0.0.1", "2001:db8::7"),
        ("::ffff:192.0.2.1", "127.0.0.1", "192.0.2.1"),
        ("", "::ffff:192.0.2.1", "192.0.2.1"),
        ("", "fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_is_read_or_else_it_is_the_peers(said, peer, client):
    incoming = told(asked("/", f"X-Forwarded-For: {said}"), peer, trust_proxy=True)
    assert incoming.client == client
    assert incoming.head().split(b"\r\n")[0].split()[1] == (b"TCP6" if ":" in client else b"TCP4")


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: -1",
        "Content-Length: 5\r\nTransfer-Encoding: gzip",
        "Transfer-Encoding: chunked, identity",
        "X: a\x00b",
        "Host : x",
        "Host: y",
        ": x",
    ],
)
def test_what_two_servers_could_read_in_two_ways_is_refused(headers):
    data = f"POST /admin/ HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\nabcdef".encode()
    assert refusal(data) in {400, 501}


def test_a_body_in_pieces_reaches_the_worker_with_its_length():
    chunked = asked("/admin/", "Transfer-Encoding: chunked").replace(b"GET", b"POST")
    head = told(chunked + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").head()
    assert b"\r\ncontent-length: 5\r\n" in head
    assert b"transfer-encoding" not in head


def test_a_worker_gets_one_request_a_connection_in_the_clients_version():
    assert b"connection: close" in told(asked("/", "Connection: keep-alive, X-Forwarded-Proto")).head()
    assert b"GET / HTTP/1.0\r\n" in told(b"GET / HTTP/1.0\r\n\r\n").head()


def test_what_is_announced_too_large_is_refused_before_it_comes():
    announced = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n"
    assert refusal(announced.format("/admin/x/", request.STAFF_BODY + 1).encode()) == 413
    assert refusal(announced.format("/reports/", request.CITIZEN_BODY + 1).encode()) == 413
    assert not Incoming(OUTSIDE).feed(announced.format("/admin/x/", request.STAFF_BODY).encode())


def test_what_grows_too_large_in_pieces_is_refused(monkeypatch):
    monkeypatch.setattr(request, "CITIZEN_BODY", 4)
    chunked = asked("/", "Transfer-Encoding: chunked").replace(b"GET", b"POST")
    assert refusal(chunked + b"5\r\nabcde\r\n") == 413


def test_heads_have_their_limits():
    assert refusal(asked("/?q=" + "x" * request.TARGET)) == 414
    assert refusal(b"GET / HTTP/1.1\r\nX: " + b"x" * (request.HEAD + 1)) == 431
    assert refusal(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello over TLS\r\n\r\n") == 400


def test_who_asks_whether_to_send_is_told_to_once_and_only_for_what_would_be_taken():
    asked_for: list[bool] = []
    incoming = Incoming(OUTSIDE, on_continue=lambda: asked_for.append(True))
    head = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
    incoming.feed(head.format("/admin/").encode())
    assert asked_for == [True]
    assert refusal(head.format("/").encode()) == 413
