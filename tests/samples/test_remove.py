"""Taking the sample years out again."""

import pytest
from django.apps import apps

from actionplan.exports import pdf
from actionplan.models import ActionItem, AnnualReport, Edition, Seal, Unsealing
from actionplan.publishing.publish import withdraw
from actionplan.samples import SamplesInUse, load_sample_years, remove_sample_years
from tests import factories


def everything() -> dict[str, list[dict]]:
    """Every row of every table of the portal's own, history and marks included; not the ledger, which only grows."""
    models = apps.get_app_config("actionplan").get_models(include_auto_created=True)
    models = [model for model in models if model not in (Seal, Unsealing)]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def test_the_database_is_as_it_was_before(published):
    before = everything()
    load_sample_years()
    assert everything() != before
    assert remove_sample_years() == 2
    assert everything() == before


def test_what_staff_did_to_the_samples_goes_with_them(published):
    before = everything()
    *_, last = load_sample_years()
    status = last.report.statuses.first()
    status.text = "見本：職員が直した文"
    status.save()
    withdraw(last, by=None, reason="試し")
    remove_sample_years()
    assert everything() == before


def test_a_portal_without_samples_loses_nothing(published):
    before = everything()
    assert remove_sample_years() == 0
    assert everything() == before


def test_samples_can_come_and_go_again(published):
    for _ in range(2):
        load_sample_years()
        remove_sample_years()
    assert Edition.objects.get() == published


def test_nothing_goes_while_a_real_item_rests_on_a_sample_one(published):
    load_sample_years()
    sample = ActionItem.objects.filter(name="見本の便り").get()
    real = published.rows.first().item
    real.successor = sample
    real.save()
    before = everything()
    with pytest.raises(SamplesInUse, match="結び付き"):
        remove_sample_years()
    assert everything() == before


def test_nothing_goes_while_a_real_year_has_a_sample_item(published):
    load_sample_years()
    sample = ActionItem.objects.filter(name="見本の便り").get()
    factories.make_status(factories.make_report(published.report.plan, 2015), sample)
    with pytest.raises(SamplesInUse, match="2015"):
        remove_sample_years()
    assert AnnualReport.objects.filter(sample=True).count() == 2


def test_the_files_of_the_samples_are_forgotten(published, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.VAR_DIR = tmp_path
    pdf.kept("made.pdf", lambda: b"made")
    load_sample_years()
    with django_capture_on_commit_callbacks(execute=True):
        remove_sample_years()
    assert not list(pdf.folder().glob("*.pdf"))


def test_a_portal_without_samples_keeps_its_files(published, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.VAR_DIR = tmp_path
    pdf.kept("made.pdf", lambda: b"made")
    with django_capture_on_commit_callbacks(execute=True):
        remove_sample_years()
    assert pdf.kept("made.pdf", lambda: b"again") == b"made"
