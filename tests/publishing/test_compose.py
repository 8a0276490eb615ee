"""compose(): live tables become rows; a correction keeps the plan's wording."""

import pytest

from actionplan.folding import MARK
from actionplan.models import ActorType, Edition, YearlyStatus
from actionplan.models.edition import CONTENT
from actionplan.publishing.compose import compose, last_edition
from actionplan.publishing.publish import publish, withdraw
from tests import factories

pytestmark = pytest.mark.django_db


def test_rows_stand_in_page_order_whatever_the_order_of_entry():
    report = factories.make_report()
    late = factories.make_measure(report.plan, policy_number=2)
    early = factories.make_measure(report.plan, policy_number=1)
    for measure, number in ((late, 1), (early, 2), (early, 1)):
        factories.make_status(report, factories.make_item(measure, number=number))
    rows = compose(report).rows
    assert [row.code for row in rows] == ["1-1-1", "1-1-2", "2-1-1"]
    assert [row.position for row in rows] == [1, 2, 3]


def test_composing_saves_nothing(real_report):
    draft = compose(real_report)
    assert len(draft.rows) == 38
    assert Edition.objects.count() == 0
    assert all(row.pk is None for row in draft.rows)


def test_only_items_with_a_status_of_the_year_belong_to_it():
    report = factories.make_report()
    kept = factories.make_status(report)
    factories.make_status(factories.make_report(fiscal_year=2010))
    assert [row.item for row in compose(report).rows] == [kept.item]


def test_two_marks_stand_in_the_order_of_the_legend():
    report = factories.make_report()
    factories.make_status(report, factories.make_item(marks="◎★"))
    assert compose(report).rows[0].actor_symbols == "★◎"


def test_the_search_text_is_folded():
    report = factories.make_report()
    factories.make_status(report, factories.make_item(), text="２１校区のマネージャー")
    assert f"{MARK}21{MARK}校区のマネージャ" in publish(report, by=None).rows.get().search_text


def test_a_row_carries_the_department_and_its_contact():
    report = factories.make_report()
    department = factories.make_department("市民協働課", unit="協働係", phone="0920-00-0000")
    factories.make_status(report, factories.make_item(), department=department)
    row = compose(report).rows[0]
    assert row.department_name == "市民協働課 協働係"
    assert row.department_contact["phone"] == "0920-00-0000"


def test_a_later_edit_of_the_plan_does_not_leak_into_a_correction():
    status = factories.make_status()
    publish(status.report, by=None)
    item = status.item
    item.name, item.content, item.number = "新しい名前", "新しい内容", 9
    item.save()
    item.measure.policy.title = "新しい施策名"
    item.measure.policy.save()
    row = compose(status.report).rows[0]
    assert (row.item_name, row.content, row.code) == ("項目", "内容", "1-1-1")
    assert row.policy_title == "題1"
    current = compose(status.report, "current").rows[0]
    assert (current.item_name, current.content, current.code) == ("新しい名前", "新しい内容", "1-1-9")
    assert current.policy_title == "新しい施策名"


def test_a_later_edit_of_the_guideline_does_not_leak_either():
    status = factories.make_status()
    publish(status.report, by=None)
    plan = status.report.plan
    plan.purpose = "新しい目的"
    plan.save()
    assert compose(status.report).front_matter["plan"]["purpose"] == ""
    assert compose(status.report, "current").front_matter["plan"]["purpose"] == "新しい目的"


def test_the_status_of_the_year_is_always_the_live_one():
    status = factories.make_status(text="前")
    publish(status.report, by=None)
    YearlyStatus.objects.filter(pk=status.pk).update(text="後", progress="done")
    row = compose(status.report).rows[0]
    assert (row.status, row.progress, row.progress_label) == ("後", "done", "実施済")


def test_a_renamed_department_keeps_its_published_name_but_a_new_one_is_taken_over():
    old = factories.make_department("旧課")
    status = factories.make_status(department=old)
    publish(status.report, by=None)
    old.name = "改名した課"
    old.save()
    assert compose(status.report).rows[0].department_name == "旧課"
    status.department = factories.make_department("別の課")
    status.save()
    assert compose(status.report).rows[0].department_name == "別の課"


def test_a_mark_that_came_later_joins_the_published_legend():
    status = factories.make_status()
    publish(status.report, by=None)
    ActorType.objects.create(symbol="▲", label="県が主体", short_name="県", order=4)
    factories.make_status(status.report, factories.make_item(status.item.measure, marks="▲"), text="新")
    assert [actor["symbol"] for actor in compose(status.report).front_matter["actors"]] == ["★", "●", "◎", "▲"]


def test_the_wording_comes_from_the_last_edition_that_stands():
    status = factories.make_status()
    publish(status.report, by=None)
    status.item.name = "二つ目"
    status.item.save()
    second = publish(status.report, by=None, wording="current", note="名前を直しました。")
    assert compose(status.report).rows[0].item_name == "二つ目"
    withdraw(second, by=None, reason="誤り")
    assert last_edition(status.report).number == 1
    assert compose(status.report).rows[0].item_name == "項目"


@pytest.mark.parametrize("field", sorted(set(CONTENT) - {"department_contact", "merged_from"}))
def test_the_hash_follows_every_public_cell(field):
    from actionplan.models.edition import content_sha256

    report = factories.make_report()
    factories.make_status(report)
    draft = compose(report)
    assert content_sha256(draft.front_matter, draft.cells) == draft.content_sha256
    cells = draft.cells[0]
    cells[field] = 99 if isinstance(cells[field], int) else "別"
    assert content_sha256(draft.front_matter, draft.cells) != draft.content_sha256


@pytest.mark.parametrize("items", [5, 200])
def test_composing_takes_as_many_queries_for_200_items_as_for_5(items, django_assert_num_queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    publish(report, by=None)
    with django_assert_num_queries(11):
        assert len(compose(report).rows) == items


def test_a_row_names_the_items_that_were_merged_into_it():
    status = factories.make_status()
    old = factories.make_item(status.item.measure, name="統合前の項目", ended=True, successor=status.item)
    assert compose(status.report).rows[0].merged_from == [
        {"public_id": old.public_id, "code": "1-1-2", "name": "統合前の項目"}
    ]
