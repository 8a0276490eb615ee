"""manage.py load_sample_years and remove_sample_years."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from actionplan.management.commands.load_sample_years import database_name
from actionplan.models import AnnualReport, Edition
from actionplan.publishing.publish import publish


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


@pytest.fixture
def development(settings):
    settings.DEBUG = True


def test_a_portal_in_service_refuses_and_names_its_database(published):
    with pytest.raises(CommandError, match=f"--on {database_name()}"):
        call_command("load_sample_years")
    assert Edition.objects.get() == published


def test_a_portal_in_service_takes_them_when_asked_for_by_name(published, capsys):
    call_command("load_sample_years", "--on", database_name())
    assert AnnualReport.objects.filter(sample=True).count() == 4
    assert (
        "平成22年度（2010年度）　市民協働アクションプラン、平成23年度（2011年度）　市民協働アクションプラン"
        in capsys.readouterr().out
    )


@pytest.mark.usefixtures("development")
def test_another_databases_name_is_refused_everywhere(published):
    with pytest.raises(CommandError, match="ではない"):
        call_command("load_sample_years", "--on", "other.sqlite3")
    assert Edition.objects.get() == published


@pytest.mark.usefixtures("development")
def test_the_second_time_changes_nothing(published, capsys):
    call_command("load_sample_years")
    editions = list(Edition.objects.values_list("pk", flat=True))
    call_command("load_sample_years")
    assert list(Edition.objects.values_list("pk", flat=True)) == editions
    assert "すでに入っています" in capsys.readouterr().out


@pytest.mark.usefixtures("development")
def test_one_command_takes_them_out_again(published, capsys):
    call_command("load_sample_years")
    call_command("remove_sample_years")
    assert Edition.objects.get() == published
    assert "4件の年次報告" in capsys.readouterr().out
    call_command("remove_sample_years")
    assert "何も変えていません" in capsys.readouterr().out


@pytest.mark.usefixtures("development")
def test_an_empty_portal_says_what_is_missing(db):
    with pytest.raises(CommandError, match="load_report"):
        call_command("load_sample_years")


def test_the_fixture_holds_no_sample():
    text = (settings.BASE_DIR / "fixtures" / "h21.json").read_text(encoding="utf-8")
    assert "見本" not in text
    assert {row["fields"]["fiscal_year"] for row in json.loads(text) if row["model"].endswith("annualreport")} == {2009}
