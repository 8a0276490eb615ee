"""The way of a newcomer: a file, its table, its columns, what comes in; and what is refused on that way."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from actionplan.models import ActionItem, AnnualReport, Measure, Policy, State, TableMapping, YearlyStatus
from actionplan.permissions import COORDINATOR
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import FormReader, signed_in
from tests.past.tables import FORMATS, as_csv, as_xlsx, city

pytestmark = pytest.mark.django_db
START = "/admin/past/"


@pytest.fixture
def plan():
    return factories.make_plan("見本計画")


@pytest.fixture
def office(plan):
    return signed_in(factories.make_person(COORDINATOR, username="jimukyoku"))


def upload(office: Client, plan, data: bytes, name: str):
    return office.post(START, {"plan": plan.pk, "file": SimpleUploadedFile(name, data)})


def form_of(response) -> dict:
    reader = FormReader("past-form")
    reader.feed(response.content.decode())
    return reader.data


def send(office: Client, address: str, button: str, **changes):
    """Presses a button of the page as it is shown, with some boxes filled in otherwise."""
    data = form_of(office.get(address)) | changes
    return office.post(address, data | {button: ""})


def to_columns(office: Client, plan, data: bytes, name: str) -> str:
    response = upload(office, plan, data, name)
    assert response.status_code == 302, said(response)
    response = send(office, response.url, "next")
    assert response.status_code == 302, said(response)
    return response.url


def to_check(office: Client, plan, data: bytes, name: str, **columns) -> str:
    address = to_columns(office, plan, data, name)
    response = send(office, address, "next", **columns)
    assert response.status_code == 302, said(response)
    return response.url


def said(response) -> str:
    """The words of the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def answers_of(response, **changes) -> dict:
    """Every box of the last page that is still open, answered: new, words kept, titles given, the source named."""
    data = form_of(response)
    page = response.content.decode()
    for name in re.findall(r'name="((?:word|department|item)-\d+)"', page):
        if not data.get(name, [""])[0]:
            data[name] = {"word": "unset", "department": "none", "item": "new"}[name.partition("-")[0]]
    for name in re.findall(r'name="((?:title|source)-[\d-]+)"', page):
        if not data.get(name, [""])[0]:
            data[name] = "見本"
    return data | changes


def take(office: Client, address: str, **changes):
    return office.post(address, answers_of(office.get(address), **changes) | {"take": ""})


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
    assert first.history.get().history_user.username == "jimukyoku"


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
    assert [answer.item.code for answer in YearlyStatus.objects.order_by("item__number")] == ["2-1-1", "2-1-2"]
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
    known = TableMapping.objects.get()
    assert known.roles["4"] == "text"
    assert known.history.get().history_user.username == "jimukyoku"
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


def test_two_rows_on_one_item_are_refused_by_their_places(office, plan):
    item = factories.make_item(factories.make_measure(plan, policy_number=2), name="別のもの")
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    response = take(office, address, **{"item-0": str(item.pk), "item-1": str(item.pk)})
    assert response.status_code == 422
    assert "同じ項目（2-1-1）を選んでいます" in said(response)


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


def test_a_file_is_dropped_when_the_person_says_so(office, plan, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "uploads").mkdir()
    address = upload(office, plan, as_csv(city("c")), "c.csv").url
    office.post(address, {"cancel": ""})
    assert list((tmp_path / "uploads").iterdir()) == []
    assert not Measure.objects.exists()
