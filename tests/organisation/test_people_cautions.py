"""What a list of staff is cautioned about, and taken nevertheless."""

import pytest
from django.contrib.auth.models import User

from actionplan.organisation.people import look
from tests import factories
from tests.organisation.listing import line, person, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


@pytest.mark.parametrize(
    ("username", "roles", "cautions"),
    [
        ("atarashii", "", ["2行目「役割」：空です。役割がないと、atarashiiさんは回答を書けません。"]),
        ("atarashii", "担当者", []),
        ("moto", "", []),
    ],
)
def test_a_new_person_without_a_role_is_cautioned_and_taken(office, username, roles, cautions):
    person("moto", "担当者")
    lines = [line(username, 役割=roles)]
    assert (look(lines, by=office).cautions, look(lines, by=office).faults) == (cautions, [])
    take(office, *lines)
    assert User.objects.get(username=username).groups.count() == bool(roles)


@pytest.mark.parametrize(
    "cells", [{"所属課": "市民課", "役割": "課長"}, {"所属課": "福祉課", "役割": "担当者"}, {"在籍": "いいえ"}]
)
def test_a_department_that_loses_its_only_head_is_cautioned_by_name(office, cells):
    welfare = factories.make_department("福祉課")
    factories.make_department("市民課")
    person("kacho", "課長", departments=[welfare])
    leaving = line("kacho", **cells)
    assert look([leaving], by=office).cautions == ["福祉課に課長がいなくなります。"]
    follower = line("tsugi", 3, 所属課="福祉課", 役割="課長")
    assert look([leaving, follower], by=office).cautions == []


def test_a_department_that_keeps_a_head_or_never_had_one_is_not_cautioned(office):
    welfare, empty = factories.make_department("福祉課"), factories.make_department("空の課")
    for name in ("kacho", "jicho"):
        person(name, "課長", departments=[welfare, empty] if name == "jicho" else [welfare])
    person("tanto", "担当者", departments=[empty])
    lines = [line("kacho", 所属課="", 役割="課長"), line("tanto", 3, 所属課="福祉課", 役割="担当者")]
    assert look(lines, by=office).cautions == []
