"""A record that nobody gave a reason is told by the page that it came from."""

from types import SimpleNamespace

import pytest

from actionplan.admin.base import OTHER, reason_of
from actionplan.models import Department
from tests import factories
from tests.admin.pages import signed_in


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("actionplan_actionitem_change", "~", "変更の画面で入力"),
        ("actionplan_actionitem_change", "-", "変更の画面で入力"),
        ("actionplan_actionitem_add", "+", "追加の画面で入力"),
        ("actionplan_actionitem_delete", "-", "削除の画面で削除"),
        ("actionplan_actionitem_changelist", "~", "一覧の画面で入力"),
        ("actionplan_actionitem_changelist", "-", "一覧の画面でまとめて削除"),
        ("auth_user_password_change", "~", "パスワードの変更"),
        ("anything", "~", OTHER),
        (None, "~", OTHER),
    ],
)
def test_each_page_has_its_words(name, kind, reason):
    assert reason_of(SimpleNamespace(resolver_match=SimpleNamespace(url_name=name)), kind) == reason


@pytest.mark.django_db
def test_outside_a_request_there_is_no_page_to_name():
    assert factories.make_department().history.get().history_change_reason is None


@pytest.mark.django_db
def test_adding_through_the_form_names_the_form():
    signed_in().post("/admin/actionplan/department/add/", {"name": "新しい課"})
    assert Department.objects.get().history.get().history_change_reason == "追加の画面で入力"
