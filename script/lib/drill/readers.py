"""Citizens who read all the time, and what they got."""

import http.client
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

PAGES = ("/", "/reports/", "/reports/2009/", "/reports/2009/policies/3/", "/about/", "/sitemap/", "/reports/2009.csv")


@dataclass
class Readers:
    """Threads that ask for the pages in turn; statuses counts answers (0: none came), slowest is in seconds."""

    site: str
    count: int = 8
    pages: tuple[str, ...] = PAGES
    statuses: Counter = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Readers":
        self._threads = [threading.Thread(target=self._read, args=(n,), daemon=True) for n in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    @property
    def failed(self) -> int:
        """Requests that got anything but the page."""
        return self.statuses.total() - self.statuses[200]

    @property
    def slowest(self) -> float:
        """Seconds that the slowest answer took."""
        return max(self.times, default=0.0)

    @property
    def usual(self) -> float:
        """Seconds that an answer takes: the median."""
        return median(self.times or [0.0])

    def _read(self, number: int) -> None:
        while not self._over.is_set():
            for page in self.pages:
                begun = time.monotonic()
                self.statuses[ask(self.site + page)] += 1
                self.times.append(time.monotonic() - begun)
                time.sleep(0.02)


def ask(address: str, timeout: float = 60) -> int:
    """The status of the answer; 0 when none came."""
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0
