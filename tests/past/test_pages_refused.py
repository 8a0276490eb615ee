"""What is refused on the way of a past year, each by its own sentence, and nothing half stored."""

import re

import pytest
from openpyxl import Workbook

from actionplan.models import ActionItem, AnnualReport, Department, Policy, TableMapping, YearlyStatus
from actionplan.past import waiting
from actionplan.permissions import COORDINATOR
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.admin.test_wordings import english
from tests.past.tables import as_csv, city, fill, saved
from tests.past.walking import START, answers_of, form_of, said, send, take, to_check, to_columns, upload

pytestmark = pytest.mark.django_db


def test_a_year_that_has_answers_is_refused_by_name_and_nothing_is_stored(office, plan):
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    before = (ActionItem.objects.count(), YearlyStatus.objects.count())
    response = take(office, to_check(office, plan, as_csv(city("c")), "c2.csv", year="H27"))
    assert response.status_code == 422
    assert "平成27年度（2015年度）には、すでに回答があるため、取り込めません" in said(response)
    assert (ActionItem.objects.count(), YearlyStatus.objects.count()) == before


def test_pressing_twice_takes_once(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    data = answers_of(office.get(address)) | {"take": ""}
    assert office.post(address, data).status_code == 302
    again = office.post(address, data, follow=True)
    assert "確認の途中のファイルがありません" in said(again)
    assert AnnualReport.objects.count() == 1


def test_a_plan_that_moved_meanwhile_is_looked_at_again(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    data = answers_of(office.get(address)) | {"take": ""}
    factories.make_item(factories.make_measure(plan))
    response = office.post(address, data)
    assert response.status_code == 409
    assert "計画か担当課が変わりました" in said(response)
    assert not AnnualReport.objects.exists()


def test_a_column_mapped_twice_is_refused_by_name(office, plan):
    address = to_columns(office, plan, as_csv(city("c")), "c.csv")
    response = send(office, address, "next", year="H27", **{"role-2": "text", "role-4": "text"})
    assert response.status_code == 422
    assert "「基準値」「実績値」の列を、どれも「実施状況」にしています" in said(response)
    assert not TableMapping.objects.exists()


def test_every_column_is_chosen(office, plan):
    table = as_csv([["項目", "謎の列", "実績"], ["学習会", "x", "実施した"]])
    response = send(office, to_columns(office, plan, table, "a.csv"), "next", year="H27")
    assert "「謎の列」の列をどうするか、選んでください" in said(response)


@pytest.mark.parametrize(("year", "sentence"), [("", "何年度の報告か分かりません"), ("先年", "年度として読めません")])
def test_a_year_is_named(office, plan, year, sentence):
    response = send(office, to_columns(office, plan, as_csv(city("c")), "c.csv"), "next", year=year)
    assert response.status_code == 422
    assert sentence in said(response)


def test_what_is_not_chosen_is_told_and_nothing_is_stored(office, plan):
    address = to_check(office, plan, as_csv(city("a")), "a.csv")
    response = office.post(address, form_of(office.get(address)) | {"take": ""})
    assert response.status_code == 422
    text = said(response)
    assert "進捗区分の言葉「計画通りに進んでいる」がどの区分か、選んでください" in text
    assert "担当課「見本活動課」をどうするか、選んでください" in text
    assert "取組1-1の名前を書いてください" in text
    assert not AnnualReport.objects.exists()
    assert not Policy.objects.exists()


def test_two_rows_on_one_item_are_refused_by_their_places(office, plan):
    item = factories.make_item(factories.make_measure(plan, policy_number=2), name="別のもの")
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"item-0": str(item.pk), "item-1": str(item.pk)})
    assert response.status_code == 422
    assert "同じ項目（2-1-1）を選んでいます" in said(response)


def test_a_published_year_is_not_taken_back(office, plan):
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    report = AnnualReport.objects.get()
    publish(report, by=None)
    office.post(f"/admin/past/{report.pk}/undo/", {"seen": "x"})
    assert AnnualReport.objects.count() == 1


def test_a_stranger_to_the_file_does_not_find_it(office, plan):
    address = upload(office, plan, as_csv(city("c")), "c.csv").url
    other = signed_in(factories.make_person(COORDINATOR, username="other"))
    assert "確認の途中のファイルがありません" in said(other.get(address, follow=True))


@pytest.mark.parametrize("day", ["2999-01-01", "昔", "2016-02-30"])
def test_a_day_that_cannot_be_is_refused(office, plan, day):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"published-2015": day})
    assert response.status_code == 422
    assert "平成27年度（2015年度）の「原本の公表日」を、今日までの日付で書いてください" in said(response)
    assert not AnnualReport.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "2015-03-31"])
def test_a_day_before_the_year_began_is_refused(office, plan, day):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"published-2015": day})
    assert "2015年度：「原本の公表日」2015年4月1日（年度の始まり）から今日までの日付にしてください" in said(response)
    assert not AnnualReport.objects.exists()


def test_a_title_that_is_too_long_is_refused_at_its_place(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    titles = re.findall(r'name="(title-[\d-]+)"', office.get(address).content.decode())
    response = take(office, address, **{titles[0]: "あ" * 3_000})
    assert "「施策名」300字までにしてください（いまは3,000字）" in said(response)
    assert not AnnualReport.objects.exists()


def test_a_file_is_read_once_and_what_was_read_goes_with_it(office, plan, monkeypatch, settings):
    address = upload(office, plan, as_csv(city("c")), "c.csv").url
    waiting._read.cache_clear()  # another process knows nothing
    monkeypatch.setattr(waiting, "read_source", None)
    assert office.get(address).status_code == 200
    name = address.split("/")[-3]
    assert len([*(settings.VAR_DIR / "uploads").glob(f"past-*{name}*")]) == 2
    office.post(office.post(address, {"cancel": ""}).url)
    assert not [*(settings.VAR_DIR / "uploads").glob(f"past-*{name}*")]


def test_a_hidden_sheet_is_not_ticked(office, plan):
    book = Workbook()
    fill(book.active, city("c"), title="進捗")
    fill(book.create_sheet(), city("c"), title="旧")
    book["旧"].sheet_state = "hidden"
    response = office.get(upload(office, plan, saved(book), "x.xlsx").url)
    assert "シート「旧」" in said(response)
    assert "、非表示" in said(response)
    assert "table-1" not in form_of(response)


def test_the_source_is_named(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"source-2015": " "})
    assert "平成27年度（2015年度）の「原本の出典」を書いてください" in said(response)


def test_a_text_that_is_too_long_is_refused_with_its_place_and_nothing_is_stored(office, plan):
    rows = [["番号", "項目", "実績"], ["1-1-1", "学習会", "長" * 33_000]]
    response = take(office, to_check(office, plan, as_csv(rows), "a.csv", year="H27"))
    assert response.status_code == 422
    assert "2行目：「学習会」の2015年度の文は保存できません" in said(response)
    assert not Policy.objects.exists()


def test_a_number_that_two_rows_bear_is_refused_with_what_to_do(office, plan):
    rows = [["番号", "項目", "実績"], ["1-1-1", "学習会", "3回"], ["1-1-1", "講座", "2回"]]
    response = take(office, to_check(office, plan, as_csv(rows), "a.csv", year="H27"))
    assert response.status_code == 422
    assert "3行目：「講座」の番号1-1-1は、2行目の行と同じに読めます" in said(response)
    assert "「列の対応を直す」で、番号の列を" in said(response)


def test_a_source_that_is_too_long_is_refused_with_its_year_and_nothing_is_cut(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"source-2015": "長" * 10_000})
    assert "平成27年度（2015年度）の「原本の出典」は、200字までにしてください（いまは10,000字）。" in said(response)
    assert not Policy.objects.exists()


@pytest.mark.parametrize("word", ["環境課", "環境課　"])
def test_a_department_that_exists_is_not_offered_as_a_new_one(office, plan, word):
    Department.objects.create(name="環境課")
    rows = [["項目", "担当課", "実績"], ["清掃", word, "3回"]]
    address = to_check(office, plan, as_csv(rows), "a.csv", year="H27")
    page = office.get(address).content.decode()
    assert "新しい担当課として登録する" not in page
    forged = take(office, address, **{"department-0": "new"})
    assert "担当課「環境課」をどうするか、選んでください。" in said(forged)
    assert "制約" not in said(forged)


def test_a_mark_that_the_legend_lacks_is_told(office, plan):
    rows = [["主体", "項目", "実績"], ["△", "学習会", "3回"]]
    response = office.get(to_check(office, plan, as_csv(rows), "a.csv", year="H27"))
    assert "主体「△」を凡例（★●◎）の記号として読めません" in said(response)


def test_markup_in_a_file_is_shown_as_it_is(office, plan):
    rows = [["項目", "<b>実績"], ["<script>alert(1)</script>", "<img src=x>"]]
    address = to_columns(office, plan, as_csv(rows), "<b>.csv")
    page = office.get(address).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "changes",
    [{"first": "0"}, {"first": "99"}, {"first": "x"}, {"count": "9"}, {"count": ""}, {"first": "9" * 30}],
)
def test_headings_that_cannot_be_are_refused(office, plan, changes):
    response = send(office, upload(office, plan, as_csv(city("c")), "c.csv").url, "next", **changes)
    assert response.status_code == 422
    assert "見出しの行の番号を" in said(response)


@pytest.mark.parametrize("page", ["table", "columns", "check"])
@pytest.mark.parametrize("name", ["nothing", "0" * 32, "..%2F..%2Fdb"])
def test_a_file_that_is_not_there_leads_back(office, page, name):
    response = office.get(f"/admin/past/{name}/{page}/")
    assert response.status_code in (302, 404)


def test_odd_boxes_of_a_forged_form_change_nothing(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    forged = {"item-0": "999999", "item-1": "x", "word-0": "nonsense", "seen": "z", "code-0": "9-9-9", "marks": "??"}
    response = office.post(address, answers_of(office.get(address), **forged) | {"take": ""})
    assert response.status_code in (409, 422)
    assert not AnnualReport.objects.exists()


def test_a_year_of_samples_is_refused_by_name(office, plan):
    report = factories.make_report(plan, 2015)
    factories.make_status(report, factories.make_item(factories.make_measure(plan)))
    AnnualReport.objects.update(sample=True)
    response = office.get(to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    assert "すでに回答があるため、取り込めません" in said(response)


def test_no_page_of_the_way_speaks_english(office, plan):
    address = to_check(office, plan, as_csv(city("a")), "a.csv")
    pages = [START, *(address.replace("check", page) for page in ("table", "columns", "check"))]
    assert {page: words for page in pages if (words := english(office.get(page)))} == {}
