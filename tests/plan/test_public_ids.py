"""The public id in a table of items: shown, brought from another installation, and never changed."""

import pytest

from actionplan.models import ActionItem
from tests.plan.files import confirm, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db
NEW = {"ID": "", "項目番号": "7", "項目名": "よそから来た項目"}


def column(client) -> list[str]:
    lines = table(export(client))
    return [line[lines[0].index("公開ID")] for line in lines[1:]]


def test_the_export_says_what_each_item_is_called(clerk, items):
    assert column(clerk) == [item.public_id for item in items]


def test_a_file_of_before_without_the_columns_that_came_later_comes_in_as_ever(clerk, items):
    lines = edited(clerk, 項目名="新しい名前")
    lines = [line[: lines[0].index("公開ID")] for line in lines]
    confirm(clerk, upload(clerk, written(lines)))
    item = ActionItem.objects.get(pk=items[0].pk)
    assert (item.name, item.public_id) == ("新しい名前", items[0].public_id)


def test_a_new_item_keeps_the_id_of_the_installation_that_it_comes_from(clerk, items):
    confirm(clerk, upload(clerk, written(edited(clerk, 公開ID="k4w7xz2m", **NEW))))
    assert ActionItem.objects.get(name="よそから来た項目").public_id == "k4w7xz2m"


def test_a_new_item_without_one_gets_its_own(clerk, items):
    confirm(clerk, upload(clerk, written(edited(clerk, 公開ID="", **NEW))))
    assert len(ActionItem.objects.get(name="よそから来た項目").public_id) == 8


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"公開ID": "k4w7xz2m"}, "2行目「公開ID」：公開IDは、一度決まると変わりません。"),
        ({"公開ID": "ABC", **NEW}, "2行目「公開ID」：公開ID「ABC」は使えません。"),
        ({"公開ID": "1-1-1", **NEW}, "2行目「公開ID」：公開ID「1-1-1」は使えません。"),
        (NEW, "ほかの項目に使われたことがあります。空にすると、自動で決まります。"),
    ],
)
def test_what_cannot_be_an_id_is_refused_with_its_place_and_nothing_is_saved(clerk, items, cells, sentence):
    assert sentence in page(upload(clerk, written(edited(clerk, **cells))))
    assert [item.public_id for item in ActionItem.objects.order_by("pk")] == [item.public_id for item in items]


def test_an_emptied_id_of_an_item_that_is_there_stays(clerk, items):
    confirm(clerk, upload(clerk, written(edited(clerk, 公開ID="", 項目名="新しい名前"))))
    assert ActionItem.objects.get(pk=items[0].pk).public_id == items[0].public_id
