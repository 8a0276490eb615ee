"""A mail server of the tests' own: takes what it is sent, and refuses or falls silent where it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass
class PostOffice:
    """What the server was sent.

    refused: recipients that it refuses. hangs_up: recipients at whose name it closes the line.
    silent: recipients at whose name it says nothing more.
    """

    refused: frozenset[str] = frozenset()
    hangs_up: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    taken: list[list[str]] = field(default_factory=list)
    connections: int = 0
    closing: Event = field(default_factory=Event)


class Handler(StreamRequestHandler):
    """As much of SMTP as Django's sender speaks."""

    def handle(self) -> None:
        self.office: PostOffice = self.server.office
        self.office.connections += 1
        self.recipients: list[str] = []
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            if not self.answer(line):
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def answer(self, line: str) -> bool:
        """Whether the conversation goes on."""
        word = line.split(":")[0].split()[0].upper()
        if word == "RCPT":
            return self.recipient(line.partition("<")[2].partition(">")[0])
        if word == "DATA":
            self.take_mail()
        elif word == "MAIL":
            self.recipients = []
        self.say("221 bye" if word == "QUIT" else "250 ok")
        return word != "QUIT"

    def recipient(self, address: str) -> bool:
        if address in self.office.hangs_up:
            return False
        if address in self.office.silent:
            self.office.closing.wait(10)
            return False
        if address in self.office.refused:
            self.say("550 no such mailbox")
            return True
        self.recipients.append(address)
        self.say("250 ok")
        return True

    def take_mail(self) -> None:
        self.say("354 go on")
        while self.rfile.readline() != b".\r\n":
            pass
        self.office.taken.append(self.recipients)


class Server(ThreadingTCPServer):
    """Gives its port back at once."""

    allow_reuse_address = daemon_threads = True


@contextmanager
def open_post_office(settings, **facts) -> Iterator[PostOffice]:
    """The server, with the portal's settings pointing to it; closed at the end."""
    office = PostOffice(**{name: frozenset(addresses) for name, addresses in facts.items()})
    with Server(("127.0.0.1", 0), Handler) as server:
        server.office = office
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        send_to(settings, server.server_address[1])
        try:
            yield office
        finally:
            office.closing.set()
            server.shutdown()


def send_to(settings, port: int, timeout: float = 1) -> None:
    """Points the portal to the mail server at the port of this computer."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = timeout
