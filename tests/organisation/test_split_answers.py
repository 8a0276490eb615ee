"""After a split each part answers for its own items: open answers, those opened again, workbooks issued before."""

import pytest

from actionplan.answers import saving as steps
from actionplan.inquiry.compare import CHANGED
from actionplan.models import Department, State, Succession, YearlyStatus
from actionplan.organisation.reorganisation import Reorganisation
from actionplan.organisation.reorganise import reorganise, settle, unsettled
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from tests import factories
from tests.inquiry.filled import compared, file_of, line, taken
from tests.organisation.reorganising import AGO, SOON, TODAY, clerk_of, led_by, new, rename

pytestmark = pytest.mark.django_db
SEVERAL = "組織改正のあと、この項目は「{}」の担当です。この行は、その課か事務局が取り込みます。"


@pytest.fixture
def office(coordinator):
    return coordinator


@pytest.fixture
def old():
    return factories.make_department("旧課")


@pytest.fixture
def answers(old):
    """An answer that will be the main part's, and one that will be the other part's."""
    report = factories.make_report()
    return [led_by(old, report=report, state=State.DRAFT, text="はじめの文", progress="done")[1] for _ in range(2)]


def split(old, answers, office, day=AGO):
    first, second = (answer.item for answer in answers)
    reorganise(Reorganisation((old.pk,), (new("本課", first), new("分課", second)), day), by=office)
    return Department.objects.get(name="本課"), Department.objects.get(name="分課")


def homes(answers) -> list[str]:
    return [str(YearlyStatus.objects.get(pk=answer.pk).department) for answer in answers]


def test_open_answers_of_a_published_year_go_to_their_parts_and_confirmed_ones_stay(old, answers, office):
    confirmed = led_by(old, report=answers[0].report, state=State.CONFIRMED)[1]
    publish(answers[0].report, by=None)
    split(old, [*answers], office)
    assert homes([*answers, confirmed]) == ["本課", "分課", "旧課"]


def test_a_rename_leaves_a_published_year_under_the_old_name(old, answers, office):
    publish(answers[0].report, by=None)
    reorganise(rename(old, "新課", AGO), by=office)
    assert homes(answers) == ["旧課", "旧課"]


@pytest.mark.parametrize("step", ["return", "reopen"])
def test_a_confirmed_answer_that_is_opened_again_goes_to_the_part_that_leads_its_item(old, answers, office, step):
    YearlyStatus.objects.update(state=State.CONFIRMED)
    publish(answers[0].report, by=None)
    _, part = split(old, answers, office)
    assert homes(answers) == ["旧課", "旧課"]
    seen = {answers[1].pk: YearlyStatus.objects.get(pk=answers[1].pk).revision}
    take = {"return": steps.return_answers, "reopen": steps.reopen}[step]
    take(seen, by=office, reason="数を書いてください。")
    assert homes(answers) == ["旧課", "分課"]
    record = YearlyStatus.history.filter(id=answers[1].pk).first()
    assert (record.department_id, record.history_user) == (part.pk, office)


def test_an_answer_of_the_main_part_and_of_a_renamed_department_stays_where_it_was(old, answers, office):
    YearlyStatus.objects.update(state=State.CONFIRMED)
    publish(answers[0].report, by=None)
    split(old, answers, office)
    other = factories.make_department("別の旧課")
    renamed = led_by(other, report=answers[0].report, state=State.CONFIRMED)[1]
    reorganise(rename(other, "別の新課", AGO), by=office)
    steps.return_answers({answers[0].pk: 1, renamed.pk: 1}, by=office, reason="数を書いてください。")
    assert homes([answers[0], renamed]) == ["旧課", "別の旧課"]


def test_the_published_name_stays_until_the_part_has_taken_the_answer_over(old, answers, office):
    YearlyStatus.objects.update(state=State.CONFIRMED)
    publish(answers[0].report, by=None)
    split(old, answers, office)
    assert {row.department_name for row in compose(answers[0].report).rows} == {"旧課"}
    steps.return_answers({answers[1].pk: 1}, by=office, reason="数を書いてください。")
    assert [row.department_name for row in compose(answers[0].report).rows] == ["旧課", "分課"]


def test_answers_of_a_published_year_are_handed_over_on_the_day_too(old, answers, office):
    publish(answers[0].report, by=None)
    split(old, answers, office, SOON)
    assert homes(answers) == ["旧課", "旧課"]
    Department.objects.filter(pk=old.pk).update(in_force_until=AGO)
    Department.objects.exclude(pk=old.pk).update(in_force_from=AGO)
    assert unsettled() == [old]
    settle(by=office)
    assert (homes(answers), unsettled()) == (["本課", "分課"], [])


def test_each_part_takes_its_own_rows_of_a_workbook_issued_before_the_split(old, answers, office):
    main, part = split(old, answers, office)
    now = [YearlyStatus.objects.get(pk=answer.pk) for answer in answers]
    lines = [line(answer, number, revision=1, text="新しい文") for number, answer in enumerate(answers, 5)]
    file, report = file_of(*lines, report=answers[0].report, department=old), answers[0].report
    clerks = [clerk_of(main), clerk_of(part)]
    for clerk, own, other in zip(clerks, now, (part, main), strict=True):
        found = compared(file, report, clerk)
        assert [(item.status, item.kind) for item in found.items] == [(own, CHANGED)]
        assert [trouble.sentence for trouble in found.troubles] == [SEVERAL.format(other)]
    assert [taken(file, report, clerk, good_only=True).saved for clerk in clerks] == [1, 1]
    assert {row.text for row in YearlyStatus.objects.all()} == {"新しい文"}


def test_the_office_takes_the_whole_workbook_at_once(old, answers, office):
    split(old, answers, office)
    lines = [line(answer, number, revision=1, text="新しい文") for number, answer in enumerate(answers, 5)]
    assert taken(file_of(*lines, report=answers[0].report, department=old), answers[0].report, office).saved == 2


def test_rows_of_the_other_part_that_say_nothing_new_are_in_nobodys_way(old, answers, office):
    _, part = split(old, answers, office)
    lines = [line(answers[0], 5, revision=1, text="はじめの文"), line(answers[1], 6, revision=1, text="新しい文")]
    found = compared(file_of(*lines, report=answers[0].report, department=old), answers[0].report, clerk_of(part))
    assert (found.troubles, found.unchanged, len(found.items)) == ((), 1, 1)


def test_a_stranger_is_told_of_the_workbook_by_its_old_name(old, answers, office):
    split(old, answers, office)
    stranger = clerk_of(factories.make_department("よその課"))
    file = file_of(line(answers[0], text="新しい文"), report=answers[0].report, department=old)
    with pytest.raises(ValueError, match="この照会票は「旧課」のものです。"):
        compared(file, answers[0].report, stranger)


def test_heirs_follow_parts_that_are_renamed_merged_or_still_to_come(old, answers, office):
    main, part = split(old, answers, office)
    reorganise(rename(part, "新分課", TODAY), by=office)
    later = Department.objects.get(name="新分課")
    coming = factories.make_department("これからの分課", in_force_from=SOON, split_from=old)
    assert Succession().heirs(old.pk, TODAY) == {main.pk, later.pk}
    assert Succession().heirs(old.pk, SOON) == {main.pk, later.pk, coming.pk}
    assert Succession().heirs(main.pk, TODAY) == {main.pk}
