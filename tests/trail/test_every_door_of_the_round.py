"""One step of the year, by whichever door, leaves exactly one record for each answer that it moved."""

import pytest
from django.urls import reverse

from actionplan.models import State
from tests import factories
from tests.answers.answering import make_office
from tests.inquiry.inquiring import confirm, upload
from tests.inquiry.inquiring import make_office as make_inquiring_office
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db


def test_giving_a_year_its_items(door):
    report, _ = factories.make_report(), factories.make_item()
    watch = Watch()
    door.post(reverse("admin:fill_year", args=[report.pk]))
    record = watch.only()
    assert (record.kind, record.action, record.reason) == ("実施状況", "追加", "年度を開く")
    assert record.who == "書手（kakite）"


def test_answers_in_bulk():
    from actionplan.answers.saving import Answer, save_answers

    user, rows = factories.make_user(username="kakite"), [factories.make_status(text="前") for _ in range(2)]
    watch = Watch()
    answers = [Answer(row.pk, row.revision, {"text": "後"}) for row in rows]
    save_answers(answers, by=user, reason="照会票の取込み", source="照会票.xlsx")
    for record in watch.found():
        assert told(record) == {"実施状況": ("前", "後")}
        assert (record.who, record.reason, record.source) == ("kakite", "照会票の取込み", "照会票.xlsx")
    assert len(watch.found()) == 2


def test_a_step_of_the_round():
    from actionplan.answers.saving import return_answers

    user, status = factories.make_user(username="jimu"), factories.make_status(state=State.SUBMITTED)
    watch = Watch()
    return_answers({status.pk: status.revision}, by=user, reason="数を確かめてください。")
    record = watch.only()
    assert told(record) == {"状態": ("提出", "差戻し"), "差戻しの理由": ("", "数を確かめてください。")}
    assert record.reason == "差戻し：数を確かめてください。"


def test_publishing_and_withdrawing(real_report):
    from actionplan.publishing.publish import publish, withdraw

    user = factories.make_user(username="kohyo")
    watch = Watch()
    edition = publish(real_report, by=user)
    record = watch.only()
    assert "確定しないまま公表した項目" not in told(record)
    assert (record.action, record.target, record.year, record.who) == (
        *("公表", "第1版"),
        *("平成21年度（2009年度）", "kohyo"),
    )
    watch = Watch()
    withdraw(edition, by=user, reason="誤りがあったため")
    record = watch.only()
    assert (record.action, record.target, record.reason) == ("取下げ", "第1版", "誤りがあったため")


def test_a_departments_own_page():
    office = make_office(items=2)
    clerk, watch = office.browser(username="tanto"), Watch()
    office.save(clerk, text_0="書いた文")
    record = watch.only()
    assert told(record) == {"実施状況": ("", "書いた文"), "状態": ("未着手", "記入中")}
    assert (record.who, record.reason, record.source) == ("tanto", "自課の回答で保存", "")


def test_saving_and_handing_in_at_once_are_two_steps_and_two_records():
    office = make_office(items=1)
    head, watch = office.browser("担当者", "課長", username="kacho"), Watch()
    office.save(head, "submit", text_0="書いた文", progress_0="done")
    assert [record.reason for record in watch.found()] == ["自課の回答で保存", "提出"]


def test_a_workbook_sent_in(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    office = make_inquiring_office()
    book = office.book(c1_1_1={"text": "表に書いた文"})
    preview, watch = upload(office.clerk, office.report, book, name="水産課の回答.xlsx"), Watch()
    assert watch.found() == []
    confirm(office.clerk, preview)
    record = watch.only()
    assert told(record) == {"実施状況": ("はじめの文1", "表に書いた文")}
    assert (record.reason, record.source) == ("照会票から取り込み", "水産課の回答.xlsx")
    assert record.who


def test_every_other_step():
    from actionplan.answers.saving import confirm as confirm_answers
    from actionplan.answers.saving import reopen, submit, take_back

    user = factories.make_user(username="jimu")
    status = factories.make_status(progress="done")
    steps = (submit, take_back, submit, confirm_answers)
    for step in steps:
        status.refresh_from_db()
        watch = Watch()
        step({status.pk: status.revision}, by=user)
        assert watch.only().who == "jimu"
    status.refresh_from_db()
    watch = Watch()
    reopen({status.pk: status.revision}, by=user, reason="数の誤り")
    assert told(watch.only()) == {"状態": ("確定", "提出")}


def test_opening_a_year():
    from actionplan.round.years import open_year

    item = factories.make_item()
    user = factories.make_user(username="jimu")
    watch = Watch()
    open_year(item.measure.policy.plan, 2026, by=user)
    found = watch.found()
    assert sorted((record.kind, record.who, record.reason) for record in found) == [
        ("実施状況", "jimu", "年度を開く"),
        ("年次報告", "jimu", "年度を開く"),
    ]


def test_publishing_without_every_answer_confirmed_names_those_in_its_record():
    from actionplan.publishing.publish import publish

    department = factories.make_department("市民協働課")
    status, user = factories.make_status(department=department), factories.make_user(username="kohyo")
    watch = Watch()
    publish(status.report, by=user, named=[status.pk])
    words = told(watch.only())["確定しないまま公表した項目"]
    assert words == ("", "1-1-1 市民協働課 項目 記入中")


def test_every_reminder_stands_in_the_record_with_department_year_addresses_and_who():
    from actionplan.models import State
    from actionplan.round.reminders import letters, send
    from actionplan.trail.kinds import reach_of
    from actionplan.trail.names import Names
    from actionplan.trail.records import records
    from actionplan.trail.wanted import Wanted, key_rows, keys_of
    from tests.asked import ask, make_year

    department, other = factories.make_department("第一課", email="ka@example.jp"), factories.make_department("第二課")
    report = make_year()
    ask(report, department, State.DRAFT, State.NOT_STARTED)
    office = factories.make_person("事務局", last_name="佐藤")
    send(report, letters(report), by=office)
    reach = reach_of(factories.make_person("閲覧者"))
    wanted = {"departments": frozenset({department.pk}), "action": "r", "year": report.fiscal_year}
    (record,) = records(keys_of(key_rows(Wanted(**wanted), reach)), Names())
    assert (record.action, record.kind, record.department, record.year) == (
        "メール",
        "課へのメール",
        "第一課",
        str(report),
    )
    assert "佐藤" in record.who
    assert [(change.label, change.after) for change in record.changes] == [
        ("種類", "督促"),
        ("宛先", "ka@example.jp"),
        ("未提出の項目数", "2"),
    ]
    assert not key_rows(Wanted(departments=frozenset({other.pk}), action="r"), reach)
