"""Prepares database, report, static files and first account; each step changes nothing when it is already done."""

import hashlib
import io
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection


def main() -> int:
    """0 when the portal is ready to serve; 1 with a sentence otherwise."""
    try:
        django.setup()
        # Loads every page's address too: a broken program is not put on the air.
        call_command("check", stdout=io.StringIO())
        _connect()
        _tables()
        _report()
        _static_files()
        _step("最初の管理者アカウントを確かめます。", "first_account")
    except (CommandError, ImproperlyConfigured) as error:
        return _failed(str(error))
    except DatabaseError as error:
        return _failed(f"データベースを使えません：{_without_password(error)}")
    return 0


def _connect() -> None:
    """Returns when the database answers; raises CommandError with a sentence, never with the password."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(
            f"データベース（{connection.vendor}）につながりません：{_without_password(error)}\n"
            "  DATABASE_URL の番地・名前・利用者・パスワードと、データベースが動いているかを確かめてください。"
        ) from None


def _tables() -> None:
    _say(f"データベース（{connection.vendor}）の表を確かめます。")
    call_command("migrate", interactive=False, verbosity=0)


def _report() -> None:
    _step("報告を確かめます（データベースが空のときだけ取り込みます）。", "load_report")
    _step("市の地域を確かめます（一つもないときだけ取り込みます）。", "load_areas")
    from actionplan.models import AnnualReport, Edition
    from actionplan.publishing.unconfirmed import unconfirmed

    reports = AnnualReport.objects.all()[:2]
    # Only the report of the source is published unasked; once an edition exists, or an answer was taken back,
    # publishing is the staff's decision.
    if len(reports) == 1 and not Edition.objects.exists() and not unconfirmed(reports[0]):
        call_command("publish_report", str(reports[0].fiscal_year), if_unpublished=True)


def _static_files() -> None:
    from django.conf import settings

    stamp, wanted = settings.VAR_DIR / "static-fingerprint", _static_fingerprint()
    if (settings.STATIC_ROOT / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    _say("画面の部品（CSS など）をまとめます。")
    # Older files stay: pages that are open in a browser, or a server about to stop, still ask for them.
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _static_fingerprint() -> str:
    """A hash of every static file's name, size and time of change."""
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda entry: entry[0]):
            facts = (path, storage.size(path), storage.get_modified_time(path).timestamp())
            seen.update(repr(facts).encode())
    return seen.hexdigest()


def _step(sentence: str, command: str) -> None:
    _say(sentence)
    call_command(command)


def _say(sentence: str) -> None:
    print(f"▶ {sentence}", flush=True)


def _failed(sentence: str) -> int:
    print(f"\n✕ {sentence}", file=sys.stderr)
    return 1


def _without_password(error: Exception) -> str:
    """The error's words with the database password blotted out."""
    password = connection.settings_dict.get("PASSWORD") or ""
    words = str(error).strip()
    return words.replace(password, "****") if password else words


if __name__ == "__main__":
    sys.exit(main())
