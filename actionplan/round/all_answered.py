"""Telling the office by e-mail, once a year, that the last department has answered."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actionplan.answers.saving import handed_in
from actionplan.mail import Words, goes_out, send_aside
from actionplan.models import OPEN_STATES, AnnualReport, note_source
from actionplan.round.reminders import site_address

ALL_ANSWERED = "すべての課の回答がそろった"


def tell_office(sender: object, reports: Iterable[int], **signal: object) -> None:
    """Sends the mail for each of the years whose last answer was handed in just now."""
    if not goes_out():
        return
    for report in AnnualReport.objects.filter(pk__in=reports, sample=False, all_answered_at=None):
        if note_all_answered(report.pk):
            send_aside(all_answered_words(report), office_addresses(report))


@transaction.atomic
def note_all_answered(pk: int) -> bool:
    """Whether every department has answered and nobody was told before; noted in the year's record."""
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=pk)
    asked = report.statuses.exclude(department=None)
    if report.all_answered_at or not asked.exists() or asked.filter(state__in=OPEN_STATES).exists():
        return False
    report.all_answered_at = timezone.now()
    note_source(report, reason=ALL_ANSWERED).save(update_fields=["all_answered_at"])
    return True


def all_answered_words(report: AnnualReport) -> Words:
    """The mail to the office."""
    place = site_address(reverse("admin:round_queue", args=[report.key]))
    body = [
        "事務局　御中",
        f"{report.plan}の{report.label}の実施状況について、すべての課の回答がそろいました。",
        f"次のページを開いて、回答を確かめ、確定するか差し戻してください。\n{place}"
        if place
        else "管理画面の「取りまとめ状況」を開いて、回答を確かめ、確定するか差し戻してください。",
    ]
    return Words(f"【回答完了】{report}の実施状況", "\n\n".join(body) + "\n")


def office_addresses(report: AnnualReport) -> list[str]:
    """The address of the plan's office, else those of who runs the round."""
    if report.plan.office and report.plan.office.email:
        return [report.plan.office.email]
    backend = "django.contrib.auth.backends.ModelBackend"
    people = User.objects.with_perm("actionplan.coordinate_yearlystatus", include_superusers=False, backend=backend)
    return list(people.exclude(email="").order_by("email").values_list("email", flat=True).distinct())


def connect() -> None:
    """Called once when the application is ready."""
    handed_in.connect(tell_office, dispatch_uid="tell the office that all have answered")
