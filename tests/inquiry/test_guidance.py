"""The sheet 記入要領: until when, where to, what the categories mean, what to leave alone."""

from datetime import date

import pytest

from actionplan.inquiry.layout import GUIDANCE
from actionplan.scale import DEFAULT, Progress
from tests import factories
from tests.inquiry.workbooks import issue, sheet_of

pytestmark = pytest.mark.django_db


def guidance(**facts) -> list[tuple]:
    report = factories.make_report(fiscal_year=2010)
    for name, value in facts.items():
        setattr(report, name, value)
    return list(sheet_of(issue(report), GUIDANCE).iter_rows(values_only=True))


def meaning(lines: list[tuple], word: str) -> str:
    return next(line[1] for line in lines if line[0] == word)


def test_it_defines_every_category_that_can_be_chosen():
    lines = guidance()
    for progress in Progress:
        if progress != Progress.UNSET:
            assert meaning(lines, progress.label) == DEFAULT.find(progress).definition


def test_it_names_the_day_and_the_place():
    office = factories.make_department("市民協働課", phone="00-0000-0000", email="office@example.jp")
    report = factories.make_report(fiscal_year=2010)
    report.answers_due, report.plan.office = date(2011, 5, 31), office
    lines = list(sheet_of(issue(report), GUIDANCE).iter_rows(values_only=True))
    assert meaning(lines, "締切") == "2011年5月31日（火）"
    assert "市民協働課　電話 00-0000-0000　office@example.jp" in meaning(lines, "提出のしかた")


def test_without_a_day_or_an_office_it_still_says_whom_to_ask():
    lines = guidance()
    assert meaning(lines, "締切") == "事務局にお問い合わせください。"
    assert meaning(lines, "提出のしかた").endswith("事務局へ送ってください。")


def test_it_says_what_goes_into_every_answer_cell():
    lines = guidance()
    for header in ("実施状況", "進捗区分", "成果", "課題", "今後の方針"):
        assert meaning(lines, header)


def test_it_says_that_a_deleted_row_erases_nothing():
    assert any("行を消しても、その項目の回答は消えません" in (line[1] or "") for line in guidance())


def test_it_is_locked():
    report = factories.make_report(fiscal_year=2010)
    assert sheet_of(issue(report), GUIDANCE).protection.sheet
