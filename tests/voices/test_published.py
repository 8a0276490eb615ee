"""What was confirmed is frozen with the edition, each under its name, and stands on every page and in every file."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from actionplan.exports.pdf import report_html
from actionplan.models import Department, Partner, State, Voice
from actionplan.models.edition import content_of
from actionplan.publishing.compose import compose, printed_cells
from actionplan.publishing.differences import next_edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.voices.town import make_town

pytestmark = pytest.mark.django_db
RELATED, PARTNER = "道具を<20>貸し出しました。", "住民30人で\n浜を掃除しました。"


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def edition(town):
    town.say(town.theirs, RELATED)
    town.say(town.partners, PARTNER)
    return publish(town.report, by=None)


def test_departments_stand_before_partners_each_under_its_name(edition):
    assert edition.rows.get().voices == [
        {"kind": "related", "name": "関係の課", "text": RELATED},
        {"kind": "partner", "name": "浜の自治会", "text": PARTNER},
    ]


@pytest.mark.parametrize("state", [each for each in State if each != State.CONFIRMED])
def test_what_is_not_confirmed_is_not_published(town, state):
    Voice.objects.update(text="まだ", state=state)
    assert publish(town.report, by=None, named=[town.status.pk]).rows.get().voices == []


def test_what_says_nothing_is_not_published(town):
    Voice.objects.update(text=" \n", state=State.CONFIRMED)
    assert publish(town.report, by=None).rows.get().voices == []


def test_an_edition_without_any_hashes_as_it_did_before(town):
    """The keys of the content are those of before: nothing is told of what nobody wrote."""
    edition = publish(town.report, by=None)
    [cells] = printed_cells(edition).values()
    assert "voices" not in content_of(cells)
    assert "voices" in content_of({**cells, "voices": [{"kind": "partner", "name": "会", "text": "文"}]})


def addresses(town):
    public_id = town.status.item.public_id
    return ("/reports/2009/", "/reports/2009/policies/1/", f"/items/{public_id}/")


def test_each_text_stands_on_the_pages_under_its_name(town, edition, client):
    for address in addresses(town):
        page = client.get(address).content.decode()
        for words in (
            "担当の課（担当課）",
            "関係の課（関係課）",
            "<dt>浜の自治会</dt>",
            "道具を&lt;20&gt;貸し出しました。",
        ):
            assert words in page, (address, words)
        assert "住民30人で<br>浜を掃除しました。" in page
        assert "実施した。" in page


def test_pages_ask_as_often_as_without_any(town, client):
    publish(town.report, by=None)
    before = [asked(client, address) for address in addresses(town)]
    town.say(town.theirs, RELATED)
    publish(town.report, by=None, note="関係課の文を載せた")
    assert [asked(client, address) for address in addresses(town)] == before


def asked(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_an_item_of_several_years_shows_the_texts_of_each_side_by_side(town, edition, client):
    later = factories.make_report(town.report.plan, fiscal_year=2010)
    factories.make_status(later, town.status.item, department=town.lead)
    publish(later, by=None)
    page = client.get(addresses(town)[2]).content.decode()
    assert page.count('<dl class="voices">') == 1
    assert "平成21年度（2009年度）：担当課と、一緒に取り組む課・団体の文" in page


def test_files_bear_them_and_the_table_gains_one_column(town, edition, client):
    lines = client.get("/reports/2009.csv").content.decode("utf-8-sig")
    assert "担当課,関係課・相手方の文,更新日" in lines
    assert f"【関係の課】{RELATED}\n【浜の自治会】{PARTNER}" in lines
    sheet = load_workbook(BytesIO(client.get("/reports/2009.xlsx").content)).worksheets[0]
    assert "関係課・相手方の文" in [cell.value for cell in sheet[1]]
    text = client.get("/reports/2009.txt").content.decode("utf-8-sig").replace("\r\n", "\n")
    assert f"【関係の課】{RELATED}" in text
    assert f"【浜の自治会】{PARTNER}" in text
    form = load_workbook(BytesIO(client.get("/reports/2009-form.xlsx").content)).worksheets[0]
    assert any("【浜の自治会】" in str(cell.value) for row in form for cell in row)
    assert "<dt>浜の自治会</dt>" in report_html(edition)


@pytest.mark.parametrize("address", ["/reports/2009.csv", "/reports/2009.xlsx", "/search.csv?year=2009"])
def test_a_file_of_an_edition_without_any_has_no_column_for_them(town, client, address):
    publish(town.report, by=None)
    body = client.get(address).content
    words = load_workbook(BytesIO(body)).worksheets[0][1] if "xlsx" in address else body.decode("utf-8-sig")
    assert "相手方" not in str([cell.value for cell in words] if "xlsx" in address else words)


def test_they_are_found_by_the_search_and_shown_there(town, edition, client):
    for word in ("住民30人", "浜の自治会"):
        page = client.get(f"/search/?q={word}&year=2009").content.decode()
        assert "浜の掃除" in page
        assert "<mark>" in page or "浜の自治会" in page
    assert "浜を掃除しました" in client.get("/search.csv?q=住民30人&year=2009").content.decode("utf-8-sig")


def test_a_new_name_does_not_reach_what_was_confirmed_under_the_old_one(town, edition):
    Partner.objects.update(name="浜と山の自治会")
    Department.objects.filter(pk=town.related.pk).update(name="別の課")
    draft = compose(town.report)
    assert [voice["name"] for voice in draft.rows[0].voices] == ["関係の課", "浜の自治会"]
    assert draft.content_sha256 == edition.content_sha256


def test_a_correction_of_a_text_is_shown_before_and_told_after(town, edition, client):
    voice = town.partners
    Voice.objects.filter(pk=voice.pk).update(text="住民28人で浜を掃除しました。")
    [changed] = next_edition(town.report, edition).rows
    assert [cell.label for cell in changed.cells] == ["関係課・相手方の文"]
    publish(town.report, by=None, note="人数に誤りがありました。")
    assert "人数に誤りがありました。" in client.get("/reports/2009/").content.decode()
    changes = client.get("/reports/2009/changes/").content.decode()
    assert "関係課・相手方の文" in changes
    assert "住民30人で" in client.get("/reports/2009/v1.csv").content.decode("utf-8-sig")


def test_the_publisher_is_told_what_is_left_out(town, client):
    client.force_login(town.office)
    address = f"/admin/actionplan/annualreport/{town.report.pk}/publish/"
    assert "公表に載らない" not in client.get(address).content.decode()
    town.say(town.partners, PARTNER, confirmed=False)
    page = client.get(address).content.decode()
    assert "公表に載らない" in page
    assert "浜の自治会（相手方、提出）" in page
    Voice.objects.filter(pk=town.partners.pk).update(state=State.RETURNED)
    assert "浜の自治会（相手方、差戻し）" in client.get(address).content.decode()


def test_the_same_texts_are_offered_in_the_preview(town, client):
    town.say(town.partners, PARTNER)
    client.force_login(town.office)
    page = client.get(f"/admin/actionplan/annualreport/{town.report.pk}/preview/").content.decode()
    assert "<dt>浜の自治会</dt>" in page


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_markup_in_names_and_texts_stays_text(town, client, words):
    Partner.objects.update(name=f"会{words}"[:100])
    town.say(town.partners, words)
    publish(town.report, by=None)
    for address in addresses(town):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
