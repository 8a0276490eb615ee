"""What our own data say beyond an answer: read to the letter, laid beside the plan as it is now, or told why not."""

import json

import pytest

from actionplan.models import (
    ActionItem,
    AnnualReport,
    Area,
    Department,
    Evidence,
    Measure,
    Partner,
    Plan,
    Tag,
    Voice,
    YearlyStatus,
)
from actionplan.past.matching import Proposal
from actionplan.past.own_columns import origin_said, voices_said
from actionplan.publishing.publish import publish
from tests import factories
from tests.past.tables import as_csv, reading_of, taken_in
from tests.past.walking import form_of, said, take, to_check

pytestmark = pytest.mark.django_db
FACTS = {
    "ID": "422096-2015-bcdfghjk",
    "年度_西暦": "2015",
    "年度_和暦": "平成27年度",
    "施策番号": "1",
    "施策名": "施策",
    "取組番号": "1",
    "取組名": "取組",
    "項目番号": "1",
    "項目名": "学習会",
    "アクションプランの内容": "開く",
    "実施状況": "開いた",
    "備考": "",
}


def own(**more) -> bytes:
    facts = FACTS | more
    return as_csv([[*facts], [*facts.values()]])


def test_an_items_plan_of_now_stays_and_the_year_keeps_its_own_names(plan, coordinator):
    item = factories.make_item(factories.make_measure(plan), name="学習会", content="開く", public_id="bcdfghjk")
    item.areas.set([Area.objects.create(name="東", order=1)])
    taken = taken_in(plan, own(地域="西、南", タグ="防災"), "a.csv", coordinator)
    row = publish(taken.reports[0], by=None).rows.get()
    assert (row.areas, row.tags) == (["西", "南"], ["防災"])
    assert [area.name for area in item.areas.all()] == ["東"]
    assert not Tag.objects.exists()


def test_the_items_of_the_plan_before_are_drawn_where_they_are_known_and_kept_in_words(plan, coordinator):
    known = factories.make_item(factories.make_measure(factories.make_plan("前の計画")), name="もと；：の項目")
    Plan.objects.filter(pk=plan.pk).update(predecessor=known.measure.policy.plan)
    words = f"{known.public_id}：2-(1)-①：もと；：の項目；zzzzzzzz：1-1-2：知らない項目"
    taken = taken_in(Plan.objects.get(pk=plan.pk), own(前の計画のもとの項目=words), "a.csv", coordinator)
    row = publish(taken.reports[0], by=None).rows.get()
    assert [*row.item.origins.all()] == [known]
    assert row.origins == [
        {"public_id": known.public_id, "code": "2-(1)-①", "name": "もと；：の項目"},
        {"public_id": "zzzzzzzz", "code": "1-1-2", "name": "知らない項目"},
    ]


def test_figures_of_now_stay_and_the_year_keeps_its_own(plan, coordinator):
    facts = {
        "指標1_名称": "参加者数",
        "指標1_単位": "人",
        "指標1_基準値": "80",
        "指標1_目標値": "100",
        "指標1_実績値": "96",
    }
    taken = taken_in(plan, own(**facts), "a.csv", coordinator)
    figure = ActionItem.objects.get().figures.get()
    figure.baseline = "70"
    figure.save()
    [told] = publish(taken.reports[0], by=None).rows.get().figures
    assert (told["baseline"], told["target"], told["values"]) == ("70", "100", {"実績": "96"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("【甲】した", [("甲", "した")]),
        ("【甲】した\n次の行\n【乙】しない", [("甲", "した\n次の行"), ("乙", "しない")]),
        ("だれの文か", [("", "だれの文か")]),
        ('[{"name": "甲", "text": "【乙】した"}]', [("甲", "【乙】した")]),
        ("[壊れた", [("", "[壊れた")]),
    ],
)
def test_texts_of_others_part_at_their_names(text, expected):
    assert [(each.name, each.text) for each in voices_said(text)] == expected


@pytest.mark.parametrize(
    ("remarks", "expected"),
    [
        ("過去の報告（2016年6月1日に公表、出典：市報（号外））；原本の欄名は「実績」", ("2016-06-01", "市報（号外）")),
        ("過去の報告（出典：市報）", ("", "市報")),
        ("過去の報告（2016年6月1日に公表）", ("2016-06-01", "")),
        ("訂正した", ("", "")),
    ],
)
def test_remarks_tell_the_origin(remarks, expected):
    assert origin_said(remarks) == expected


def test_whose_text_it_is_is_asked_and_each_choice_holds(office, plan):
    address = to_check(office, plan, own(**{"関係課・相手方の文": "【浜の会】手伝った\n【昔の課】配った"}), "a.csv")
    page = office.get(address)
    assert "「浜の会」の文をどうするか、選んでください" in said(page)
    assert take(office, address, **{"writer-0": "new-partner", "writer-1": "kept"}).status_code == 302
    voice = Voice.objects.get()
    assert (voice.name, voice.text, voice.state) == ("浜の会", "手伝った", "confirmed")
    assert not Partner.objects.get().active
    assert YearlyStatus.objects.get().text == "開いた\n【昔の課】配った"


def test_a_year_with_texts_of_others_is_taken_back_whole(office, plan):
    address = to_check(office, plan, own(**{"関係課・相手方の文": "【浜の会】手伝った"}), "a.csv")
    take(office, address, **{"writer-0": "new-partner", "source-2015": ""})
    report = AnnualReport.objects.get()
    assert not report.is_past
    undo = f"/admin/past/{report.pk}/undo/"
    office.post(undo, form_of(office.get(undo)))
    assert not AnnualReport.objects.exists()
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    "evidence",
    [
        f"/evidence/{'a' * 64}.jpg",
        "https://example.jp/a",
        json.dumps([{"kind": "picture", "file": f"{'a' * 64}.jpg", "alt": "絵"}]),
        json.dumps([{"file": "../../secret_key", "alt": "x"}]),
        json.dumps([{"url": 7, "caption": ["x"]}]),
        json.dumps([{"file": {"a": 1}}]),
    ],
)
def test_evidence_that_is_not_here_is_told_with_its_place(office, plan, evidence):
    address = to_check(office, plan, own(資料=evidence), "a.csv")
    assert "2行目：資料「" in said(office.get(address))
    assert take(office, address).status_code == 302
    assert not Evidence.objects.exists()


def test_a_link_comes_back_with_its_caption(office, plan):
    data = own(資料=json.dumps([{"kind": "link", "url": "https://example.jp/a", "caption": "案内"}]))
    take(office, to_check(office, plan, data, "a.csv"))
    assert (Evidence.objects.get().url, Evidence.objects.get().caption) == ("https://example.jp/a", "案内")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.jp/a"])
def test_a_link_that_is_none_is_refused_with_its_place(office, plan, url):
    data = own(資料=json.dumps([{"kind": "link", "url": url, "caption": "案内"}]))
    response = take(office, to_check(office, plan, data, "a.csv"))
    assert response.status_code == 422
    assert "2行目：資料：「アドレス」https:// か http:// で始まる" in said(response)
    assert not AnnualReport.objects.exists()


def test_a_figure_that_is_no_number_is_refused_with_its_place(office, plan):
    facts = {"指標1_名称": "参加者数", "指標1_単位": "人", "指標1_実績値": "約120"}
    response = take(office, to_check(office, plan, own(**facts), "a.csv"))
    assert response.status_code == 422
    assert "2行目：「学習会」の2015年度の文は保存できません" in said(response)
    assert not AnnualReport.objects.exists()


def test_an_area_that_no_name_may_be_is_refused_with_its_place(office, plan):
    response = take(office, to_check(office, plan, own(地域="東/西"), "a.csv"))
    assert response.status_code == 422
    assert "2行目：「東/西」：「地域の名前」「東/西」は使えません" in said(response)


def test_another_name_of_the_era_and_the_mark_of_a_sample_come_back(plan, coordinator):
    data = own(年度_西暦="2019", 年度_和暦="平成31年度", 備考="見本データ")
    report = taken_in(plan, data, "a.csv", coordinator, source="").reports[0]
    assert (report.label_override, report.sample, report.is_past) == ("平成31年度", True, False)


def test_rows_of_another_plan_are_offered_to_be_left_out(plan):
    reading = reading_of(own(計画="別の計画"), "a.csv")
    assert [each.choice for each in Proposal(plan, reading, {}).placed] == ["leave"]
    reading = reading_of(own(計画=plan.title), "a.csv")
    assert [each.choice for each in Proposal(plan, reading, {}).placed] == ["new"]


def test_a_table_of_another_city_is_not_taken_for_ours(plan):
    rows = [["番号", "項目", "実績", "地域", "備考"], ["1-1-1", "学習会", "した", "東", "良い"]]
    [line] = reading_of(as_csv(rows), "a.csv", 2015).lines
    assert ("備考", "良い") in [(heading, words.text) for heading, words in line.kept[2015]]
    assert not any(line.own.values())


def test_the_last_page_shows_what_stands_beside_the_answers_with_its_place(office, plan):
    Partner.objects.create(name="港の会")
    facts = {
        "地域": "西、南",
        "タグ": "防災",
        "関係課・相手方の文": "【港の会】手伝った",
        "指標1_名称": "参加者数",
        "指標1_単位": "人",
        "指標1_基準値": "80",
        "指標1_目標値": "100",
        "指標1_実績値": "96",
        "事業費1_財源": "市費",
        "事業費1_単位": "千円",
        "事業費1_決算額": "12",
    }
    words = said(office.get(to_check(office, plan, own(**facts), "a.csv")))
    for told in (
        "地域 M2 西、南",
        "タグ N2 防災",
        "関係課・相手方の文 O2 【港の会】手伝った",
        "指標 P2 参加者数 単位 人 基準値 80 目標値 100 実績 96",
        "事業費 U2 市費 単位 千円 決算 12",
    ):
        assert told in words


def test_a_writer_that_exists_is_not_offered_as_a_new_one(plan):
    Partner.objects.create(name="港の会")
    [asked] = Proposal(plan, reading_of(own(**{"関係課・相手方の文": "【港の会】した"}), "a.csv"), {}).writers
    assert "new-partner" not in dict(asked.options)


def test_a_department_that_leads_and_writes_is_registered_once(plan, coordinator):
    file = own(**{"担当課": "環境課", "関係課・相手方の文": "【環境課】した"})
    taken_in(plan, file, "a.csv", coordinator, **{"department-0": "new", "writer-0": "new-office"})
    assert Department.objects.filter(name="環境課").count() == 1


def test_a_heading_in_print_is_the_years_and_not_the_plans(plan, coordinator):
    rows = [["項目", "取組の実績（原本）"], ["学習会", "3回"]]
    done = taken_in(plan, as_csv(rows), "a.csv", coordinator, 2015)
    row = publish(done.reports[0], by=None).rows.get()
    assert row.status_heading == "取組の実績（原本）"
    assert Measure.objects.get().status_heading == "実施状況"
