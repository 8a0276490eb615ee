"""Files that are kept by what they are: one for one content, under the portal's own data, named by its SHA-256.

They lie where every computer of the portal sees them: in SHARED_DIR, which is VAR_DIR where there is one computer.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from tsushima_portal.patience import SharedFolderAway

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
MEDIA_TYPES = {ending: media_type for media_type, ending in ENDINGS.items()}
NAME = re.compile(r"[0-9a-f]{64}\.(?:jpg|png|webp|pdf)")
ONE_DAY = 24 * 60 * 60
# Stands in the folder that all computers share, and tells it from the empty place where it is not mounted.
SHARED_MARKER = "shared.json"
AWAY = "共有フォルダー（SHARED_DIR={place}）が見えません。つながっているかを確かめてください。"


def shared_place() -> Path:
    """SHARED_DIR, or VAR_DIR where nothing is shared. Raises SharedFolderAway while it is not mounted."""
    place: Path | None = settings.SHARED_DIR
    if place is None:
        return Path(settings.VAR_DIR)
    if not (place / SHARED_MARKER).is_file():
        raise SharedFolderAway(AWAY.format(place=place))
    return place


def shared_folder(name: str) -> Path:
    """The folder of the name in the shared place, which only its owner may enter. Raises SharedFolderAway."""
    path = shared_place() / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def name_of(sha256: str, media_type: str) -> str:
    """The name of the file with this content: 3a7b….jpg."""
    return f"{sha256}.{ENDINGS[media_type]}"


def media_type_of(name: str) -> str:
    """The content type of a kept file, which its name says."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def folder() -> Path:
    """evidence/ in the shared place. Raises SharedFolderAway."""
    return shared_folder("evidence")


def keep(data: bytes, media_type: str) -> str:
    """The SHA-256 of the content, which is kept from now on; one that is there already is not written again."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder() / name_of(sha256, media_type)
    if path.exists():
        # Young again, so that nobody takes it for left over (see forget_others).
        os.utime(path)
    else:
        write_whole(path, data)
    return sha256


def read(name: str) -> bytes:
    """The content. Raises FileNotFoundError, also for what is no name of a kept file; SharedFolderAway."""
    if not NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return (shared_place() / "evidence" / name).read_bytes()


def forget_others(known: Collection[str]) -> int:
    """How many files were removed: those that are not known by name and were not kept within the last day.

    The day is for whoever is just storing the row that will name its file.
    """
    old = [path for path in folder().iterdir() if path.name not in known and _is_old(path)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > ONE_DAY


def write_whole(path: Path, content: bytes) -> None:
    """Writes the file: whole at once under its name, readable by its owner alone (mkstemp makes it 0600)."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
