"""One change through each door of the admin leaves exactly one record: who, why, from which file, old and new."""

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actionplan.models import ActorType, Department, StoryStep
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db


def test_the_full_form(door):
    status = factories.make_status(text="前の文")
    form, watch = form_of(door.get(change_url(status)), "yearlystatus_form"), Watch()
    door.post(change_url(status), {**form, "text": "後の文"})
    record = watch.only()
    assert told(record) == {"実施状況": ("前の文", "後の文")}
    assert (record.who, record.action, record.reason) == ("書手（kakite）", "変更", "変更の画面で入力")
    assert record.source == ""


def test_the_list_in_place(door):
    factories.make_status(text="前の文")
    form, watch = form_of(door.get(STATUSES), "changelist-form"), Watch()
    door.post(STATUSES, {**form, "form-0-text": "後の文", "_save": "保存"})
    record = watch.only()
    assert told(record) == {"実施状況": ("前の文", "後の文")}
    assert (record.who, record.reason) == ("書手（kakite）", "一覧の画面で入力")


def test_adding_an_item_with_its_marks(door):
    measure = factories.make_measure()
    address, marks = reverse("admin:actionplan_actionitem_add"), marks_of("★◎")
    form, watch = form_of(door.get(address), "actionitem_form"), Watch()
    door.post(address, {**form, "measure": measure.pk, "number": 1, "actors": marks, "name": "名", "content": "文"})
    record = watch.only()
    assert (record.action, record.reason) == ("追加", "追加の画面で入力")
    assert told(record)["主体"] == ("", "★市民が主体、◎市民と市が主体")
    assert told(record)["項目"] == ("", "名")


def marks_of(symbols):

    return [actor.pk for actor in ActorType.objects.filter(symbol__in=list(symbols))]


def test_changing_an_items_words_and_marks_at_once(door):
    item = factories.make_item(marks="★")
    form, watch = form_of(door.get(change_url(item)), "actionitem_form"), Watch()
    door.post(change_url(item), {**form, "name": "新しい名", "actors": marks_of("●◎")})
    assert told(watch.only()) == {
        "項目": ("項目", "新しい名"),
        "主体": ("★市民が主体", "●市が主体、◎市民と市が主体"),
    }


def test_changing_the_marks_alone(door):
    item = factories.make_item(marks="★")
    form, watch = form_of(door.get(change_url(item)), "actionitem_form"), Watch()
    door.post(change_url(item), {**form, "actors": marks_of("●")})
    assert told(watch.only()) == {"主体": ("★市民が主体", "●市が主体")}


def test_a_row_on_its_parents_page(door):
    item = factories.make_item(marks="★")
    form, watch = form_of(door.get(change_url(item.measure)), "measure_form"), Watch()
    door.post(change_url(item.measure), {**form, "items-0-name": "表で直した名", "items-0-actors": marks_of("◎")})
    record = watch.only()
    assert record.kind == "項目"
    assert told(record) == {"項目": ("項目", "表で直した名"), "主体": ("★市民が主体", "◎市民と市が主体")}


def test_deleting_a_part_of_the_guideline_on_the_plans_page(door):
    plan = factories.make_plan()
    plan.take_default_scale()
    StoryStep.objects.create(plan=plan, order=1, mark="起", keyword="共有")
    form, watch = form_of(door.get(change_url(plan)), "plan_form"), Watch()
    door.post(change_url(plan), {**form, "storysteps-0-DELETE": "on"})
    record = watch.only()
    assert (record.kind, record.action, record.target, record.who) == (
        *("ストーリーの段", "削除", "起 共有"),
        "書手（kakite）",
    )
    assert told(record)["言葉"] == ("共有", "")


def test_deleting_an_item_keeps_its_marks_in_the_record(door):
    item = factories.make_item(marks="★", name="消える項目")
    watch = Watch()
    door.post(reverse("admin:actionplan_actionitem_delete", args=[item.pk]), {"post": "yes"})
    record = watch.only()
    assert (record.action, record.reason, record.target) == ("削除", "削除の画面で削除", "消える項目")
    assert told(record)["主体"] == ("★市民が主体", "")


def test_deleting_chosen_rows_of_a_list(door):
    items = [factories.make_item(), factories.make_item()]
    chosen = {"action": "delete_selected", "_selected_action": [item.pk for item in items], "post": "yes"}
    watch = Watch()
    door.post(reverse("admin:actionplan_actionitem_changelist"), chosen)
    assert Counter(record.reason for record in watch.found()) == {"一覧の画面でまとめて削除": 2}


def upload(client, text, name="items.csv"):
    """The import of a file, confirmed."""
    address = reverse("admin:actionplan_actionitem_import")
    file = SimpleUploadedFile(name, text.encode("utf-8-sig"))
    page = client.post(address, {"import_file": file, "format": "0", "resource": ""})
    confirm = page.context["confirm_form"]
    form = {name: confirm[name].value() or "" for name in confirm.fields}
    return client.post(reverse("admin:actionplan_actionitem_process_import"), form)


def test_a_file_of_items(door):
    item = factories.make_item(marks="★")
    header = "ID,計画,施策番号,取組番号,項目番号,項目名,アクションプランの内容,主体,担当課,終了した項目"
    place = f"{item.measure.policy.plan},1,{item.measure.number}"
    watch = Watch()
    upload(door, f"{header}\r\n{item.pk},{place},1,直した名,内容,●◎,,いいえ\r\n,{place},2,足した名,内容,★,,いいえ\r\n")
    changed, added = watch.found()
    assert told(changed) == {"項目": ("項目", "直した名"), "主体": ("★市民が主体", "●市が主体、◎市民と市が主体")}
    assert added.action == "追加"
    assert told(added)["主体"] == ("", "★市民が主体")
    for record in (changed, added):
        assert (record.source, record.reason) == ("items.csv", "ファイルから取り込み：items.csv")
        assert record.who == "書手（kakite）"


def test_the_preview_of_a_file_leaves_none(door):
    factories.make_item()
    watch = Watch()
    file = SimpleUploadedFile("items.csv", b"ID\r\n")
    door.post(reverse("admin:actionplan_actionitem_import"), {"import_file": file, "format": "0", "resource": ""})
    assert watch.found() == []


def test_logging_in_leaves_none(client):
    factories.make_user(username="kakite")
    watch = Watch()
    client.post("/admin/login/", {"username": "kakite", "password": "a-long-password-9"})
    assert watch.found() == []


def test_a_form_that_nobody_touched_leaves_none(door):
    status, department = factories.make_status(), factories.make_department()
    for obj, form_id in ((status, "yearlystatus_form"), (department, "department_form")):
        form, watch = form_of(door.get(change_url(obj)), form_id), Watch()
        door.post(change_url(obj), form)
        assert watch.found() == []


def test_departments_are_watched_too():
    watch = Watch()
    Department.objects.create(name="新しい課")
    assert watch.only().target == "新しい課"
