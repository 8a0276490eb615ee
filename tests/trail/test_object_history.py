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


def test_the_file_and_the_reason_of_a_change_are_shown(status):
    from actionplan.models import note_source

    status.text = "取り込んだ文"
    note_source(status, reason="照会票から取り込み", source_file="回答.xlsx").save()
    page = signed_in().get(history_url(status)).content.decode()
    assert "照会票から取り込み" in page
    assert "回答.xlsx" in page


def test_who_may_read_all_records_finds_the_way_to_them_from_an_item_and_its_history():
    item = factories.make_item()
    way = f"/admin/trail/?item={item.pk}"
    for address in (change_url(item), history_url(item)):
        assert way in signed_in().get(address).content.decode()
        assert way not in viewer().get(address).content.decode()


@pytest.mark.parametrize(
    ("make", "query"),
    [
        (factories.make_department, "department={}"),
        (factories.make_user, "person={}"),
        (factories.make_status, "kind=yearlystatus&amp;object={}"),
    ],
)
def test_the_way_asks_for_what_the_object_is(make, query):
    obj = make()
    page = signed_in().get(history_url(obj)).content.decode()
    assert f"/admin/trail/?{query.format(obj.pk)}" in page


def test_a_deleted_objects_history_still_opens_by_its_address(status):
    address = history_url(status)
    status.delete()
    assert "削除" in signed_in().get(address).content.decode()


def test_a_long_history_is_shown_page_by_page(status):
    for number in range(60):
        status.text = str(number)
        status.save()
    client = signed_in()
    assert len(client.get(history_url(status)).context["records"]) == 50
    assert len(client.get(f"{history_url(status)}?p=2").context["records"]) == 12
