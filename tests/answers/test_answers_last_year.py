"""Last year's words on the page of answers: beside the box, and copied into it."""

import pytest

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
