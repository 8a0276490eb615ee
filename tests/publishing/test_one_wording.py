"""A correction gives an edition one title a number: asked for where words differ, refused where they cannot meet."""

import pytest
from django.core.management import CommandError, call_command

from actionplan.models import ActionItem, EditionRow, Measure, Policy
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import PublishRefused, publish
from actionplan.publishing.unconfirmed import unconfirmed
from tests import factories
from tests.admin.pages import form_of, signed_in

pytestmark = pytest.mark.django_db
NOTE = "追加しました。"
OTHER = {"published": "current", "current": "published"}


@pytest.fixture
def report(real_report):
    publish(real_report, by=None)
    return real_report


def policy(number=3) -> Policy:
    return Policy.objects.get(number=number)


def add_item(report, measure, number=90):
    item = factories.make_item(measure, number=number, name=f"加わった項目{number}", marks="★")
    return factories.make_status(report, item, text="加わった。")


def rename(row, **fields) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def renamed_policy(report):
    rename(policy(), title="改めた施策")
    return add_item(report, policy().measures.order_by("number").first())


def renamed_measure(report):
    measure = policy().measures.order_by("number").first()
    rename(measure, title="改めた取組")
    return add_item(report, measure)


def another_heading(report):
    measure = policy().measures.order_by("number").first()
    rename(measure, status_heading="改めた見出し")
    return add_item(report, measure)


def relisted(report):
    measure = policy().measures.order_by("number").first()
    rename(measure, relisted=not measure.relisted)
    return add_item(report, measure)


RENAMINGS = {
    "施策3": renamed_policy,
    "取組3-1": renamed_measure,
    "欄の見出し": another_heading,
    "再掲": relisted,
}


def titles(edition) -> dict[tuple, set]:
    found: dict[tuple, set] = {}
    for row in EditionRow.objects.filter(edition=edition):
        found.setdefault((row.policy_number,), set()).add(row.policy_title)
        words = (row.measure_title, row.measure_relisted, row.status_heading)
        found.setdefault((row.policy_number, row.measure_number), set()).add(words)
    return found


@pytest.mark.parametrize("what", RENAMINGS)
def test_it_is_asked_for_and_nothing_is_published_before_it_is_decided(report, what):
    RENAMINGS[what](report)
    with pytest.raises(PublishRefused, match="名前が違うものがあります") as refusal:
        publish(report, by=None, note=NOTE)
    assert what in str(refusal.value)
    assert report.editions.count() == 1


@pytest.mark.parametrize("headings", OTHER)
@pytest.mark.parametrize("what", RENAMINGS)
def test_whatever_is_decided_the_edition_has_one_title_a_number_and_every_item(report, what, headings):
    status = RENAMINGS[what](report)
    edition = publish(report, by=None, note=NOTE, headings=headings)
    assert [number for number, words in titles(edition).items() if len(words) > 1] == []
    assert edition.rows.count() == 39
    row, measure = edition.rows.get(item=status.item), status.item.measure
    live = (measure.policy.title, measure.title, measure.relisted, measure.status_heading)
    words = (row.policy_title, row.measure_title, row.measure_relisted, row.status_heading)
    assert (words == live) == (headings == "current")


def test_the_pages_and_files_of_such_a_year_hold_every_item_once(report, client):
    renamed_policy(report)
    publish(report, by=None, note=NOTE, headings="published")
    page = client.get("/reports/2009/").content.decode()
    assert page.count('id="policy-3"') == 1
    assert "加わった項目90" in client.get("/reports/2009/policies/3/").content.decode()
    assert "加わった項目90" in client.get("/reports/2009.txt").content.decode()
    assert client.get("/reports/2009-form.xlsx").status_code == 200


def test_a_decision_that_nothing_asks_for_changes_nothing(report):
    hashes = {compose(report, headings=headings).content_sha256 for headings in (None, "published", "current")}
    assert len(hashes) == 1


def test_with_the_plans_own_wording_nothing_is_asked(report):
    renamed_policy(report)
    edition = publish(report, by=None, note=NOTE, wording="current")
    assert {row.policy_title for row in edition.rows.filter(policy_number=3)} == {"改めた施策"}


def swapped_policies(report):
    third, fourth = policy(3), policy(4)
    for row, number in ((third, 90), (fourth, 3), (third, 4)):
        rename(row, number=number)
    return add_item(report, fourth.measures.order_by("number").first())


def swapped_measures(report):
    first, second = policy().measures.order_by("number")[:2]
    for row, number in ((first, 90), (second, 1), (first, 2)):
        rename(row, number=number)
    return add_item(report, second)


def another_policy_with_its_number(report):
    rename(policy(3), number=6)
    new = Policy.objects.create(plan=report.plan, number=3, title="新しい施策")
    return add_item(report, Measure.objects.create(policy=new, number=9, title="新しい取組"))


def a_number_that_another_item_was_printed_with(report):
    old = ActionItem.objects.get(measure__policy__number=3, measure__number=1, number=1)
    rename(old, number=80)
    return add_item(report, old.measure, number=1)


def a_policy_that_got_another_number(report):
    rename(policy(3), number=6)
    return add_item(report, policy(6).measures.order_by("number").first())


def a_measure_that_got_another_number(report):
    measure = policy(3).measures.order_by("number").first()
    rename(measure, number=60)
    return add_item(report, measure)


CLASHES = {
    "施策3が2つになります": swapped_policies,
    "取組3-1が2つになります": swapped_measures,
    "施策3が2つになります：「": another_policy_with_its_number,
    "項目3-1-1が2つになります": a_number_that_another_item_was_printed_with,
    "は、公表した版では3、いまの計画では6です": a_policy_that_got_another_number,
    "は、公表した版では3-1、いまの計画では3-60です": a_measure_that_got_another_number,
}


@pytest.mark.parametrize("headings", [None, "published", "current"])
@pytest.mark.parametrize("sentence", CLASHES)
def test_what_cannot_stand_in_one_edition_is_refused_by_name_and_with_what_to_do(report, sentence, headings):
    CLASHES[sentence](report)
    with pytest.raises(PublishRefused, match="1つの版に載せられません") as refusal:
        publish(report, by=None, note=NOTE, headings=headings)
    assert sentence in str(refusal.value)
    assert "いまの計画の文に替える" in str(refusal.value)
    assert report.editions.count() == 1


@pytest.mark.parametrize("sentence", CLASHES)
def test_the_plans_own_wording_is_the_way_out(report, sentence):
    CLASHES[sentence](report)
    edition = publish(report, by=None, note=NOTE, wording="current")
    assert [number for number, words in titles(edition).items() if len(words) > 1] == []
    assert edition.rows.count() == 39


def test_an_item_moved_in_the_plan_hinders_nobody(report):
    """It stays where it was printed; a new item in its new policy is no second place of anything."""
    new = Policy.objects.create(plan=report.plan, number=6, title="新しい施策")
    measure = Measure.objects.create(policy=new, number=1, title="新しい取組")
    rename(ActionItem.objects.get(measure__policy__number=3, measure__number=1, number=1), measure=measure)
    add_item(report, measure)
    assert publish(report, by=None, note=NOTE).rows.count() == 39


def page_of(report, query=""):
    return f"/admin/actionplan/annualreport/{report.pk}/publish/{query}"


def test_the_page_asks_with_both_names_and_cannot_be_sent_before(report):
    renamed_policy(report)
    html = signed_in().get(page_of(report)).content.decode()
    assert "どちらの名前にするかを選んでください。" in html
    assert "いまの計画では「改めた施策」" in html
    assert 'value="訂正版を公表する" disabled' in html


@pytest.mark.parametrize(("headings", "title"), [("current", "改めた施策"), ("published", None)])
def test_the_page_publishes_what_was_chosen_and_shown(report, headings, title):
    title = title or policy().title
    renamed_policy(report)
    client = signed_in()
    response = client.get(page_of(report, f"?headings={headings}"))
    form = form_of(response, "publish-form")
    named = [value for value, _ in response.context["form"].fields["named"].choices]
    sent = {**form, "note": NOTE, "when": "now", "named": named}
    client.post(page_of(report), sent)
    edition = report.editions.order_by("-number").first()
    assert edition.number == 2
    assert {row.policy_title for row in edition.rows.filter(policy_number=3)} == {title}


def test_a_post_without_the_choice_is_refused_in_words(report):
    renamed_policy(report)
    client = signed_in()
    response = client.get(page_of(report))
    form = form_of(response, "publish-form")
    named = [value for value, _ in response.context["form"].fields["named"].choices]
    html = client.post(page_of(report), {**form, "note": NOTE, "named": named}).content.decode()
    assert "名前が違うものがあります：施策3" in html
    assert report.editions.count() == 1


def test_the_page_says_why_it_cannot_be_published(report):
    swapped_policies(report)
    html = signed_in().get(page_of(report)).content.decode()
    assert "このままでは公表できません。" in html
    assert "施策3が2つになります" in html


def test_the_command_asks_too_and_takes_the_answer(report):
    renamed_policy(report)
    options = {"note": NOTE, "unconfirmed": [row.code for row in unconfirmed(report)]}
    with pytest.raises(CommandError, match="名前が違うものがあります"):
        call_command("publish_report", "2009", **options)
    call_command("publish_report", "2009", headings="current", **options)
    assert report.editions.count() == 2


def test_a_policy_renumbered_and_renamed_is_not_published_twice(report):
    moved = policy()
    Policy.objects.filter(pk=moved.pk).update(number=9, title="番号も名も変わった")
    add_item(report, Measure.objects.create(policy=Policy.objects.get(pk=moved.pk), number=99, title="新しい取組"))
    with pytest.raises(PublishRefused, match=r"施策「番号も名も変わった」は、公表した版では3、いまの計画では9です"):
        publish(report, by=None, note=NOTE)


def test_a_measure_renumbered_and_renamed_is_not_published_twice(report):
    measure = Measure.objects.get(policy__number=3, number=2)
    rename(measure, number=88, title="番号も名も変わった取組")
    add_item(report, measure)
    with pytest.raises(PublishRefused, match=r"公表した版では3-2、いまの計画では3-88です"):
        publish(report, by=None, note=NOTE)
