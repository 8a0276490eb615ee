"""An edition's page of its own: what it printed, for good; and all editions of a year, each with its files."""

import re

import pytest

from actionplan.models import EditionWithdrawal
from actionplan.publishing.publish import publish, withdraw
from tests import factories
from tests.views.test_search import get, words

pytestmark = pytest.mark.django_db
FIRST, SECOND = "/reports/2009/v1/", "/reports/2009/v2/"


@pytest.fixture
def first():
    return publish(factories.make_status(text="初めの文").report, by=None)


@pytest.fixture
def second(first):
    first.report.statuses.update(text="直した文")
    return publish(first.report, by=None, note="文を直しました。")


def test_the_newest_edition_says_that_it_is(client, first):
    text = words(get(client, FIRST))
    assert "第1版です。いちばん新しい版です。" in text
    assert "初めの文" in text


def test_an_older_one_shows_what_it_printed_and_leads_to_the_newer(client, second):
    html = get(client, FIRST)
    assert "第1版です。新しい版（第2版、" in html
    assert "初めの文" in html
    assert "直した文" not in html
    assert '<a href="/reports/2009/">新しい版を読む</a>' in html
    assert 'href="/reports/2009/changes/#corrections"' in html
    assert "（第1版）｜" in re.search("<title>.*?</title>", html, re.S)[0]
    assert 'id="policy-1"' in html
    assert 'id="item-1-1-1"' in html


@pytest.mark.parametrize("address", ["/reports/2009/", "/reports/2009/changes/", FIRST])
def test_every_edition_is_linked_with_day_note_and_its_own_files(client, second, address):
    part = re.search(r'id="editions".*?</section>', get(client, address), re.S)[0]
    for link in (FIRST, SECOND, "/reports/2009/v1.csv", "/reports/2009/v2.xlsx", "/reports/2009/v1.json"):
        assert f'href="{link}"' in part
    assert "文を直しました。" in part


def test_what_an_edition_says_stays_as_it_is_when_another_comes(client, first):
    def table() -> str:
        return re.search(r'<section class="policy".*?</table>', get(client, FIRST), re.S)[0]

    before = table()
    first.report.statuses.update(text="直した文")
    publish(first.report, by=None, note="直しました。")
    assert table() == before


def test_one_that_was_taken_down_answers_as_its_files_do(client, second):
    withdraw(second, by=None, reason="誤り")
    assert client.get(SECOND).status_code == 404
    assert client.get(FIRST).status_code == 200
    assert client.get("/reports/2009/v3/").status_code == 404


def test_one_that_was_taken_down_with_a_sentence_shows_it(client, second):
    EditionWithdrawal.objects.create(edition=second, reason="誤り", public_words="取り下げました。")
    response = client.get(SECOND)
    assert response.status_code == 410
    assert "この版は、取り下げられています" in response.content.decode()


def test_the_first_edition_has_a_day_of_publication_a_later_one_brings_it_up_to_date(client, second):
    assert "公表日：" in get(client, FIRST)
    assert "更新日：" not in get(client, FIRST)
    assert "更新日：" in get(client, SECOND)


def test_a_past_report_says_first_when_and_where_it_was_published(client):
    report = factories.make_status().report
    report.past_source = "広報つしま 平成22年5月号"
    report.save()
    publish(report, by=None)
    for address in ("/reports/2009/", f"/items/{report.statuses.get().item.public_id}/"):
        assert re.search("出典：広報つしま平成22年5月号.*このサイトでの公表日：", words(get(client, address)))


def test_it_asks_four_questions_as_the_report_does(client, second, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert client.get(FIRST).status_code == 200
