"""The report of an edition as a tagged PDF for printing, from the template and styles of the page itself."""

import ctypes
import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from mimetypes import guess_type
from pathlib import Path
from time import monotonic, sleep

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.urls import URLFetcherResponse

from actionplan.codes import CODES_VERSION, code_svg
from actionplan.exports.fonts import FONTS, font_files
from actionplan.fiscal_year import public_path
from actionplan.kept_files import media_type_of, read, write_whole
from actionplan.models import Edition
from actionplan.seen import fingerprint
from actionplan.selectors.editions import corrections
from actionplan.selectors.report import report_outline

STYLESHEETS = (
    "vendor/dads/tokens.css",
    "css/citizen/tokens.css",
    "css/citizen/elements.css",
    "css/citizen/pieces.css",
    "css/citizen/report.css",
    "css/citizen/guideline.css",
    "css/print.css",
    "css/pdf.css",
)
# What WeasyPrint opens, by the names that it asks Linux for.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libfontconfig.so.1",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
)
# Python that decides what the PDF looks like, besides templates and styles.
MAKERS = ("exports/pdf.py", "selectors/report.py", "templatetags/portal.py", "fiscal_year.py")


class CannotMakePdf(Exception):
    """Raised on a machine that lacks a library or the font: nothing else is wrong."""


@lru_cache(maxsize=1)
def can_make_pdf() -> bool:
    """Whether this machine has what a PDF needs; asked once a process, without loading WeasyPrint."""
    try:
        version("weasyprint")
        for name in LIBRARIES:
            ctypes.CDLL(name)
    except (PackageNotFoundError, OSError):
        return False
    return len(font_files()) == len(FONTS)


def report_pdf(edition: Edition) -> bytes:
    """The PDF/UA-1 of a public edition: made once, then read from the store.

    Raises CannotMakePdf, and StillBeingMade (actionplan.exports.store) while another request makes one.
    """
    if not can_make_pdf():
        raise CannotMakePdf
    digest = pdf_fingerprint(edition)
    return kept(f"{digest}.pdf", lambda: _make(edition, digest))


def pdf_fingerprint(edition: Edition) -> str:
    """What names the PDF: the edition as citizens see it today, and the program that would make it."""
    notes = [(note.number, note.public_from.isoformat(), note.correction_note) for note in corrections(edition)]
    facts = (edition.content_sha256, edition.number, edition.public_from.isoformat(), edition.front_matter, notes)
    program = fingerprint(program_fingerprint(), settings.SITE_URL, CODES_VERSION, length=16)
    return f"{fingerprint(*facts)}-{program}"


@lru_cache(maxsize=1)
def program_fingerprint() -> str:
    """A hash of templates, styles, fonts and the library's version: when one changes, PDFs are made anew."""
    seen = hashlib.sha256(version("weasyprint").encode() if can_make_pdf() else b"")
    for path in (*_sources(), *font_files()):
        seen.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:16]


def _sources() -> list[Path]:
    styles = [Path(finders.find(name) or name) for name in STYLESHEETS]
    templates = sorted((settings.BASE_DIR / "templates" / "actionplan").rglob("*.html"))
    return [*styles, *templates, *(settings.BASE_DIR / "actionplan" / name for name in MAKERS)]


def report_html(edition: Edition) -> str:
    """The page of the report, framed for paper; at its end the page's address, as a code too where SITE_URL is set."""
    # Of this edition, for good: that page says whether there is a newer one.
    path = f"/{public_path(edition.key)}/v{edition.number}/"
    facts = {
        "address": settings.SITE_URL + path,
        "code_picture": CODE + path if settings.SITE_URL else "",
        "layout": "actionplan/pdf_base.html",
        "paper": True,
        "edition": edition,
        "report": report_outline(edition.front_matter, edition.rows.all()),
        "corrections": corrections(edition),
        "stylesheets": STYLESHEETS,
    }
    return render_to_string("actionplan/annual_report.html", facts)


def _make(edition: Edition, digest: str) -> bytes:
    # Only here: it takes half a second and needs the system's libraries.
    pass

    return make_pdf(report_html(edition), digest.encode())


SCHEME = "portal:"
# It warns of every line of our styles that is meant for screens; errors still reach the log.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


class RefusedAddress(ValueError):
    """Raised for whatever is not one of our own static files."""


# How the page names a kept picture; what precedes its own name.
KEPT = "portal:evidence/"
# What precedes the path of a page of ours whose QR code is wanted.
CODE = "portal:code"


def fetch_static(url: str) -> URLFetcherResponse:
    """Our static file that portal:css/print.css names, a picture of the evidence, or the code of a page of ours.

    Raises RefusedAddress: no host is asked, no other file read.
    """
    if url.startswith(KEPT):
        return _fetch_kept(url)
    if url.startswith(f"{CODE}/"):
        picture = code_svg(settings.SITE_URL + url.removeprefix(CODE))
        return URLFetcherResponse(url, picture, {"Content-Type": "image/svg+xml"})
    path = finders.find(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
    if path is None:
        raise RefusedAddress(url)
    content_type = guess_type(path)[0] or "application/octet-stream"
    return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": f"{content_type}; charset=utf-8"})


def _fetch_kept(url: str) -> URLFetcherResponse:
    name = url.removeprefix(KEPT)
    try:
        return URLFetcherResponse(url, read(name), {"Content-Type": media_type_of(name)})
    except FileNotFoundError:
        raise RefusedAddress(url) from None


def make_pdf(html: str, identifier: bytes) -> bytes:
    """The PDF/UA-1 of a page; the same page and identifier give the same bytes."""
    document = HTML(string=html, url_fetcher=fetch_static)
    return document.write_pdf(finisher=name_scopes, pdf_variant="pdf/ua-1", pdf_identifier=identifier)


def name_scopes(document: Document, pdf: pydyf.PDF) -> None:
    """Says of every header cell whether it heads its column or its row, which WeasyPrint leaves out."""
    for cell in _elements(pdf, "/TH"):
        group = _parent(pdf, _parent(pdf, cell))
        cell["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _elements(pdf: pydyf.PDF, structure: str) -> list[pydyf.Dictionary]:
    return [thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary) and thing.get("S") == structure]


def _parent(pdf: pydyf.PDF, element: pydyf.Dictionary) -> pydyf.Dictionary:
    return pdf.objects[int(element["P"].split()[0])]


log = logging.getLogger(__name__)
PATIENCE = 3.0  # seconds that a request waits while another makes a file; then it is told to come back
PAUSE = 0.05


class StillBeingMade(Exception):
    """Raised when another request has been making a file for longer than anybody should wait."""


def folder() -> Path:
    """VAR_DIR/files, which only its owner may enter."""
    path = Path(settings.VAR_DIR) / "files"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kept(name: str, make: Callable[[], bytes], patience: float = PATIENCE) -> bytes:
    """The file of that name; made by make() when there is none yet. Raises StillBeingMade.

    One file is made at a time, whatever its name, so that the other server processes stay free to answer. A disk that
    takes no more is told of in the log, and the file is answered all the same.
    """
    path = folder() / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _made(path, make, patience)


def _made(path: Path, make: Callable[[], bytes], patience: float) -> bytes:
    with _one_at_a_time(patience):
        if path.exists():
            return path.read_bytes()
        made = make()
        try:
            write_whole(path, made)
            _forget_older(path)
        except OSError as error:
            log.warning("A file could not be kept on disk: %s", error)
        return made


def _forget_older(path: Path) -> None:
    """Removes what an earlier version of the program made of the same thing: names are <thing>-<program>.<ending>."""
    thing = path.stem.rpartition("-")[0]
    for old in path.parent.glob(f"{thing}-*{path.suffix}") if thing else ():
        if old != path:
            old.unlink(missing_ok=True)


def clear() -> None:
    """Forgets every kept file; what is still public is made again when it is asked for."""
    for path in folder().glob("[!.]*"):
        path.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(patience: float) -> Iterator[None]:
    # The folder itself is locked: a full disk takes no further file. The lock ends with the process that holds it, so a
    # server that dies while it makes a file blocks nobody.
    lock = os.open(folder(), os.O_RDONLY)
    try:
        _wait_for(lock, monotonic() + patience)
        yield
    finally:
        os.close(lock)


def _wait_for(lock: int, until: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                raise StillBeingMade from None
            sleep(PAUSE)
