"""What the charts show."""

import pytest

from actionplan.publishing.publish import publish
from actionplan.selectors.charts import actor_chart, change_chart, progress_chart, year_summary
from tests import factories

pytestmark = pytest.mark.django_db


def summary_of(edition):
    return year_summary(edition.front_matter, edition.rows.all())


def test_the_bars_of_the_real_report_share_one_scale(real_report):
    chart = progress_chart(summary_of(publish(real_report, by=None)))
    assert [bar.total for bar in chart.bars] == [11, 6, 14, 4, 3]
    last_cells = [bar.parts[-1].cells[-1] for bar in chart.bars]
    assert round(float(last_cells[2].x[:-1]) + float(last_cells[2].width[:-1])) == 100
    assert round(float(last_cells[4].x[:-1]) + float(last_cells[4].width[:-1])) == round(100 * 3 / 14)


def test_a_bar_says_its_counts_in_words_with_the_denominator(real_report):
    chart = progress_chart(summary_of(publish(real_report, by=None)))
    assert chart.bars[0].sentence.startswith("11項目のうち、")
    assert "未設定" in chart.bars[0].sentence
    assert chart.legend[-1].code == "unset"


def test_an_item_with_two_marks_counts_for_both(real_report):
    edition = publish(real_report, by=None)
    chart = actor_chart(edition.front_matter, edition.rows.all())
    assert [(share.symbol, share.count, share.total) for share in chart.whole.shares] == [
        ("★", 9, 38),
        ("●", 14, 38),
        ("◎", 24, 38),
    ]
    assert chart.several == 9
    assert [line.total for line in chart.lines] == [11, 6, 14, 4, 3]


def test_the_change_shows_both_years_with_their_denominators():
    measure = factories.make_measure()
    items = [factories.make_item(measure), factories.make_item(measure)]
    first = factories.make_report(fiscal_year=2009)
    factories.make_status(first, items[0], progress="not_done")
    old = publish(first, by=None)
    second = factories.make_report(fiscal_year=2010)
    for item in items:
        factories.make_status(second, item, progress="done")
    chart = change_chart("前", summary_of(old), "今", summary_of(publish(second, by=None)))
    lines = {line.code: (line.before, line.now, line.difference) for line in chart.lines}
    assert (chart.before_total, chart.now_total) == (1, 2)
    assert lines["done"] == (0, 2, "＋2")
    assert lines["not_done"] == (1, 0, "－1")
    assert lines["unset"] == (0, 0, "増減なし")
