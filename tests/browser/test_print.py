"""What a citizen's browser prints: the same A4 sheets as the PDF."""

import re
import subprocess
from io import BytesIO

import pikepdf
import pytest

from actionplan.exports.pdf import report_pdf
from tests.pages import item_page

A4 = (595, 842)


@pytest.fixture
def printed(visit):
    """Prints an address and hands back the bytes of the PDF."""
    return lambda address: visit(address).pdf(prefer_css_page_size=True)


def texts(content: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.decode().split("\f")[:-1]]


ADDRESSES = ["/", "/reports/2009/", "/reports/2009/policies/3/", item_page("2-2-1"), "/about/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_prints_on_numbered_a4_sheets_without_the_screen_s_furniture(printed, address):
    content = printed(address)
    sizes = {tuple(round(float(edge)) for edge in page.MediaBox[2:]) for page in pikepdf.open(BytesIO(content)).pages}
    assert sizes == {A4}
    for number, text in enumerate(texts(content), 1):
        assert text.endswith(f"-{number}-")
        for word in ("サイトマップ", "本文へ移動", "年度の一覧", "検索する"):
            assert word not in text


def test_the_browser_breaks_the_report_where_the_pdf_does(printed, published, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    ours, browsers = texts(report_pdf(published)), texts(printed("/reports/2009/"))
    assert len(ours) == len(browsers) == 8
    for mine, theirs in zip(ours, browsers, strict=True):
        assert re.findall("施策[１-５]|■", mine) == re.findall("施策[１-５]|■", theirs)


def test_a_page_of_the_report_has_columns_and_no_cards(printed):
    first_policy = texts(printed("/reports/2009/"))[1]
    assert first_policy.count("アクションプランの内容") == first_policy.count("■") == 3
    assert "市民と市" not in first_policy.replace("◎市民と市が主体", "")
