"""What the log says of a failing database: one line a minute and cause, however many requests meet it."""

import logging
from time import monotonic

from tsushima_portal.patience import is_weather

MINUTE = 60.0


class OneLineAMinute(logging.Filter):
    """Lets the first record of a cause through as one line, and the next one after a minute with the count between.

    A cause is the database's condition, in its own words, or a page that could not be shown (503). What is a fault of
    the program keeps its traceback, and every line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; it is shortened to one line where it tells of the database."""
        cause = _cause(record)
        if not cause:
            return True
        at, held_back = self._told.get(cause, (-MINUTE, 0))
        if monotonic() - at < MINUTE:
            self._told[cause] = at, held_back + 1
            return False
        self._told[cause] = monotonic(), 0
        more = f"（この1分ほどの間に、ほかに{held_back}件）" if held_back else ""
        record.msg, record.args = f"{record.getMessage()} [{cause}]{more}", ()
        record.exc_info = record.exc_text = None
        return True


def _cause(record: logging.LogRecord) -> str:
    mishap = record.exc_info[1] if record.exc_info else None
    if mishap is not None and is_weather(mishap):
        return f"{type(mishap).__name__}: {str(mishap).strip().splitlines()[0] if str(mishap).strip() else ''}"
    if getattr(record, "status_code", 0) == 503 and mishap is None:
        return "503"
    return "時計" if "clock is behind" in record.getMessage() else ""
