"""Prepares database, report, static files and first account; each step changes nothing when it is already done."""

import hashlib
import io
import logging
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from script.lib import first, installation
from script.lib.backup.place import hold, this_place
from tsushima_portal import environment

# What a server that is on its way up says, or the way to it: everything else is an answer, and no waiting mends it.
ON_ITS_WAY = (
    "connection refused",
    "could not connect",
    "no such file or directory",
    "could not translate host name",
    "temporary failure in name resolution",
    "timeout expired",
    "timed out",
    "no route to host",
    "network is unreachable",
    "server closed the connection unexpectedly",
    "starting up",
    "shutting down",
    "in recovery mode",
    "not yet accepting connections",
    "起動処理中",
    "シャットダウン",
    "リカバリ",
)
OTHER_VERSION = (
    "公開用の写しがないか、このプログラムとは別の版のものです。もとのポータルとここを同じ版にして、"
    "もとのポータルで manage.py public_copy を実行してください。"
)
EVERY = 10
# Kept in the record where publishing needs a second person (FOUR_EYES).
UNASKED = "初めて設置したときの、もとの報告の公表"


def main() -> int:
    """0 when the portal is ready to serve; 1 with a sentence otherwise."""
    try:
        django.setup()
        _keep_the_log_apart()
        # Loads every page's address too: a broken program is not put on the air.
        call_command("check", stdout=io.StringIO())
        # A place that is being restored is waited for, and is not restored meanwhile.
        hold(_place()[0])
        _connect(environment.number("DATABASE_WAIT", 120))
        if settings.PUBLIC_ONLY:
            return _outside()
        _refuse_lost_place()
        _tables()
        installation.join()
        _report()
        _static_files()
        _first_account()
        first.mark(*_place())
    except (CommandError, ImproperlyConfigured) as error:
        return _failed(str(error))
    except DatabaseError as error:
        return _failed(f"データベースを使えません：{_without_password(error)}")
    return 0


def _keep_the_log_apart() -> None:
    """People read sentences here, and passwords once: events go to syslog, where it is named, and nowhere else."""
    portal = logging.getLogger("portal")
    portal.handlers = [handler for handler in portal.handlers if type(handler) is not logging.StreamHandler]


def _outside() -> int:
    """0 when the copy that a public host shows is of this version; nothing is written into it."""
    executor = MigrationExecutor(connection)
    if _unknown_migrations() or executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(OTHER_VERSION)
    _static_files()
    return 0


def _connect(patience: float) -> None:
    """Returns when the database answers; raises CommandError with a sentence, never with the password.

    patience: seconds to wait for a server that is not up yet, as after the computer was switched on.
    """
    until = time.monotonic() + patience
    while (error := _attempt()) and _is_on_its_way(error) and (left := until - time.monotonic()) > 0:
        _say(f"データベースを待っています（あと{left:.0f}秒）：{_without_password(error).splitlines()[0]}")
        time.sleep(min(EVERY, left))
    if error:
        raise CommandError(
            f"データベース（{connection.vendor}）につながりません：{_without_password(error)}\n"
            "  DATABASE_URL の番地・名前・利用者・パスワードと、データベースが動いているかを確かめてください。"
        )


def _attempt() -> OperationalError | None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return error
    return None


def _is_on_its_way(error: OperationalError) -> bool:
    said = str(error).lower()
    return connection.vendor == "postgresql" and any(words in said for words in ON_ITS_WAY)


def _refuse_lost_place() -> None:
    """Raises CommandError where data were and are not, and where nobody asked for a first installation."""
    var, database = _place()
    name = connection.settings_dict["NAME"]
    found = first.Found(
        var=var,
        database=database,
        filled="django_migrations" in connection.introspection.table_names(),
        inside=connection.vendor == "sqlite" and Path(name).is_relative_to(var),
        chosen=bool(environment.text("VAR_DIR") or environment.text("DATABASE_URL")),
        asked=environment.flag("FIRST_INSTALLATION", default=False),
    )
    if sentence := first.refusal(found):
        raise CommandError(sentence)


def _place() -> tuple[Path, str]:
    """The folder of the data, and the database in words."""
    place = this_place()
    return place.var, place.name


def _tables() -> None:
    _say(f"データベース（{connection.vendor}）の表を確かめます。")
    if unknown := _unknown_migrations():
        raise CommandError(
            f"データベースは、このポータルより新しい版のものです（{unknown[0]} を、この版は知りません）。\n"
            "  新しい版のポータルで起動するか、この版のバックアップを復元してください（docs/operations.md）。"
        )
    call_command("migrate", interactive=False, verbosity=0)
    call_command("fold_search")


def _unknown_migrations() -> list[str]:
    """The migrations of ours that the database has and this program has not."""
    from django.db.migrations.recorder import MigrationRecorder

    from actionplan.management.commands.restore import known_migrations

    applied = (f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    return sorted(name for name in applied if name.startswith("actionplan.") and name not in known_migrations())


def _is_new() -> bool:
    """Whether no plan ever stood here: what staff have emptied stays empty."""
    from actionplan.models import Plan

    return not Plan.history.exists()


def _report() -> None:
    if _is_new():
        _step("報告を確かめます（データベースが空のときだけ取り込みます）。", "load_report")
    _step("市の地域を確かめます（一つもないときだけ取り込みます）。", "load_areas")
    from actionplan.models import AnnualReport, Edition
    from actionplan.publishing.unconfirmed import unconfirmed

    reports = AnnualReport.objects.all()[:2]
    # Only the report of the source is published unasked; once an edition exists, or an answer was taken back,
    # publishing is the staff's decision.
    if len(reports) == 1 and not Edition.objects.exists() and not unconfirmed(reports[0]):
        call_command("publish_report", str(reports[0].fiscal_year), if_unpublished=True, without_four_eyes=UNASKED)


def _first_account() -> None:
    """Makes the first account of a new place; one that held data gets no new way in unasked."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    if not first.is_marked(settings.VAR_DIR):
        _step("最初のアカウントを確かめます。", "first_account")
    elif not get_user_model().objects.filter(is_staff=True).exists():
        _say("職員のアカウントがありません。要るときは：  .venv/bin/python manage.py first_account")


def _static_files() -> None:
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
