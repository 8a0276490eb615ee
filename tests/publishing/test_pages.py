"""The publishing page: what would change, published as it was looked at; its editions."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actionplan.models import Edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.publishing.publishing_pages import address, edit, hidden_fields, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_the_first_publication_is_two_clicks_away(admin_client, status):
    html = admin_client.get(reverse("admin:actionplan_annualreport_changelist")).content.decode()
    assert address("publish", status) in html
    assert post(admin_client, status).status_code == 302
    edition = Edition.objects.get()
    assert edition.published_by.is_superuser
    assert "第1版を公表しました" in admin_client.get(address("publish", status)).content.decode()


def test_the_page_shows_every_changed_cell_before_and_after(admin_client, status):
    publish(status.report, by=None)
    edit(status, "後の文")
    html = admin_client.get(address("publish", status)).content.decode()
    assert "<del>前の文</del>" in html
    assert "<ins>後の文</ins>" in html
    assert "1-1-1 項目" in html


def test_looking_changes_nothing(admin_client, status):
    admin_client.get(address("publish", status))
    admin_client.get(address("preview", status))
    assert not Edition.objects.exists()


def test_the_preview_is_the_citizens_page_and_says_that_it_is_a_preview(admin_client, status):
    html = admin_client.get(address("preview", status)).content.decode()
    assert "公表前の確認画面です" in html
    assert '<table class="report-table"' in html
    assert "前の文" in html


def test_what_changed_since_it_was_looked_at_is_not_published(admin_client, status):
    fields = hidden_fields(admin_client, status)
    edit(status, "ほかの人の変更")
    response = admin_client.post(address("publish", status), {"when": "now", **fields})
    assert "確認していただいた後に、内容が変わりました" in response.content.decode()
    assert not Edition.objects.exists()
    # The page now shows the newer draft: sending what it shows goes through.
    fresh = dict(re.findall(r'name="(wording|expected_sha256)" value="(\w+)"', response.content.decode()))
    assert admin_client.post(address("publish", status), {"when": "now", **fresh}).status_code == 302


def test_an_unchanged_year_cannot_be_published_again(admin_client, status):
    publish(status.report, by=None)
    html = admin_client.get(address("publish", status)).content.decode()
    assert "変わるところはありません" in html
    assert 'id="publish-form"' not in html


def test_an_unknown_report_or_edition_is_a_404(admin_client, status):
    assert admin_client.get(reverse("admin:publish", args=[999])).status_code == 404
    assert admin_client.get(address("withdraw", status, 9)).status_code == 404


def test_the_state_of_each_edition_is_told(admin_client, status):
    publish(status.report, by=None)
    edit(status, "二")
    publish(status.report, by=None, note="直しました。")
    edit(status, "三")
    publish(status.report, by=None, note="予告", public_from=timezone.now() + timedelta(days=1))
    html = admin_client.get(address("publish", status)).content.decode()
    states = re.findall(r"<td>(公表中|予約中|前の版|取下げ)</td>", html)
    assert states == ["予約中", "公表中", "前の版"]


def test_the_year_of_a_report_with_answers_is_shown_but_not_asked_for(admin_client, status):
    page = reverse("admin:actionplan_annualreport_change", args=[status.report.pk])
    assert 'name="fiscal_year"' not in admin_client.get(page).content.decode()
    empty = reverse("admin:actionplan_annualreport_change", args=[factories.make_report(fiscal_year=2010).pk])
    assert 'name="fiscal_year"' in admin_client.get(empty).content.decode()


def test_who_published_is_named_with_the_family_name_first(admin_client, status):
    publish(status.report, by=factories.make_person("公表権者", last_name="公表", first_name="太郎"))
    assert "公表 太郎" in admin_client.get(address("publish", status)).content.decode()
