"""The PDF of a report: tagged, titled, in the newsletter's order, from our own files alone."""

import os
from pathlib import Path

import page as pdf_checker
import pytest

from actionplan.exports import pdf as pdf_export
from actionplan.exports.pdf import CannotMakePdf, pdf_fingerprint, report_html, report_pdf
from actionplan.models import EditionWithdrawal
from actionplan.publishing.publish import publish
from tests import factories
from tests.exports.editions import front_matter, make_edition
from tests.exports.papers import open_pdf, outline, pages, tags

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path, settings):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


def plain_edition(**changes):
    rows = changes.pop("rows", None)
    front = front_matter(newsletter_label="平成２１年度", **changes.pop("front", {}))
    return make_edition(factories.make_report(), rows=rows, front_matter=front, **changes)


def failures(content: bytes) -> list[str]:
    return [failure.message for failure in pdf_checker.validate_pdf_bytes(content, profile="ua1").failures]


def test_a_home_that_the_service_may_not_look_into_costs_no_page(monkeypatch):
    home = str(Path("~/.fonts").expanduser())

    def closed(look):
        def see(path, *args, **kwargs):
            if str(path) == home:
                raise PermissionError(13, "Permission denied", home)
            return look(path, *args, **kwargs)

        return see

    for name in ("stat", "scandir"):
        monkeypatch.setattr(os, name, closed(getattr(os, name)))
    assert len(pdf_export.font_files.__wrapped__()) == len(pdf_export.FONTS)


def test_the_real_report_passes_pdf_ua(published):
    assert failures(report_pdf(published)) == []


def test_the_last_page_says_which_edition_it_is_and_where_it_stands(settings):
    edition = plain_edition()
    before = pdf_fingerprint(edition)
    assert pages(report_pdf(edition))[-1].endswith("第1版（2010年4月1日公表）/reports/2009/v1/-1-")
    settings.SITE_URL = "https://plan.example.jp"
    assert pdf_fingerprint(edition) != before
    content = report_pdf(edition)
    assert "対馬市試験計画" in pages(content)[-1]
    assert pages(content)[-1].endswith("https://plan.example.jp/reports/2009/v1/-1-")
    pdf = open_pdf(content)
    assert [str(figure.Alt) for figure in tags(pdf, "Figure")] == ["このページのQRコード"]
    assert failures(content) == []


def test_title_language_author_and_outline_are_stated(published):
    pdf = open_pdf(report_pdf(published))
    assert str(pdf.docinfo.Title) == published.front_matter["title"]
    assert str(pdf.docinfo.Author) == published.front_matter["plan"]["municipality"]
    assert str(pdf.Root.Lang) == "ja"
    [(title, policies)] = outline(pdf)
    assert title == published.front_matter["title"]
    assert [len(measures) for _, measures in policies] == [5, 4, 9, 3, 3]
    assert policies[0][0].startswith("施策１")
    assert policies[0][1][0][0].startswith("■")


def test_every_header_cell_is_a_header_cell_of_its_column_or_row(published):
    pdf = open_pdf(report_pdf(published))
    scopes = [str(cell.A.Scope) for cell in tags(pdf, "TH")]
    assert scopes.count("/Row") == 38
    assert scopes.count("/Column") == 4 * len(tags(pdf, "Table"))
    assert len(tags(pdf, "TD")) == 3 * 38
    assert all(len(cell.A.Headers) == 2 for cell in tags(pdf, "TD"))


def test_the_guideline_has_the_first_page_and_every_policy_opens_one(published):
    texts = pages(report_pdf(published))
    assert texts[0].startswith(published.front_matter["title"])
    assert "対馬らしさを自慢できる" in texts[0]
    openings = [text for text in texts if text.startswith("施策")]
    assert len(openings) == 5
    assert all("★市民が主体●市が主体◎市民と市が主体" in text for text in openings)
    for number, text in enumerate(texts, 1):
        assert text.endswith(f"-{number}-")


def test_no_measure_is_parted_from_the_first_row_of_its_table(published):
    texts = pages(report_pdf(published))
    firsts = {row.measure_title: row.item_name for row in reversed(list(published.rows.all()))}
    assert len(firsts) == 24
    for title, name in firsts.items():
        # Long texts are cut by the columns beside them: their beginnings are enough to tell the page.
        assert any(f"■{title[:12]}" in text and name[:4] in text for text in texts), title


def test_the_font_is_embedded_and_another_one_stands_in_for_what_it_lacks():
    edition = plain_edition(rows=[{"status": "𠮷田さんと実施した。"}])
    content = report_pdf(edition)
    fonts = {str(font.BaseFont) for page in open_pdf(content).pages for font in page.Resources.Font.values()}
    assert any("BIZ-UDGothic" in name for name in fonts)
    assert "𠮷田さんと実施した。" in pages(content)[-1]
    assert failures(content) == []


def test_a_row_that_no_page_holds_is_printed_whole():
    text = "地域で話し合いの場を設けた。" * 200
    content = report_pdf(plain_edition(rows=[{"status": text}]))
    assert sum(page.count("場を") for page in pages(content)) > 150
    assert failures(content) == []


def test_no_header_stands_alone_before_rows_that_need_a_page_of_their_own():
    rows = [{"measure_number": number, "status": "長い文を書いた。" * 60} for number in range(1, 6)]
    content = report_pdf(plain_edition(rows=rows))
    assert failures(content) == []
    assert all("長い" in page for page in pages(content)[1:])


def test_a_made_up_year_says_so_on_every_page():
    rows = [{"policy_number": number} for number in (1, 2, 3)]
    texts = pages(report_pdf(plain_edition(rows=rows, front={"sample": True})))
    assert len(texts) == 3
    assert all("見本データ" in text for text in texts)


def test_a_real_year_says_nothing_of_samples():
    assert "見本データ" not in "".join(pages(report_pdf(plain_edition())))


def test_a_correction_is_told_on_the_paper_too():
    edition = plain_edition(number=2, correction_note="誤字を直しました。")
    assert "誤字を直しました。" in pages(report_pdf(edition))[0]


def test_markup_in_a_text_stays_text_and_nothing_is_fetched(monkeypatch):

    asked = []
    fetch = pdf_export.fetch_static
    monkeypatch.setattr(pdf_export, "fetch_static", lambda url: asked.append(url) or fetch(url))
    evil = '<img src="http://192.0.2.1/x.png"><link rel="attachment" href="file:///etc/passwd">'
    content = report_pdf(plain_edition(rows=[{"status": evil}]))
    assert "192.0.2.1/x.png" in "".join(pages(content))
    assert asked == [f"portal:{name}" for name in pdf_export.STYLESHEETS]


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/print.css",
        "https://localhost/static/css/print.css",
        "file:///etc/passwd",
        "data:text/css,p{}",
        "portal:no-such-file.css",
        "portal:../manage.py",
    ],
)
def test_only_our_static_files_are_fetched(address):
    from django.core.exceptions import SuspiciousFileOperation

    from actionplan.exports.pdf import RefusedAddress, fetch_static

    with pytest.raises((RefusedAddress, SuspiciousFileOperation)):
        fetch_static(address)
    assert b"@page" in fetch_static("portal:css/print.css").read()


def test_the_page_of_the_report_is_the_source(published, client):
    paper, screen = report_html(published), client.get("/reports/2009/").content.decode()
    for mark in ('class="policy__band"', 'class="report-table"', 'class="story__figure"', 'class="legend"'):
        assert paper.count(mark) == screen.count(mark) > 0
    assert "<a " not in paper.split('class="report-table"', 1)[1]


def test_a_pdf_is_made_once_and_kept(monkeypatch):
    edition = plain_edition()
    first = report_pdf(edition)
    monkeypatch.setattr(pdf_export, "_make", lambda *_: pytest.fail("made again"))
    assert report_pdf(edition) == first


def test_what_citizens_may_see_of_an_edition_names_its_file():
    report = factories.make_report()
    first = make_edition(report)
    second = make_edition(report, number=2, correction_note="一")
    third = make_edition(report, number=3, correction_note="二")
    before = [pdf_fingerprint(edition) for edition in (first, second, third)]
    assert len(set(before)) == 3
    EditionWithdrawal.objects.create(edition=second, reason="誤り")
    # The third edition's list of corrections has lost the withdrawn one.
    assert pdf_fingerprint(third) != before[2]
    assert pdf_fingerprint(first) == before[0]


def test_the_same_edition_gives_the_same_bytes(tmp_path, settings):
    edition = plain_edition()
    first = report_pdf(edition)
    settings.VAR_DIR = tmp_path / "elsewhere"
    assert report_pdf(edition) == first


def test_a_machine_without_a_library_is_recognised(monkeypatch):
    monkeypatch.setattr(pdf_export, "LIBRARIES", ("libno-such-thing.so.0",))
    pdf_export.can_make_pdf.cache_clear()
    try:
        assert not pdf_export.can_make_pdf()
        with pytest.raises(CannotMakePdf):
            report_pdf(plain_edition())
    finally:
        pdf_export.can_make_pdf.cache_clear()
