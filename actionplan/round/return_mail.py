"""Telling by e-mail: a department, that answers came back to it; the office, that all have answered, and what is handed
in after that; the publisher, that all is confirmed.

The step itself never depends on the mail.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.answers.saving import CONFIRM, SUBMIT, step_taken
from actionplan.answers.sheet import statuses
from actionplan.mail import Post, Words, goes_out, send_aside
from actionplan.models import OPEN_STATES, AnnualReport, Person, State, YearlyStatus, note_source
from actionplan.round.reminders import answers_address, attached_to, item_lines, link_line, signature, site_address
from actionplan.round.responses import Addressees, Response, addressees
from actionplan.words import NO_DEPARTMENT

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """Where the notice went (empty: nobody has an address), and why it did not arrive (empty: it did)."""

    to: Addressees
    failure: str = ""


def tell_department(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, reason: str, site: str = ""
) -> Notice:
    """What became of the notice; a failure is logged, never raised.

    rows: the answers that came back, with their items, in report order.
    """
    to = addressees([response])[response.key]
    if not to.addresses:
        return Notice(to)
    words = return_words(report, response, rows, reason=reason, site=site)
    with Post() as post:
        failure = post.send(words.subject, words.body, to.addresses, attached_to(report, response))
    if failure:
        logger.warning("the notice of returned answers did not reach %s: %s", response.key, failure)
    return Notice(to, failure)


def return_words(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, reason: str, site: str = ""
) -> Words:
    """The notice that the coordinator's office handed answers back. rows: those answers, in report order."""
    body = [
        f"{response.name}　御中",
        f"{report.plan}の{report.label}の実施状況のうち、次の{len(rows)}件を差し戻しました。",
        f"差し戻した理由\n{reason.strip()}",
        f"差し戻した項目\n{item_lines(rows, len(rows))}",
        link_line(answers_address(report, response, site), "回答を直して、もう一度提出してください。"),
        signature(report),
    ]
    return Words(f"【差戻し】{report}の実施状況の回答（{len(rows)}件）", "\n\n".join(body) + "\n")


ALL_ANSWERED = "すべての課の回答がそろった"


def tell_office(sender: object, rows: Sequence[int], by: Person, **signal: object) -> None:
    """Sends the mail for each year whose last answer was handed in just now; later, and where an answer had come back,
    one about what was handed in, unless the office did that itself.
    """
    for report in _years(rows):
        if report.all_answered_at is None and note_all_answered(report.pk):
            send_aside(all_answered_words(report), office_addresses(report))
        elif not permissions.may_coordinate(by):
            own = list(statuses(report).filter(pk__in=rows))
            if report.all_answered_at or any(row.returned_at for row in own):
                send_aside(later_words(report, own), office_addresses(report))


def tell_publishers(sender: object, rows: Sequence[int], by: Person, **signal: object) -> None:
    """Sends the mail for each year, not yet published, whose last answer was confirmed just now; not to who did it."""
    for report in _years(rows).filter(editions=None):
        if not report.statuses.exclude(state=State.CONFIRMED).exists():
            send_aside(all_confirmed_words(report), _addresses_of("publish_edition", apart=by))


def _years(rows: Sequence[int]) -> QuerySet[AnnualReport]:
    """The years of these answers about which mails go out."""
    years = AnnualReport.objects.filter(statuses__in=rows, sample=False).select_related("plan__office").distinct()
    return years if goes_out() else years.none()


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


def _led(place: str, page: str, wish: str) -> str:
    """The sentence that leads to a page of the staff's, with its address where the portal knows its own."""
    return f"次のページを開いて、{wish}\n{place}" if place else f"管理画面の「{page}」を開いて、{wish}"


def all_answered_words(report: AnnualReport) -> Words:
    """The mail to the office."""
    place = site_address(reverse("admin:round_queue", args=[report.key]))
    body = [
        "事務局　御中",
        f"{report.plan}の{report.label}の実施状況について、すべての課の回答がそろいました。",
        _led(place, "取りまとめ状況", "回答を確かめ、確定するか差し戻してください。"),
    ]
    return Words(f"【回答完了】{report}の実施状況", "\n\n".join(body) + "\n")


def later_words(report: AnnualReport, rows: Sequence[YearlyStatus]) -> Words:
    """The mail to the office about what a department handed in anew, or late. rows: those answers, in report order."""
    names = "、".join(dict.fromkeys(str(row.department or NO_DEPARTMENT) for row in rows))
    place = site_address(reverse("admin:round_queue", args=[report.key]))
    body = [
        "事務局　御中",
        f"{report.plan}の{report.label}の実施状況について、{names}から回答{len(rows)}件が提出されました。",
        f"提出された項目\n{item_lines(rows, len(rows))}",
        _led(place, "取りまとめ状況", "回答を読み、確定するか差し戻してください。"),
    ]
    return Words(f"【提出】{report}の実施状況の回答（{names}、{len(rows)}件）", "\n\n".join(body) + "\n")


def all_confirmed_words(report: AnnualReport) -> Words:
    """The mail to who publishes."""
    place = site_address(reverse("admin:publish", args=[report.pk]))
    body = [
        "公表を担当する方へ",
        f"{report.plan}の{report.label}の実施状況について、すべての回答が確定しました。",
        _led(place, "公表の画面", "公表する内容を確かめてください。"),
    ]
    return Words(f"【確定完了】{report}の実施状況", "\n\n".join(body) + "\n")


def office_addresses(report: AnnualReport) -> list[str]:
    """The address of the plan's office, else those of who runs the round."""
    if report.plan.office and report.plan.office.email:
        return [report.plan.office.email]
    return _addresses_of("coordinate_yearlystatus")


def _addresses_of(right: str, apart: Person | None = None) -> list[str]:
    """Of the people who have the right, in order. apart: who needs no mail."""
    backend = "django.contrib.auth.backends.ModelBackend"
    people = User.objects.with_perm(f"actionplan.{right}", include_superusers=False, backend=backend)
    others = people.exclude(email="").exclude(pk__in=[apart.pk] if apart else [])
    return list(others.order_by("email").values_list("email", flat=True).distinct())


def connect() -> None:
    """Called once when the application is ready."""
    step_taken.connect(tell_office, SUBMIT, dispatch_uid="tell the office what was handed in")
    step_taken.connect(tell_publishers, CONFIRM, dispatch_uid="tell the publishers that all is confirmed")
