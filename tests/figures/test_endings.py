"""Figures that end, go or come while a year is under way: nothing asked in vain, nothing published changes."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from actionplan.figures import Declared, read_values
from actionplan.inquiry.layout import SHEET
from actionplan.models import Figure, Plan, YearlyStatus
from actionplan.plan.begin import begin_plan
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.figures.test_table import HEAD, bring, declare, export, take
from tests.inquiry import inquiring
from tests.inquiry.filled import stored
from tests.inquiry.workbooks import issue, sheet_of
from tests.plan.files import page, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def years():
    """Answers of an item in 2009 and 2010, the first with a number and published."""
    item = factories.make_item()
    first = factories.make_report(item.measure.policy.plan, 2009)
    second = factories.make_report(item.measure.policy.plan, 2010)
    declare(item)
    one = factories.make_status(first, item, figures="参加者数　実績＝5", progress="done")
    publish(first, by=None)
    return one, factories.make_status(second, item, text="")


def ended(item, year):
    figure = item.figures.get()
    figure.last_year = year
    figure.full_clean()
    figure.save()
    return figure


def fresh(status):
    return YearlyStatus.objects.get(pk=status.pk)


def test_a_figure_that_has_ended_is_not_asked_for_any_more(years):
    one, two = years
    ended(one.item, 2009)
    assert [each.name for each in fresh(one).declared] == ["参加者数"]
    assert fresh(two).declared == []
    assert "数値" not in [cell.value for cell in sheet_of(issue(two.report))[4]]


def test_its_published_years_stay_what_they_are_and_a_correction_keeps_it(years):
    one = years[0]
    before = publish_facts(one)
    ended(one.item, 2009)
    Figure.objects.create(item=one.item, name="参加者数（千人）", unit="千人")
    one = fresh(one)
    one.text = "直した文"
    one.save()
    publish(one.report, by=None, note="訂正")
    assert publish_facts(one) == before


def publish_facts(status):
    return status.report.editions.order_by("number").last().rows.get().figures


def test_a_new_unit_begins_as_a_new_figure_with_a_table_of_its_own(years, client):
    one, two = years
    ended(one.item, 2009)
    Figure.objects.create(item=one.item, name="参加者数（千人）", unit="千人")
    two = fresh(two)
    two.text, two.progress, two.figures = "文", "done", "参加者数（千人）　実績＝6"
    two.save()
    publish(two.report, by=None)
    shown = client.get(f"/items/{one.item.public_id}/").content.decode()
    assert "参加者数（千人）" in shown
    assert [each["name"] for each in publish_facts(two)] == ["参加者数（千人）"]


def test_it_does_not_end_before_a_year_that_uses_it(years):
    one, _ = years
    with pytest.raises(ValidationError) as refused:
        ended(one.item, 2008)
    assert "平成21年度の回答か版で使われています" in str(refused.value)


def test_who_would_change_a_used_unit_is_told_what_to_do_instead(years):
    figure = years[0].item.figures.get()
    figure.unit = "千人"
    with pytest.raises(ValidationError) as refused:
        figure.full_clean()
    assert "「最後に聞く年度」を入れて終わらせ、別の名前で新しく加えてください" in str(refused.value)


def test_a_table_ends_figures_and_shows_which_have_ended(years):
    client, item = signed_in(), years[0].item
    line = [item.code, "指標", "参加者数", "人", "1000", "1200", "12.50", "H21"]
    take(client, line, head=[*HEAD, "最後に聞く年度"])
    assert item.figures.get().last_year == 2009
    head, row = table(export(client))
    assert row[head.index("最後に聞く年度")] == "平成21年度"
    line[-1] = "そのうち"
    assert "2行目「最後に聞く年度」" in page(bring(client, line, head=[*HEAD, "最後に聞く年度"]))
    line[-1] = "平成20年度"
    assert "2行目「最後に聞く年度」" in page(bring(client, line, head=[*HEAD, "最後に聞く年度"]))


def test_a_plan_that_begins_as_a_copy_takes_no_ended_figure_along(years):
    ended(years[0].item, 2009)
    Figure.objects.create(item=years[0].item, name="満足度", unit="％")
    before = years[0].report.plan
    plan = begin_plan(Plan(title="第2次計画", slug="dai2", predecessor=before), copy=True, by=None)
    assert [each.name for each in Figure.objects.filter(item__measure__policy__plan=plan)] == ["満足度"]


def office_with(**fields):
    office = inquiring.make_office()
    figure = Figure.objects.create(item=office.first.item, name="参加者数", unit="人", **fields)
    return office, figure


def filled(office, words):
    """The department's workbook as it was issued, with words in the numbers of its first item."""
    book = load_workbook(BytesIO(issue(office.report, office.department)))
    column = next(cell.column_letter for cell in book[SHEET][4] if cell.value == "数値")
    if words is not None:
        book[SHEET][f"{column}5"] = words
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_figure_that_went_after_the_workbook_left_harms_no_row_that_says_nothing_of_it():
    office, figure = office_with()
    sent = filled(office, None)
    figure.delete()
    done = inquiring.upload(office.clerk, office.report, sent)
    assert "変わるところはありません" in inquiring.shown(done)


def test_a_number_for_a_figure_that_went_is_told_with_its_place_and_not_lost_silently():
    office, figure = office_with()
    sent = filled(office, "参加者数（人）　実績＝7")
    figure.delete()
    preview = inquiring.upload(office.clerk, office.report, sent)
    assert "この項目で聞いている数ではありません" in inquiring.shown(preview)
    assert stored(office.first).figures == ""


def test_a_figure_added_after_the_workbook_left_is_neither_emptied_nor_asked_of_the_file():
    office, _ = office_with()
    sent = filled(office, "参加者数（人）　実績＝7")
    Figure.objects.create(item=office.first.item, name="満足度", unit="％", order=2)
    row = stored(office.first)
    row.figures = "満足度　実績＝80"
    row.save()
    preview = inquiring.upload(office.clerk, office.report, sent)
    assert preview.context["conflicts"] == 1
    assert stored(office.first).figures == "満足度　実績＝80"


def test_an_empty_line_of_something_unknown_is_nothing_but_a_number_there_is_a_fault():
    asked = [Declared("indicator", "参加者数", "人"), Declared("money", "市費", "千円")]
    assert read_values("延べ人数（人）　実績＝\n参加者数　実績＝5", asked) == {"参加者数　実績": "5"}
    with pytest.raises(ValueError, match="聞いている数ではありません"):
        read_values("延べ人数（人）　実績＝3", asked)


@pytest.mark.parametrize("words", ["75.5%", "75.5％", "７５．５"])
def test_a_percentage_is_written_as_its_number(words):
    asked = [Declared("indicator", "満足度", "％")]
    if words.endswith(("%", "％")):
        with pytest.raises(ValueError, match="数字だけを書いてください"):
            read_values(f"満足度　実績＝{words}", asked)
    else:
        assert read_values(f"満足度　実績＝{words}", asked) == {"満足度　実績": "75.5"}
