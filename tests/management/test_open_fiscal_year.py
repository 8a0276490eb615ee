"""manage.py open_fiscal_year."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from actionplan.models import AnnualReport, YearlyStatus
from tests import factories
from tests.asked import make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return factories.make_item(lead_department=factories.make_department("担当する課"))


@pytest.fixture
def said(capsys):
    """What the command says when it is called so."""

    def call(*arguments: str) -> str:
        call_command("open_fiscal_year", *arguments)
        return capsys.readouterr().out

    return call


def stored() -> tuple:
    counts = (YearlyStatus.objects.count(), YearlyStatus.history.count(), AnnualReport.history.count())
    return (*counts, list(AnnualReport.objects.values_list("fiscal_year", "answers_due")))


@pytest.mark.parametrize("year", ["令和8年度", "R8", "2026", "２０２６年度"])
def test_it_opens_the_year_that_people_write(item, said, year):
    assert "令和8年度（2026年度）：空の回答 1件（継続0件、新規1件、統合0件）" in said(year)
    assert YearlyStatus.objects.get().report.fiscal_year == 2026


def test_the_due_date_is_set_and_told(item, said):
    assert "回答の締切：2026年5月20日（水）" in said("R8", "--due", "2026-05-20")
    assert AnnualReport.objects.get().answers_due == date(2026, 5, 20)


def test_a_second_time_changes_nothing_leaves_no_record_and_says_so(item, said):
    said("R8", "--due", "2026-05-20")
    before = stored()
    for arguments in (["R8"], ["R8", "--due", "2026-05-20"]):
        assert said(*arguments) == ("令和8年度（2026年度）はすでに開いています（1項目）。変わるところはありません。\n")
    assert stored() == before


def test_what_is_there_stays_and_only_what_is_missing_comes(item, said):
    factories.make_status(make_year(), item, text="書いた文")
    factories.make_item(item.measure)
    words = said("R8")
    assert "空の回答 1件" in words
    assert "すでにある回答：1件（変わりません）" in words
    assert YearlyStatus.objects.get(item=item).text == "書いた文"


def test_a_dry_run_tells_the_same_and_stores_nothing(item, said):
    before = stored()
    words = said("R8", "--due", "2026-05-20", "--dry-run")
    assert stored() == before
    assert words.startswith("確認だけです。何も保存していません。\n")
    assert words.endswith(said("R8", "--due", "2026-05-20"))


def test_ended_merged_and_moved_items_are_named(item, said):
    last = make_year(2025)
    gone = factories.make_department("なくなった課", in_force_until=date(2020, 3, 31))
    old = factories.make_department("古い課", in_force_until=date(2020, 3, 31), successor=item.lead_department)
    factories.make_status(last, factories.make_item(item.measure, ended=True))
    factories.make_status(last, factories.make_item(item.measure, successor=item))
    factories.make_item(item.measure, lead_department=old)
    factories.make_item(item.measure, lead_department=gone)
    factories.make_item(item.measure)
    words = said("R8")
    assert "（継続0件、新規3件、統合1件）" in words
    assert "旧：古い課 → 担当する課（1件）" in words
    assert "終わった項目（2件）：1-1-2、1-1-3→1-1-1に統合" in words
    assert "担当課が廃止され、引き継いだ課がない項目（1件）：1-1-5" in words
    assert "担当課がない項目（1件）：1-1-6" in words


def test_an_ended_item_that_is_answered_already_is_named(item, said):
    ended = factories.make_item(item.measure, ended=True)
    factories.make_status(make_year(), ended)
    assert "この年度の回答があるため残すもの（1件）：1-1-2" in said("R8")
    assert YearlyStatus.objects.filter(item=ended).exists()


def test_the_machine_that_opens_is_nobody_in_the_history(item, said):
    said("R8")
    entry = YearlyStatus.history.get()
    assert (entry.history_user, entry.history_change_reason) == (None, "年度を開く")


def test_of_several_plans_one_is_named(item, said):
    factories.make_plan("別の計画")
    with pytest.raises(CommandError, match="「試験計画」"):
        said("R8")
    said("R8", "--plan", "試験計画")
    assert AnnualReport.objects.get().plan.title == "試験計画"


def test_without_a_plan_it_says_what_to_do_first(db, said):
    with pytest.raises(CommandError, match="先に計画を登録してください"):
        said("R8")


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_a_sample_year_is_refused_and_another_plans_year_is_none_of_ours(item, said, dry_run):
    report = make_year(2027, sample=True)
    with pytest.raises(CommandError, match="見本データ"):
        said("R9", *dry_run)
    report.plan = factories.make_plan("別の計画")
    report.save()
    assert "令和9年度（2027年度）　試験計画：空の回答" in said("R9", "--plan", "試験計画", *dry_run)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["きのう"], "年度として読めません"),
        (["R8", "--due", "5月20日"], "締切「5月20日」が読めません。2026-05-20 のように"),
        (["R8", "--plan", "ない計画"], "いまある計画：「試験計画」"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(item, said, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)
    assert stored()[0] == 0
