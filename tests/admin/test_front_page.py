"""The front page, and accounts."""

import pytest
from django.contrib.auth import get_user_model

from tests import factories
from tests.admin.pages import signed_in, viewer

pytestmark = pytest.mark.django_db


def test_the_front_page_follows_the_years_work():
    _, page = signed_in().get("/admin/").content.decode().split("いまの仕事")
    words = ["年度の仕事", "年次報告", "実施状況", "公表した版", "計画の内容", "施策", "項目", "担当課と利用者"]
    places = [page.index(word) for word in words]
    assert places == sorted(places)


def test_a_group_of_which_the_user_may_see_nothing_is_left_out():
    page = viewer().get("/admin/").content.decode()
    assert "年度の仕事" in page
    assert "グループ" not in page


def test_every_list_has_a_plain_title():
    client = signed_in()
    for name, title in [("actionitem", "項目の一覧"), ("department", "担当課の一覧"), ("edition", "公表した版の一覧")]:
        assert f"<h1>{title}</h1>" in client.get(f"/admin/actionplan/{name}/").content.decode()


def account_clerk():
    from django.contrib.auth.models import Permission

    user = factories.make_user(superuser=False)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    return user


def test_who_keeps_accounts_cannot_raise_their_own_rights():
    user = account_clerk()
    client = signed_in(user)
    form = {"username": user.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    date = {"date_joined_0": "2026-04-01", "date_joined_1": "09:00:00"}
    client.post(f"/admin/auth/user/{user.pk}/change/", {**form, **date})
    assert not get_user_model().objects.get(pk=user.pk).is_superuser
    assert client.get("/admin/auth/group/add/").status_code == 403


def test_who_keeps_accounts_cannot_take_over_a_superuser():
    boss, client = factories.make_user(), signed_in(account_clerk())
    assert client.post(f"/admin/auth/user/{boss.pk}/password/", {"password1": "x"}).status_code == 403
    assert client.post(f"/admin/auth/user/{boss.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/auth/user/{boss.pk}/change/", {"username": "x"}).status_code == 403


def test_nothing_is_said_of_doings_that_are_not_there():
    page = signed_in().get("/admin/").content.decode()
    assert "最近行った操作" not in page
    assert "利用不可" not in page


@pytest.mark.parametrize("address", ["/admin/auth/group/add/", "/admin/auth/user/{}/change/"])
def test_rights_are_picked_by_what_they_allow_and_only_those_that_mean_something(address):
    user = factories.make_user()
    page = signed_in(user).get(address.format(user.pk)).content.decode()
    for words in ("項目：変更", "実施状況：閲覧", "公表した版：公表・訂正・取下げができる", "公表した版：閲覧"):
        assert f">{words}</option>" in page
    for words in ("historical", "session", "log entry", "Can ", "公表した版：削除"):
        assert words not in page


def test_a_right_that_was_picked_is_granted():
    from django.contrib.auth.models import Group, Permission

    right = Permission.objects.get(codename="change_actionitem")
    answer = signed_in().post("/admin/auth/group/add/", {"name": "試験の役割", "permissions": [right.pk]})
    assert answer.status_code == 302
    assert list(Group.objects.get(name="試験の役割").permissions.all()) == [right]
