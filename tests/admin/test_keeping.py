"""Two editors of one plan: nobody's newer words are taken back by a page that was opened before."""

import pytest

from actionplan.models import ActionItem, ActorType, Department, Measure, Plan
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in

pytestmark = pytest.mark.django_db
REFUSED = "保存していません。"


@pytest.fixture
def item():
    measure = factories.make_measure(policy_number=3)
    return factories.make_item(measure, "★◎", name="説明会", content="一行目\n二行目")


@pytest.fixture(params=["own page", "measure"])
def page(request, item):
    """The item's page or its measure's: its address, what it showed, and the names of its boxes."""
    if request.param == "own page":
        return Page(change_url(item), "actionitem_form", "")
    return Page(change_url(item.measure), "measure_form", "items-0-")


class Page:
    def __init__(self, address, form_id, prefix):
        self.client, self.address, self.form_id, self.prefix = signed_in(), address, form_id, prefix
        self.shown = form_of(self.client.get(address), form_id)

    def save(self, **changes):
        return self.client.post(self.address, {**self.shown, **{self.prefix + k: v for k, v in changes.items()}})

    def read_again(self, response):
        self.shown = form_of(response, self.form_id)
        return response.content.decode()


def somebody_saves(item, **values):
    newer = ActionItem.objects.get(pk=item.pk)
    for name, value in values.items():
        setattr(newer, name, value)
    newer.save()


def test_a_box_that_i_did_not_touch_keeps_somebody_elses_newer_words(item, page):
    department = factories.make_department()
    somebody_saves(item, content="ほかの人の文", lead_department=department, ended=True, number=5)
    item.actors.set([ActorType.objects.get(symbol="●")])
    assert page.save(name="新しい名前").status_code == 302
    item = ActionItem.objects.get()
    assert (item.name, item.content, item.lead_department) == ("新しい名前", "ほかの人の文", department)
    assert (item.ended, item.number) == (True, 5)
    assert [actor.symbol for actor in item.actors.all()] == ["●"]


def test_a_box_that_both_changed_is_refused_with_both_texts(item, page):
    somebody_saves(item, content="ほかの人の文")
    answer = page.read_again(page.save(content="私の文"))
    assert REFUSED in answer
    assert '<td class="words">ほかの人の文</td>' in answer
    assert '<td class="words">私の文</td>' in answer
    assert ActionItem.objects.get().content == "ほかの人の文"
    assert page.shown[page.prefix + "content"] == ["私の文"]
    assert page.save().status_code == 302
    assert ActionItem.objects.get().content == "私の文"


def test_a_refusal_shows_the_newer_words_in_the_boxes_that_i_did_not_touch(item, page):
    somebody_saves(item, content="ほかの人の文", name="ほかの人の名前")
    page.read_again(page.save(content="私の文"))
    assert page.shown[page.prefix + "name"] == ["ほかの人の名前"]
    page.save()
    assert ActionItem.objects.get().name == "ほかの人の名前"


def test_marks_that_both_changed_are_refused_in_words(item, page):
    item.actors.set([ActorType.objects.get(symbol="●")])
    answer = page.save(actors=[str(ActorType.objects.get(symbol="◎").pk)]).content.decode()
    assert REFUSED in answer
    assert '<td class="words">●市が主体</td>' in answer
    assert [actor.symbol for actor in item.actors.all()] == ["●"]


def test_the_same_change_by_both_is_no_conflict(item, page):
    somebody_saves(item, content="同じ文")
    assert page.save(content="同じ文").status_code == 302


def test_a_page_saved_untouched_writes_nothing_and_takes_nothing_back(item, page):
    somebody_saves(item, content="ほかの人の文")
    before = ActionItem.history.count(), Measure.history.count()
    assert page.save().status_code == 302
    assert ActionItem.objects.get().content == "ほかの人の文"
    assert (ActionItem.history.count(), Measure.history.count()) == before


def test_the_plan_and_its_departments_are_kept_in_the_same_way(item):
    department, plan = factories.make_department("旧課"), Plan.objects.get()
    pages = Page(change_url(plan), "plan_form", ""), Page(change_url(department), "department_form", "")
    Plan.objects.filter(pk=plan.pk).update(purpose="ほかの人の目的")
    Department.objects.filter(pk=department.pk).update(phone="0000")
    pages[0].save(title="新しい題")
    pages[1].save(name="新課")
    assert Plan.objects.values_list("title", "purpose").get() == ("新しい題", "ほかの人の目的")
    assert Department.objects.values_list("name", "phone").get() == ("新課", "0000")


def test_a_row_that_is_deleted_at_the_last_moment_is_told(item, monkeypatch):
    from actionplan.admin.locking import KeepingForm

    opened = Page(change_url(item), "actionitem_form", "")
    monkeypatch.setattr(KeepingForm, "has_changed", lambda form: bool(ActionItem.objects.all().delete()))
    assert "ほかの人が削除しました" in opened.save(content="私の文").content.decode()
