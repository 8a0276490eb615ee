"""What is public at this moment: asked of the database at most once a second, remembered while it is away.

The answer names the state under which pages are kept (kept_pages.py): the editions that citizens may see, and the
program that renders them. VAR_DIR/pages/public.json holds the last answer for every process of this machine, and for
the next start. What has become public stays public, whatever the clock says afterwards.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from actionplan import kept_pages
from actionplan.kept_files import write_whole
from actionplan.models import Edition
from actionplan.models.edition import ALREADY_PUBLIC, SEEN
from tsushima_portal import replica
from tsushima_portal.patience import within

log = logging.getLogger(__name__)
FRESH = 1.0  # seconds for which an answer holds
PAUSE = 3.0  # seconds for which a database that did not answer is left alone
PATIENCE = 1.0  # seconds that a citizen waits for a database that is frozen, once in PAUSE
Known = frozenset[tuple[int, str]]


@dataclass
class Watch:
    """What this process knows: the editions last seen public (primary key, hash), when it asked, what the file said."""

    public: Known | None = None
    asked_at: float = -FRESH
    away_until: float = 0.0
    mark: int = 0
    late_clock: bool = False


watch = Watch()


def is_away() -> bool:
    """Whether the database did not answer a moment ago."""
    return monotonic() < watch.away_until


def note_away() -> None:
    """Leaves the database alone for a moment: it has just not answered."""
    watch.away_until = monotonic() + PAUSE


def public_state() -> str | None:
    """The state under which pages are kept now; None before the database has ever been asked."""
    known = public_known()
    return None if known is None else state_of(known)


def public_known() -> Known | None:
    """The editions that are public now; None before the database has ever been asked."""
    if _is_old() and not is_away():
        try:
            with within(PATIENCE):
                _ask()
        except (DatabaseError, InterfaceError) as error:
            log.error("The database does not answer; kept pages are served.", exc_info=error)
            note_away()
    if watch.public is None or _mark() != watch.mark:
        # Another process may have withdrawn an edition just before the database went away.
        watch.public, watch.mark = _remembered() or watch.public, _mark()
    return watch.public


@contextmanager
def going_by(known: Known | None) -> Iterator[None]:
    """Inside the block pages show these editions and no other. None: what the database says at that moment."""
    token = SEEN.set(None if known is None else frozenset(pk for pk, _ in known))
    try:
        yield
    finally:
        SEEN.reset(token)


def replica_has(known: Known) -> bool:
    """Whether the replica answers and holds every one of these editions; one that lags behind may lack the latest.

    An edition and its rows arrive in one transaction and never change: what holds them shows what the primary shows.
    """
    if not replica.is_awake():
        return False
    try:
        with within(PATIENCE):
            rows = Edition.objects.using(replica.ALIAS).filter(pk__in=[pk for pk, _ in known])
            return known == set(rows.values_list("pk", "content_sha256"))
    except (DatabaseError, InterfaceError) as error:
        log.error("The replica does not answer; the primary is asked.", exc_info=error)
        replica.rest()
        return False


def states_that_stand() -> list[str]:
    """The state of now, then older ones of which nothing has been withdrawn since, by this program or one before."""
    now = public_state()
    if now is None or watch.public is None:
        return []
    older = [state for state in kept_pages.states() if state != now and (_editions_of(state) or {0}) <= watch.public]
    return [now, *sorted(older, key=lambda state: not state.endswith(program()))]


def ask_again() -> None:
    """Looks anew and tells every process of this machine; for whoever has just published or withdrawn."""
    if settings.KEPT_PAGES:
        _ask()


def was_shown(pk: int) -> bool:
    """Whether this machine has shown the edition to citizens, by whatever clock."""
    return any(known == pk for known, _ in _remembered() or ())


def _is_old() -> bool:
    return monotonic() - watch.asked_at > FRESH or _mark() != watch.mark


def _ask() -> None:
    before = watch.public if watch.public is not None and _mark() == watch.mark else _remembered()
    watch.mark = _mark()
    found = _public_now(before or frozenset())
    watch.asked_at, watch.away_until = monotonic(), 0.0
    if found != before:
        _remember(found)
        _forget_withdrawn(found)
    watch.public = found


def _public_now(before: Known) -> Known:
    """The editions that citizens may see: whose time has come, and those that were seen before on a faster clock."""
    now = timezone.now()
    # Of the primary: a replica that lags behind does not know yet what was withdrawn.
    standing = Edition.objects.using("default").standing()
    rows = list(standing.values_list("pk", "content_sha256", "public_from", "published_at"))
    early = {pk for pk, sha256, start, made in rows if start > now and ((pk, sha256) in before or start <= made)}
    ALREADY_PUBLIC.clear()
    ALREADY_PUBLIC.update(early)
    watch.late_clock = bool(early) or any(made > now for *_, made in rows)
    if watch.late_clock:
        log.error("This machine's clock is behind: editions are public whose time has not come by it.")
    return frozenset((pk, sha256) for pk, sha256, start, _ in rows if start <= now or pk in early)


def state_of(public: Known) -> str:
    """<editions>-<program>, which names a folder."""
    editions = hashlib.sha256(json.dumps(sorted(public)).encode()).hexdigest()[:16]
    return f"{editions}-{program()}"


@lru_cache(maxsize=1)
def program() -> str:
    """A hash of what renders the pages: code, templates and the names of the static files."""
    places = [settings.BASE_DIR / name for name in ("actionplan", "tsushima_portal", "templates")]
    sources = [path for place in places for path in place.rglob("*") if path.suffix in {".py", ".html"}]
    seen = hashlib.sha256()
    for path in sorted([*sources, Path(settings.STATIC_ROOT) / "staticfiles.json"]):
        if path.is_file():
            seen.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:16]


def _file() -> Path:
    return kept_pages.folder() / "public.json"


def _mark() -> int:
    try:
        return _file().stat().st_mtime_ns
    except OSError:
        return 0


def _remembered() -> Known | None:
    return _read_editions(_file())


def _read_editions(path: Path) -> Known | None:
    try:
        return frozenset((pk, sha256) for pk, sha256 in json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _editions_of(state: str) -> Known | None:
    return _read_editions(kept_pages.folder() / f"{state[:16]}.json")


def _remember(public: Known) -> None:
    """Writes what is public beside its pages, and as the last answer; a full disk only costs the memory of it."""
    words = json.dumps(sorted(public)).encode()
    try:
        write_whole(kept_pages.folder() / f"{state_of(public)[:16]}.json", words)
        write_whole(_file(), words)
        watch.mark = _mark()
    except OSError as error:
        log.warning("What is public could not be remembered on disk: %s", error)


def _forget_withdrawn(public: Known) -> None:
    """Forgets every state that shows an edition which is public no more."""
    forget_states(state for state in kept_pages.states() if not (_editions_of(state) or {0}) <= public)


def forget_states(lost: Iterable[str]) -> None:
    """Forgets the states with what is known of them."""
    gone = list(lost)
    kept_pages.forget(gone)
    for state in gone:
        (kept_pages.folder() / f"{state[:16]}.json").unlink(missing_ok=True)
