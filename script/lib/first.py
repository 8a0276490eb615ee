"""The first installation is asked for: a place that held data is never filled anew. Standard library only."""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARKER = "installation.json"
# What a start makes before anything is known of the place, and what a disk brings along.
NO_DATA = {"secret_key", "in-use", "state", "backups", "metrics", "lost+found"}
# Beside the project, one folder a line: it tells when such a folder is gone.
FILLED = ROOT / ".installed"
WAY_OUT = (
    "  ・ディスクやネットワークの場所が外れていないか、VAR_DIR と DATABASE_URL が正しいかを確かめてください。\n"
    "  ・バックアップから戻すときは：  .venv/bin/python manage.py restore バックアップのファイル"
)
ASK = "  ・はじめての設置なら：  script/server --first"
LOST_DATABASE = (
    "{var} は、データの入っていたデータベース（{known}）のものですが、いまのデータベース（{database}）は空です。"
    "新しいデータは入れません。\n" + WAY_OUT + "\n  ・本当に新しく始めるときは、別の VAR_DIR を指定してください。"
)
LOST_FOLDER = (
    "この場所のポータルにはデータがありましたが、{var} に見あたりません。新しいデータは入れません。\n"
    + WAY_OUT
    + "\n  ・本当に新しく始めるときは、{filled} から、この場所の行を消してください。"
)
EMPTY_FOLDER = (
    "データベース（{database}）にはデータがありますが、{var} は空です（写真・資料のファイルと秘密鍵がありません）。\n"
    + WAY_OUT
    + "\n  ・2台目のコンピューターをはじめて使うときは：  script/server --first"
)
TRACES = "{var} にはファイルが残っていますが（{traces}）、データベース（{database}）は空です。\n" + WAY_OUT + "\n" + ASK
UNASKED = "{var} とデータベース（{database}）は空です。新しいデータは入れていません。\n" + WAY_OUT + "\n" + ASK


@dataclass(frozen=True)
class Found:
    """What a start finds. filled: the database holds the portal's tables; inside: it lies in the folder itself.

    chosen: VAR_DIR or DATABASE_URL is set; asked: for a first installation.
    """

    var: Path
    database: str
    filled: bool
    inside: bool
    chosen: bool
    asked: bool


def refusal(found: Found) -> str:
    """The sentence that says why nothing is filled here, empty when the start may go on."""
    marker, words = _marker(found.var), {"var": found.var, "database": found.database}
    if marker and not found.filled:
        return LOST_DATABASE.format(known=marker.get("database", "？"), **words)
    if not marker and str(found.var) in _filled() and not (found.filled and found.inside):
        return LOST_FOLDER.format(filled=FILLED, **words)
    if found.asked or marker:
        return ""
    traces = _traces(found.var)
    if found.filled:
        return "" if found.inside or traces else EMPTY_FOLDER.format(**words)
    if traces:
        return TRACES.format(traces="、".join(traces[:3]), **words)
    return UNASKED.format(**words) if found.chosen else ""


def mark(var: Path, database: str) -> None:
    """Notes in the folder that it holds data, and of which database; no password stands in it."""
    path = var / MARKER
    known = _marker(var)
    facts = {"database": database, "since": known.get("since") or datetime.now(UTC).isoformat(timespec="seconds")}
    if known != facts:
        draft = path.with_name(f".{MARKER}.{os.getpid()}")
        draft.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, path)
    # A folder for a trial or a drill need not be remembered.
    if var.is_relative_to(ROOT) or not var.is_relative_to(tempfile.gettempdir()):
        with suppress(OSError):
            FILLED.write_text("".join(f"{place}\n" for place in sorted({*_filled(), str(var)})), encoding="utf-8")


def is_marked(var: Path) -> bool:
    """Whether the folder is known to hold data."""
    return bool(_marker(var))


def _filled() -> set[str]:
    """The folders that were filled from this project."""
    try:
        return set(FILLED.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return set()


def _marker(var: Path) -> dict:
    try:
        found = json.loads((var / MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        # Somebody's disk has damaged it: that it is there says enough.
        return {"database": "？"}
    return found if isinstance(found, dict) and found else {"database": "？"}


def _traces(var: Path) -> list[str]:
    """The names of what data leaves behind: neither what any start makes nor an empty folder."""
    found = []
    for path in sorted(var.iterdir()) if var.is_dir() else []:
        empty = path.is_dir() and not any(path.iterdir())
        if path.name not in NO_DATA and not path.name.startswith((".", "portal.sqlite3")) and not empty:
            found.append(path.name)
    return found
