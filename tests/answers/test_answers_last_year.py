"""Last year's words on the page of answers: beside the box, and copied into it."""

import re

import pytest

from actionplan.models import YearlyStatus
from tests import factories
from tests.answers.answering import make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def test_last_years_words_stand_beside_the_empty_box(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(
        before, office.rows[0].item, text="昨年度の文", progress="partly_done", outcome="昨年度の成果"
    )
    page = office.browser().get(office.address).content.decode()
    assert '<p class="words">昨年度の文</p>' in page
    assert '<strong class="words">一部実施</strong>' in page
    assert "昨年度の成果" in page
    assert "計画の内容1" in page
    assert page.count("昨年度の回答はありません") == 1


@pytest.mark.parametrize("view", ["", "?view=table"])
def test_a_year_that_is_not_the_one_just_before_is_called_by_its_name(office, view):
    before = factories.make_report(office.report.plan, fiscal_year=2007)
    factories.make_status(before, office.rows[0].item, text="三年前の文")
    page = office.browser().get(office.address + view).content.decode()
    assert "三年前の文" in page
    assert "平成19年度の文を、空欄の「実施状況」にまとめて写す" in page
    assert "昨年度の文" not in page
    assert re.search("昨年度の回答(?!はありません)", page) is None


def test_last_years_text_goes_into_an_empty_box_and_is_not_saved_yet(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    for row in office.rows:
        factories.make_status(before, row.item, text=f"昨年度の文{row.item.number}")
    client, pk = office.browser(), office.rows[0].pk
    answer = office.post(client, office.form(client), f"copy-{pk}", text_1="自分の文")
    assert answer.url == f"{office.address}?copy={pk}#item-{pk}"
    assert "昨年度の文を写しました。まだ保存していません。" in client.get(answer.url).content.decode()
    form = office.form(client, f"?copy={pk}")
    assert office.shown(form, "text_0") == "昨年度の文1"
    assert (office.stored(0).text, office.stored(1).text) == ("", "自分の文")
    office.post(client, form)
    assert office.stored().text == "昨年度の文1"
    assert office.shown(office.form(client, f"?copy={office.rows[1].pk}"), "text_1") == "自分の文"


def last_year(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    for row in office.rows:
        factories.make_status(before, row.item, text=f"昨年度の文{row.item.number}", progress="done")


def test_last_years_texts_go_into_every_empty_box_at_once_and_are_saved_as_copied():
    office = make_office(4)
    last_year(office)
    client = office.browser()
    page = office.save(client, "copyall", text_1="自分の文")
    assert "前の年度の文を3項目の空欄に写し、下書きとして保存しました。" in page
    assert [office.stored(index).text for index in range(4)] == [
        "昨年度の文1",
        "自分の文",
        "昨年度の文3",
        "昨年度の文4",
    ]
    assert {office.stored(index).progress for index in range(4)} == {"unset"}
    assert office.states() == ["draft"] * 4
    assert page.count("写したままです。今年度に合わせて直してください。") == 3


def test_a_copied_text_stays_marked_until_it_is_touched():
    office = make_office(2)
    last_year(office)
    client = office.browser()
    office.save(client, "copyall")
    office.save(client, progress_0="done")
    assert office.stored(0).is_copied
    office.save(client, text_0="昨年度の文1を直した。")
    assert (office.stored(0).is_copied, office.stored(1).is_copied) == (False, True)
    places = client.get("/admin/").context["work"][0].lacking
    assert [place.words for place in places] == ["進捗区分・前の年度の文を写したまま"]


def test_a_single_copy_that_is_saved_as_it_is_is_marked_too(office):
    last_year(office)
    client, pk = office.browser(), office.rows[0].pk
    office.post(client, office.form(client, f"?copy={pk}"))
    assert office.stored(0).is_copied


def test_handing_in_tells_how_many_texts_are_still_copied():
    office = make_office(2)
    last_year(office)
    client = office.browser("担当者", "課長")
    page = office.save(client, "copyall")
    assert "写したままの文が2項目あります" in page
    page = office.save(client, "submit", progress_0="done", progress_1="done", text_1="今年度の文")
    assert "2項目を提出しました。うち1項目の文は、前の年度から写したままです。" in page
    assert office.states() == ["submitted"] * 2


def test_copying_leaves_alone_what_somebody_else_has_written_or_handed_in(office):
    last_year(office)
    client = office.browser()
    form = office.form(client)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(text="ほかの人の文", revision=2)
    YearlyStatus.objects.filter(pk=office.rows[1].pk).update(state="submitted", revision=2)
    office.post(client, form, "copyall")
    assert [office.stored(index).text for index in (0, 1)] == ["ほかの人の文", ""]
