"""Which records an item, a department, a person, a year, a kind or a day leads to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from actionplan.models import ActionItem, AnnualReport, Department, YearlyStatus, unsealed
from actionplan.publishing.publish import publish, withdraw
from actionplan.trail.kinds import KINDS, Reach
from actionplan.trail.wanted import Wanted, chunks, key_rows, keys_of
from tests import factories
from tests.trail.conftest import change

pytestmark = pytest.mark.django_db
EVERYTHING = Reach(tuple(KINDS.values()))


def found(wanted=None, reach=EVERYTHING, **question):
    """The kinds and object keys of the records, newest first."""
    keys = keys_of(key_rows(wanted or Wanted(**question), reach))
    return [
        (kind, KINDS[kind].table.objects.values_list(KINDS[kind].object, flat=True).get(pk=pk)) for kind, pk in keys
    ]


def kinds(**question):
    return [kind for kind, _ in found(**question)]


def test_the_newest_record_of_any_table_comes_first():
    status = factories.make_status()
    department = factories.make_department()
    change(status)
    assert found()[:3] == [("yearlystatus", status.pk), ("department", department.pk), ("yearlystatus", status.pk)]


def test_an_item_leads_to_itself_its_answers_and_the_editions_that_hold_it(real_report):
    item, other = ActionItem.objects.all()[:2]
    for each in (item, other):
        each.save()
        change(each.statuses.get())
    edition = publish(real_report, by=None)
    withdraw(edition, by=None, reason="誤り")
    asked = found(item=item.pk)
    assert {kind for kind, _ in asked} == {"actionitem", "edition", "editionwithdrawal", "yearlystatus"}
    assert not {("actionitem", other.pk), ("yearlystatus", other.statuses.get().pk)} & set(asked)


def test_a_department_leads_to_itself_its_items_and_its_answers():
    own, other = factories.make_department("甲課"), factories.make_department("乙課")
    for department in (own, other):
        item = factories.make_item(lead_department=department)
        factories.make_status(item=item, department=department)
    asked = {kind for kind, _ in found(departments=frozenset({own.pk}))}
    assert asked == {"department", "actionitem", "yearlystatus"}
    assert ("department", other.pk) not in found(departments=frozenset({own.pk}))


def test_an_answer_that_moved_is_found_under_both_departments_with_its_whole_past():
    old, new = factories.make_department("旧課"), factories.make_department("新課")
    status = factories.make_status(department=old)
    change(status, "旧課が書いた文")
    status.department = new
    change(status, "新課が書いた文")
    assert kinds(kind="yearlystatus", departments=frozenset({new.pk})) == ["yearlystatus"] * 3
    assert kinds(kind="yearlystatus", departments=frozenset({old.pk})) == ["yearlystatus"] * 2


def test_answers_of_no_department_can_be_asked_for():
    with_one, without = factories.make_status(department=factories.make_department()), factories.make_status()
    assert with_one.pk != without.pk
    assert found(kind="yearlystatus", departments=frozenset({None})) == [("yearlystatus", without.pk)]


def test_a_person_leads_to_what_they_did_publishing_included(real_report):
    person, status = factories.make_user(), YearlyStatus.objects.first()
    change(status, by=person)
    change(YearlyStatus.objects.last(), by=factories.make_user())
    publish(real_report, by=person)
    assert kinds(person=person.pk) == ["edition", "yearlystatus"]


def test_an_account_brings_its_comings_to_departments_and_its_leavings_along():
    person, other = factories.make_user(), factories.make_user()
    old, new, strange = (factories.make_department(name) for name in ("旧課", "新課", "別の課"))
    strange.members.add(other)
    for step in (
        lambda: old.members.add(person),
        lambda: old.members.add(other),
        lambda: Department.objects.get(pk=old.pk).save(),
        lambda: new.members.add(person),
        lambda: old.members.remove(person),
        lambda: new.members.remove(other),
    ):
        step()
    asked = found(kind="user", number=person.pk)
    assert [each for each in asked if each[0] == "department"] == [
        ("department", old.pk),
        ("department", new.pk),
        ("department", old.pk),
    ]
    assert {each for each in asked if each[0] != "department"} <= {("user", person.pk)}


def test_the_comings_of_an_account_are_shown_to_those_only_who_may_see_the_department():
    person, department = factories.make_user(), factories.make_department()
    department.members.add(person)
    kinds_seen = tuple(KINDS[key] for key in ("user", "department"))
    for reach, expected in ((frozenset({department.pk}), 1), (frozenset({department.pk + 1}), 0)):
        asked = found(Wanted(kind="user", number=person.pk), Reach(kinds_seen[1:], reach))
        assert len(asked) == expected


def test_a_year_leads_to_its_report_its_answers_and_its_editions(real_report):
    real_report.note = "メモ"
    real_report.save()
    change(real_report.statuses.first())
    change(factories.make_status(factories.make_report(real_report.plan, 2010)))
    publish(real_report, by=None)
    assert kinds(year=2009) == ["edition", "yearlystatus", "annualreport"]


def test_the_year_of_a_deleted_report_is_still_found():
    report = factories.make_report(fiscal_year=2015)
    factories.make_status(report).delete()
    AnnualReport.objects.get().delete()
    assert kinds(year=2015) == ["annualreport", "yearlystatus", "yearlystatus", "annualreport"]


def test_one_object_is_asked_for_by_kind_and_key_even_when_it_is_gone():
    status = factories.make_status()
    pk = status.pk
    status.delete()
    factories.make_status(item=factories.make_item())
    assert found(kind="yearlystatus", number=pk) == [("yearlystatus", pk)] * 2


@pytest.mark.parametrize(("action", "expected"), [("+", 1), ("~", 2), ("-", 1), ("p", 0)])
def test_what_happened_narrows_too(action, expected):
    status = factories.make_status()
    change(status, "一")
    change(status, "二")
    status.delete()
    assert kinds(kind="yearlystatus", action=action) == ["yearlystatus"] * expected


def test_publishing_is_an_action_of_its_own(real_report):
    withdraw(publish(real_report, by=None), by=None, reason="誤り")
    assert kinds(action="p") == ["edition"]
    assert kinds(action="w") == ["editionwithdrawal"]


def test_days_are_the_portals_own_and_both_ends_count():
    # Half past midnight on the 2nd in Japan is still the 1st in UTC.
    with unsealed("試し"):
        factories.make_department().history.update(history_date=datetime(2026, 4, 1, 15, 30, tzinfo=UTC))
    second = date(2026, 4, 2)
    assert kinds(kind="department", first=second, last=second) == ["department"]
    assert kinds(kind="department", last=second - timedelta(days=1)) == []
    assert kinds(kind="department", first=second + timedelta(days=1)) == []


def test_words_are_looked_for_in_reasons_and_file_names():
    status = factories.make_status()
    change(status, "一", reason="照会票の取込み", source_file="照会票_甲課.xlsx")
    change(status, "二", reason="差戻し：数を確かめる")
    assert len(kinds(words="甲課.xlsx")) == 1
    assert len(kinds(words="差戻し")) == 1
    assert len(kinds(words="照会票 甲課")) == 1
    assert kinds(words="乙課") == []


def test_a_department_sees_its_own_answers_only_whatever_it_asks_for():
    own, other = factories.make_department("甲課"), factories.make_department("乙課")
    mine, theirs = factories.make_status(department=own), factories.make_status(department=other)
    reach = Reach((KINDS["yearlystatus"],), frozenset({own.pk}))
    assert found(reach=reach) == [("yearlystatus", mine.pk)]
    assert found(Wanted(item=theirs.item_id), reach) == []
    assert found(Wanted(kind="department"), reach) == []
    assert found(Wanted(kind="yearlystatus", number=theirs.pk), reach) == []
    assert found(Wanted(departments=frozenset({other.pk})), reach) == []
    assert found(reach=Reach((KINDS["yearlystatus"],), frozenset())) == []


def test_all_records_are_handed_out_in_parts_without_losing_one(monkeypatch):
    monkeypatch.setattr("actionplan.trail.wanted.CHUNK", 3)
    status = factories.make_status()
    for number in range(7):
        change(status, str(number))
    rows = key_rows(Wanted(kind="yearlystatus"), EVERYTHING)
    parts = list(chunks(rows))
    assert [len(part) for part in parts] == [3, 3, 2]
    assert [key for part in parts for key in part] == keys_of(rows)


def test_time_is_aware_everywhere():
    factories.make_status()
    assert all(timezone.is_aware(moment) for moment, _, _ in key_rows(Wanted(), EVERYTHING))
