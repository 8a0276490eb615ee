"""The plan's tree in the admin: walking it, writing in it, its pickers, and the refusal to delete."""

from datetime import date

import pytest

from actionplan.models import ActionItem, ActorType, AnnualReport, Measure, Plan, Policy
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return factories.make_item(factories.make_measure(policy_number=3), "★◎", name="説明会", content="説明会を開く。")


def publish(item):
    from actionplan.publishing.publish import publish as publish_report

    status = factories.make_status(factories.make_report(item.measure.policy.plan), item)
    return publish_report(status.report, by=None)


def test_a_clerk_can_walk_from_the_plan_down_to_an_item_and_up_again(item):
    client, plan = signed_in(), Plan.objects.get()
    for upper, lower in [(plan, item.measure.policy), (item.measure.policy, item.measure), (item.measure, item)]:
        assert f'href="{change_url(lower)}' in client.get(change_url(upper)).content.decode()
        assert f'href="{change_url(upper)}"' in client.get(change_url(lower)).content.decode()


def test_the_whole_tree_is_on_one_page_with_the_way_to_every_form(item):
    page = signed_in().get(f"/admin/actionplan/plan/{Plan.objects.get().pk}/tree/").content.decode()
    for obj in (item, item.measure, item.measure.policy):
        assert f'href="{change_url(obj)}"' in page
    assert '<span class="marks">★◎</span>' in page
    assert signed_in().get("/admin/actionplan/plan/999/tree/").status_code == 404
    assert signed_in(superuser=False).get("/admin/actionplan/plan/1/tree/").status_code == 403


def test_a_plan_without_marks_and_contents_has_no_columns_for_them(item):
    tree, heads = f"/admin/actionplan/plan/{Plan.objects.get().pk}/tree/", ("主体</th>", "アクションプランの内容</th>")
    assert all(head in signed_in().get(tree).content.decode() for head in heads)
    item.content = ""
    item.save()
    item.actors.clear()
    assert not any(head in signed_in().get(tree).content.decode() for head in heads)


def test_items_are_written_on_their_measures_page_with_ticked_marks(item):
    client, address = signed_in(), change_url(item.measure)
    form = form_of(client.get(address), "measure_form")
    star, city = (str(ActorType.objects.get(symbol=symbol).pk) for symbol in "★●")
    assert len(form["items-0-actors"]) == 2
    response = client.post(address, {**form, "items-0-name": "新しい名前", "items-0-actors": [star, city]})
    assert response.status_code == 302
    item = ActionItem.objects.get()
    assert item.name == "新しい名前"
    assert "".join(actor.symbol for actor in item.actors.all()) == "★●"
    newest = item.history.first()
    assert newest.name == "新しい名前"
    assert {mark.actortype.symbol for mark in newest.actors.all()} == {"★", "●"}


def test_a_new_item_can_be_added_on_its_measures_page(item):
    client, address = signed_in(), change_url(item.measure)
    form = form_of(client.get(address), "measure_form")
    mark = str(ActorType.objects.get(symbol="◎").pk)
    new = {"items-1-number": "2", "items-1-name": "二つ目", "items-1-content": "内容", "items-1-actors": mark}
    response = client.post(address, {**form, **new, "items-TOTAL_FORMS": "2", "items-1-measure": str(item.measure.pk)})
    assert response.status_code == 302
    assert ActionItem.objects.get(number=2).history.filter(history_type="+").exists()


@pytest.mark.parametrize("where", ["own page", "measure"])
def test_an_item_without_any_mark_is_refused_where_another_of_its_plan_bears_one(item, where):
    client = signed_in()
    factories.make_item(factories.make_measure(policy_number=4))
    obj, form_id, name = (item, "actionitem_form", "actors")
    if where == "measure":
        obj, form_id, name = (item.measure, "measure_form", "items-0-actors")
    form = form_of(client.get(change_url(obj)), form_id)
    page = client.post(change_url(obj), {**form, name: []}).content.decode()
    assert "主体（★●◎）を1つ以上選んでください。" in page
    assert item.actors.count() == 2


def test_the_tree_shows_numbers_as_the_plan_prints_them(item):
    measure, policy = item.measure, item.measure.policy
    address = f"/admin/actionplan/plan/{policy.plan_id}/tree/"
    page = signed_in().get(address).content.decode()
    assert "施策3　" in page
    assert "■3-1　" in page
    assert '<td class="nowrap">3-1-1</td>' in page
    policy.printed_number, measure.printed_number, item.printed_number = "基本目標Ⅰ", "（１）", "Ⅰ-１-ア"
    for row in (policy, measure, item):
        row.save()
    page = signed_in().get(address).content.decode()
    assert "基本目標Ⅰ　" in page
    assert "■（１）　" in page
    assert '<td class="nowrap">Ⅰ-１-ア</td>' in page
    assert "施策3" not in page
    assert "3-1-1" not in page


def test_a_doubled_number_is_refused_in_words(item):
    other = factories.make_item(item.measure)
    client = signed_in()
    form = form_of(client.get(change_url(other)), "actionitem_form")
    page = client.post(change_url(other), {**form, "number": "1"}).content.decode()
    assert "この番号は、同じ親の中ですでに使われています。" in page


def test_departments_in_force_come_first_and_the_others_apart(item):
    factories.make_department("あ旧課", in_force_until=date(2015, 3, 31))
    factories.make_department("ん新課")
    page = signed_in().get(change_url(item)).content.decode()
    assert page.index("ん新課") < page.index('<optgroup label="廃止された課・これからできる課">') < page.index("あ旧課")


def test_years_are_picked_with_their_era_never_typed():
    plan = factories.make_plan()
    factories.make_report(plan, 2009)
    client = signed_in()
    page = client.get("/admin/actionplan/annualreport/add/").content.decode()
    assert '<option value="2010">平成22年度（2010年度）</option>' in page
    form = {"plan": str(plan.pk), "fiscal_year": "2010", "label_override": "", "answers_due": "", "note": ""}
    assert client.post("/admin/actionplan/annualreport/add/", form).status_code == 302
    assert AnnualReport.objects.first().fiscal_year == 2010
    page = client.post("/admin/actionplan/annualreport/add/", {**form, "fiscal_year": "1850"}).content.decode()
    assert AnnualReport.objects.count() == 2
    assert "errorlist" in page


def test_the_real_plans_page_saves_untouched_without_a_single_record(real_report):
    client, plan = signed_in(), Plan.objects.get()
    form = form_of(client.get(change_url(plan)), "plan_form")
    assert client.post(change_url(plan), form).status_code == 302
    assert not Policy.history.exists()
    assert plan.stages.get(order=1).start_year == 2008


@pytest.mark.parametrize("level", ["item", "measure", "policy", "plan"])
def test_what_a_published_year_rests_on_is_kept_with_a_sentence(item, level):
    publish(item)
    obj = {"item": item, "measure": item.measure, "policy": item.measure.policy, "plan": Plan.objects.get()}[level]
    client, address = signed_in(), change_url(obj).replace("/change/", "/delete/")
    assert "のもとになっているため、削除できません。" in client.get(address).content.decode()
    assert client.post(address, {"post": "yes"}).status_code == 200
    assert type(obj).objects.filter(pk=obj.pk).exists()


def test_choosing_published_rows_for_deletion_ends_in_the_same_sentence(item):
    publish(item)
    chosen = {"action": "delete_selected", "_selected_action": [str(item.pk)]}
    for confirmation in ({}, {"post": "yes"}):
        response = signed_in().post("/admin/actionplan/actionitem/", {**chosen, **confirmation})
        assert "のもとになっているため、削除できません。" in response.content.decode()
    assert ActionItem.objects.exists()


def test_a_mark_that_items_use_is_not_deleted_and_the_clerk_is_told(item):
    mark = ActorType.objects.get(symbol="★")
    response = signed_in().post(f"/admin/actionplan/actortype/{mark.pk}/delete/", {"post": "yes"}, follow=True)
    assert "この主体は項目で使われているため、削除できません。" in response.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [str(mark.pk)], "post": "yes"}
    response = signed_in().post("/admin/actionplan/actortype/", chosen, follow=True)
    assert "この主体は項目で使われているため、削除できません。" in response.content.decode()
    assert ActorType.objects.filter(symbol="★").exists()


def test_an_unpublished_item_can_be_deleted_and_its_history_stays(item):
    assert signed_in().post(f"/admin/actionplan/actionitem/{item.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ActionItem.objects.exists()
    assert ActionItem.history.filter(id=item.pk, history_type="-").exists()


def test_a_reader_walks_the_tree_but_every_forged_post_is_refused(item):
    client = viewer()
    for obj in (item, item.measure, item.measure.policy, Plan.objects.get()):
        assert client.get(change_url(obj)).status_code == 200
        assert client.post(change_url(obj), {"title": "x", "name": "x"}).status_code == 403
    assert client.get("/admin/actionplan/actionitem/add/").status_code == 403
    assert client.post("/admin/actionplan/actionitem/add/", {}).status_code == 403


def test_rights_on_measures_do_not_open_the_items_inline(item):
    from tests.admin.pages import with_rights

    client, address = with_rights("view_", "change_measure"), change_url(item.measure)
    form = form_of(client.get(address), "measure_form")
    assert not [name for name in form if name.startswith("items-0-name")]
    forged = {**form, "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "1", "items-0-id": str(item.pk)}
    client.post(address, {**forged, "items-0-name": "書き換え", "items-0-number": "1"})
    assert ActionItem.objects.get().name == "説明会"
    assert Measure.objects.count() == 1
