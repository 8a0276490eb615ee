"""Whether this computer may serve the portal beside others: with the same secret key, and the same folder of files."""

import json
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.utils.crypto import salted_hmac

ACCEPT = "このコンピューターのものが正しいと分かっているときだけ：  .venv/bin/python manage.py accept_installation"
OTHER_KEY = (
    "秘密鍵（SECRET_KEY）が、このデータベースを使っているポータルのものと違います。起動していません。\n"
    "  ・何台かで動かすときは、どのコンピューターにも同じ SECRET_KEY を指定してください。\n"
    "  ・鍵を替えたときは、前の鍵を SECRET_KEY_FALLBACKS に入れてください。\n  ・" + ACCEPT
)
OTHER_FOLDER = (
    "写真・資料とファイルの置き場所（{place}）が、このデータベースを使っているポータルのものではないか、"
    "つながっていません。起動していません。\n"
    "  ・何台かで動かすときは、どのコンピューターからも見える同じフォルダーを SHARED_DIR に指定してください。\n"
    "  ・ディスクやネットワークの場所が外れていないかを確かめてください。\n  ・" + ACCEPT
)


def join() -> None:
    """Notes what the first computer has in common with those to come. Raises CommandError where this one has not."""
    from actionplan.models import Edition, Installation

    if is_alone():
        return
    place, known = _place(), Installation.objects.first()
    lost = settings.SHARED_DIR and known is None and Edition.objects.exists() and not any(_lying(place))
    if not place.is_dir() or lost or (known and known.folder != _marker(place)):
        raise CommandError(OTHER_FOLDER.format(place=place))
    if known and known.key not in map(_mark, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]):
        raise CommandError(OTHER_KEY)
    accept()


def is_alone() -> bool:
    """Whether there can be no second computer: the database is embedded, and nothing is shared."""
    return connection.vendor == "sqlite" and not settings.SHARED_DIR


def has_note() -> bool:
    """Whether the database has a place for the note of its computer; one of a version before has none."""
    from actionplan.models import Installation

    return Installation._meta.db_table in connection.introspection.table_names()


def accept() -> None:
    """Takes this computer's key and folder for the portal's. Raises CommandError where the folder is not there."""
    from actionplan.models import Installation

    place = _place()
    if not place.is_dir():
        raise CommandError(OTHER_FOLDER.format(place=place))
    folder = _marker(place) or _new_marker(place)
    Installation.objects.update_or_create(pk=1, defaults={"key": _mark(settings.SECRET_KEY), "folder": folder})


def _place() -> Path:
    return Path(settings.SHARED_DIR or settings.VAR_DIR)


def _lying(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.name != "lost+found"] if place.is_dir() else []


def _mark(key: str) -> str:
    """What tells the key from others; the key cannot be found from it."""
    return salted_hmac("installation", "", secret=key, algorithm="sha256").hexdigest()


def _marker(place: Path) -> str:
    try:
        return json.loads((place / "shared.json").read_text())["portal"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _new_marker(place: Path) -> str:
    from actionplan.kept_files import write_whole

    write_whole(place / "shared.json", json.dumps({"portal": uuid4().hex}).encode())
    return _marker(place)
