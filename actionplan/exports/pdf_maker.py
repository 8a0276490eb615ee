"""HTML into a tagged PDF. Importing this module loads WeasyPrint and the system's libraries: only pdf.py does."""

import logging
from mimetypes import guess_type
from pathlib import Path

import pydyf
from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.urls import URLFetcherResponse

SCHEME = "portal:"
# It warns of every line of our styles that is meant for screens; errors still reach the log.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


class RefusedAddress(ValueError):
    """Raised for whatever is not one of our own static files."""


def fetch_static(url: str) -> URLFetcherResponse:
    """Our static file that portal:css/print.css names. Raises RefusedAddress: no host is asked, no other file read."""
    path = finders.find(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
    if path is None:
        raise RefusedAddress(url)
    content_type = guess_type(path)[0] or "application/octet-stream"
    return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": f"{content_type}; charset=utf-8"})


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
