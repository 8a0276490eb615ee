"""Reminding departments of what they have not handed in: at most once a day each, and everything sent is logged.

The day's place in the log is taken first, then the mail goes out, and a failure is written down after it: no lock is
held while the mail server is spoken to, and of two people who remind at once, one does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.mail import Post, Words
from actionplan.models import OPEN_STATES, AnnualReport, Person, Reminder, Succession, YearlyStatus
from actionplan.round.responses import REPORT_ORDER, Addressees, Response, addressees, tallies
from actionplan.seen import fingerprint
from actionplan.words import day_words, days_late

SHOWN_ITEMS = 20


def answers_address(report: AnnualReport, response: Response, site: str = "") -> str:
    """The whole address of the department's answers. site: where the person's browser found the portal.

    SITE_URL goes first; empty when neither is known, as for a mail that cron sends.
    """
    root = (settings.SITE_URL or site).rstrip("/")
    path = reverse("admin:answer_sheet", args=[report.key, response.key])
    return f"{root}{path}" if root else ""


def reminder_words(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, day: date, site: str = ""
) -> Words:
    """The reminder. rows: the first of the department's answers that are not handed in, in report order."""
    due = report.answers_due
    late = (days_late(due, day) or 0) > 0
    subject = f"【{'督促' if late else 'お願い'}】{report}の実施状況の回答"
    if due:
        subject += f"（締切：{due.month}月{due.day}日）"
    body = [
        f"{response.name}　御中",
        f"{report.plan}の{report.label}の実施状況について、まだ提出されていない項目が{response.open}件あります。\n"
        f"{_due_sentence(due, day)}",
        f"まだ提出されていない項目\n{item_lines(rows, response.open)}",
        link_line(answers_address(report, response, site), "回答を書き、すべて書けたら提出してください。"),
        "このメールと行き違いに提出されたときは、ご容赦ください。",
        signature(report),
    ]
    return Words(subject, "\n\n".join(body) + "\n")


def item_lines(rows: Sequence[YearlyStatus], total: int) -> str:
    """One line an item, the first SHOWN_ITEMS of them, and how many more there are of the total."""
    lines = [
        f"・{row.item.code}　{_one_line(row.item.name)}（{row.get_state_display()}）" for row in rows[:SHOWN_ITEMS]
    ]
    if total > SHOWN_ITEMS:
        lines.append(f"・ほか{total - SHOWN_ITEMS}件")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _due_sentence(due: date | None, day: date) -> str:
    if due is None:
        return "できるだけ早く回答をお願いします。"
    late = days_late(due, day) or 0
    rest = (
        f"締切を{late}日過ぎています。" if late > 0 else f"締切まであと{-late}日です。" if late else "今日が締切です。"
    )
    return f"締切は{day_words(due)}です。{rest}"


def link_line(address: str, then: str) -> str:
    """What to do next and where; without an address the way to the page in words."""
    if address:
        return f"次のページを開いて、{then}\n{address}"
    return f"管理画面にログインし、「自課の回答」を開いて、{then}"


def signature(report: AnnualReport) -> str:
    """Who asks: the plan's office with its telephone and e-mail, else 事務局."""
    office = report.plan.office
    if office is None:
        return "事務局"
    contact = (("電話", office.phone), ("メール", office.email))
    return "\n".join([str(office), *(f"{label}：{value}" for label, value in contact if value)])


SENT, FAILED, NO_ADDRESS, ALREADY, CHANGED = "sent", "failed", "no_address", "already", "changed"


class RemindersRefused(ValueError):
    """Raised when nobody may be reminded of the year; the message is the Japanese sentence."""


@dataclass(frozen=True)
class Letter:
    """A reminder as it would go out now, and whether it may.

    outcome: empty while it can be sent; otherwise why not, or what became of it. failure: why the server refused it.
    """

    response: Response
    to: Addressees
    words: Words
    outcome: str = ""
    failure: str = ""

    @property
    def seal(self) -> str:
        """The same for two letters that say the same to the same people."""
        return fingerprint(self.to, self.words)


def letters(
    report: AnnualReport, departments: Iterable[int] | None = None, *, site: str = "", day: date | None = None
) -> list[Letter]:
    """A letter to each department that has not handed everything in; six queries, however many departments.

    departments: primary keys of the departments of today to be reminded; all when None.
    Raises RemindersRefused for a sample year.
    """
    if report.sample:
        raise RemindersRefused(f"{report}は見本データなので、督促のメールは送りません。")
    day = day or timezone.localdate()
    succession = Succession()
    chosen = None if departments is None else set(departments)
    asked = [each for each in tallies(report, succession, day) if each.department and each.open]
    asked = [each for each in asked if chosen is None or each.key in chosen]
    rows, to, done = _open_rows(report), addressees(asked), _reminded(report, day)
    return [_letter(report, each, rows, to[each.key], done, day=day, site=site) for each in asked]


def _letter(
    report: AnnualReport, response: Response, rows: list[YearlyStatus], to: Addressees, done: set[int], **facts
) -> Letter:
    own = [row for row in rows if row.department_id in response.forms][:SHOWN_ITEMS]
    outcome = ALREADY if done & response.forms else "" if to.addresses else NO_ADDRESS
    return Letter(response, to, reminder_words(report, response, own, **facts), outcome)


def _open_rows(report: AnnualReport) -> list[YearlyStatus]:
    """The answers that letters name, in report order: the first of each department, however many there are."""
    place = Window(RowNumber(), partition_by="department", order_by=REPORT_ORDER)
    rows = YearlyStatus.objects.filter(report=report, state__in=OPEN_STATES).exclude(department=None)
    named = rows.annotate(place=place).filter(place__lte=SHOWN_ITEMS)
    return list(named.select_related("item__measure__policy").order_by(*REPORT_ORDER))


def _reminded(report: AnnualReport, day: date) -> set[int]:
    """The departments that a reminder went to on the day."""
    return set(report.reminders.filter(day=day, failure="").values_list("department", flat=True))


def send(
    report: AnnualReport,
    chosen: Iterable[Letter],
    *,
    by: Person | None,
    seen: Mapping[int, str] | None = None,
) -> list[Letter]:
    """The letters, each with what became of it. by: None when the machine sends.

    seen: by Response.key, the seal of the letter that the person looked at; what has changed since stays here.
    Raises PermissionDenied for who does not coordinate.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    with Post() as post:
        return [_send(report, letter, post, by, seen) for letter in chosen]


def _send(
    report: AnnualReport, letter: Letter, post: Post, by: Person | None, seen: Mapping[int, str] | None
) -> Letter:
    if letter.outcome:
        return letter
    if seen is not None and seen.get(letter.response.key) != letter.seal:
        return replace(letter, outcome=CHANGED)
    place = _take_place(report, letter, by)
    if isinstance(place, str):
        return replace(letter, outcome=place)
    failure = post.send(letter.words.subject, letter.words.body, letter.to.addresses)
    if failure:
        place.failure = failure
        place.save(update_fields=["failure"])
    return replace(letter, outcome=FAILED if failure else SENT, failure=failure)


@transaction.atomic
def _take_place(report: AnnualReport, letter: Letter, by: Person | None) -> Reminder | str:
    """The log's row for today, or why there is none: reminded already, or answers that moved meanwhile."""
    AnnualReport.objects.select_for_update().get(pk=report.pk)
    response, day = letter.response, timezone.localdate()
    if _reminded(report, day) & response.forms:
        return ALREADY
    left = report.statuses.filter(department__in=response.forms - {None}, state__in=OPEN_STATES).count()
    if left != response.open:
        return CHANGED
    return Reminder.objects.create(
        report=report,
        department_id=response.key,
        day=day,
        sent_by=cast(User | None, by),  # a stranger may not remind anybody
        addresses=list(letter.to.addresses),
        open_items=left,
    )
