"""manage.py publish_report."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from actionplan.models import Edition
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_publishes_the_year_that_people_write(capsys):
    factories.make_status(state="confirmed")
    call_command("publish_report", "平成21年度")
    assert Edition.objects.public().get().fiscal_year == 2009
    assert "第1版を作りました（1項目）" in capsys.readouterr().out


def test_if_unpublished_changes_nothing_the_second_time(capsys):
    status = factories.make_status(state="confirmed")
    call_command("publish_report", "2009", "--if-unpublished")
    status.text = "別"
    status.save()
    call_command("publish_report", "2009", "--if-unpublished")
    assert Edition.objects.count() == 1
    assert "何も変えていません" in capsys.readouterr().out


def test_a_time_is_read_as_japan_time():
    factories.make_status(state="confirmed")
    call_command("publish_report", "2009", "--at", "2098-05-01T09:00")
    assert timezone.localtime(Edition.objects.get().public_from).isoformat() == "2098-05-01T09:00:00+09:00"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["2010"], "年次報告がありません"),
        (["きのう"], "年度として読めません"),
        (["2009", "--at", "あした"], "読めません"),
        (["2009"], "項目がありません"),
    ],
)
def test_what_cannot_be_done_is_said_in_japanese(arguments, sentence):
    factories.make_report()
    with pytest.raises(CommandError, match=sentence):
        call_command("publish_report", *arguments)


def test_what_is_not_confirmed_is_published_only_when_it_is_named():
    row = factories.make_status(state="submitted")
    with pytest.raises(CommandError, match="確定していない項目があります：1-1-1"):
        call_command("publish_report", "2009")
    assert not Edition.objects.exists()
    call_command("publish_report", "2009", "--unconfirmed", "1-1-1")
    assert Edition.objects.get().unconfirmed == [
        {"code": "1-1-1", "name": row.item.name, "department": "", "state": "提出"}
    ]


def test_a_code_that_is_not_open_cannot_be_named():
    factories.make_status(state="confirmed")
    with pytest.raises(CommandError, match="1-1-1はありません"):
        call_command("publish_report", "2009", "--unconfirmed", "1-1-1")
