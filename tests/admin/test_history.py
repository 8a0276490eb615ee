"""The history page: in words, complete, and only for reading."""

import pytest

from actionplan.models import Measure, YearlyStatus
from tests import factories
from tests.admin.pages import change_url, signed_in, viewer

pytestmark = pytest.mark.django_db


def history_url(obj):
    return change_url(obj).replace("/change/", "/history/")


@pytest.fixture
def status():
    status = factories.make_status(text="前の文" * 60)
    status.text, status.progress = "後の文" * 60, "done"
    status.save()
    return status


def test_changes_are_shown_in_full_with_labels_in_place_of_codes(status):
    page = signed_in().get(history_url(status)).content.decode()
    assert "前の文" * 60 in page
    assert "後の文" * 60 in page
    assert "未設定" in page
    assert "実施済" in page
    for english in ("unset", "done", "Comment", "Changed by", "Change reason", "改訂番号", "None", "entries"):
        assert english not in page


def test_changed_marks_are_shown_by_their_words():
    item = factories.make_item(marks="◎")
    item.actors.clear()
    page = signed_in().get(history_url(item)).content.decode()
    assert "◎市民と市が主体" in page


def test_an_old_version_cannot_be_written_back_past_the_locking(status):
    old = status.history.last()
    address = f"{history_url(status)}{old.pk}/"
    client = signed_in()
    assert client.post(address, {"text": "x"}).status_code == 403
    assert client.get(address).status_code == 302
    assert viewer().post(address, {"text": "x"}).status_code == 403
    assert YearlyStatus.objects.get().revision == 2


def test_every_model_that_staff_write_has_a_history_page(real_report):
    from django.contrib import admin
    from simple_history.admin import SimpleHistoryAdmin

    client = signed_in()
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "actionplan" and model.__name__ != "Edition":
            assert isinstance(model_admin, SimpleHistoryAdmin), model
            if obj := model.objects.first():
                assert client.get(history_url(obj)).status_code == 200


def test_an_object_without_records_says_so(real_report):
    assert "変更の記録はまだありません。" in signed_in().get(history_url(Measure.objects.first())).content.decode()
