"""The way of a newcomer: a file, its table, its columns, what comes in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, AnnualReport, Measure, PlanCategory, Policy, State, TableMapping, YearlyStatus
from actionplan.permissions import PUBLISHER
from actionplan.publishing.pages import waiting_years
from actionplan.publishing.publish import publish
from actionplan.round.opening import years_under_way
from tests import factories
from tests.admin.pages import signed_in
from tests.past.tables import FORMATS, as_csv, as_xlsx, city
from tests.past.walking import answers_of, form_of, said, send, take, to_check, to_columns, upload

pytestmark = pytest.mark.django_db
PATTERNS = ["", "solid", "dots", "grid"]


@pytest.mark.parametrize("ending", FORMATS)
def test_years_side_by_side_become_a_report_each(office, plan, ending):
    address = to_check(office, plan, FORMATS[ending](city("a")), f"a.{ending}")
    response = take(office, address)
    assert response.status_code == 302, said(response)
    assert [report.fiscal_year for report in AnnualReport.objects.order_by("fiscal_year")] == [2015, 2016]
    answers = YearlyStatus.objects.filter(report__fiscal_year=2015).order_by("item__number")
    first, second = answers
    assert (first.item.code, first.item.name) == ("1-1-1", "市民にしくみを知らせる")
    assert first.text.split("\n") == [
        "【参加者数】120人",
        "【進捗区分（原本）】計画通りに進んでいる",
        "【担当課（原本）】見本活動課、見本福祉課",
    ]
    assert (first.challenge, first.next_step, first.progress) == ("若い人が少ない", "夜も開く", "unset")
    assert second.challenge == ""
    assert {answer.state for answer in answers} == {State.CONFIRMED}
    assert first.history.get().source_file == f"a.{ending}"
    assert first.history.get().history_user.username == "事務局さん"


@pytest.mark.parametrize("ending", FORMATS)
def test_figures_without_a_place_stay_as_text_under_their_headings(office, plan, ending):
    take(office, to_check(office, plan, FORMATS[ending](city("b")), f"b.{ending}"))
    before, last = YearlyStatus.objects.order_by("report__fiscal_year")
    assert (last.item.number, last.item.name) == (611, "見本協働事業")
    assert before.text.split("\n")[:4] == ["36", "【指標名】協働事業数", "【単位】件", "【H26計画】50"]
    lines = last.text.split("\n")
    assert lines[:4] == ["42", "【指標名】協働事業数", "【単位】件", "【H27計画】50"]
    for line in (
        "【達成率】84.0%",
        "【事業費（千円）】276",
        "【国県支出金】56",
        "【人件費】4,841",
        "【進捗区分（原本）】A",
    ):
        assert line in lines


@pytest.mark.parametrize("ending", FORMATS)
def test_a_number_of_two_levels_is_policy_and_item(office, plan, ending):
    address = to_check(office, plan, FORMATS[ending](city("c")), f"c.{ending}", year="平成27年度")
    take(office, address, **{"title-2": "見本の施策", "title-2-1": "見本の取組"})
    items = [answer.item for answer in YearlyStatus.objects.order_by("item__number")]
    assert [(item.code, item.plain_code) for item in items] == [("2-1", "2-1-1"), ("2-2", "2-1-2")]
    assert str(Policy.objects.get()) == "施策2 見本の施策"
    first = YearlyStatus.objects.order_by("item__number").first()
    assert first.text.split("\n")[:3] == ["【基準値】1,200人", "【目標値】1,500人", "【実績値】1,320人"]
    assert first.next_step == "手法を見直す"


def test_a_past_report_is_published_with_its_origin(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    take(office, address, **{"published-2015": "2016-06-01", "source-2015": "市報見本 平成28年6月号"})
    edition = publish(AnnualReport.objects.get(), by=None)
    words = "過去の報告（2016年6月1日に公表、出典：市報見本 平成28年6月号）"
    facts = {"published_on": "2016-06-01", "source": "市報見本 平成28年6月号", "words": words}
    assert edition.front_matter["past"] == facts
    page = said(Client().get("/reports/2015/"))
    assert words in page
    assert words in Client().get("/reports/2015.csv").content.decode("utf-8-sig")


def test_the_columns_are_remembered_for_the_next_file_of_the_same_headings(office, plan):
    address = to_columns(office, plan, as_csv(city("c")), "c.csv")
    send(office, address, "next", year="H27", **{"role-4": "text"})
    assert not TableMapping.objects.exists()
    take(office, address.replace("columns", "check"))
    known = TableMapping.objects.get()
    assert known.roles["4"] == "text"
    assert known.history.get().history_user.username == "事務局さん"
    again = office.get(to_columns(office, plan, as_csv(city("c")), "c2.csv"))
    assert "前に同じ見出しのファイル" in said(again)
    assert form_of(again)["role-4"] == ["text"]


def test_a_second_year_finds_the_items_of_the_first(office, plan):
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    next_year = as_csv([*city("c"), ["2-3", "新しい見本", "－", "1件", "0件", "C", "続ける"]])
    response = office.get(to_check(office, plan, next_year, "c28.csv", year="H28"))
    items = {item.name: str(item.pk) for item in ActionItem.objects.all()}
    boxes = form_of(response)
    assert boxes["item-0"] == [items["見本の利用者数"]]
    assert boxes["item-1"] == [items["見本施設の開設"]]
    assert "item-2" not in boxes or boxes["item-2"] in ([""], ["new"])


def test_two_rows_of_headings_are_joined(office, plan):
    rows = [
        ["番号", "項目", "平成27年度", "", "平成28年度", ""],
        ["", "", "実績", "課題", "実績", "課題"],
        ["1-1-1", "学習会", "3回", "人", "4回", "場所"],
    ]
    merged = ("A1:A2", "B1:B2", "C1:D1", "E1:F1")
    take(office, to_check(office, plan, as_xlsx(rows, merged), "a.xlsx"))
    words = YearlyStatus.objects.order_by("report__fiscal_year").values_list("text", "challenge")
    assert list(words) == [("3回", "人"), ("4回", "場所")]


def test_a_word_of_a_category_becomes_what_a_person_says(office, plan):
    address = to_check(office, plan, as_csv(city("a")), "a.csv")
    data = answers_of(office.get(address), **{"word-0": "in_progress"}) | {"take": ""}
    office.post(address, data)
    answer = YearlyStatus.objects.get(report__fiscal_year=2015, item__number=1)
    assert answer.progress == "in_progress"
    assert "【進捗区分（原本）】計画通りに進んでいる" in answer.text


@pytest.mark.parametrize(("choice", "exists", "ended"), [("new", True, False), ("gone", True, True)])
def test_a_department_is_registered_when_a_person_says_so(office, plan, choice, exists, ended):
    address = to_check(office, plan, as_csv(city("a")), "a.csv")
    take(office, address, **{"department-0": choice})
    answer = YearlyStatus.objects.get(report__fiscal_year=2015, item__number=2)
    assert answer.department.name == "見本活動課"
    assert bool(answer.department.in_force_until) is ended
    first = YearlyStatus.objects.get(report__fiscal_year=2015, item__number=1)
    assert "【関係課】見本福祉課" in first.text


def test_an_item_that_matches_two_must_be_chosen(office, plan):
    measure = factories.make_measure(plan, policy_number=2)
    for _ in range(2):
        factories.make_item(measure, name="見本の利用者数", content="")
    response = office.get(to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    assert form_of(response)["item-0"] == [""]
    assert "「見本の利用者数」がどの項目か、選んでください" in said(response)


def test_an_item_outside_the_list_is_named_by_its_number(office, plan):
    measure = factories.make_measure(plan, policy_number=2)
    item = factories.make_item(measure, name="見本の利用者", content="")
    other = factories.make_item(measure, name="遠い名前", content="")
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    data = answers_of(office.get(address), **{"code-0": other.code}) | {"take": ""}
    assert office.post(address, data).status_code == 302
    answered = set(YearlyStatus.objects.values_list("item", flat=True))
    assert other.pk in answered
    assert item.pk not in answered


def test_a_past_year_keeps_its_own_numbers_and_words(office, plan):
    measure = factories.make_measure(plan, policy_number=7)
    item = factories.make_item(measure, name="いまの名前", content="いまの内容")
    rows = [["番号", "項目", "内容", "実績"], ["2-1-5", "昔の名前", "昔の内容", "行った"]]
    address = to_check(office, plan, as_csv(rows), "a.csv", year="H25")
    assert take(office, address, **{"item-0": str(item.pk)}).status_code == 302
    row = publish(AnnualReport.objects.get(), by=None).rows.get()
    assert (row.code, row.item_name, row.content) == ("2-1-5", "昔の名前", "昔の内容")
    item.refresh_from_db()
    assert (item.code, item.name) == ("7-1-1", "いまの名前")
    assert row.public_id == item.public_id


def test_an_item_of_before_does_not_come_into_the_next_year(office, plan):
    factories.make_status(factories.make_report(plan, 2020), factories.make_item(factories.make_measure(plan)))
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    assert set(ActionItem.objects.filter(name__startswith="見本").values_list("ended", flat=True)) == {True}


def test_a_year_is_taken_back_while_it_is_not_published(office, plan):
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    report = AnnualReport.objects.get()
    address = f"/admin/past/{report.pk}/undo/"
    response = office.post(address, form_of(office.get(address)), follow=True)
    assert "取り込みを取り消しました（回答2件）" in said(response)
    assert not AnnualReport.objects.exists()
    assert YearlyStatus.history.filter(history_type="-").count() == 2


def test_a_file_is_dropped_when_the_person_says_so(office, plan, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "uploads").mkdir()
    address = upload(office, plan, as_csv(city("c")), "c.csv").url
    office.post(office.post(address, {"cancel": ""}).url)
    assert list((tmp_path / "uploads").iterdir()) == []
    assert not Measure.objects.exists()


def test_an_item_that_is_worded_otherwise_in_another_year_of_the_file_is_one_item(office, plan):
    rows = [
        ["年度", "番号", "事業名", "事業内容", "実績"],
        ["H27", "1-1-1", "広報紙", "紙を配る", "4回"],
        ["H28", "1-1-1", "広報紙", "紙と電子で配る", "5回"],
    ]
    assert take(office, to_check(office, plan, as_csv(rows), "a.csv")).status_code == 302
    item = ActionItem.objects.get()
    assert (item.code, item.content, item.ended) == ("1-1-1", "紙を配る", False)
    editions = [publish(report, by=None) for report in AnnualReport.objects.order_by("fiscal_year")]
    assert [edition.rows.get().content for edition in editions] == ["紙を配る", "紙と電子で配る"]
    assert {edition.rows.get().public_id for edition in editions} == {item.public_id}


def test_a_line_that_is_left_brings_nothing(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    assert take(office, address, **{"item-0": "leave"}).status_code == 302
    assert [item.name for item in ActionItem.objects.all()] == ["見本施設の開設"]


def test_other_headings_are_looked_at_before_they_are_taken(office, plan):
    rows = [["表の題", "", ""], *([["番号", "項目", "実績"], ["1-1-1", "学習会", "3回"]])]
    address = upload(office, plan, as_csv(rows), "c.csv").url
    response = send(office, address, "again", first="1", count="2")
    assert response.url == address
    assert form_of(office.get(address))["first"] == ["1"]


def test_nobody_is_asked_for_a_year_long_past(office, plan):
    take(office, to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    assert not years_under_way()
    assert [report.fiscal_year for report, _ in waiting_years()] == [2015]
    publisher = signed_in(factories.make_person(PUBLISHER))
    assert "平成27年度" in said(publisher.get("/admin/"))


def test_rows_that_name_no_policy_are_told_of(office, plan):
    factories.make_measure(plan)
    response = office.get(to_check(office, plan, as_csv(city("b")), "b.csv"))
    assert "2行目：施策が表に書かれていません" in said(response)


def test_two_plans_may_report_on_one_year(office, plan):
    factories.make_status(factories.make_report(plan, 2015), factories.make_item(factories.make_measure(plan)))
    other = factories.make_plan("別の計画")
    take(office, to_check(office, other, as_csv(city("c")), "c.csv", year="H27"))
    assert {report.plan.title for report in AnnualReport.objects.filter(fiscal_year=2015)} == {"見本計画", "別の計画"}


def test_a_plans_own_categories_are_found_by_their_words(office, plan):
    for order, code in enumerate("ABF", 1):
        facts = {"label": code, "definition": "見本", "order": order, "meaning": "done", "pattern": PATTERNS[order]}
        PlanCategory.objects.create(plan=plan, code=code.lower(), **facts)
    response = office.get(to_check(office, plan, as_csv(city("c")), "c.csv", year="H27"))
    assert (form_of(response)["word-0"], form_of(response)["word-1"]) == (["b"], ["f"])


def test_the_pages_ask_the_database_as_often_however_long_the_table_is(office, plan):
    counts = []
    for items in (3, 60):
        rows = [["番号", "項目", "実績"], *([f"1-1-{number}", f"項目{number}", "した"] for number in range(1, items))]
        address = to_check(office, plan, as_csv(rows), "a.csv", year=f"H{items % 20 + 10}")
        with CaptureQueriesContext(connection) as asked:
            office.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 25


def test_columns_of_two_years_give_the_table_no_year_of_its_own(office, plan):
    rows = [["項目", "平成27年度実績", "平成28年度実績", "備考"], ["学習会", "3回", "4回", "前年同"]]
    form = form_of(office.get(to_columns(office, plan, as_csv(rows), "平成28年度.csv")))
    assert form["year"] == [""]
    assert [form[f"year-{index}"] for index in (1, 2, 3)] == [["2015"], ["2016"], ["2016"]]
