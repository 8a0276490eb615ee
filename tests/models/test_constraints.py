"""What must never be false, held by the database and said in Japanese by the forms."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from actionplan.models import (
    ActionItem,
    ActorType,
    Aim,
    AnnualReport,
    Department,
    Edition,
    EditionWithdrawal,
    Measure,
    Plan,
    Policy,
    Stage,
    State,
    StoryRemark,
    StoryStep,
    YearlyStatus,
)
from actionplan.scale import Progress
from tests import factories

pytestmark = pytest.mark.django_db


def refuses(obj: models.Model) -> bool:
    """Whether the database itself refuses to store the object, whatever the forms say."""
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError:
        return True
    return False


def complaint(obj: models.Model) -> str:
    """What a form would say about the object."""
    with pytest.raises(ValidationError) as refused:
        obj.full_clean()
    return "".join(refused.value.messages)


@pytest.fixture
def item(db) -> ActionItem:
    return factories.make_item()


def edition_of(report: AnnualReport, number: int) -> Edition:
    return Edition(report=report, number=number, public_from=timezone.now(), front_matter={"a": 1}, content_sha256="0")


def test_a_policy_number_is_unique_within_its_plan(item):
    plan = item.measure.policy.plan
    twin = Policy(plan=plan, number=1, title="別の題")
    assert "すでに使われています" in complaint(twin)
    assert refuses(twin)
    assert not refuses(Policy(plan=factories.make_plan(title="別の計画"), number=1, title="題"))


def test_a_measure_number_is_unique_within_its_policy(item):
    policy = item.measure.policy
    twin = Measure(policy=policy, number=item.measure.number, title="別の取組")
    assert "すでに使われています" in complaint(twin)
    assert refuses(twin)
    other = Policy.objects.create(plan=policy.plan, number=2, title="題")
    assert not refuses(Measure(policy=other, number=item.measure.number, title="取組"))


def test_an_item_number_is_unique_within_its_measure(item):
    twin = ActionItem(measure=item.measure, number=item.number, name="別", content="別")
    assert "すでに使われています" in complaint(twin)
    assert refuses(twin)
    assert not refuses(ActionItem(measure=factories.make_measure(), number=item.number, name="別", content="別"))


@pytest.mark.parametrize("model", [Policy, Measure, ActionItem])
def test_numbers_start_from_one(model):
    with pytest.raises(ValidationError, match="1以上の番号"):
        model._meta.get_field("number").clean(0, None)


def test_an_item_has_one_status_in_a_report(item):
    status = factories.make_status(item=item)
    twin = YearlyStatus(report=status.report, item=item, text="二つ目")
    assert complaint(twin)
    assert refuses(twin)
    assert not refuses(YearlyStatus(report=factories.make_report(fiscal_year=2010), item=item, text="翌年"))


def test_a_fiscal_year_has_one_report(item):
    report = factories.make_report()
    assert refuses(AnnualReport(plan=report.plan, fiscal_year=2009))


@pytest.mark.parametrize("year", [1925, 2100])
def test_a_fiscal_year_lies_within_the_eras(year):
    with pytest.raises(ValidationError):
        AnnualReport._meta.get_field("fiscal_year").clean(year, None)


def test_an_edition_number_is_unique_within_its_report(item):
    report = factories.make_report()
    assert not refuses(edition_of(report, 1))
    assert refuses(edition_of(report, 1))
    assert not refuses(edition_of(report, 2))
    assert not refuses(edition_of(factories.make_report(fiscal_year=2010), 1))


def test_edition_numbers_start_from_one(item):
    assert refuses(edition_of(factories.make_report(), 0))


def test_an_edition_is_withdrawn_once(item):
    edition = edition_of(factories.make_report(), 1)
    edition.save()
    assert not refuses(EditionWithdrawal(edition=edition, reason="誤り"))
    assert refuses(EditionWithdrawal(edition=edition, reason="もう一度"))


def test_a_stage_does_not_end_before_it_starts(item):
    fields = {"plan": item.measure.policy.plan, "label": "第１段階", "period": "平成２０年度～", "start_year": 2008}
    wrong = Stage(order=1, end_year=2007, **fields)
    assert "始まりの年度より前にできません" in complaint(wrong)
    assert refuses(wrong)
    assert not refuses(Stage(order=2, end_year=2008, **fields))
    assert not refuses(Stage(order=3, end_year=None, **fields))


def test_a_department_does_not_end_before_it_starts(db):
    wrong = Department(name="課", in_force_from=date(2009, 4, 1), in_force_until=date(2009, 3, 31))
    assert "設置日より前にできません" in complaint(wrong)
    assert refuses(wrong)
    assert not refuses(Department(name="課", in_force_from=date(2009, 4, 1), in_force_until=date(2009, 4, 1)))
    assert not refuses(Department(name="別の課", in_force_until=date(2009, 4, 1)))


def test_a_department_name_is_unique_for_its_days(db):
    assert not refuses(Department(name="課", unit="係"))
    assert refuses(Department(name="課", unit="係"))
    assert not refuses(Department(name="課", unit="係", in_force_from=date(2009, 4, 1)))
    assert refuses(Department(name="課", unit="係", in_force_from=date(2009, 4, 1)))
    assert not refuses(Department(name="課", unit="別の係"))


def test_a_plan_title_is_unique(item):
    assert refuses(Plan(title=Plan.objects.get().title, municipality="対馬市", municipality_code="422096"))


@pytest.mark.parametrize("code", ["42209", "4220960", "４２２０９６", "42209a", "422096\n", ""])
def test_a_municipality_code_has_six_digits(code):
    assert complaint(Plan(title="計画", municipality="対馬市", municipality_code=code))


@pytest.mark.parametrize(("field", "value"), [("symbol", "◎"), ("short_name", "市"), ("order", 1)])
def test_each_mark_of_the_legend_is_its_own(item, field, value):
    fields = {"symbol": "△", "label": "団体が主体", "short_name": "団体", "order": 4, field: value}
    assert refuses(ActorType(**fields))


@pytest.mark.parametrize("model", [StoryStep, StoryRemark, Aim, Stage])
def test_a_place_in_the_guideline_is_taken_once(item, model):
    fields = {"plan": item.measure.policy.plan, "order": 1, **({"start_year": 2008} if model is Stage else {})}
    assert not refuses(model(**fields))
    assert refuses(model(**fields))


def test_an_item_does_not_succeed_itself(item):
    item.successor = item
    assert "自分自身を引き継ぎ先にすることはできません" in complaint(item)
    assert refuses(item)


def test_a_new_status_is_unset_and_not_started(item):
    status = factories.make_status(item=item, text="")
    assert (status.progress, status.state, status.revision) == (Progress.UNSET, State.NOT_STARTED, 1)


def test_a_status_with_a_text_has_been_started(item):
    assert factories.make_status(item=item, text="実施した。").state == State.DRAFT


@pytest.mark.parametrize(("field", "value"), [("progress", "済"), ("progress", ""), ("state", "完了")])
def test_a_category_or_state_that_is_not_in_the_list_is_refused(item, field, value):
    status = factories.make_status(item=item)
    setattr(status, field, value)
    assert complaint(status)


@pytest.mark.parametrize(
    ("make", "field", "most"), [(factories.make_item, "name", 1_000), (factories.make_measure, "title", 300)]
)
def test_a_title_is_no_longer_than_one_can_be_and_a_stored_one_stays(make, field, most):
    row = make()
    setattr(row, field, "あ" * most)
    row.full_clean()
    setattr(row, field, "あ" * (most + 1))
    with pytest.raises(ValidationError, match=f"{most:,}字までにしてください（いまは{most + 1:,}字）") as refusal:
        row.full_clean()
    assert list(refusal.value.message_dict) == [field]
    row.save()  # as it came in before there was a bound
    row.full_clean()


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2009, 3, 31), date(2999, 1, 1)])
def test_a_year_was_published_first_between_its_beginning_and_today(day):
    report = factories.make_report()
    report.past_published_on = day
    with pytest.raises(ValidationError, match="2009年4月1日（年度の始まり）から今日までの日付にしてください"):
        report.full_clean()
    with pytest.raises(ValidationError):
        report.save()
    type(report).objects.filter(pk=report.pk).update(past_published_on=day)
    type(report).objects.get(pk=report.pk).save()  # as it came in before
    report.past_published_on = date(2010, 6, 1)
    report.full_clean()
