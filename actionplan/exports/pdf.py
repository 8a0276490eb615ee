"""The report of an edition as a tagged PDF for printing, from the template and styles of the page itself."""

import ctypes
import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from actionplan.exports.store import kept
from actionplan.models import Edition
from actionplan.selectors.editions import corrections
from actionplan.selectors.report import report_outline

STYLESHEETS = (
    "vendor/dads/tokens.css",
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/report.css",
    "css/guideline.css",
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
FONTS = ("BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
# Python that decides what the PDF looks like, besides templates and styles.
MAKERS = ("exports/pdf.py", "exports/pdf_maker.py", "selectors/report.py", "templatetags/portal.py", "fiscal_year.py")


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


@lru_cache(maxsize=1)
def font_files() -> list[Path]:
    """The files of the family that is embedded, as far as they are installed."""
    found = {}
    for folder in FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob("BIZUDGothic-*.ttf"):
            found.setdefault(path.name, path)
    return [found[name] for name in FONTS if name in found]


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
    return f"{hashlib.sha256(repr(facts).encode()).hexdigest()}-{program_fingerprint()}"


@lru_cache(maxsize=1)
def program_fingerprint() -> str:
    """A hash of templates, styles, fonts and the library's version: when one changes, PDFs are made anew."""
    seen = hashlib.sha256(version("weasyprint").encode() if can_make_pdf() else b"")
    for path in (*_sources(), *font_files()):
        seen.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:16]


def _sources() -> list[Path]:
    styles = [Path(finders.find(name)) for name in STYLESHEETS]
    templates = sorted((settings.BASE_DIR / "templates" / "actionplan").rglob("*.html"))
    return [*styles, *templates, *(settings.BASE_DIR / "actionplan" / name for name in MAKERS)]


def report_html(edition: Edition) -> str:
    """The page of the report, framed for paper."""
    facts = {
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
    from actionplan.exports.pdf_maker import make_pdf

    return make_pdf(report_html(edition), digest.encode())
