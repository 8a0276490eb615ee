"""What the tests of the seal share: sealing without a commit, and a hand that goes past every guard."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from actionplan.models import Edition
from actionplan.models.seal import drop_triggers, set_triggers
from actionplan.models.sealing import seal_everything, seal_waiting
from actionplan.publishing.publish import publish


def settle() -> None:
    """Seals what the test has written so far, as the commit does that a test never comes to."""
    waiting, connection.waiting_for_seal = connection.waiting_for_seal, {}
    seal_waiting(waiting)


def publish_sealed(report) -> Edition:
    """The report's edition, everything that is stored sealed; its first answer and item have a history."""
    status = report.statuses.select_related("item").first()
    status.save()
    status.item.save()
    edition = publish(report, by=None)
    connection.waiting_for_seal = {}
    seal_everything(apps)
    return edition


@contextmanager
def without_triggers() -> Iterator[None]:
    """As somebody who owns the database could."""
    drop_triggers()
    yield
    set_triggers()


def tamper(sql: str, *values: object) -> int:
    """How many rows the statement changed, past every guard."""
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def faults(capsys, *args: str) -> list[str]:
    """What verify names, each on a line of its own; nothing when everything fits."""
    capsys.readouterr()
    try:
        call_command("verify", "--quiet", *args)
        status, said = 0, ""
    except CommandError as refusal:
        status, said = refusal.returncode, str(refusal)
    lines = capsys.readouterr().out.splitlines()
    assert status == (1 if lines else 0)
    assert said.startswith(f"合わないものが{len(lines)}件あります。" if lines else "")
    return lines


@pytest.fixture
def var(settings, tmp_path):
    """A place of its own for what a verification remembers and for kept files."""
    settings.VAR_DIR = tmp_path
    return tmp_path
