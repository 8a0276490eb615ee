"""A record in words: labels for codes, names for keys, whole texts, and what is said when nothing can be shown."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActorType, Policy, YearlyStatus
from actionplan.trail.names import GONE, Names
from actionplan.trail.records import NO_CELL, NO_EARLIER, SYSTEM, kind_label, records
from tests import factories
from tests.trail.conftest import change

pytestmark = pytest.mark.django_db


def newest(obj):
    """The newest record of the object, in words."""
    [record] = records([(obj._meta.model_name, obj.history.order_by("history_id").last().pk)], Names())
    return record


def told(record):
    return {change.label: (change.before, change.after) for change in record.changes}


def test_choices_rows_and_yes_or_no_are_told_in_words():
    department = factories.make_department("市民協働課", unit="協働係")
    status = factories.make_status(text="文")
    status.progress, status.department = "done", department
    change(status, "文")
    assert told(newest(status)) == {"進捗区分": ("未設定", "実施済"), "担当課": ("", "市民協働課 協働係")}
    item = status.item
    item.ended = True
    item.save()
    assert told(newest(item)) == {"終了した項目": ("いいえ", "はい")}


def test_dates_and_times_are_japanese_and_in_the_portals_time():
    import datetime

    department = factories.make_department()
    department.in_force_until = datetime.date(2026, 3, 31)
    department.save()
    assert told(newest(department)) == {"廃止日": ("", "2026年3月31日")}


def test_texts_are_whole_and_a_long_one_says_what_stayed():
    status = factories.make_status(text="前の文。" * 200)
    change(status, "前の文。" * 199 + "後の文。")
    [cell] = newest(status).changes
    assert (len(cell.before), len(cell.after)) == (800, 800)
    assert cell.is_long
    assert cell.whole == ""
    assert [run.text for run in cell.wording.runs if run.kind != "same"] == ["前", "後"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", "文" * 90, "新しく書かれました（90字）。"),
        ("文" * 90, "", "消されました（90字）。"),
        ("あいうえお" * 20, "カキクケコ" * 20, "全体が書き換えられました。"),
    ],
)
def test_a_text_that_came_went_or_was_rewritten_says_so(before, after, words):
    status = factories.make_status(text=before)
    change(status, after)
    [cell] = [each for each in newest(status).changes if each.label == "実施状況"]
    assert cell.whole == words


def test_a_short_cell_is_not_folded():
    status = factories.make_status(text="前")
    change(status, "後")
    assert not newest(status).changes[0].is_long


def test_what_a_step_notes_of_itself_is_not_told_twice():
    user = factories.make_user()
    status = factories.make_status()
    status.answered_by = status.submitted_by = user
    status.submitted_at = status.answered_at = status.report.history.get().history_date
    change(status, "実施した。", by=user)
    record = newest(status)
    assert record.changes == ()
    assert record.remark == NO_CELL


def test_a_change_without_an_earlier_record_says_that_it_cannot_be_known(real_report):
    status = YearlyStatus.objects.first()
    change(status, "直した")
    record = newest(status)
    assert (record.changes, record.remark) == ((), NO_EARLIER)


def test_a_record_says_where_it_belongs():
    department = factories.make_department("市民協働課")
    status = factories.make_status(department=department)
    user = factories.make_user(username="yamada", last_name="山田", first_name="太郎")
    change(status, by=user, reason="直した", source_file="回答.xlsx")
    record = newest(status)
    assert (record.who, record.username, record.full_name) == ("山田 太郎（yamada）", "yamada", "山田 太郎")
    assert (record.kind, record.target, record.code) == ("実施状況", "項目", "1-1-1")
    assert (record.year, record.department) == ("平成21年度（2009年度）", "市民協働課")
    assert (record.reason, record.source) == ("直した", "回答.xlsx")
    assert record.number == f"yearlystatus-{status.history.order_by('history_id').last().pk}"


def test_a_change_by_a_command_has_the_system_as_its_author():
    status = factories.make_status()
    change(status)
    assert newest(status).who == SYSTEM
    assert newest(status).username == ""


def test_deleted_rows_are_still_named():
    department = factories.make_department("消えた課")
    item = factories.make_item(lead_department=department)
    item.lead_department = None
    change(item)
    department.delete()
    item.delete()
    [moved] = [each for each in found_of("actionitem") if each.action == "変更" and "担当課" in told(each)]
    assert told(moved)["担当課"] == ("消えた課", "")
    assert (moved.code, moved.target) == ("1-1-1", "項目")


def found_of(kind):
    from actionplan.trail.kinds import KINDS

    return records([(kind, pk) for pk in KINDS[kind].table.objects.values_list("pk", flat=True)], Names())


def test_a_row_that_left_no_trace_has_a_word_for_it():
    assert Names().of(Policy, 999_999) == GONE
    assert Names().of(Policy, None) == ""


def test_a_group_names_its_rights_in_words():
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name="試し")
    group.permissions.set(Permission.objects.filter(codename__in=["change_actionitem", "publish_edition"]))
    last = newest(group)
    words = told(last)["パーミッション"][1]
    assert "項目：変更" in words
    assert "公表・訂正・取下げができる" in words


def test_parts_of_the_guideline_are_named_by_their_own_words():
    from actionplan.models import Aim

    aim = Aim.objects.create(plan=factories.make_plan(), order=1, mark="①", text="ともに考える")
    assert newest(aim).target == "① ともに考える"
    assert newest(ActorType.objects.first()).target == "★市民が主体"


def test_any_number_of_records_of_any_kinds_costs_the_same():
    def asked(keys):
        with CaptureQueriesContext(connection) as queries:
            for record in records(keys, Names()):
                assert record.changes or record.remark is not None
        return len(queries)

    status = factories.make_status(department=factories.make_department())
    few = [("yearlystatus", status.history.get().pk)]
    for number in range(60):
        change(status, str(number))
        factories.make_item(status.item.measure)
    many = [("yearlystatus", pk) for pk in status.history.values_list("pk", flat=True)]
    many += [("actionitem", pk) for pk in type(status.item).history.values_list("pk", flat=True)]
    assert asked(many) <= asked(few) + 1 <= 4


def test_a_kind_is_named_by_its_label():
    assert kind_label("yearlystatus") == "実施状況"
    assert kind_label("nonsense") == ""
