"""Every department's workbook in one zip."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from actionplan.inquiry.write_workbook import inquiry_zip, zip_name
from tests import factories
from tests.inquiry.workbooks import read

pytestmark = pytest.mark.django_db


def opened(report, **options) -> ZipFile:
    return ZipFile(BytesIO(inquiry_zip(report, **options)))


def item_of(report, department=None):
    return factories.make_status(
        report, factories.make_item(factories.make_measure(report.plan)), department=department
    )


def test_each_department_with_items_has_a_workbook_and_items_without_one_come_last():
    report = factories.make_report(fiscal_year=2010)
    factories.make_department("暇な課")
    for name in ("乙課", "丙課"):
        item_of(report, factories.make_department(name))
    item_of(report)
    names = opened(report).namelist()
    assert names == [f"照会票_平成22年度_{name}.xlsx" for name in ("丙課", "乙課", "担当課なし")]


def test_each_workbook_holds_its_own_department_s_items():
    report = factories.make_report(fiscal_year=2010)
    statuses = [item_of(report, factories.make_department(name)) for name in ("甲課", "乙課", "甲課別室")]
    archive = opened(report)
    for status in statuses:
        found = read(archive.read(f"照会票_平成22年度_{status.department.name}.xlsx"))
        assert found.department_id == status.department_id
        assert [line.status_id for line in found.lines] == [status.pk]


def test_a_department_that_was_merged_stands_under_the_one_that_took_over():
    report = factories.make_report(fiscal_year=2010)
    new = factories.make_department("新課")
    old = factories.make_department("旧課", in_force_until=date(2010, 3, 31), successor=new)
    item_of(report, old), item_of(report, new)
    archive = opened(report)
    assert archive.namelist() == ["照会票_平成22年度_新課.xlsx"]
    found = read(archive.read("照会票_平成22年度_新課.xlsx"))
    assert (found.department_id, len(found.lines)) == (new.pk, 2)


def test_two_departments_of_one_name_do_not_overwrite_each_other():
    report = factories.make_report(fiscal_year=2010)
    item_of(report, factories.make_department("甲課", in_force_from=date(2001, 4, 1)))
    item_of(report, factories.make_department("甲課", in_force_from=date(2005, 4, 1)))
    assert opened(report).namelist() == ["照会票_平成22年度_甲課.xlsx", "照会票_平成22年度_甲課（2）.xlsx"]


def test_names_are_marked_as_utf_8_and_dated():
    report = factories.make_report(fiscal_year=2010)
    item_of(report, factories.make_department("甲課"))
    [part] = opened(report, issued_at=datetime(2011, 4, 20, 0, 30, tzinfo=UTC)).infolist()
    assert part.flag_bits & 0x800
    assert part.date_time == (2011, 4, 20, 9, 30, 0)


def test_the_number_of_queries_does_not_grow_with_departments_or_items(django_assert_max_num_queries):
    report = factories.make_report(fiscal_year=2010)
    for number in range(12):
        item_of(report, factories.make_department(f"第{number}課"))
    with django_assert_max_num_queries(8):
        assert len(opened(report).namelist()) == 12


def test_the_zip_is_named_after_the_year():
    assert zip_name(factories.make_report(fiscal_year=2010)) == "照会票_平成22年度.zip"
