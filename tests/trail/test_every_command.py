"""What a command changes is recorded under the system, with the command's own reason and its file."""

from collections import Counter

import pytest
from django.core.management import call_command

from actionplan.models import ActionItem, AnnualReport, Edition, Plan, StoryStep, YearlyStatus
from actionplan.trail.kinds import KINDS
from actionplan.trail.records import SYSTEM
from tests import factories
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db


def test_the_command_that_loads_the_report():
    call_command("load_report", verbosity=0)
    watch = Watch()
    watch.seen = {key: set() for key in KINDS} | {key: watch.seen[key] for key in ("group", "alikewords")}
    found = watch.found()
    rows = sum(model.objects.count() for model in (Plan, ActionItem, AnnualReport, YearlyStatus, StoryStep))
    assert Counter(record.action for record in found) == {"追加": len(found)}
    assert len({(record.kind, record.stored.object) for record in found}) == len(found) > rows
    for record in found:
        assert (record.who, record.reason) == (SYSTEM, "原本の報告から取り込み")
        assert record.source in ("fixtures/h21.json", "fixtures/h21-acknowledged.json")
    [item] = [record for record in found if record.kind == "項目" and record.code == "1-1-1"]
    assert told(item)["主体"][1]


def test_the_command_that_makes_the_first_account():
    watch = Watch()
    call_command("first_account", verbosity=0)
    found = watch.found()
    told_of = {(record.kind, record.who, record.reason) for record in found}
    assert (len(found), told_of) == (2, {("利用者", SYSTEM, "最初のアカウントの作成")})


def test_the_command_that_publishes(real_report):
    watch = Watch()
    call_command("publish_report", "2009", "--at", "2999-04-01T09:00", verbosity=0)
    record = watch.only()
    assert (record.action, record.who) == ("公表", SYSTEM)
    assert told(record)["公表日時"] == ("", "2999年4月1日 9時00分")


def test_sample_years_come_with_one_record_each_and_go_without_a_trace(real_report):
    from actionplan.samples import load_sample_years, remove_sample_years

    before = Watch()
    load_sample_years()
    made = before.found()
    added = [record for record in made if record.action == "追加"]
    assert len({(record.kind, record.stored.object) for record in added}) == len(added)
    assert {record.reason for record in made if record.action != "公表"} == {"見本データの読み込み"}
    marked = [record for record in added if record.kind == "項目"]
    assert all("主体" in told(record) for record in marked)
    remove_sample_years()
    assert before.found() == []
    assert Edition.objects.count() == 0


def test_the_command_that_opens_a_year():
    factories.make_item(factories.make_measure())
    watch = Watch()
    call_command("open_fiscal_year", "2026", "--due", "2026-05-20", verbosity=0)
    found = watch.found()
    assert sorted((record.kind, record.action) for record in found) == [("実施状況", "追加"), ("年次報告", "追加")]
    assert {(record.who, record.reason) for record in found} == {(SYSTEM, "年度を開く")}
    watch = Watch()
    call_command("open_fiscal_year", "2026", "--due", "2026-05-20", verbosity=0)
    assert watch.found() == []
