"""The picker of rights: what the staff wing knows, told in words, offered to superusers only."""

import pytest
from django.contrib.auth.models import Group, Permission

from actionplan.organisation.account_admin import RightsField, grantable_rights
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import make_member, office

pytestmark = pytest.mark.django_db


def offered():
    return {(right.content_type.model, right.codename) for right in grantable_rights()}


def test_rights_on_the_plan_the_round_and_accounts_are_offered():
    for right in ("change_actionitem", "answer_yearlystatus", "coordinate_yearlystatus", "publish_edition"):
        assert right in {codename for _, codename in offered()}
    assert ("user", "change_user") in offered()


def test_no_right_to_change_what_is_only_published_or_recorded_is_offered():
    for model in ("edition", "editionrow", "editionwithdrawal", "reminder"):
        assert {codename for kind, codename in offered() if kind == model} & {
            f"{verb}_{model}" for verb in ("add", "change", "delete")
        } == set()
    assert not [kind for kind, _ in offered() if kind.startswith("historical")]
    assert {kind for kind, _ in offered()}.isdisjoint({"session", "logentry", "contenttype", "permission"})


def test_each_right_is_told_in_words():
    field = RightsField(queryset=grantable_rights())
    labels = [label for _, label in field.choices]
    assert "項目：変更" in labels
    assert "公表した版：公表・訂正・取下げができる" in labels
    assert not [label for label in labels if "Can " in label]


@pytest.mark.parametrize("role", [COORDINATOR, CLERK, HEAD, PUBLISHER, READER])
def test_no_role_writes_the_groups_of_rights(role):
    group, other = Group.objects.get(name=CLERK), signed_in(factories.make_person(role))
    before = set(group.permissions.all())
    right = Permission.objects.get(codename="publish_edition")
    for address in (change_url(group), "/admin/auth/group/add/", f"/admin/auth/group/{group.pk}/delete/"):
        assert other.post(address, {"name": "乗っ取り", "permissions": [right.pk], "post": "yes"}).status_code == 403
    assert set(group.permissions.all()) == before


def test_special_rights_are_shown_to_superusers_only():
    account = make_member("tanto")
    assert "特別な権限" in signed_in().get(change_url(account)).content.decode()
    assert "特別な権限" not in office().get(change_url(account)).content.decode()


def test_a_right_that_the_picker_does_not_offer_cannot_be_forged_in():
    account, browser = make_member("tanto"), signed_in()
    hidden = Permission.objects.get(codename="delete_edition")
    form = form_of(browser.get(change_url(account)), "user_form")
    assert browser.post(change_url(account), {**form, "user_permissions": [hidden.pk]}).status_code == 200
    assert account.user_permissions.count() == 0
