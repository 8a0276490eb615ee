"""Bad luck and bad addresses in the staff wing end in a sentence, with nothing lost."""

import pytest
from django.db import OperationalError

from actionplan.models import Edition, YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in
from tests.answers.answering import make_office

pytestmark = pytest.mark.django_db


def test_who_waits_too_long_for_the_database_gets_the_words_back(monkeypatch):
    office = make_office(2)
    client = office.browser()
    form = office.form(client)
    (name,) = [name for name in form if name.startswith("text-") or name.endswith("-text")][:1]

    def held(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("actionplan.answers.saving.store", held)
    answer = client.post(office.address, {**form, name: "長い会議のあとに書いた文", "do": "save"})
    assert answer.status_code == 503
    assert "まだ保存されていません" in answer.content.decode()
    assert "長い会議のあとに書いた文" in answer.content.decode()


@pytest.mark.parametrize("address", ["abc/history/", "1/2/history/", "abc/change/"])
@pytest.mark.parametrize("model", ["actionplan/yearlystatus", "actionplan/actionitem", "auth/user", "auth/group"])
def test_an_address_that_can_be_nobodys_is_no_error_page(model, address):
    assert signed_in().get(f"/admin/{model}/{address}").status_code in (302, 404)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_record_of_changes_takes_any_day(day):
    assert signed_in().get(f"/admin/trail/?first={day}&last={day}").status_code == 200


def test_a_text_that_no_workbook_can_carry_is_refused_and_given_back():
    status, client = factories.make_status(), signed_in()
    form = form_of(client.get(STATUSES), "changelist-form")
    page = client.post(STATUSES, {**form, "form-0-text": "長" * 32_001, "_save": "保存"}).content.decode()
    assert "32,000字までにしてください（いまは32,001字）" in page
    assert "長" * 32_001 in page
    assert YearlyStatus.objects.get(pk=status.pk).text == "実施した。"


def test_an_older_text_that_is_too_long_ends_the_download_with_a_sentence():
    status = factories.make_status()
    YearlyStatus.objects.update(text="長" * 40_000)
    answer = signed_in().get(f"{STATUSES}download/{status.report_id}.xlsx", follow=True)
    assert "Excelの1つのセルに入らない文があります" in answer.content.decode()


def test_nothing_is_scheduled_for_a_day_that_nobody_meant():
    status, client = factories.make_status(state="confirmed"), signed_in()
    address = f"/admin/actionplan/annualreport/{status.report_id}/publish/"
    fields = {"when": "later", "public_from": "9999-12-31T09:00"}
    form = {**{"wording": "published", "expected_sha256": "0" * 64}, **fields}
    assert "公表日時が先すぎます" in client.post(address, form).content.decode()
    assert not Edition.objects.exists()


def test_a_clerk_without_a_department_is_told_what_to_do():
    page = signed_in(factories.make_person("担当者")).get("/admin/").content.decode()
    assert "所属する課がまだ登録されていません" in page
    assert "パーミッション" not in page


def test_a_form_of_an_item_is_reached_as_before():
    item = factories.make_item()
    assert signed_in().get(change_url(item)).status_code == 200
