"""The picture beside a shared link: the edition's words in real type, whatever their length."""

import re
from io import BytesIO

import pytest
from PIL import Image

from actionplan.exports import share_picture as pictures
from actionplan.publishing.publish import publish
from actionplan.selectors.shared import PictureWords, item_words, plan_words, policy_words, report_words
from tests import factories

WORDS = PictureWords("対馬市　試験計画", "自治会、地域で", "平成21年度（2009年度）の実施状況")


def drawn(words: PictureWords) -> Image.Image:
    return Image.open(BytesIO(pictures.share_picture(words)))


def test_it_is_a_small_png_of_the_size_that_is_told_and_the_same_each_time():
    content = pictures.share_picture(WORDS)
    assert drawn(WORDS).size == (1200, 630)
    assert len(content) < 60_000
    assert pictures.share_picture(WORDS) == content


def ribbon(title: str) -> bytes:
    """The letters below the title, black on white: its palette changes with what else the picture shows."""
    lower = drawn(PictureWords("市", title, "年度", sample=True)).convert("L").crop((0, 500, 1200, 630))
    return lower.point(lambda light: 255 * (light > 100)).tobytes()


@pytest.mark.parametrize("title", ["", "𠮷", "長い名前" * 200, "コ" * 300, "a" * 300, "一行目\n二行目", "（（（" * 40])
def test_a_title_of_any_length_leaves_the_lines_below_it_free(title):
    assert ribbon(title) == ribbon("短い")


def test_no_line_begins_or_ends_as_none_may_and_no_word_is_cut():
    text = (
        "市民・団体「対馬」、アクションプランを（2009年度）Internetで広く知らせていくための仕組みづくりを進めます。" * 3
    )
    lines = pictures._Type(64, bold=True).lines(text)
    assert "".join(lines) == text
    assert not any(line[0] in pictures.NOT_FIRST or line[-1] in pictures.NOT_LAST for line in lines)
    assert all("アクションプラン" in line for line in lines if "プラン" in line)
    assert all("Internet" in line for line in lines if "net" in line)


def test_a_count_stays_with_its_word_and_no_line_begins_with_a_blank():
    text = "　".join(f"区分{number}の名前{number}" for number in range(1, 30))
    lines = pictures._Type(34, bold=False, phrases=True).lines(text)
    assert all(re.fullmatch(r"区.*\d", line) for line in lines), lines
    assert len(lines) > 1


def test_what_does_not_fit_at_all_ends_in_an_ellipsis():
    lines = pictures._Type(36, bold=True).lines("長い名前の項目です。" * 60, 4)
    assert len(lines) == 4
    assert lines[-1].endswith("…")


@pytest.mark.django_db
def test_it_says_what_the_edition_says():
    status = factories.make_status(department=factories.make_department("試験課"), progress="not_done")
    edition = publish(status.report, by=None)
    assert item_words(status.item.public_id) == PictureWords(
        "対馬市　試験計画", "項目", "平成21年度（2009年度）の実施状況　項目1-1-1\n担当課：試験課", "未実施"
    )
    assert report_words(edition).under == "平成21年度（2009年度）\n未実施1（1項目のうち）"
    assert policy_words(edition, 1).title == "題1"
    assert plan_words(edition).title == "試験計画\n実施状況"


@pytest.mark.django_db
def test_a_category_that_nobody_has_set_is_not_said():
    status = factories.make_status()
    publish(status.report, by=None)
    assert item_words(status.item.public_id).category == ""


@pytest.mark.django_db
def test_a_picture_may_stand_on_other_sites_and_where_there_is_no_font_the_icon_does(client, monkeypatch):
    publish(factories.make_status().report, by=None)
    for address in ("/share.png", "/reports/2009/share.png", "/reports/2009/v1/share.png", "/plans/1/share.png"):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/reports/2009/policies/9/share.png").status_code == 404
    monkeypatch.setattr(pictures, "font_files", list)
    assert client.get("/share.png")["Location"] == "/apple-touch-icon.png"
