"""What files meet before any page of the staff sees them: one reading at a time a person, and the virus scanner."""

import fcntl
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from actionplan.admin import rescue
from tsushima_portal.logs import told
from tsushima_portal.middleware import Handler, is_staff_wing

WAIT = (
    "前に送ったファイルを、まだ読み取っています。ファイルは1人1回ずつ読み取ります。"
    "前の画面の結果が出てから、もう一度選んでください。今回のファイルは保存していません。"
)
INFECTED = (
    "「{name}」からウイルスが見つかったため、受け取っていません（検出名：{found}）。"
    "ファイルを開かずに、システムの担当者に知らせてください。"
)
SCANNER_AWAY = (
    "ウイルス検査のプログラムが応答しないため、ファイルを受け取っていません。"
    "少し待ってからもう一度選び、続くときはシステムの担当者に知らせてください。"
)


class Receiving:
    """Middleware after the log-in's: a post with files is taken one at a time for each person, and scanned."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; whoever had the right to read has it no longer."""
        try:
            return self.get_response(request)
        finally:
            if lock := vars(request).pop("_reading", None):
                os.close(lock)

    def process_view(self, request: HttpRequest, *args) -> HttpResponse | None:
        """The page that refuses the files, with what was written; None lets the page itself go on."""
        if not (is_staff_wing(request) and sends_files(request) and request.user.is_authenticated and request.FILES):
            return None
        lock = take_turn(request.user.pk)
        if lock is None:
            told("upload_refused", request, why="busy")
            return _refused(request, WAIT, 429)
        vars(request)["_reading"] = lock
        sentence = why_infected(request, (file for _, files in request.FILES.lists() for file in files))
        return _refused(request, sentence, 422) if sentence else None


def sends_files(request: HttpRequest) -> bool:
    """Whether the post may hold files."""
    return request.method == "POST" and (request.content_type or "") == "multipart/form-data"


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return rescue.refused(request, sentence, status=status)


def take_turn(person: int) -> int | None:
    """The right to have files read, as a descriptor to close; None while the person has some read already.

    The lock goes with its process, however that ends.
    """
    folder = settings.VAR_DIR / "state"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / f"reading-{person}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def why_infected(request: HttpRequest, files: Iterable[UploadedFile]) -> str:
    """The sentence that refuses the files; empty when the scanner found nothing, and where there is none."""
    if not settings.CLAMAV:
        return ""
    for file in files:
        try:
            found = scan(file)
        except OSError as error:
            told("scanner_away", request, why=type(error).__name__)
            if settings.CLAMAV_AWAY == "accept":
                return ""
            return SCANNER_AWAY
        finally:
            file.seek(0)
        if found:
            told("upload_refused", request, why="virus", found=found)
            return INFECTED.format(name=file.name, found=found)
    return ""


SECONDS = 20.0
PIECE = 64 * 1024
CLEAN = "OK"


def scan(file: UploadedFile | BinaryIO) -> str:
    """The name of the virus that ClamAV found in the file; empty for none. Raises OSError for a scanner that is away.

    The protocol is clamd's INSTREAM: pieces, each after its length, and a length of nothing at the end.
    """
    with _connected(settings.CLAMAV) as line:
        line.sendall(b"zINSTREAM\0")
        for piece in _pieces(file):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        return _verdict(line)


def _connected(place: str) -> socket.socket:
    if place.startswith(("/", "unix:")):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(place.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = place.removeprefix("tcp:").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _pieces(file: UploadedFile | BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _verdict(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (piece := line.recv(4096)):
        answer += piece
    words = answer.rstrip(b"\0\n").decode("utf-8", "replace").partition(": ")[2]
    if words == CLEAN:
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    # Anything else, such as a file that is larger than its own limit, was not examined.
    raise ConnectionError("The scanner gave no verdict.")
