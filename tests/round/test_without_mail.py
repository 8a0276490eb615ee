"""Without a mail server nobody is told that a mail arrived."""

import pytest
from django.urls import reverse
from django.utils import timezone

from actionplan.mail import goes_out
from actionplan.models import Reminder, State
from tests import factories
from tests.admin.pages import form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    department = factories.make_department("第一課", email="ichi@example.jp")
    return factories.make_status(department=department, state=State.SUBMITTED, progress="done")


def test_printing_is_not_sending(submitted, settings):
    assert not goes_out()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert goes_out()


def test_a_return_says_that_no_mail_went_out(submitted):
    client = signed_in(factories.make_person("事務局"))
    address = reverse("admin:round_department", args=[2009, submitted.department_id])
    sent = {"step": "return", "status": f"{submitted.pk}-{submitted.revision}", "reason": "一行目\r\n二行目"}
    page = client.post(address, sent, follow=True).content.decode()
    submitted.refresh_from_db()
    assert (submitted.state, submitted.return_reason) == (State.RETURNED, "一行目\n二行目")
    assert "メールでは知らせていません" in page
    assert "メールで知らせました" not in page


def test_a_reminder_says_so_too(submitted, capsys):
    factories.make_status(submitted.report, department=submitted.department, text="")
    client = signed_in(factories.make_person("事務局"))
    address = reverse("admin:round_remind", args=[2009])
    form = form_of(client.get(address), "remind-form")
    page = client.post(address, form, follow=True).content.decode()
    assert "督促は届いていません" in page
    overview = reverse("admin:round", args=[2009])
    assert "督促は届いていません（サーバーの記録に書き出しただけです）" in client.get(overview).content.decode()


def test_before_any_reminder_or_with_a_mail_server_nothing_is_said_of_it(submitted, settings):
    client, overview = signed_in(factories.make_person("事務局")), reverse("admin:round", args=[2009])
    assert "督促は届いていません" not in client.get(overview).content.decode()
    facts = {"day": timezone.localdate(), "addresses": ["ichi@example.jp"], "open_items": 1}
    Reminder.objects.create(report=submitted.report, department=submitted.department, **facts)
    assert "督促は届いていません" in client.get(overview).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "督促は届いていません" not in client.get(overview).content.decode()
