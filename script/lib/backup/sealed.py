"""A stream sealed with a passphrase: scrypt makes the key, AES-256-GCM seals chunk by chunk.

    MAGIC | cost (1 byte, log2 of scrypt's N) | salt (16) | check (16) | prefix (7) | chunks

A chunk is CHUNK bytes of content and a tag of 16; only the last one may be shorter. Its nonce is the prefix, its number
(4 bytes, from 0) and 1 for the last chunk, else 0: so none can be moved, left out or cut off. The header is
authenticated with every chunk. The check is made of the passphrase too: it tells a wrong one from a damaged file.
"""

import hashlib
import hmac
import io
import os
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from script.lib.backup.words import reason

MAGIC = b"action-plan-portal sealed backup 1\n"
CHUNK, TAG = 64 * 1024, 16
# 128 MB and about half a second for each guess. The highest is what a file may ask of whoever reads it.
COST, HIGHEST_COST = 17, 20
SALT, CHECK, PREFIX = 16, 16, 7
SHORTEST = 12
HEADER = len(MAGIC) + 1 + SALT + CHECK + PREFIX


class Unsealable(ValueError):
    """Raised for a wrong passphrase or a damaged file. The message is a Japanese sentence."""


class SealedWriter:
    """Seals what is written to it. finish() writes the last chunk; without it the file is not whole."""

    def __init__(self, file: BinaryIO, passphrase: bytes) -> None:
        salt = os.urandom(SALT)
        key, check = _derive(passphrase, salt, COST)
        self._prefix = os.urandom(PREFIX)
        self._header = MAGIC + bytes([COST]) + salt + check + self._prefix
        self._cipher, self._file, self._number, self._waiting = AESGCM(key), file, 0, bytearray()
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Takes the bytes; whole chunks go to the file, the last of them only with what follows."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Nothing: what is no whole chunk waits for finish()."""

    def finish(self) -> None:
        """Writes what waits, as the last chunk."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, content: bytes, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._file.write(self._cipher.encrypt(nonce, content, self._header))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed file at any place; a chunk is opened when it is asked for. Raises Unsealable."""

    def __init__(self, file: BinaryIO, passphrase: bytes) -> None:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._header = file.read(HEADER)
        rest = size - HEADER
        if not self._header.startswith(MAGIC) or rest < TAG:
            raise Unsealable("ファイルが途中で切れています。")
        self._cipher, self._prefix = _open_header(self._header, passphrase)
        self._file = file
        self._last = (rest - 1) // (CHUNK + TAG)
        self._size = rest - (self._last + 1) * TAG
        self._place = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        # Where it was cut off, what is last now was not sealed as the last one.
        self._chunk(self._last)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new place in the content."""
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        """The place in the content."""
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """How many bytes were read: at most to the end of a chunk."""
        if self._place >= self._size:
            return 0
        number, within = divmod(self._place, CHUNK)
        found = self._chunk(number)[within:][: len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _chunk(self, number: int) -> bytes:
        if self._kept[0] != number:
            self._file.seek(HEADER + number * (CHUNK + TAG))
            sealed = self._file.read(CHUNK + TAG)
            nonce = _nonce(self._prefix, number, last=number == self._last)
            try:
                self._kept = (number, self._cipher.decrypt(nonce, sealed, self._header))
            except InvalidTag:
                raise Unsealable("ファイルが途中で切れているか、壊れています。") from None
        return self._kept[1]


def passphrase_from(path: Path | None) -> bytes | None:
    """The first line of the file; None without a file. Raises Unsealable for one that cannot serve."""
    if path is None:
        return None
    try:
        line = path.read_bytes().partition(b"\n")[0].rstrip(b"\r")
    except OSError as error:
        raise Unsealable(f"合言葉のファイル {path} を読めません（{reason(error)}）。") from error
    if len(line) < SHORTEST:
        raise Unsealable(f"合言葉のファイル {path} の1行目に、{SHORTEST}文字以上の合言葉を書いてください。")
    return line


def is_sealed(file: BinaryIO) -> bool:
    """Whether the file begins as a sealed one does."""
    file.seek(0)
    return file.read(len(MAGIC)) == MAGIC


def _open_header(header: bytes, passphrase: bytes) -> tuple[AESGCM, bytes]:
    fields = header[len(MAGIC) :]
    cost, salt = fields[0], fields[1 : 1 + SALT]
    check, prefix = fields[1 + SALT : 1 + SALT + CHECK], fields[-PREFIX:]
    if not 1 <= cost <= HIGHEST_COST:
        raise Unsealable("ファイルの先頭が壊れています。")
    key, expected = _derive(passphrase, salt, cost)
    if not hmac.compare_digest(check, expected):
        raise Unsealable("合言葉が違うか、ファイルの先頭が壊れています。")
    return AESGCM(key), prefix


def _derive(passphrase: bytes, salt: bytes, cost: int) -> tuple[bytes, bytes]:
    """The key, and the check that stands in the header."""
    memory = 256 * 8 * 2**cost
    made = hashlib.scrypt(passphrase, salt=salt, n=2**cost, r=8, p=1, maxmem=memory, dklen=32 + CHECK)
    return made[:32], made[32:]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
