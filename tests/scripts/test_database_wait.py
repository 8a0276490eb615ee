"""At boot the database may come up later: the start waits for it, says so, and no wait hides a wrong password."""

import pytest
from django.core.management import CommandError
from django.db import OperationalError

from script.lib import prepare

REFUSED = 'connection to server at "127.0.0.1", port 5432 failed: Connection refused'
ON_THEIR_WAY = [
    REFUSED,
    'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
    'could not translate host name "db" to address: Temporary failure in name resolution',
    'connection to server at "db" (192.0.2.1), port 5432 failed: timeout expired',
    'connection to server at "db", port 5432 failed: FATAL:  the database system is starting up',
    'connection to server at "db", port 5432 failed: FATAL:  データベースシステムは起動処理中です',
    "server closed the connection unexpectedly",
]
ANSWERS = [
    'connection to server at "db", port 5432 failed: FATAL:  password authentication failed for user "portal"',
    'connection to server at "db", port 5432 failed: FATAL:  ユーザー"portal"のパスワード認証に失敗しました',
    'connection to server at "db", port 5432 failed: FATAL:  database "plan" does not exist',
    'connection to server at "db", port 5432 failed: FATAL:  no pg_hba.conf entry for host "192.0.2.9"',
]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def database(monkeypatch):
    """A function that says what each attempt meets, and gives the clock."""

    def answers(*errors):
        left, clock = list(errors), Clock()
        monkeypatch.setattr(prepare, "time", clock)
        monkeypatch.setattr(prepare, "_attempt", lambda: left.pop(0) if len(left) > 1 else left[0])
        monkeypatch.setattr(prepare.connection, "vendor", "postgresql", raising=False)
        return clock

    return answers


@pytest.mark.parametrize("words", ON_THEIR_WAY)
def test_a_database_that_comes_up_is_waited_for_with_a_sentence_each_ten_seconds(database, capsys, words):
    clock = database(OperationalError(words), OperationalError(words), None)
    prepare._connect(120)
    assert clock.slept == [10, 10]
    said = capsys.readouterr().out
    assert "データベースを待っています（あと120秒）" in said
    assert "（あと110秒）" in said


def test_waiting_ends_and_then_the_reason_is_said(database):
    clock = database(OperationalError(REFUSED))
    with pytest.raises(CommandError, match="Connection refused"):
        prepare._connect(25)
    assert clock.slept == [10, 10, 5]


@pytest.mark.parametrize("words", ANSWERS)
def test_what_no_waiting_mends_is_said_at_once(database, words):
    clock = database(OperationalError(words))
    with pytest.raises(CommandError, match="DATABASE_URL の番地"):
        prepare._connect(120)
    assert clock.slept == []


def test_nobody_waits_who_does_not_want_to(database):
    clock = database(OperationalError(REFUSED))
    with pytest.raises(CommandError):
        prepare._connect(0)
    assert clock.slept == []
