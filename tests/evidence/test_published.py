"""Evidence as citizens meet it: frozen with the edition, served for good, gone with a withdrawal."""

import re
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from actionplan.evidence.taking import forget_left_over
from actionplan.exports.pdf import can_make_pdf
from actionplan.kept_files import folder
from actionplan.models import Edition, EditionFile, Evidence, YearlyStatus
from actionplan.models.edition import content_of, content_sha256
from actionplan.publishing.compose import compose, printed_cells
from actionplan.publishing.differences import next_edition
from actionplan.publishing.publish import publish, withdraw
from actionplan.uploads import read_csv
from tests import factories
from tests.admin.pages import signed_in
from tests.evidence import files
from tests.evidence.offering import Desk, make_desk
from tests.views.test_html import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    """An answer with a photograph, a document and a link."""
    made = make_desk(text="実施した。")
    photo = ("写真.jpg", files.jpeg(2000, 1000), "話を<聞く>人たち", "説明会")
    made.offer(photo, ("資料.pdf", files.pdf(), "", "配布資料"))
    made.link("https://example.jp/?a=1&b=2", "団体のページ")
    return made


@pytest.fixture
def edition(desk) -> Edition:
    return publish(desk.status.report, by=None)


def get(client, address: str) -> str:
    return client.get(address).content.decode()


def item_address(desk) -> str:
    return f"/items/{desk.status.item.public_id}/"


def test_a_row_keeps_all_that_its_pages_need(desk, edition):
    photo, document, link = edition.rows.get().evidence
    assert photo["alt"] == "話を<聞く>人たち"
    assert (photo["width"], photo["height"], photo["preview"]["width"]) == (1600, 800, 640)
    assert (document["caption"], document["media_type"]) == ("配布資料", "application/pdf")
    assert link == {"kind": "link", "caption": "団体のページ", "url": "https://example.jp/?a=1&b=2"}
    assert edition.files.count() == 3


def test_without_evidence_the_content_that_is_hashed_is_that_of_before():
    edition = publish(factories.make_status().report, by=None)
    [cells] = printed_cells(edition).values()
    assert "evidence" not in content_of(cells)
    assert "evidence" not in edition.front_matter


def test_anybody_can_compute_the_hash_again_and_it_follows_the_evidence(desk, edition):
    assert content_sha256(edition.front_matter, printed_cells(edition).values()) == edition.content_sha256
    Evidence.objects.filter(kind="picture").update(alt="別の文")
    assert compose(edition.report).content_sha256 != edition.content_sha256


@pytest.mark.parametrize("place", ["report", "item"])
def test_a_picture_stands_with_its_words_and_its_size_and_waits_until_it_is_seen(client, desk, edition, place):
    html = get(client, "/reports/2010/" if place == "report" else item_address(desk))
    photo = desk.kept[0]
    assert f'<a href="/evidence/{photo.name}">' in html
    picture = re.search(r"<img [^>]*>", html)[0]
    assert f'src="/evidence/{photo.preview_name}"' in picture
    assert 'alt="話を&lt;聞く&gt;人たち" width="640" height="320" loading="lazy"' in picture
    assert "<figcaption>説明会</figcaption>" in html
    assert f'<a href="/evidence/{desk.kept[1].name}">配布資料</a>（PDF、' in html
    assert '<a href="https://example.jp/?a=1&amp;b=2">団体のページ</a>' in html


def test_the_pages_are_valid_html(client, desk, edition, tmp_path):
    (tmp_path / "item.html").write_bytes(client.get(item_address(desk)).content)
    (tmp_path / "policy.html").write_bytes(client.get("/reports/2010/policies/3/").content)
    assert faults(tmp_path) == []


def test_a_file_is_served_for_good_and_can_do_nothing(client, desk, edition):
    photo, document = desk.kept[:2]
    answer = client.get(f"/evidence/{photo.name}")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not answer.cookies
    assert Image.open(BytesIO(answer.content)).size == (1600, 800)
    assert client.get(f"/evidence/{document.name}")["Content-Disposition"].startswith("attachment;")
    assert "Content-Encoding" not in client.get(f"/evidence/{photo.name}", headers={"accept-encoding": "gzip"})


def test_a_head_request_gets_the_headers_alone(client, desk, edition):
    answer = client.head(f"/evidence/{desk.kept[0].name}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) > 1000


@pytest.mark.parametrize("name", ["x", "0" * 64 + ".jpg", "..%2Fportal.sqlite3", "0" * 64 + ".svg", "secret_key"])
def test_nothing_else_of_the_portal_is_served(client, edition, name):
    assert client.get(f"/evidence/{name}").status_code == 404


def test_a_name_with_another_ending_is_not_the_file(client, desk, edition):
    assert client.get(f"/evidence/{desk.kept[0].sha256}.png").status_code == 404


def test_what_is_not_published_yet_is_not_served(client, desk):
    assert client.get(f"/evidence/{desk.kept[0].name}").status_code == 404


def test_what_is_added_later_does_not_leak_into_the_edition(client, desk, edition):
    desk.offer(("b.png", files.png(), "後の図"))
    assert client.get(f"/evidence/{desk.kept[-1].name}").status_code == 404
    assert "後の図" not in get(client, item_address(desk))


def test_a_withdrawn_edition_takes_its_files_along_and_they_come_back_with_another(client, desk, edition):
    withdraw(edition, by=None, reason="写ってはいけない人が写っていたため")
    for each in desk.kept[:2]:
        assert client.get(f"/evidence/{each.name}").status_code == 404
    publish(edition.report, by=None, note="もう一度公表します。")
    assert client.get(f"/evidence/{desk.kept[0].name}").status_code == 200


def test_a_file_that_an_older_edition_still_shows_stays(client, desk, edition):
    photo = desk.kept[0]
    desk.change(remove_0="on")
    publish(edition.report, by=None, note="写真を外しました。")
    assert photo.name not in get(client, item_address(desk))
    assert client.get(f"/evidence/{photo.name}").status_code == 200


def test_no_file_that_an_edition_names_is_cleared_a_withdrawn_one_included(client, desk, edition, monkeypatch):
    withdraw(edition, by=None, reason="誤り")
    for row in desk.kept:
        row.delete()
    monkeypatch.setattr("actionplan.kept_files.ONE_DAY", -1)
    assert forget_left_over() == 0
    assert len(list(folder().iterdir())) == 3


def test_a_file_that_was_lost_from_the_disk_is_not_found(client, desk, edition):
    (folder() / desk.kept[0].name).unlink()
    assert client.get(f"/evidence/{desk.kept[0].name}").status_code == 404
    assert client.get(item_address(desk)).status_code == 200


def test_the_publisher_sees_what_will_change_and_the_picture_itself(desk):
    edition = publish(desk.status.report, by=None)
    desk.change(alt_0="直した文")
    [cell] = next_edition(edition.report, edition).rows[0].cells
    assert (cell.label, "話を<聞く>人たち" in cell.before, "直した文" in cell.after) == ("資料", True, True)
    html = get(signed_in(), f"/admin/actionplan/annualreport/{edition.report.pk}/preview/")
    address = re.search(r'<img src="([^"]+)"', html)[1]
    assert address == f"/admin/evidence/file/{desk.kept[0].preview_name}"
    assert signed_in().get(address).status_code == 200


def test_a_correction_of_a_picture_is_told(client, desk, edition):
    desk.change(alt_0="直した文", caption_0="直した説明")
    publish(edition.report, by=None, note="写真の説明を直しました。")
    html = get(client, "/reports/2010/changes/")
    assert "直した説明" in re.sub("<[^>]+>", "", html)


@pytest.mark.parametrize("word", ["説明会", "聞く", "配布資料", "団体のページ"])
def test_a_search_finds_by_captions_and_alternative_texts_and_shows_where(client, edition, word):
    html = get(client, f"/search/?q={word}")
    assert f"<mark>{word}</mark>" in html


def test_the_files_have_a_column_of_addresses(client, desk, edition):
    found = read_csv(client.get("/reports/2010.csv").content)
    cell = found.rows[0][found.headers.index("資料")]
    assert cell == f"/evidence/{desk.kept[0].name} /evidence/{desk.kept[1].name} https://example.jp/?a=1&b=2"
    assert "配布資料" in client.get("/reports/2010.txt").content.decode("utf-8-sig")


def test_a_year_without_evidence_has_no_such_column(client):
    publish(factories.make_status().report, by=None)
    assert "資料" not in read_csv(client.get("/reports/2009.csv").content).headers


@pytest.mark.skipif(not can_make_pdf(), reason="this machine cannot make a PDF")
def test_the_pdf_shows_the_picture_with_its_words(client, desk, edition):
    answer = client.get("/reports/2010.pdf")
    assert answer.status_code == 200
    with pikepdf.open(BytesIO(answer.content)) as made:
        assert any(page.get_images() for page in made.pages)
        figures = [thing for thing in made.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
        assert any("人たち" in str(thing.Alt) for thing in figures)


def test_an_item_of_two_years_shows_the_evidence_of_each(client, desk, edition):
    later = factories.make_report(edition.report.plan, fiscal_year=2011)
    factories.make_status(later, desk.status.item, text="翌年")
    publish(later, by=None)
    html = get(client, item_address(desk))
    assert "平成22年度（2010年度）の写真・資料" in html
    assert "平成23年度（2011年度）の写真・資料" not in html


def test_what_is_frozen_about_files_never_changes(edition):
    from actionplan.models import ImmutableError

    with pytest.raises(ImmutableError):
        EditionFile.objects.all().delete()
    with pytest.raises(ImmutableError):
        EditionFile.objects.update(name="x")


def test_pages_ask_as_often_with_evidence(client, desk, edition, django_assert_max_num_queries):
    for address in ("/reports/2010/", item_address(desk), f"/evidence/{desk.kept[0].name}"):
        with django_assert_max_num_queries(5):
            client.get(address)


def test_composing_asks_as_often_for_many_items_with_evidence(django_assert_num_queries):
    report = factories.make_report()
    factories.make_tree(report, 30)
    for status in YearlyStatus.objects.all():
        Evidence.objects.create(status=status, kind="link", url="https://example.jp/", caption="x")
    publish(report, by=None)
    with django_assert_num_queries(11):
        compose(report)
