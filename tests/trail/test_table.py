"""The auditor's CSV: every record, one line a cell, safe to open, never all in memory."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import unsealed
from actionplan.publishing.publish import publish, withdraw
from actionplan.trail.kinds import KINDS, Reach
from actionplan.trail.names import Names
from actionplan.trail.pages import HEADERS, csv_file
from actionplan.trail.records import NO_EARLIER, SYSTEM
from actionplan.trail.wanted import Wanted, chunks, key_rows
from tests import factories
from tests.trail.conftest import change

pytestmark = pytest.mark.django_db
EVERYTHING = Reach(tuple(KINDS.values()))


def text(**question):
    return "".join(csv_file(chunks(key_rows(Wanted(**question), EVERYTHING)), Names()))


def table(**question):
    """The lines by their headers."""
    return list(csv.DictReader(StringIO(text(**question).removeprefix("\ufeff"), newline="")))


def test_a_changed_cell_is_a_line_with_everything_an_auditor_asks():
    department = factories.make_department("市民協働課")
    status = factories.make_status(text="前の文", department=department)
    user = factories.make_user(username="yamada", last_name="山田", first_name="太郎")
    status.progress = "done"
    record = change(status, "後の文\n二行目", by=user, reason="照会票の取込み", source_file="回答.xlsx")
    first, second = table(kind="yearlystatus", action="~")
    assert first | {"日時（日本時間）": ""} == dict(
        zip(
            HEADERS,
            (
                *("", "yamada", "山田 太郎", "変更", "実施状況", "項目", "平成21年度（2009年度）", "1-1-1"),
                *("市民協働課", "実施状況", "前の文", "後の文\n二行目", "照会票の取込み", "回答.xlsx"),
                f"yearlystatus-{record.pk}",
            ),
            strict=True,
        )
    )
    assert (second["欄"], second["変更前"], second["変更後"]) == ("進捗区分", "未設定", "実施済")


def test_the_time_is_japans():
    from datetime import UTC, datetime

    with unsealed("試し"):
        factories.make_department().history.update(history_date=datetime(2026, 4, 1, 15, 30, 5, tzinfo=UTC))
    assert table(kind="department")[0]["日時（日本時間）"] == "2026-04-02 00:30:05"


def test_the_file_opens_in_excel_and_runs_no_formula():
    status = factories.make_status(text="=1+1")
    change(status, "＋危ない", reason="@理由", source_file="-.xlsx")
    whole = text(kind="yearlystatus")
    assert whole.startswith("\ufeff" + ",".join(HEADERS) + "\r\n")
    assert ",'=1+1,'＋危ない,'@理由,'-.xlsx," in whole


def test_a_deleted_row_leaves_its_words():
    factories.make_status(text="消えた文").delete()
    lines = table(kind="yearlystatus", action="-")
    assert ("実施状況", "消えた文", "") in {(line["欄"], line["変更前"], line["変更後"]) for line in lines}


def test_publishing_and_withdrawing_are_lines_too(real_report):
    edition = publish(real_report, by=factories.make_user(username="kohyo"))
    withdraw(edition, by=None, reason="誤りがあったため")
    taken, made = table(action="w")[0], table(action="p")[0]
    assert (made["操作"], made["操作した人（利用者名）"], made["対象"]) == ("公表", "kohyo", "第1版")
    assert made["年度"] == "平成21年度（2009年度）"
    assert (taken["操作"], taken["操作した人（利用者名）"], taken["理由"]) == ("取下げ", SYSTEM, "誤りがあったため")


def test_a_record_that_cannot_be_compared_is_still_a_line(real_report):
    change(real_report.statuses.first())
    [line] = table(kind="yearlystatus")
    assert (line["欄"], line["変更前"]) == ("（不明）", NO_EARLIER)


def test_a_record_without_a_changed_cell_is_one_line():
    department = factories.make_department()
    department.save()
    [line] = table(kind="department", action="~")
    assert (line["欄"], line["変更前"], line["変更後"]) == ("", "", "")


def test_a_thousand_and_more_records_are_all_there_and_asked_in_parts():
    from simple_history.utils import bulk_update_with_history

    status = factories.make_status()
    for _ in range(3):
        bulk_update_with_history([status] * 400, type(status), [])
    with CaptureQueriesContext(connection) as queries:
        lines = table(kind="yearlystatus")
    assert len({line["記録番号"] for line in lines}) == 1201
    # One for the keys, one for the names, one for each part of 500.
    assert len(queries) <= 6


def test_the_first_line_leaves_before_the_last_record_is_read():
    factories.make_status()
    parts = iter([[("yearlystatus", 0)]])
    lines = csv_file(parts, Names())
    assert next(lines) == "\ufeff"
    assert next(lines).startswith("日時")
    assert next(parts) == [("yearlystatus", 0)]
