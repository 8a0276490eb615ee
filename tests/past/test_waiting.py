"""What waits between upload and taking: seen by the office, dropped with a record, its choices kept on the way back."""

import os
import time

import pytest

from actionplan.exports.report_files import KINDS
from actionplan.models import AnnualReport, DroppedFile, TableMapping, YearlyStatus
from actionplan.permissions import COORDINATOR
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.past.tables import as_csv, city
from tests.past.walking import START, answers_of, form_of, said, send, take, to_check, to_columns, upload
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


def leave_first(office, address) -> None:
    """Everything answered, the first line left out, and back to the columns."""
    changes = {"item-0": "leave", "word-0": "done", "source-2015": "市報", "title-2": "施策の題"}
    response = office.post(address, answers_of(office.get(address), **changes) | {"back": ""})
    assert response.url == address.replace("check", "columns")


def test_choices_are_kept_on_the_way_back_to_the_columns(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    leave_first(office, address)
    send(office, address.replace("check", "columns"), "next")
    boxes = form_of(office.get(address))
    assert boxes["item-0"] == ["leave"]
    assert boxes["source-2015"] == ["市報"]
    assert boxes["title-2"] == ["施策の題"]


def test_choices_that_no_longer_apply_are_asked_anew(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    leave_first(office, address)
    columns = address.replace("check", "columns")
    roles = form_of(office.get(columns))
    named = next(name for name, value in roles.items() if value == ["item"])
    kept = next(name for name, value in roles.items() if name.startswith("role-") and value == ["keep"])
    send(office, columns, "next", year="H28", **{named: "content", kept: "item"})
    boxes = form_of(office.get(address))
    assert boxes["item-0"] == ["new"]
    assert "source-2015" not in boxes


def test_a_line_that_is_left_out_moves_no_other_lines_choice(office, plan):
    rows = [
        ["番号", "項目", "実績", "担当課"],
        ["1-1-1", "学習会", "した", "甲課"],
        ["1-1-2", "広報紙", "した", "乙課"],
    ]
    address = to_check(office, plan, as_csv(rows), "a.csv", year="H27")
    take(office, address, **{"item-0": "leave", "department-0": "none", "department-1": "new"})
    assert YearlyStatus.objects.get().department.name == "乙課"


def test_columns_are_remembered_only_of_what_was_taken_and_told_in_words(office, plan):
    watch = Watch()
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    assert not TableMapping.objects.exists()
    take(office, address)
    [record] = [each for each in watch.found() if each.kind == "列の対応"]
    assert record.who.startswith("事務局さん")
    assert record.target == "c.csv"
    lines = told(record)["列と行の読み方"][1].split("\n")
    assert "基準値：実施状況に、見出しを付けて残す" in lines
    assert not any(word in "".join(lines) for word in ("keep", "skip", "text"))


def test_a_refused_taking_remembers_nothing(office, plan):
    address = to_check(office, plan, as_csv(city("a")), "a.csv")
    assert office.post(address, form_of(office.get(address)) | {"take": ""}).status_code == 422
    assert not TableMapping.objects.exists()


def test_the_list_says_who_sent_what_and_how_far_it_got(office, plan):
    upload(office, plan, as_csv(city("c")), "c.csv")
    assert "c.csv CSV 1KB 事務局さん" in said(office.get(START))
    assert "表を選ぶところ" in said(office.get(START))
    to_columns(office, plan, as_csv(city("c")), "d.csv")
    assert "列の対応を決めるところ" in said(office.get(START))
    to_check(office, plan, as_csv(city("c")), "e.csv", year="H27")
    assert "取り込む内容を確かめるところ" in said(office.get(START))


def test_a_colleague_sees_the_file_and_may_drop_it_but_not_go_on_with_it(office, plan, own_folder):
    upload(office, plan, as_csv(city("c")), "c.csv")
    other = signed_in(factories.make_person(COORDINATOR, username="同僚さん"))
    page = other.get(START)
    assert "事務局さん" in said(page)
    assert "続きから進める" not in said(page)
    [address] = [part for part in page.content.decode().split('"') if part.endswith("/discard/")]
    assert "取りやめます" in said(other.get(address))
    assert list(own_folder.iterdir())
    watch = Watch()
    assert "取り込みをやめました" in said(other.post(address, follow=True))
    assert list(own_folder.iterdir()) == []
    record = watch.only()
    assert (record.who, record.target, record.source) == ("同僚さん", "c.csv", "c.csv")
    assert told(record)["選んだ人"] == ("事務局さん", "")
    assert "確認の途中のファイルがありません" in said(other.post(address, follow=True))
    assert DroppedFile.objects.count() == 1


def test_who_may_not_bring_past_years_drops_nothing(office, plan, own_folder):
    upload(office, plan, as_csv(city("c")), "c.csv")
    [file] = [each for each in own_folder.iterdir() if "." not in each.name]
    _, owner, name = file.name.split("-")
    stranger = signed_in(factories.make_person(username="ほかの人"))
    assert stranger.post(f"{START}{owner}/{name}/discard/").status_code == 403
    assert file.exists()


def test_a_file_of_yesterday_is_gone(office, plan, own_folder):
    upload(office, plan, as_csv(city("c")), "c.csv")
    [file] = [each for each in own_folder.iterdir() if "." not in each.name]
    os.utime(file, (time.time() - 90_000,) * 2)
    assert "c.csv" not in said(office.get(START))
    assert not file.exists()


@pytest.mark.parametrize(("page", "button"), [("columns", "cancel"), ("check", "stop")])
def test_stopping_on_the_way_asks_first_and_keeps_what_was_chosen(office, plan, page, button):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    data = answers_of(office.get(address), **{"item-0": "leave"})
    asked = office.post(address.replace("check", page), data | {button: ""})
    assert "取りやめずに、続きから進める" in said(office.get(asked.url))
    assert form_of(office.get(address))["item-0"] == (["leave"] if page == "check" else ["new"])
    office.post(asked.url)
    dropped = DroppedFile.objects.get()
    assert (dropped.label, dropped.reached) == ("c.csv", "取り込む内容を確かめるところ")


def test_a_second_press_of_taking_takes_nothing_twice(office, plan):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    data = answers_of(office.get(address)) | {"take": ""}
    assert office.post(address, data).status_code == 302
    assert "取り込みが済んだ" in said(office.post(address, data, follow=True))
    assert YearlyStatus.objects.count() == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_past_report_of_our_own_fills_in_its_origin(office, plan, kind):
    address = to_check(office, plan, as_csv(city("c")), "c.csv", year="H27")
    take(office, address, **{"published-2015": "2016-06-01", "source-2015": "市報見本（号外） 平成28年6月号"})
    data = KINDS[kind, "utf-8"].write(publish(AnnualReport.objects.get(), by=None))
    other = factories.make_plan("別の計画")
    again = form_of(office.get(to_check(office, other, data, f"own.{kind}")))
    assert again["published-2015"] == ["2016-06-01"]
    assert again["source-2015"] == ["市報見本（号外） 平成28年6月号"]
