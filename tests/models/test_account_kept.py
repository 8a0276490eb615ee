"""An account that the record of changes names is kept: its name must stay readable there."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import ProtectedError

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    user = factories.make_user(username="kakite")
    department = factories.make_department()
    department._history_user = user
    department.name = "新しい名前"
    department.save()
    return user


def test_who_changed_something_is_not_deleted(writer):
    with pytest.raises(ProtectedError, match="変更の記録に名前が残っている"), transaction.atomic():
        writer.delete()
    assert User.objects.filter(pk=writer.pk).exists()


def test_not_among_others_either(writer):
    factories.make_user(username="mou-hitori")
    with pytest.raises(ProtectedError), transaction.atomic():
        User.objects.all().delete()
    assert User.objects.count() == 2


def test_who_never_did_anything_may_be_deleted():
    user = factories.make_user()
    user.delete()
    assert not User.objects.exists()


def test_every_group_that_ships_has_a_first_record_and_one_with_its_rights():
    for group in Group.objects.filter(name__in=["事務局", "担当者", "課長", "公表権者", "閲覧者"]):
        first, last = group.history.earliest(), group.history.latest()
        assert first.history_change_reason == "最初の役割を用意"
        assert {row.permission_id for row in last.permissions.all()} == set(
            group.permissions.values_list("pk", flat=True)
        )
