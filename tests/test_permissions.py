"""The one policy: who may see, edit, import, export and publish what."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied

from actionplan import permissions
from actionplan.models import ActionItem, Edition, EditionRow, EditionWithdrawal, Policy
from tests import factories

pytestmark = pytest.mark.django_db
FROZEN = [Edition, EditionRow, EditionWithdrawal]
MODEL_QUESTIONS = [
    permissions.may_view,
    permissions.may_add,
    permissions.may_change,
    permissions.may_delete,
    permissions.may_import,
    permissions.may_export,
]


def staff(*codenames: str, **fields):
    """A staff account with these rights only."""
    user = factories.make_user(superuser=False, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames, content_type__app_label="actionplan"))
    return user


def answers(user, model) -> dict[str, bool]:
    return {question.__name__.removeprefix("may_"): question(user, model) for question in MODEL_QUESTIONS}


def test_a_coordinator_may_do_everything_with_live_rows():
    assert all(answers(factories.make_user(), ActionItem).values())


@pytest.mark.parametrize("model", FROZEN)
def test_even_a_coordinator_may_only_read_what_is_published(model):
    assert answers(factories.make_user(), model) == {
        **{"view": True, "export": True},
        **{"add": False, "change": False, "delete": False, "import": False},
    }


def test_staff_without_rights_may_do_nothing():
    assert not any(answers(staff(), ActionItem).values())


@pytest.mark.parametrize(
    ("codename", "allowed"),
    [
        ("view_actionitem", {"view", "export"}),
        ("change_actionitem", {"view", "export", "change"}),
        ("add_actionitem", {"add"}),
        ("delete_actionitem", {"delete"}),
    ],
)
def test_each_right_allows_its_own_actions_only(codename, allowed):
    assert {name for name, yes in answers(staff(codename), ActionItem).items() if yes} == allowed


def test_importing_needs_both_adding_and_changing():
    assert permissions.may_import(staff("add_actionitem", "change_actionitem"), ActionItem)
    assert not permissions.may_import(staff("add_actionitem"), ActionItem)
    assert not permissions.may_import(staff("change_actionitem"), ActionItem)


def test_a_right_over_one_model_is_none_over_another():
    user = staff("view_actionitem", "add_actionitem", "change_actionitem", "delete_actionitem")
    assert not any(answers(user, Policy).values())


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_an_account_that_is_not_active_staff_may_do_nothing_whatever_its_rights(fields):
    for user in (
        factories.make_user(**fields),
        staff("view_actionitem", "change_actionitem", "publish_edition", **fields),
    ):
        assert not any(answers(user, ActionItem).values())
        assert not permissions.may_publish(user)


def test_a_citizen_may_do_nothing_in_the_staff_wing():
    assert not any(answers(AnonymousUser(), ActionItem).values())
    assert not permissions.may_publish(AnonymousUser())


def test_publishing_is_a_right_of_its_own():
    assert permissions.may_publish(factories.make_user())
    assert permissions.may_publish(staff("publish_edition"))
    assert not permissions.may_publish(staff("add_edition", "change_edition", "change_annualreport"))


def test_the_answer_for_one_object_is_the_answer_for_its_model():
    item = factories.make_item()
    assert permissions.may_change(staff("change_actionitem"), ActionItem, item)
    assert not permissions.may_change(staff("view_actionitem"), ActionItem, item)
    assert permissions.may_delete(staff("delete_actionitem"), ActionItem, item)
    assert not permissions.may_delete(staff("change_actionitem"), ActionItem, item)


def test_requiring_what_is_allowed_is_silent():
    assert permissions.require(True) is None


def test_requiring_what_is_not_allowed_says_whom_to_ask():
    with pytest.raises(PermissionDenied, match="事務局に確認してください"):
        permissions.require(False)


def test_requiring_may_say_a_sentence_of_its_own():
    with pytest.raises(PermissionDenied, match="公表する権限がありません"):
        permissions.require(False, "公表する権限がありません。")
