"""The scale on the plan's page: its rows are judged together, and what is used stays."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from actionplan.models import Plan, PlanCategory
from actionplan.publishing.publish import publish
from actionplan.scale import DEFAULT
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.scales.plans import give_scale, make_year
from tests.trail.watch import Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return give_scale(factories.make_plan(), "a-d")


def post(plan, client=None, **changes):
    """The plan's page sent with changes: label_0="…" is the name of the first category."""
    client = client or signed_in()
    form = form_of(client.get(change_url(plan)), "plan_form")
    named = {f"categories-{key.rpartition('_')[2]}-{key.rpartition('_')[0]}": value for key, value in changes.items()}
    rows = max((int(key.split("-")[1]) for key in named), default=-1) + 1
    form["categories-TOTAL_FORMS"] = [str(max(rows, int(form["categories-TOTAL_FORMS"][0])))]
    return client.post(change_url(plan), {**form, **named}, follow=True).content.decode()


def errors(html):
    """What the page refuses, in a list."""
    return re.findall(r'class="errorlist.*?</ul>', html, re.S)


def new(index, **facts):
    facts = {"order": 9, "code": "S", "label": "S", "meaning": "done", "pattern": "rings", "plan": "", **facts}
    return {f"{name}_{index}": value for name, value in facts.items()}


def codes(plan):
    return list(plan.categories.values_list("code", flat=True))


def test_a_new_plan_that_says_nothing_gets_the_usual_six_with_their_record():
    client, watch = signed_in(), Watch()
    form = form_of(client.get("/admin/actionplan/plan/add/"), "plan_form")
    client.post(
        "/admin/actionplan/plan/add/", {**form, "title": "新計画", "municipality": "市", "municipality_code": "000000"}
    )
    assert codes(Plan.objects.get()) == [each.code for each in DEFAULT.categories]
    assert Plan.objects.get().scale == DEFAULT
    assert sum(record.kind == "進捗区分" for record in watch.found()) == 6


def test_a_category_is_added_and_renamed_with_a_record(plan):
    post(plan, label_0="最上", **new(5))
    assert codes(plan) == ["A", "B", "C", "D", "unset", "S"]
    assert plan.categories.get(code="A").label == "最上"
    assert plan.categories.get(code="A").history.count() == 2


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"code": "A"}, "同じ記号の進捗区分があります。記号は、区分ごとに別のものにしてください。"),
        ({"code": "é"}, "記号は、半角の英数字と下線"),
        ({"code": "a b"}, "記号は、半角の英数字と下線"),
        ({"code": "S\x00"}, "何か文字を入力してください。"),
        ({"label": "Ａ"}, "同じ名前の進捗区分があります（全角・半角は区別しません）：「A」「Ａ」"),
        ({"label": "未 設定"}, "同じ名前の進捗区分があります"),
        ({"label": "1,2"}, "半角のコンマ"),
        ({"label": '"A"'}, "引用符"),
        ({"label": "　"}, "空白だけ"),
        ({"label": "長" * 21}, "20"),
        ({"pattern": "solid"}, "グラフの模様が同じ進捗区分があります：「A」「S」"),
        ({"meaning": "unset"}, "にあたるのは、記号が unset の区分だけです。"),
    ],
)
def test_what_nobody_could_answer_by_is_refused_and_nothing_is_saved(plan, facts, sentence):
    html = post(plan, label_1="次", **new(5, **facts))
    assert sentence in html, errors(html)
    assert codes(plan) == ["A", "B", "C", "D", "unset"]
    assert plan.categories.get(code="B").label == "B"


def test_two_codes_that_are_the_same_are_told_in_japanese(plan):
    assert "code" not in "".join(re.sub(r'id="[^"]*"', "", found) for found in errors(post(plan, **new(5, code="A"))))


def test_more_names_than_a_workbook_can_list_are_refused(plan):
    more = {}
    for number in range(5, 11):
        more |= new(number, code=f"S{number}", label=f"{number}" + "長い名前" * 4, pattern="rings")
    html = post(plan, **more)
    assert "選べる進捗区分は10個までです" not in html
    assert "グラフの模様が同じ進捗区分があります" in html
    assert codes(plan) == ["A", "B", "C", "D", "unset"]


def test_a_category_in_use_can_be_renamed_and_retired_but_not_deleted_nor_called_by_another_code(plan):
    make_year("a-d", plan=plan)
    assert "この進捗区分は回答で使われているため、削除できません。" in post(plan, DELETE_0="on")
    assert "「A」は回答か公表した版で使われているため、記号を変えることはできません。" in post(plan, code_0="X")
    assert codes(plan) == ["A", "B", "C", "D", "unset"]
    post(plan, label_0="最上", retired_0="on")
    assert (plan.categories.get(code="A").label, plan.categories.get(code="A").retired) == ("最上", True)


def test_the_same_holds_for_what_only_an_edition_bears(plan):
    report = make_year("a-d", plan=plan)
    publish(report, by=None)
    report.statuses.update(progress="unset")
    html = post(plan, DELETE_0="on")
    assert "公表済みの「平成21年度（2009年度） 第1版」のもとになっているため、削除できません。" in html
    with pytest.raises(ProtectedError):
        plan.categories.get(code="A").delete()
    row = plan.categories.get(code="A")
    row.code = "X"
    with pytest.raises(ValidationError):
        row.save()


def test_what_nobody_uses_may_be_deleted(plan):
    post(plan, DELETE_1="on")
    assert codes(plan) == ["A", "C", "D", "unset"]


@pytest.mark.parametrize("change", [{"DELETE_4": "on"}, {"retired_4": "on"}])
def test_not_set_stays(plan, change):
    assert "「未設定」は、まだ選んでいないことを表す区分なので" in post(plan, **change)
    assert codes(plan) == ["A", "B", "C", "D", "unset"]


def test_a_scale_of_nothing_is_refused(plan):
    html = post(plan, **{f"DELETE_{number}": "on" for number in range(4)})
    assert "選べる進捗区分がありません。" in html
    assert len(codes(plan)) == 5


def test_a_plan_that_went_by_the_usual_scale_without_rows_cannot_lose_what_is_used():
    plan = factories.make_plan()
    factories.make_status(factories.make_report(plan), progress="done")
    html = post(plan, **new(0))
    assert "使われている区分がなくなります：done" in html
    assert codes(plan) == []


def test_who_may_only_read_changes_nothing(plan):
    reader = signed_in(factories.make_person("閲覧者"))
    assert "最上" not in post(plan, reader, label_0="最上")
    assert plan.categories.get(code="A").label == "A"


def test_the_coordinators_office_may(plan):
    post(plan, signed_in(factories.make_person("事務局")), label_0="最上")
    assert plan.categories.get(code="A").label == "最上"


def test_a_plan_may_still_be_deleted_with_its_scale(plan):
    plan.delete()
    assert not PlanCategory.objects.exists()
