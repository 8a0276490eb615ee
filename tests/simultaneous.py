"""Several acts at the same moment, each in a thread with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave back, or the error it ended with; in no order."""
    barrier, outcomes = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes
