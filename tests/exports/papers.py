"""Reading PDFs back: their tags by pikepdf, their text and where it stands by pdftotext."""

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO

import pikepdf


def open_pdf(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content))


def tags(pdf: pikepdf.Pdf, name: str) -> list[pikepdf.Dictionary]:
    """Every structure element of that kind, in reading order."""
    return [element for element in walk(pdf.Root.StructTreeRoot.K[0]) if str(element.S) == f"/{name}"]


def walk(element: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
        return
    yield element
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        yield from walk(child)


def pages(content: bytes) -> list[str]:
    """The text of every page as it is laid out, without blanks and breaks."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.decode().split("\f")[:-1]]


def outline(pdf: pikepdf.Pdf) -> list[tuple[str, list]]:
    """The bookmarks as (title, children)."""

    def entries(items) -> list:
        return [(item.title, entries(item.children)) for item in items]

    with pdf.open_outline() as bookmarks:
        return entries(bookmarks.root)
