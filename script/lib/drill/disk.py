"""The disk is full, or takes no more writing, while citizens read and a clerk writes.

The portal's folder, or PostgreSQL's, is a small disk in memory that only the drill's own processes see.
"""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEW_MOUNTS, NEW_USER = 0x00020000, 0x10000000  # unshare(2)
READ_ONLY, BIND, REMOUNT, ALL_BELOW, PRIVATE, AT_ONCE = 1, 4096, 32, 16384, 1 << 18, 2  # mount(2), umount2(2)
MEGABYTES = 200
_libc = ctypes.CDLL(None, use_errno=True)


def alone() -> None:
    """From now on this process and those that it starts see mounts of their own. Raises OSError."""
    user, group = os.getuid(), os.getgid()
    if user:
        _called(_libc.unshare(NEW_USER | NEW_MOUNTS))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    else:
        _called(_libc.unshare(NEW_MOUNTS))
    _called(_libc.mount(b"none", b"/", None, ALL_BELOW | PRIVATE, None))


def small_disk(place: Path) -> None:
    """A disk of MEGABYTES at the place, with what lies there; gone with the process."""
    owner = place.stat()
    options = f"size={MEGABYTES}m,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    _called(_libc.mount(b"tmpfs", bytes(place), b"tmpfs", 0, options.encode()))


@contextmanager
def full(place: Path) -> Iterator[None]:
    """Not a byte is free."""
    ballast = place / "ballast"
    with open(ballast, "wb") as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    os.write(file.fileno(), bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    yield
    ballast.unlink()


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Whoever opens a file from now on may only read."""
    name = bytes(place)
    _called(_libc.mount(name, name, None, BIND, None))
    _called(_libc.mount(None, name, None, REMOUNT | BIND | READ_ONLY, None))
    yield
    _called(_libc.umount2(name, AT_ONCE))


def _called(answer: int) -> None:
    if answer:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
