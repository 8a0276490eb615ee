"""Sending e-mail: over one connection, and what went wrong, in words.

A mail that fails harms no other one.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def goes_out() -> bool:
    """Whether mails leave the machine; without a mail server they are only printed in the server's own output."""
    return "console" not in settings.EMAIL_BACKEND


# A file that goes with a mail: its name, its bytes, what they are.
Attached = tuple[str, bytes, str]


@dataclass(frozen=True)
class Words:
    """What a mail says."""

    subject: str
    body: str


class Post:
    """One connection to the mail server for many mails; used in a `with`.

    A server that cannot be reached, or that falls silent, is asked only once: the person waits for the page.
    """

    def __init__(self) -> None:
        self._connection, self._down = get_connection(), ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: Exception | None, trace: TracebackType | None) -> None:
        self._close()

    def send(self, subject: str, body: str, to: Sequence[str], attached: Sequence[Attached] = ()) -> str:
        """An empty string when the mail went out, otherwise the sentence that says why not."""
        if self._reach():
            return self._down
        # Names stand in it, and a line break would end the header.
        subject = " ".join(subject.splitlines())
        try:
            self._connection.send_messages([EmailMessage(subject, body, to=list(to), attachments=list(attached))])
        except (OSError, ValueError) as error:
            # SMTP's own errors are OSErrors; a broken header or address is a ValueError.
            self._close()
            if _is_silence(error):
                self._down = f"メールサーバーが応答しません（{_technical(error)}）"
                return self._down
            return f"メールサーバーが受け付けませんでした（{_technical(error)}）"
        return ""

    def _reach(self) -> str:
        if not self._down:
            try:
                self._connection.open()
            except (OSError, ValueError, OverflowError) as error:
                # A ValueError: a name or password that no server can have; an OverflowError: such a port.
                self._down = f"メールサーバーにつながりません（{_technical(error)}）"
        return self._down

    def _close(self) -> None:
        # The server may have hung up first: then there is nothing left to close.
        with suppress(OSError):
            self._connection.close()


logger = logging.getLogger(__name__)


def send_aside(words: Words, to: Sequence[str]) -> Thread | None:
    """Sends while the page is answered already: how long it took must not tell whether there was anybody to write to.

    None where mails do not go out or nobody has an address. A failure is logged, never raised.
    """
    addresses = [address for address in to if address]
    if not addresses or not goes_out():
        return None
    thread = Thread(target=_send_and_log, args=(words, addresses))
    thread.start()
    return thread


def _send_and_log(words: Words, to: Sequence[str]) -> None:
    with Post() as post:
        if failure := post.send(words.subject, words.body, to):
            logger.warning("「%s」のメールを送れませんでした：%s", words.subject, failure)


def _is_silence(error: Exception) -> bool:
    # smtplib tells a time-out as a lost connection, and keeps what really happened behind it.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _technical(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
