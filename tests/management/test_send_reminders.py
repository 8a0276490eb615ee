"""manage.py send_reminders."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from actionplan.models import Reminder, State
from tests import factories
from tests.asked import ask, make_year
from tests.round.post_office import open_post_office

pytestmark = pytest.mark.django_db
EMPTY, SENT = State.NOT_STARTED, State.SUBMITTED
YEAR = "令和8年度（2026年度）"


def days(number: int):
    """The day so many days from today; before it when negative."""
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def report():
    return make_year(due=days(-3))


@pytest.fixture
def department(report):
    made = factories.make_department("第一課", email="ichi@example.jp")
    ask(report, made, EMPTY, SENT)
    return made


@pytest.fixture
def said(capsys):
    """What the command says when it is called so."""

    def call(*arguments: str) -> str:
        call_command("send_reminders", *arguments)
        return capsys.readouterr().out

    return call


def nothing_happened() -> bool:
    return not mail.outbox and not Reminder.objects.exists()


@pytest.mark.parametrize("year", [[], ["R8"], ["2026"]])
def test_it_reminds_who_has_not_handed_everything_in(department, report, said, year):
    ask(report, factories.make_department("済んだ課", email="ni@example.jp"), SENT)
    assert said(*year) == "第一課：送りました（ichi@example.jp）\n"
    assert [letter.to for letter in mail.outbox] == [["ichi@example.jp"]]
    assert "締切を3日過ぎています。" in mail.outbox[0].body
    row = Reminder.objects.get()
    assert (row.department, row.day, row.sent_by) == (department, timezone.localdate(), None)


def test_a_second_run_on_the_same_day_sends_nothing(department, said):
    said()
    assert said() == "第一課：今日はもう送っています\n"
    assert (len(mail.outbox), Reminder.objects.count()) == (1, 1)


def test_a_dry_run_shows_every_word_and_writes_and_sends_nothing(department, report, said):
    ask(report, factories.make_department("宛先のない課"), EMPTY)
    words = said("--dry-run")
    assert nothing_happened()
    assert "宛先：ichi@example.jp（課のメールアドレス）" in words
    assert f"件名：【督促】{YEAR}の実施状況の回答" in words
    assert "まだ提出されていない項目が1件あります。" in words
    assert "宛先のない課：メールアドレスがないため、送れません" in words
    said()
    assert mail.outbox[0].body in words


def test_a_dry_run_says_who_was_reminded_today(department, said):
    said()
    assert said("--dry-run") == "第一課：今日はもう送っています\n"


def test_departments_without_any_address_are_said_and_are_no_error(department, report, said):
    ask(report, factories.make_department("宛先のない課"), EMPTY)
    assert "宛先のない課：メールアドレスがないため、送れません\n" in said()


def test_when_everything_is_handed_in_it_says_so(report, said):
    ask(report, factories.make_department(email="ichi@example.jp"), SENT)
    assert said("R8") == f"{YEAR}：未提出の項目がある課はありません。\n"
    assert nothing_happened()


def test_without_a_year_it_takes_every_year_that_is_due_and_never_a_sample(department, said):
    ask(make_year(2025, due=days(-40)), department, EMPTY)
    ask(make_year(2028, due=days(2), sample=True), department, EMPTY)
    ask(make_year(2027), department, EMPTY)
    said()
    assert sorted(row.report.fiscal_year for row in Reminder.objects.all()) == [2025, 2026]


def test_a_year_that_was_only_just_opened_is_left_alone(department, said):
    ask(make_year(2027, due=days(8)), department, EMPTY)
    assert "令和9年度（2027年度）：まだ送る時期ではないため" in said()
    assert Reminder.objects.get().report.fiscal_year == 2026


def test_without_any_such_year_it_says_so_quietly(db, said):
    assert said() == "締切が決まっていて、未提出の項目がある年度はありません。\n"


@pytest.mark.parametrize(
    ("due", "arguments", "sends"),
    [
        *[(-1, ["--only-late"], True), (0, ["--only-late"], False), (1, ["--only-late"], False)],
        *[(-1, ["--before", "3"], True), (3, ["--before", "3"], True), (4, ["--before", "3"], False)],
        *[(0, ["--before", "0"], True), (1, ["--before", "0"], False)],
        *[(7, [], True), (8, [], False), (8, ["R8"], True)],
    ],
)
def test_it_may_be_told_when_to_begin(department, report, said, due, arguments, sends):
    report.answers_due = days(due)
    report.save()
    words = said(*arguments)
    assert bool(mail.outbox) == sends
    assert sends or words == f"{YEAR}：まだ送る時期ではないため、送っていません。\n"


@pytest.mark.parametrize("arguments", [["--only-late"], ["--before", "3"]])
def test_a_year_without_due_date_is_never_late(department, report, said, arguments):
    report.answers_due = None
    report.save()
    assert "まだ送る時期ではない" in said("R8", *arguments)
    assert nothing_happened()


def test_a_failure_is_logged_loses_nobody_else_and_ends_with_an_error_for_cron(department, report, settings, capsys):
    ask(report, factories.make_department("第二課", email="ni@example.jp"), EMPTY)
    failed = pytest.raises(CommandError, match="1課に送れませんでした。メールサーバーの設定を")
    with open_post_office(settings, refused=["ichi@example.jp"]) as office, failed:
        call_command("send_reminders")
    words = capsys.readouterr().out
    assert office.taken == [["ni@example.jp"]]
    assert "第一課：送れませんでした（メールサーバーが受け付けませんでした" in words
    assert "第二課：送りました（ni@example.jp）" in words
    assert "no such mailbox" in Reminder.objects.get(department=department).failure


def test_what_failed_is_sent_by_the_next_run_of_the_day_and_only_that(department, report, settings, said):
    ask(report, factories.make_department("第二課", email="ni@example.jp"), EMPTY)
    with open_post_office(settings, refused=["ichi@example.jp"]), pytest.raises(CommandError):
        said()
    with open_post_office(settings) as office:
        said()
    assert office.taken == [["ichi@example.jp"]]


def test_without_a_browser_the_address_is_the_settings_own(department, said, settings):
    settings.SITE_URL = "https://plan.example.jp"
    said()
    assert f"https://plan.example.jp/admin/answers/2026/{department.pk}/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("year", "sentence"),
    [("2019", "2019の年次報告がありません"), ("きのう", "年度として読めません"), ("R9", "見本データ")],
)
def test_a_year_that_cannot_be_reminded_of_is_answered_with_a_sentence(department, said, year, sentence):
    ask(make_year(2027, due=days(-3), sample=True), department, EMPTY)
    with pytest.raises(CommandError, match=sentence):
        said(year)
    assert nothing_happened()
