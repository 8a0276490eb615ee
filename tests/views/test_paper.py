"""What the paper of a page says of itself, and the QR codes for the newsletter."""

import re

import pytest

from actionplan.codes import code_inline, code_png, code_svg
from actionplan.publishing.publish import publish
from actionplan.templatetags.portal import japanese_day

pytestmark = pytest.mark.django_db
SITE = "https://plan.example.jp"


@pytest.fixture
def edition(settings, real_report):
    settings.SITE_URL = SITE
    return publish(real_report, by=None)


def imprint(client, address: str) -> str:
    page = client.get(address).content.decode()
    return page.split('<aside class="imprint"')[1].split("</aside>")[0]


def words(markup: str) -> str:
    return re.sub(r"\s", "", re.sub(r"<[^>]+>", "", markup))


def test_a_page_says_on_paper_which_edition_it_shows_and_where_it_stands(client, edition):
    row = edition.rows.first()
    report = "/reports/2009/"
    for address in (report, f"{report}policies/1/", f"/items/{row.public_id}/", f"{report}changes/"):
        found = imprint(client, address)
        assert f"第1版（{japanese_day(edition.public_from)}公表）" in found
        assert words(found).endswith(SITE + address)
        assert code_inline(SITE + address) in found


def test_a_page_of_no_edition_says_where_it_stands_and_none_weighs_more_than_four_kilobytes(client, edition):
    found = imprint(client, "/accessibility/?utm=x")
    assert words(found).endswith(f"{SITE}/accessibility/")
    assert "版（" not in found
    assert len(code_inline(f"{SITE}/tags/{'%E5%AF%BE' * 4}/")) < 4096


def test_a_search_has_no_address_on_paper(client, edition):
    assert b'class="imprint"' not in client.get("/search/").content


def test_without_a_site_s_address_a_page_bears_the_one_that_was_asked(client, settings):
    settings.SITE_URL = ""
    assert "http://testserver/" in imprint(client, "/")


def test_the_newsletter_gets_the_code_of_a_policy_s_page_as_a_drawing_and_a_picture(client, edition):
    address = f"{SITE}/reports/2009/policies/1/"
    for ending, kind, content in (("svg", "image/svg+xml", code_svg(address)), ("png", "image/png", code_png(address))):
        place = f"/reports/2009/policies/1/qr.{ending}"
        response = client.get(place)
        assert (response.content, response["Content-Type"]) == (content, kind)
        name = f"422096_action_plan_fy2009_policy1_qr.{ending}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert client.get(place, headers={"If-None-Match": response["ETag"]}).status_code == 304
        for page in ("/reports/2009/", "/reports/2009/policies/1/"):
            assert f'href="{place}"'.encode() in client.get(page).content


@pytest.mark.parametrize("place", ["policies/9/qr.svg", "policies/1/qr.gif", "policies/0/qr.png"])
def test_there_is_no_code_of_what_does_not_exist(client, edition, place):
    assert client.get(f"/reports/2009/{place}").status_code == 404


def test_a_code_of_another_plan_s_address_leads_home(client, edition):
    slug = edition.report.plan.slug
    response = client.get(f"/plans/{slug}/reports/2009/policies/1/qr.svg")
    assert response["Location"] == "/reports/2009/policies/1/qr.svg"
