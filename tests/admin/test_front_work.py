"""「いまの仕事」 on the front page: what waits for each person, asked in few questions."""

import pytest

from actionplan.models import AnnualReport
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[5, 60])
def year(request):
    report = factories.make_report()
    factories.make_tree(report, request.param)
    departments = [factories.make_department(f"第{number}課") for number in range(5)]
    for index, row in enumerate(report.statuses.all()):
        row.department = departments[index % 5]
        row.save()
    return departments


def person(department, role):
    user = factories.make_user(superuser=False, last_name="山田", first_name="花子")
    user.groups.add(factories.make_role(role))
    department.members.add(user)
    return signed_in(user)


@pytest.mark.parametrize("role", [CLERK, HEAD, COORDINATOR, PUBLISHER, READER])
def test_the_front_page_asks_fewer_than_seventeen_questions(year, role, django_assert_max_num_queries):
    client = person(year[0], role)
    client.get("/admin/")
    with django_assert_max_num_queries(16):
        assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("role", "waiting", "hidden"),
    [
        (CLERK, "自課の回答", "取りまとめ状況"),
        (HEAD, "自課の回答", "取りまとめ状況"),
        (COORDINATOR, "取りまとめ状況", "自課の回答（"),
        (READER, "変更の記録", "照会票（Excel）"),
    ],
)
def test_each_finds_their_own_work_first(year, role, waiting, hidden):
    page = person(year[0], role).get("/admin/").content.decode()
    assert waiting in page
    assert hidden not in page


def test_who_has_no_lists_is_not_told_of_missing_permissions(year):
    page = person(year[0], CLERK).get("/admin/").content.decode()
    assert "パーミッション" not in page


def test_the_person_is_greeted_with_the_family_name_first(year):
    page = person(year[0], CLERK).get("/admin/").content.decode()
    assert "<strong>山田 花子</strong>さん" in page


def test_every_year_under_way_is_named_on_the_offices_front_page(year):
    from actionplan.models import AnnualReport, State
    from tests.asked import ask, make_year

    first = AnnualReport.objects.get()
    first.statuses.update(state=State.SUBMITTED)
    client = person(year[0], COORDINATOR)
    labels = [link.label for link in client.get("/admin/").context["work"]]
    assert labels[:2] == ["取りまとめ状況", "確定を待っている回答"]
    second = make_year(2011)
    ask(second, year[0], State.DRAFT)
    links = client.get("/admin/").context["work"]
    assert [link.label for link in links if "取りまとめ状況" in link.label] == [
        f"取りまとめ状況　{second}",
        f"取りまとめ状況　{first}",
    ]
    assert [link.address for link in links if "確定を待っている" in link.label] == ["/admin/round/2009/queue/"]


@pytest.mark.parametrize("superuser", [False, True])
def test_several_years_under_way_ask_fewer_than_twenty_one_questions_before_the_first_is_public(
    year, superuser, settings, django_assert_max_num_queries
):
    settings.FOUR_EYES = True
    from actionplan.models import State
    from tests.asked import ask, make_year

    for number in (2011, 2012, 2013):
        ask(make_year(number), year[0], State.DRAFT, State.SUBMITTED)
    client = signed_in(factories.make_user(username="all")) if superuser else person(year[0], COORDINATOR)
    client.get("/admin/")
    with django_assert_max_num_queries(20):
        assert client.get("/admin/").status_code == 200


def work_of(client):
    return {link.label: link for link in client.get("/admin/").context["work"]}


def test_items_without_a_department_lead_to_where_one_is_chosen_and_leave_the_front_once_published(db):
    report = factories.make_report()
    factories.make_status(report, text="", progress="")
    client = signed_in(factories.make_person(COORDINATOR))
    [link] = [link for label, link in work_of(client).items() if "担当課が決まっていない項目" in label]
    assert (link.step.label, list(link.lacking)) == ("担当課を決める", [])
    listed = client.get(link.step.address)
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == 1
    assert "項目の担当課を決める" in client.get(f"/admin/round/{report.key}/").content.decode()
    publish(report, by=None)
    assert not any("担当課が決まっていない項目" in label for label in work_of(client))


def test_a_published_year_stays_on_the_front_only_for_what_came_back(year):
    report = AnnualReport.objects.get()
    publish(report, by=None)
    client = person(year[0], CLERK)
    assert not any("の自課の回答" in label for label in work_of(client))
    report.statuses.filter(department=year[0]).update(state="returned", return_reason="直してください。")
    assert any("の自課の回答" in label for label in work_of(client))
