"""取りまとめ状況: who has come how far, in the order that needs the coordinator, and the ways on from there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.answers import saving as steps
from actionplan.models import Reminder, State
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db
EMPTY, DRAFT, BACK, SENT, DONE = (
    *(State.NOT_STARTED, State.DRAFT, State.RETURNED),
    *(State.SUBMITTED, State.CONFIRMED),
)
PAGE = "/admin/round/2026/"


def days(number: int):
    """The day so many days from today; before it when negative."""
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def report():
    return make_year(due=days(3))


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


def shown(browser, address=PAGE) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def table(page: str) -> list[list[str]]:
    """The words of each cell of each line of the table, blanks left out."""
    lines = re.findall(r"<tr.*?</tr>", page, re.S)
    return [[words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line, re.S)] for line in lines]


def words(html: str) -> str:
    return "".join(re.sub(r"<[^>]*>", "", html).split())


def names(page: str) -> list[str]:
    return [line[0] for line in table(page)[1:-1]]


def departments(report, **asked) -> None:
    for name, states in asked.items():
        ask(report, factories.make_department(name), *states)


def test_each_department_has_its_counts_and_the_foot_the_sum(report, office):
    departments(report, 第一課=[EMPTY, EMPTY, SENT], 第二課=[DRAFT, BACK, DONE, DONE])
    head, *lines, foot = table(shown(office))
    assert head[:7] == ["担当課", "未着手", "記入中", "差戻し", "提出", "確定", "計"]
    assert [line[:8] for line in lines] == [
        ["第二課", "0", "1", "1", "0", "2", "4", "50％あと3日"],
        ["第一課", "2", "0", "0", "1", "0", "3", "33％あと3日"],
    ]
    assert foot[:8] == ["全課の合計", "2", "1", "1", "1", "2", "7", "42％"]


def test_the_whole_year_stands_at_the_top(report, office):
    departments(report, 第一課=[EMPTY, SENT, DONE])
    page = words(shown(office))
    assert "提出済み（確定を含む）3件のうち2件（66％）" in page
    assert "確定を待っている回答1件" in page


@pytest.mark.parametrize(("due", "rest", "late"), [(3, "あと3日", 0), (0, "今日まで", 0), (-1, "1日遅れ", 1)])
def test_days_left_and_late_are_told_and_late_ones_stand_out(report, office, due, rest, late):
    report.answers_due = days(due)
    report.save()
    departments(report, 第一課=[EMPTY])
    page = shown(office)
    assert page.count(rest) == 2
    assert page.count("data-late") == 2 * late


def test_who_has_handed_everything_in_is_not_late(report, office):
    report.answers_due = days(-9)
    report.save()
    departments(report, 済んだ課=[SENT, DONE])
    (line,) = table(shown(office))[1:-1]
    assert line[7] == "100％すべて提出済み"


def test_a_year_without_due_date_says_so(report, office):
    report.answers_due = None
    report.save()
    departments(report, 第一課=[EMPTY])
    assert "締切決まっていません" in words(shown(office))


def test_departments_that_need_attention_come_first(report, office):
    departments(report, 済んだ課=[DONE], 待つ課=[SENT], 書く課=[EMPTY], 戻した課=[BACK])
    assert names(shown(office)) == ["戻した課", "書く課", "待つ課", "済んだ課"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("", ["戻した課", "書く課", "白紙の課", "待つ課", "済んだ課"]),
        ("open", ["戻した課", "書く課", "白紙の課"]),
        ("not_started", ["白紙の課"]),
        ("draft", ["書く課"]),
        ("returned", ["戻した課"]),
        ("submitted", ["待つ課"]),
        ("confirmed", ["済んだ課"]),
        ("nonsense", ["戻した課", "書く課", "白紙の課", "待つ課", "済んだ課"]),
    ],
)
def test_the_page_is_narrowed_to_a_state_and_the_sum_stays_that_of_all(report, office, word, found):
    departments(report, 済んだ課=[DONE], 待つ課=[SENT], 書く課=[DRAFT], 戻した課=[BACK], 白紙の課=[EMPTY])
    page = shown(office, f"{PAGE}?show={word}")
    assert names(page) == found
    assert table(page)[-1][6] == "5"
    assert f"（{len(found)}）" in page


def test_the_links_that_narrow_tell_how_many_departments_they_leave(report, office):
    departments(report, 第一課=[SENT], 第二課=[SENT, EMPTY], 第三課=[DONE])
    page = words(shown(office, f"{PAGE}?show=submitted"))
    for label in (
        "すべての課（3）",
        "未提出がある（1）",
        "確定を待っている（2）",
        "差戻しがある（0）",
        "すべて確定（1）",
    ):
        assert label in page
    assert re.search(r'show=submitted"\s+aria-current="true"', shown(office, f"{PAGE}?show=submitted"))


def test_nothing_found_is_said_in_words(report, office):
    departments(report, 第一課=[SENT])
    assert "当てはまる課はありません。" in shown(office, f"{PAGE}?show=returned")


def test_a_year_without_items_leads_to_opening_it(report, office):
    assert "この年度には、まだ項目がありません。" in shown(office)


def test_answers_without_department_are_listed_and_cannot_be_reminded_of(report, office):
    ask(report, None, EMPTY)
    page = shown(office)
    assert names(page) == ["担当課なし"]
    assert "/admin/round/2026/0/" in page
    assert "/admin/inquiry/2026/0.xlsx" in page
    assert "remind/?department" not in page


def test_renamed_and_merged_departments_stand_under_the_name_of_today(report, office):
    new = factories.make_department("新しい課", in_force_from=days(-1))
    for name in ("古い課", "もう一つの古い課"):
        ask(report, factories.make_department(name, in_force_until=days(-2), successor=new), EMPTY)
    page = shown(office)
    assert [line[:2] for line in table(page)[1:-1]] == [["新しい課", "2"]]
    assert f"/admin/round/2026/{new.pk}/" in page


def test_a_department_that_ended_without_successor_is_marked(report, office):
    ask(report, factories.make_department("なくなった課", in_force_until=days(-1)), EMPTY)
    assert "廃止された課です" in shown(office)


def test_the_last_movement_and_the_last_reminder_are_told(report, office):
    department = factories.make_department("第一課")
    (row,) = ask(report, department, SENT)
    ask(report, department, EMPTY)
    person = factories.make_person("事務局", last_name="佐藤", first_name="花子")
    assert [line[8:10] for line in table(shown(office))[1:-1]] == [["なし", "なし"]]
    steps.confirm({row.pk: row.revision}, by=person)
    day = days(-1)
    Reminder.objects.create(report=report, department=department, day=day, sent_by=person, open_items=1)
    ((moved, reminded),) = [line[8:10] for line in table(shown(office))[1:-1]]
    assert moved.endswith("佐藤花子")
    assert reminded == f"{day.month}月{day.day}日佐藤花子"
    Reminder.objects.create(report=report, department=department, day=days(0), open_items=1, failure="つながらない")
    assert table(shown(office))[1][9].endswith("送れませんでした")


def test_the_round_says_since_when_the_year_is_published(office):
    from actionplan.publishing.publish import publish

    report = make_year(2030)
    ask(report, None, State.CONFIRMED)
    assert "まだ公表していません" in office.get("/admin/round/2030/").content.decode()
    edition = publish(report, by=None)
    assert f"{edition.public_from:%Y}年" in office.get("/admin/round/2030/").content.decode()
    assert "（第1版）" in office.get("/admin/round/2030/").content.decode()
