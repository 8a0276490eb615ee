"""manage.py load_areas: the city's areas, once."""

from io import StringIO

import pytest
from django.core.management import call_command

from actionplan.models import Area
from tests import factories

pytestmark = pytest.mark.django_db
AREAS = ["厳原", "美津島", "豊玉", "峰", "上県", "上対馬"]


def load() -> str:
    out = StringIO()
    call_command("load_areas", stdout=out)
    return out.getvalue()


def test_the_areas_of_the_plans_city_come_in_order_with_their_file_in_the_record():
    factories.make_plan()
    assert load() == "fixtures/areas-422096.json から、地域6件を読み込みました。\n"
    assert [area.name for area in Area.objects.all()] == AREAS
    assert {record.source_file for record in Area.history.all()} == {"fixtures/areas-422096.json"}


def test_what_the_staff_made_of_them_is_left_alone():
    factories.make_plan()
    load()
    Area.objects.get(name="峰").delete()
    assert "何も変えていません" in load()
    for area in Area.objects.all():
        area.delete()
    assert "何も変えていません" in load()
    assert not Area.objects.exists()


def test_another_city_gets_none():
    plan = factories.make_plan()
    plan.municipality_code = "999999"
    plan.save()
    assert "地域のファイルはありません" in load()
    assert not Area.objects.exists()
