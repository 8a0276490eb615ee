"""Large workbooks and many of them: as many queries as for a small one, and pages that a browser opens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.inquiry.filled import edited
from tests.inquiry.inquiring import address, confirm, shown, upload, upload_url
from tests.inquiry.workbooks import issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return signed_in(factories.make_user())


def year_of(items, year=2009):
    """A report and its department, with as many items as told, each with its record."""
    report = factories.make_report(fiscal_year=year)
    factories.make_tree(report, items)
    department = factories.make_department(f"第{year}課")
    YearlyStatus.objects.filter(report=report).update(department=department)
    YearlyStatus.history.bulk_history_create(list(YearlyStatus.objects.filter(report=report)), batch_size=500)
    return report, department


def all_changed(report, department, **cells):
    """The department's workbook with the same cells written in every row."""
    rows = YearlyStatus.objects.filter(report=report).select_related("item__measure__policy")
    return edited(issue(report, department), **{f"c{row.item.code.replace('-', '_')}": cells for row in rows})


def queries(browser, url):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


def test_a_preview_of_two_hundred_items_asks_as_often_as_one_of_five(browser):
    asked = []
    for items in (5, 200):
        report, department = year_of(items, 2000 + items)
        preview = upload(browser, report, all_changed(report, department, text="新しい文"))
        assert len(preview.context["comparison"].items) == items
        asked.append(queries(browser, address(preview)))
    assert asked[0] == asked[1] < 15


def test_the_list_of_twenty_workbooks_asks_as_often_as_that_of_two(browser):
    report, department = year_of(20)
    book = all_changed(report, department, text="新しい文")
    asked = []
    for more in (2, 18):
        upload(browser, report, *[(f"{more}-{n}.xlsx", book) for n in range(more)])
        asked.append(queries(browser, upload_url(report)))
    assert asked[0] == asked[1] < 15


def test_a_thousand_changed_rows_stay_a_page_that_a_browser_opens(browser):
    report, department = year_of(1000)
    text = "地域の集まりに出向いて説明し、意見を伺った。" * 10
    preview = upload(browser, report, all_changed(report, department, text=text, progress="実施済"))
    assert preview.context["comparison"].count("changed") == 2000
    assert len(preview.content) < 2_000_000
    assert "数が多いため、文を省いて並べています。" in shown(preview)
    full = browser.get(f"{address(preview)}?full=1")
    assert full.content.decode().count("新しいタブ") == 0
    assert shown(full).count(text) == 1000
    confirm(browser, preview)
    assert YearlyStatus.objects.filter(text=text).count() == 1000


def test_more_choices_than_a_form_can_send_are_told_before_anything_is_chosen(browser, monkeypatch):
    monkeypatch.setattr("actionplan.inquiry.preview_page.MOST_CHOICES", 3)
    report, department = year_of(4)
    back = upload(browser, report, all_changed(report, department, text=None))
    assert "選ぶ欄が3を超えているため、確かめられません。" in shown(back)


def test_a_thousand_choices_are_taken_in_one_go(browser):
    report, department = year_of(1000)
    preview = upload(browser, report, all_changed(report, department, text=None))
    form = form_of(preview, "inquiry-confirm")
    ticks = {
        f"choice-{cell.key}": f"take:{cell.digest}"
        for item in preview.context["comparison"].items
        for cell in item.cells
    }
    done = browser.post(address(preview), form | ticks | {"scope": "all"}, follow=True)
    assert "1000項目の回答を保存しました" in shown(done)
    assert not YearlyStatus.objects.exclude(text="").exists()
