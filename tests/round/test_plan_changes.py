"""The plan changes while a year is open: asked at saving, shown on the round until it is decided, remembered."""

import re
from datetime import date

import pytest

from actionplan.answers.saving import REOPEN
from actionplan.models import AnnualReport, State, YearlyStatus
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.asked import ask, make_year
from tests.plan.files import confirm, edited, upload, written
from tests.round.coordinating import DONE, DRAFT, SENT, everything, said

pytestmark = pytest.mark.django_db
ROUND, PLAN = "/admin/round/2026/", "/admin/round/2026/plan/"


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


@pytest.fixture
def town():
    """A year with one answer of the first department, and a second department."""
    first, second = factories.make_department("第一課"), factories.make_department("第二課")
    item = factories.make_item(lead_department=first)
    (row,) = ask(make_year(), first, DRAFT, item=item)
    return item, row, first, second


def buttons(page) -> list[str]:
    """What the buttons of the page send, in order."""

    return re.findall(r'name="do"\s+value="([^"]*)"', page.content.decode())


def press(office, beginning: str):
    page = office.get(PLAN)
    return office.post(PLAN, {"do": next(each for each in buttons(page) if each.startswith(beginning))}, follow=True)


def save(office, item, **changes):
    address = change_url(item)
    form = form_of(office.get(address), "actionitem_form")
    return office.post(address, form | changes | {"_save": "保存"})


def test_nothing_is_asked_where_nothing_changed(town, office):
    assert buttons(office.get(PLAN)) == []
    assert PLAN not in office.get(ROUND).content.decode()


def test_another_lead_is_asked_about_at_saving_and_on_the_round_and_the_answer_moves(town, office):
    item, row, _, second = town
    assert save(office, item, lead_department=second.pk).url == PLAN
    assert "計画が変わったため、この年度の回答をどうするか決める項目が1件あります。" in said(office.get(ROUND))
    assert "担当課が第二課になりました。この年度の回答（記入中）は、第一課のままです。" in said(office.get(PLAN))
    page = press(office, "move:")
    assert "1-1-1の回答を第二課に移しました。" in said(page)
    row.refresh_from_db()
    assert (row.department, row.state, row.text) == (second, DRAFT, "実施した。")
    assert row.history.first().history_change_reason == "計画の担当課の変更に合わせて移す"
    assert PLAN not in office.get(ROUND).content.decode()


def test_an_item_that_is_new_is_added_or_left_out_and_the_decision_is_remembered(town, office):
    item, *_ = town
    for number in (2, 3):
        factories.make_item(item.measure, number=number, lead_department=item.lead_department)
    assert len([each for each in buttons(office.get(PLAN)) if each.startswith("add:")]) == 2
    press(office, "add:")
    assert YearlyStatus.objects.filter(item__number=2, state=State.NOT_STARTED).count() == 1
    assert "このままにします" in said(press(office, "leave:"))
    assert buttons(office.get(PLAN)) == []
    report = AnnualReport.objects.get()
    assert report.statuses.count() == 2
    assert report.history.first().history_change_reason == "計画の変更を、この年度に入れない：1-1-3"
    assert report.history.first().history_user


def test_what_was_left_is_asked_again_when_yet_another_department_leads(town, office):
    item, _, _, second = town
    save(office, item, lead_department=second.pk)
    press(office, "leave:")
    assert buttons(office.get(PLAN)) == []
    save(office, item, lead_department=factories.make_department("第三課").pk)
    assert "担当課が第三課になりました" in said(office.get(PLAN))


@pytest.mark.parametrize(("state", "offered"), [(State.NOT_STARTED, True), (DRAFT, False)])
def test_an_item_that_ended_is_dropped_only_where_nobody_has_written(town, office, state, offered):
    item, *_ = town
    ended = factories.make_item(item.measure, ended=True)
    (row,) = ask(AnnualReport.objects.get(), None, state, item=ended)
    assert any(each.startswith("drop:") for each in buttons(office.get(PLAN))) == offered
    press(office, "drop:" if offered else "leave:")
    assert YearlyStatus.objects.filter(pk=row.pk).exists() != offered
    assert buttons(office.get(PLAN)) == []


def test_a_confirmed_answer_is_not_moved(town, office):
    item, _, _, second = town
    YearlyStatus.objects.update(state=DONE)
    save(office, item, lead_department=second.pk)
    assert [each.partition(":")[0] for each in buttons(office.get(PLAN))] == ["leave"]
    assert "確定した回答なので、移せません。" in said(office.get(PLAN))
    assert REOPEN.target == SENT
    YearlyStatus.objects.update(state=SENT)
    press(office, "move:")
    assert YearlyStatus.objects.get().department == second


def test_all_are_brought_in_line_at_once(town, office):
    item, _, _, second = town
    save(office, item, lead_department=second.pk)
    factories.make_item(item.measure, lead_department=second)
    office.post(PLAN, form_of(office.get(PLAN), "plan-form") | {"do": "all"})
    assert set(YearlyStatus.objects.values_list("department", flat=True)) == {second.pk}
    assert YearlyStatus.objects.count() == 2


def test_what_moved_since_the_page_was_read_is_not_decided(town, office):
    item, row, _, second = town
    save(office, item, lead_department=second.pk)
    sent = buttons(office.get(PLAN))
    row.refresh_from_db()
    row.text = "書き直した。"
    row.save()
    before = everything()
    for each in [*sent, "move", "add:missing-1:x", ""]:
        assert "何も変えていません" in said(office.post(PLAN, {"do": each}, follow=True))
    assert everything() == before


def test_a_department_that_was_renamed_is_no_change(town, office):

    item, _, first, second = town
    first.in_force_until, first.successor = date(2020, 3, 31), second
    first.save()
    item.lead_department = second
    item.save()
    assert buttons(office.get(PLAN)) == []


def test_who_imports_the_plan_is_told(town, office):
    _, _, _, second = town
    done = confirm(office, upload(office, written(edited(office, 担当課=str(second)))))
    assert "回答を移すか、項目を加えるか、このままにするかが決まっていない項目が1件あります。" in said(done)
    assert f'<a href="{PLAN}">決める</a>' in done.content.decode()


def test_a_year_that_is_published_and_confirmed_is_asked_nothing(town, office):
    item, *_ = town
    factories.make_item(item.measure)
    YearlyStatus.objects.update(state=DONE)
    assert PLAN in office.get(ROUND).content.decode()
    open_since_before = buttons(office.get(PLAN))
    publish(AnnualReport.objects.get(), by=None)
    assert PLAN not in office.get(ROUND).content.decode()
    assert buttons(office.get(PLAN)) == []
    before = everything()
    for sent in open_since_before:
        late = office.post(PLAN, {"do": sent}, follow=True)
    assert "何も変えていません。" in said(late)
    assert (everything(), AnnualReport.objects.get().left_as_is) == (before, {})
