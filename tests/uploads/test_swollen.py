"""Workbooks of millions of elements in a few bytes are refused before anything parses them."""

import random
import time
import zipfile
from io import BytesIO

import pytest
import tablib

from actionplan.inquiry.read_workbook import read_inquiry
from actionplan.past.files import read_source
from actionplan.uploads import GuardedXLSX, UploadError, read_xlsx
from tests.exports.texts import AWKWARD


def packed(name: str, part: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr(name, part)
        # Not dense: what looks at the rate of packing alone lets it pass.
        archive.writestr("xl/media/image1.png", random.Random(1).randbytes(700_000))
    return stream.getvalue()


def part(root: str, element: bytes, times: int, start: bytes = b"") -> bytes:
    # Noise between the elements: the part itself is not dense either.
    noise = random.Random(2)
    runs = (element * 400 + b"<!--%d-->" % noise.getrandbits(200) for _ in range(times // 400))
    return start + f"<{root}>".encode() + b"".join(runs) + f"</{root}>".encode()


SWOLLEN = {
    "strings": ("xl/sharedStrings.xml", part("sst", b"<si/>", 4_000_000)),
    "styles": ("xl/styles.xml", part("styleSheet", b"<xf/>", 500_000)),
    "styles by another name": ("xl/worksheets/sheet1.xml", part("x:styleSheet", b"<x:xf/>", 500_000)),
    "styles that are called a picture": ("xl/styles.png", part("styleSheet", b"<xf/>", 500_000)),
    "after blanks": ("xl/other.xml", part("styleSheet", b"<xf/>", 500_000, b" \n" * 600_000)),
    "after a comment": ("xl/other.xml", part("styleSheet", b"<xf/>", 500_000, b"<?xml version='1.0'?>\n<!-- a -->")),
    "in UTF-16": ("xl/styles.xml", part("styleSheet", b"<xf/>", 300_000).decode().encode("utf-16")),
    "cells": ("xl/worksheets/sheet1.xml", part("worksheet", b"<c/>", 2_000_000)),
}


@pytest.mark.parametrize("kind", SWOLLEN)
@pytest.mark.parametrize(
    "read", [read_xlsx, lambda data: read_inquiry(data, "a.xlsx"), lambda data: read_source(data, "a.xlsx")]
)
def test_a_workbook_of_too_many_elements_is_refused_at_once(kind, read):
    data = packed(*SWOLLEN[kind])
    start = time.monotonic()
    with pytest.raises(UploadError, match="ブックの中身が大きすぎます"):
        read(data)
    assert time.monotonic() - start < 2


def test_a_large_but_honest_table_still_comes_in():
    rows = [(str(number), *AWKWARD[:1] * 4) for number in range(2000)]
    table = read_xlsx(GuardedXLSX().export_data(tablib.Dataset(*rows, headers=list("abcde"))))
    assert len(table.rows) == 2000
