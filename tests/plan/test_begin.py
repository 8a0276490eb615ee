"""A new plan: empty, a copy of the one before, or from one table; and the lineage that staff draw."""

import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from actionplan.answers.sheet import CONTINUED, MERGED, NEW, answer_sheet
from actionplan.models import ActionItem, AnnualReport, Area, Figure, Measure, Plan, Policy, Tag
from actionplan.plan.begin import KNOWN, NUMBERS, TITLES, begin_plan
from actionplan.round.opening import opening_of
from actionplan.round.years import open_year
from actionplan.uploads import Table
from tests import factories

HEAD = "施策番号,施策名,取組番号,取組名,項目番号,項目名,アクションプランの内容,主体,担当課,前の計画の項目\r\n"
BEGIN = "/admin/plan/begin/"


@pytest.fixture
def before(db):
    plan = factories.make_plan("第1次計画")
    plan.office = factories.make_department("市民協働課")
    plan.newsletter = "広報「つしま」"
    plan.save()
    measure = factories.make_measure(plan)
    factories.make_item(measure, name="続く項目", marks="★◎", lead_department=plan.office)
    factories.make_item(measure, name="終わった項目", ended=True)
    return plan


@pytest.fixture
def office(client, before):
    client.force_login(factories.make_person("事務局"))
    return client


def wish(before, **more):
    return {
        "title": "第2次計画",
        "short_name": "第2次",
        "slug": "dai2",
        "predecessor": before.pk,
        "way": "copy",
        **more,
    }


def table(*rows: str, name: str = "項目.csv"):
    file = io.BytesIO(("\ufeff" + HEAD + "\r\n".join(rows)).encode())
    file.name = name
    return file


def begun() -> Plan:
    return Plan.objects.get(title="第2次計画")


def test_a_copy_takes_over_the_tree_and_draws_each_item_as_continued(office, before):
    page = office.post(BEGIN, wish(before), follow=True).content.decode()
    assert "計画「第2次計画」を始めました（1項目）。" in page
    plan = begun()
    [item] = ActionItem.objects.filter(measure__policy__plan=plan)
    [old] = item.origins.all()
    assert (item.name, old.name, item.code) == ("続く項目", "続く項目", "1-1-1")
    assert item.public_id != old.public_id
    assert {actor.symbol for actor in item.actors.all()} == {"★", "◎"}
    assert item.lead_department == before.office
    assert (plan.slug, plan.office, plan.newsletter, plan.municipality) == (
        "dai2",
        before.office,
        "広報「つしま」",
        "対馬市",
    )


def test_a_copy_brings_areas_tags_and_figures_without_the_targets_of_the_years_before(office, before):
    old = ActionItem.objects.get(name="続く項目")
    old.areas.set([Area.objects.create(name="東の地域", order=1)])
    old.tags.set([Tag.objects.create(name="学び")])
    Figure.objects.create(item=old, name="参加者数", unit="人", baseline="80", targets="2013＝100")
    office.post(BEGIN, wish(before))
    [item] = ActionItem.objects.filter(measure__policy__plan=begun())
    assert [area.name for area in item.areas.all()] == ["東の地域"]
    assert [tag.name for tag in item.tags.all()] == ["学び"]
    [figure] = item.figures.all()
    assert (figure.name, figure.unit, figure.baseline, figure.targets) == ("参加者数", "人", "80", "")


def test_every_row_leaves_one_record_that_says_why(office, before):
    office.post(BEGIN, wish(before))
    plan = begun()
    measure = Measure.objects.get(policy__plan=plan)
    for row in (plan, measure.policy, measure, measure.items.get()):
        assert [record.history_change_reason for record in row.history.all()] == ["新しい計画を始める"]
    assert plan.history.get().history_user is not None


def test_an_empty_plan_begins_empty(office, before):
    office.post(BEGIN, wish(before, way="empty", slug=""))
    assert begun().slug == "2"
    assert not begun().policies.exists()


def test_a_table_makes_the_whole_tree(office, before):
    rows = (
        "1,意識,1,広報,1,講座を開く,年3回,●,市民協働課,1-1-1",
        "1,意識,1,広報,2,知らせる,毎月,★,,",
        "2,場,1,場所,1,部屋,開く,,,",
    )
    office.post(BEGIN, wish(before, way="file", table=table(*rows)))
    items = {item.code: item for item in ActionItem.objects.filter(measure__policy__plan=begun())}
    assert [(code, item.name) for code, item in items.items()] == [
        ("1-1-1", "講座を開く"),
        ("1-1-2", "知らせる"),
        ("2-1-1", "部屋"),
    ]
    assert [old.name for old in items["1-1-1"].origins.all()] == ["続く項目"]
    assert items["1-1-1"].lead_department.name == "市民協働課"
    assert Policy.objects.filter(plan=begun()).count() == 2


def test_a_table_may_go_without_contents(office, before):
    bare = Table((*NUMBERS, *TITLES), [("1", "1", "1", "意識", "広報", "講座を開く")])
    plan = begin_plan(Plan(title="内容のない計画"), table=bare, by=None)
    assert ActionItem.objects.get(measure__policy__plan=plan).content == ""
    office.post(BEGIN, wish(before, way="file", table=table("1,意識,1,広報,1,名,,●,,")))
    assert ActionItem.objects.get(measure__policy__plan=begun()).content == ""


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["約1,意識,1,広報,1,名,内容,●,,"], "A2「施策番号」：「約1」は番号として読めません"),
        (["1,意識,1,広報,1,,内容,●,,"], "F2「項目名」：空です"),
        (["1,意識,1,広報,1,名,内容,☆,,"], "H2「主体」：主体「☆」は使えません"),
        (["1,意識,1,広報,1,名,内容,●,ない課,"], "I2「担当課」：担当課「ない課」はありません"),
        (["1,意識,1,広報,1,名,内容,●,,9-9-9"], "J2「前の計画の項目」：「9-9-9」は、前の計画の項目番号ではありません"),
        (["1,意識,1,広報,1,名,内容,●,,"] * 2, "3行目：項目番号1-1-1は、2行目にもあります"),
        (["1,意識,1,広報,1,名,内容,●,,", "1,別,1,広報,2,名,内容,●,,"], "3行目「施策名」：2行目では「意識」です"),
    ],
)
def test_a_table_that_cannot_be_taken_is_answered_by_place_and_nothing_is_stored(office, before, rows, sentence):
    page = office.post(BEGIN, wish(before, way="file", table=table(*rows))).content.decode()
    assert sentence in page
    assert not Plan.objects.filter(title="第2次計画").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "第1次計画"}, "計画名"),
        ({"slug": "第2次"}, "半角の英小文字・数字・ハイフンで入力してください。"),
        ({"slug": "1"}, "アドレスの名前"),
        ({"predecessor": ""}, "前の計画から写すときは、前の計画を選んでください。"),
        ({"way": "file"}, "項目の一覧のファイルを選んでください。"),
        ({"start_year": "2015", "end_year": "2010"}, "終わりの年度は、始まりの年度より前にできません。"),
    ],
)
def test_a_wish_that_cannot_be_is_answered_with_a_sentence(office, before, change, sentence):
    page = office.post(BEGIN, wish(before, **change)).content.decode()
    assert sentence in page
    assert Plan.objects.count() == 1


def test_a_file_of_another_kind_is_refused(office, before):
    page = office.post(BEGIN, wish(before, way="file", table=table("x", name="項目.pdf"))).content.decode()
    assert "CSV（.csv）、Excel（.xlsx）、LibreOffice（.ods）の表を選んでください。" in page


def test_the_slug_stays(office, before):
    before.slug = "other"
    with pytest.raises(Exception, match="アドレスの名前は変えられません"):
        before.full_clean()
    assert 'name="slug"' not in office.get(f"/admin/actionplan/plan/{before.pk}/change/").content.decode()


def test_a_plan_cannot_follow_itself(before):
    later = factories.make_plan("第2次計画")
    later.predecessor, before.predecessor = before, later
    later.save()
    with pytest.raises(Exception, match="この計画に戻ってしまいます"):
        before.full_clean()


@pytest.fixture
def lineage(office, before):
    office.post(BEGIN, wish(before))
    return f"/admin/plan/{begun().pk}/lineage/"


def seal(client, address) -> str:
    return client.get(address).context["lineage"].seal


def test_the_lineage_is_drawn_by_codes(office, lineage):
    [item] = ActionItem.objects.filter(measure__policy__plan=begun())
    sent = {"seen": seal(office, lineage), f"codes-{item.pk}": "1-1-1、1-1-2"}
    page = office.post(lineage, sent, follow=True).content.decode()
    assert "引き継ぎを1項目で決め直しました。" in page
    assert [old.code for old in item.origins.all()] == ["1-1-1", "1-1-2"]
    assert item.history.first().history_change_reason == "項目の引き継ぎを決める"
    assert item.history.count() == 2


def test_an_unknown_code_is_named_and_nothing_is_drawn(office, lineage):
    [item] = ActionItem.objects.filter(measure__policy__plan=begun())
    page = office.post(lineage, {"seen": seal(office, lineage), f"codes-{item.pk}": "7-7-7"}).content.decode()
    assert "「7-7-7」は、前の計画の項目番号ではありません。" in page
    assert 'value="7-7-7"' in page
    assert [old.code for old in item.origins.all()] == ["1-1-1"]


def test_what_was_drawn_meanwhile_is_not_overwritten(office, lineage):
    [item] = ActionItem.objects.filter(measure__policy__plan=begun())
    seen = seal(office, lineage)
    item.origins.clear()
    page = office.post(lineage, {"seen": seen, f"codes-{item.pk}": "1-1-1"}).content.decode()
    assert "表示したあとに、項目か引き継ぎが変わりました。" in page
    assert not item.origins.exists()


def test_who_may_not_write_the_plan_may_not_begin_or_draw_one(client, before):
    client.force_login(factories.make_person("担当者"))
    assert client.post(BEGIN, wish(before)).status_code == 403
    assert client.get(f"/admin/plan/{before.pk}/lineage/").status_code == 403


def test_the_command_begins_a_plan_too(before, tmp_path, capsys):
    call_command("begin_plan", "第2次計画", "--after", "1", "--copy", "--slug", "dai2")
    assert "計画「第2次計画」を始めました（1項目）。" in capsys.readouterr().out
    file = tmp_path / "項目.csv"
    file.write_bytes(table("1,意識,1,広報,1,講座を開く,年3回,●,,").read())
    call_command("begin_plan", "第3次計画", "--after", "第2次計画", "--file", str(file))
    assert ActionItem.objects.filter(measure__policy__plan__title="第3次計画").count() == 1
    with pytest.raises(CommandError, match="という計画はありません"):
        call_command("begin_plan", "第4次計画", "--after", "x")


def test_a_fixture_of_before_names_the_first_plans_report_by_its_year(before):
    report = factories.make_report(before, fiscal_year=2009)
    assert AnnualReport.objects.get_by_natural_key(2009) == report
    assert report.natural_key() == ("2009",)


def test_the_first_year_stands_beside_the_last_one_of_the_plan_before(office, before):
    old = ActionItem.objects.get(name="続く項目")
    factories.make_status(factories.make_report(before, fiscal_year=2014), old, text="前の計画の文", progress="done")
    office.post(BEGIN, wish(before))
    plan = begun()
    added = factories.make_item(plan.policies.get().measures.get(), name="新しい項目")
    opening = opening_of(plan, 2015)
    assert [(each.item.name, each.kind) for each in opening.coming] == [("続く項目", CONTINUED), ("新しい項目", NEW)]
    open_year(plan, 2015, by=None)
    continued, new = answer_sheet(plan.reports.get())
    assert (continued.kind, continued.last_of("text")) == (CONTINUED, "前の計画の文")
    assert (new.kind, new.last_of("text"), new.status.item) == (NEW, "", added)


def test_an_item_that_joins_two_of_the_plan_before_shows_both(office, before):
    report = factories.make_report(before, fiscal_year=2014)
    for number, item in enumerate(ActionItem.objects.filter(measure__policy__plan=before), 1):
        factories.make_status(report, item, text=f"文{number}")
    office.post(BEGIN, wish(before))
    [item] = ActionItem.objects.filter(measure__policy__plan=begun())
    item.origins.set(ActionItem.objects.filter(measure__policy__plan=before))
    assert [each.kind for each in opening_of(begun(), 2015).coming] == [MERGED]
    open_year(begun(), 2015, by=None)
    [row] = answer_sheet(begun().reports.get())
    assert (row.kind, row.last_of("text")) == (MERGED, "【1-1-1】文1\n【1-1-2】文2")


def test_two_plans_report_on_one_year_and_no_key_is_given_twice(before):
    other = factories.make_plan("第2次計画")
    reports = [factories.make_report(plan, fiscal_year=2009) for plan in (other, before)]
    assert [report.key for report in reports] == ["2009-2", "2009"]
    assert [str(report) for report in reports] == [
        "平成21年度（2009年度）　第2次計画",
        "平成21年度（2009年度）　第1次計画",
    ]


def test_the_plan_is_named_beside_a_year_while_there_are_several(before):
    def names() -> list[str]:
        return [str(report) for report in AnnualReport.objects.order_by("fiscal_year", "plan")]

    factories.make_report(before)
    assert names() == ["平成21年度（2009年度）"]
    other = factories.make_plan("第2次計画")
    assert names() == ["平成21年度（2009年度）　第1次計画"]
    factories.make_report(other, fiscal_year=2010)
    before.short_name = "第1次"
    before.save()
    assert names() == ["平成21年度（2009年度）　第1次", "平成22年度（2010年度）　第2次計画"]
    assert [report.short_label for report in AnnualReport.objects.order_by("fiscal_year")] == [
        "平成21年度　第1次",
        "平成22年度　第2次計画",
    ]
    AnnualReport.objects.get(plan=other).delete()
    other.delete()
    assert names() == ["平成21年度（2009年度）"]


def test_what_stands_beside_a_year_is_no_change_of_it(before):
    report = factories.make_report(before)
    factories.make_plan("第2次計画")
    assert report.history.count() == 1
    assert not hasattr(report.history.get(), "plan_name")


def test_the_lists_tell_the_policies_of_two_plans_apart(office, before):
    assert "試験" not in office.get("/admin/actionplan/actionitem/").content.decode()
    office.post(BEGIN, wish(before))
    page = office.get("/admin/actionplan/actionitem/").content.decode()
    assert "第2次　施策1" in page
    assert "第1次計画　施策1" in page


def test_the_empty_table_has_every_heading_that_the_page_names(office):
    file = openpyxl.load_workbook(io.BytesIO(office.get(f"{BEGIN}items.xlsx").content))
    assert {cell.value for cell in file.active[1]} == set(KNOWN)


def test_the_first_plan_is_asked_for_the_city_and_for_no_plan_before_it(client, db):
    client.force_login(factories.make_person("事務局"))
    form = client.get(BEGIN).context["form"]
    assert {"municipality", "municipality_code"} <= form.fields.keys()
    assert "predecessor" not in form.fields
    refused = client.post(BEGIN, {"title": "計画", "way": "empty", "municipality": "試験市", "municipality_code": "12"})
    assert "6桁の数字で入力してください。" in refused.content.decode()
    client.post(BEGIN, {"title": "計画", "way": "empty", "municipality": "試験市", "municipality_code": "012345"})
    assert Plan.objects.get().municipality == "試験市"


def test_without_a_legend_nothing_asks_for_marks_and_a_refusal_says_once_where_they_are_decided(client, db):
    client.force_login(factories.make_person("事務局"))
    page = client.get(BEGIN).content.decode()
    assert "「主体」" not in page
    assert '<a href="/admin/actionplan/actortype/">主体の記号を決めて</a>' in page
    headings = openpyxl.load_workbook(io.BytesIO(client.get(f"{BEGIN}items.xlsx").content)).active[1]
    assert "主体" not in [cell.value for cell in headings]
    rows = [f"1,意識,1,広報,{number},名{number},内容,市,,".removesuffix(",") for number in (1, 2)]
    sent = {"title": "初", "municipality": "試験市", "municipality_code": "012345", "way": "file"}
    file = io.BytesIO(("\ufeff" + HEAD.replace(",前の計画の項目", "") + "\r\n".join(rows)).encode())
    file.name = "項目.csv"
    refused = client.post(BEGIN, sent | {"table": file}).content.decode()
    assert refused.count("主体の記号が、まだ決まっていません。「主体の記号」の一覧で決めるか") == 1


def test_a_first_plan_that_began_leads_on_to_opening_its_year_and_back_to_the_steps(client, db):
    client.force_login(factories.make_person("事務局"))
    sent = {"title": "初", "municipality": "試験市", "municipality_code": "012345", "way": "empty"}
    page = client.post(BEGIN, sent, follow=True).content.decode()
    assert f'href="/admin/round/open/?plan={Plan.objects.get().pk}"' in page
    assert '<a href="/admin/first-year/">はじめの年の手順</a>：次は「担当課を登録する」です。' in page
