"""What a deletion takes along is told in words: no names of tables and no numbers of rows."""

import pytest

from actionplan.admin.base import links_in_words
from actionplan.models import ActionItem, Department
from tests import factories
from tests.admin.pages import change_url
from tests.organisation.staffing import DEPARTMENTS, make_member, office, words

pytestmark = pytest.mark.django_db


def test_a_departments_people_are_counted_and_not_listed_as_rows():
    browser, department = office(), factories.make_department("福祉課")
    for name in ("tanto", "kacho"):
        make_member(name, departments=[department])
    chosen = {"action": "delete_selected", "_selected_action": [department.pk]}
    one = browser.get(change_url(department).replace("/change/", "/delete/"))
    for page in (one, browser.post(DEPARTMENTS, chosen)):
        assert "所属する職員: 2" in words(page)
        assert "担当課: 福祉課" in words(page)
        assert "Department" not in words(page)


def test_an_items_marks_are_counted_too():
    page = office().get(change_url(factories.make_item(marks="★◎")).replace("/change/", "/delete/"))
    assert "主体: 2" in words(page)
    assert "object (" not in words(page)


def test_rows_of_other_kinds_stay_in_their_nest():
    table = ActionItem.actors.through._meta
    link = f"{table.verbose_name[0].upper()}{table.verbose_name[1:]}: 1"
    nested = ["項目: 花を植える", [link, "実施状況: 1", [link]], [link]]
    kept, counts = links_in_words(ActionItem, nested, {table.verbose_name_plural: 3, "実施状況": 1})
    assert kept == ["項目: 花を植える", ["実施状況: 1"]]
    assert counts == {"主体": 3, "実施状況": 1}


def test_an_object_without_links_is_told_as_django_tells_it():
    assert links_in_words(Department, ["担当課: 福祉課"], {"担当課": 1}) == (["担当課: 福祉課"], {"担当課": 1})
