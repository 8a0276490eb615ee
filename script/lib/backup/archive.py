"""A backup's file: a ZIP of the database, the key and the kept files, with a manifest; plain, or sealed whole.

`database` (a SQLite file, or pg_dump's custom format), `keys.json`, `evidence/<name>`, and last `manifest.json`, which
holds size and SHA-256 of each of them. The ZIP's comment, the last 64 bytes, is the SHA-256 of everything before it:
a file that is cut off or differs in any byte is known without looking inside. docs/decisions/0031 says why.
"""

import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from script.lib.backup.sealed import SealedReader, SealedWriter, Unsealable, is_sealed
from script.lib.backup.words import reason

FORMAT = 1
DATABASE, KEYS, MANIFEST, EVIDENCE = "database", "keys.json", "manifest.json", "evidence/"
PART = re.compile(r"database|keys\.json|evidence/[0-9a-f]{64}\.[a-z]{3,4}")
DIGEST = 64
PIECE = 1024 * 1024
BROKEN = "{path} は、バックアップとして使えません。{why}"


class BackupRefused(Exception):
    """Raised when nothing was done. The message is a Japanese sentence."""


class NothingThere(BackupRefused):
    """Raised for a database that answers and holds nothing."""


@dataclass(frozen=True)
class Part:
    """What a part of the archive must be."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Contents:
    """What a database holds. kind: sqlite or postgresql; counts: rows of each table; migrations: app.name."""

    kind: str
    server: str
    migrations: list[str]
    counts: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. made_at: ISO 8601 with zone; missing: kept files that could not be read."""

    made_at: str
    commit: str
    database: Contents
    missing: list[str]
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT


class _Digesting:
    """Passes bytes on, and writes the SHA-256 of all of them in place of the last 64."""

    def __init__(self, file: Any) -> None:
        self._file, self._sha, self._held = file, hashlib.sha256(), b""

    def write(self, data: bytes) -> int:
        self._pass_on(self._held + bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def finish(self) -> None:
        self._file.write(self._sha.hexdigest().encode())

    def _pass_on(self, data: bytes) -> None:
        ready, self._held = data[:-DIGEST], data[-DIGEST:]
        self._sha.update(ready)
        self._file.write(ready)


class ArchiveWriter:
    """Writes an archive part by part."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.parts: dict[str, Part] = {}

    def add(self, name: str, source: BinaryIO) -> Part:
        """The part, written to the archive under the name."""
        packed = zipfile.ZIP_DEFLATED if name == DATABASE else zipfile.ZIP_STORED
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type, entry.external_attr = packed, 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as target:
            self.parts[name] = copy_part(source, target.write)
        return self.parts[name]

    def finish(self, manifest: Manifest) -> None:
        """Writes the manifest, which names every part."""
        said = {**asdict(manifest), "parts": {name: asdict(part) for name, part in self.parts.items()}}
        self._zip.writestr(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True))


@contextmanager
def writing(file: BinaryIO, passphrase: bytes | None) -> Iterator[ArchiveWriter]:
    """A writer of an archive, which is whole once the block has ended without an exception."""
    sealed = SealedWriter(file, passphrase) if passphrase else None
    digesting = _Digesting(sealed or file)
    with zipfile.ZipFile(cast(BinaryIO, digesting), "w") as zipped:
        zipped.comment = b"0" * DIGEST
        yield ArchiveWriter(zipped)
    digesting.finish()
    if sealed:
        sealed.finish()


class Archive:
    """A backup that was read whole and found in order."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path, self.manifest, self._zip = path, manifest, zipped

    @property
    def evidence(self) -> list[str]:
        """The names of the kept files."""
        return [name.removeprefix(EVIDENCE) for name in self.manifest.parts if name.startswith(EVIDENCE)]

    def read(self, name: str) -> bytes:
        """The content of a small part."""
        return self._zip.read(name)

    def extract(self, name: str, to: Path) -> None:
        """Writes the part to the path. Raises BackupRefused when it is not what the manifest says."""
        with self._zip.open(name) as source, open(to, "xb", opener=_for_its_owner) as target:
            found = copy_part(cast(BinaryIO, source), target.write)
        if found != self.manifest.parts[name]:
            raise BackupRefused(BROKEN.format(path=self.path, why=f"中の {name} が壊れています。"))

    def check(self) -> None:
        """Returns when every part is what the manifest says. Raises BackupRefused."""
        if strange := [name for name in self.manifest.parts if not PART.fullmatch(name)]:
            raise BackupRefused(
                BROKEN.format(path=self.path, why=f"中に {strange[0]} という、使えない名前があります。")
            )
        if {DATABASE, KEYS} - self.manifest.parts.keys() or {*self._zip.namelist()} != {
            *self.manifest.parts,
            MANIFEST,
        }:
            raise BackupRefused(BROKEN.format(path=self.path, why="中の一覧と中身が合いません。"))
        for name, part in self.manifest.parts.items():
            with self._zip.open(name) as source:
                if copy_part(cast(BinaryIO, source), lambda piece: None) != part:
                    raise BackupRefused(BROKEN.format(path=self.path, why=f"中の {name} が壊れています。"))


@contextmanager
def opened(path: Path, passphrase: bytes | None, whole: bool = True) -> Iterator[Archive]:
    """The backup, checked whole, or only what is needed to read its manifest.

    Raises BackupRefused for one that is broken, sealed otherwise or of a newer format.
    """
    with ExitStack() as stack:
        try:
            archive = _open(path, passphrase, whole, stack)
        except FileNotFoundError:
            raise BackupRefused(f"{path} というファイルはありません。場所と名前を確かめてください。") from None
        except OSError as error:
            raise BackupRefused(f"{path} を読めません（{reason(error)}）。") from error
        except (Unsealable, _Broken) as error:
            raise BackupRefused(BROKEN.format(path=path, why=error)) from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            LookupError,
            TypeError,
            ValueError,
            EOFError,
            NotImplementedError,
        ) as error:
            raise BackupRefused(BROKEN.format(path=path, why=f"中身を読めません（{error}）。")) from error
        yield archive


def _open(path: Path, passphrase: bytes | None, whole: bool, stack: ExitStack) -> Archive:
    plain = stack.enter_context(_unsealed(stack.enter_context(path.open("rb")), passphrase, path))
    if whole:
        _check_digest(plain)
    zipped = stack.enter_context(zipfile.ZipFile(cast(BinaryIO, plain)))
    archive = Archive(path, zipped, _manifest(zipped, path))
    if whole:
        archive.check()
    return archive


class _Broken(ValueError):
    pass


@contextmanager
def _unsealed(file: BinaryIO, passphrase: bytes | None, path: Path) -> Iterator[io.BufferedIOBase]:
    if not is_sealed(file):
        file.seek(0)
        yield cast(io.BufferedIOBase, file)
        return
    if passphrase is None:
        raise BackupRefused(
            f"{path} は合言葉で封じられています。--passphrase-file で合言葉のファイルを指定してください。"
        )
    with io.BufferedReader(SealedReader(file, passphrase), PIECE) as plain:
        yield plain


def _check_digest(plain: io.BufferedIOBase) -> None:
    size = plain.seek(0, io.SEEK_END)
    if size <= DIGEST:
        raise _Broken("空です。" if size == 0 else "途中で切れています。")
    plain.seek(0)
    sha, left = hashlib.sha256(), size - DIGEST
    while left:
        piece = plain.read(min(PIECE, left))
        if not piece:
            raise _Broken("途中で切れています。")
        sha.update(piece)
        left -= len(piece)
    if plain.read(DIGEST) != sha.hexdigest().encode():
        raise _Broken("途中で切れているか、壊れているか、このポータルのバックアップではありません。")


def _manifest(zipped: zipfile.ZipFile, path: Path) -> Manifest:
    said: Mapping[str, Any] = json.loads(zipped.read(MANIFEST))
    if said["format"] > FORMAT:
        raise BackupRefused(f"{path} は、新しい版のポータルのバックアップです。その版のポータルを使ってください。")
    parts = {name: Part(**part) for name, part in said["parts"].items()}
    return Manifest(**{**said, "database": Contents(**said["database"]), "parts": parts})


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def copy_part(source: BinaryIO, write: Callable[[bytes], object]) -> Part:
    """What was copied, piece by piece."""
    sha, size = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        sha.update(piece)
        size += len(piece)
        write(piece)
    return Part(sha.hexdigest(), size)
