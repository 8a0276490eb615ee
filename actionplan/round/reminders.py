"""Letters to departments about what they have not handed in: the one that opens the year, once, with the department's
workbook, and reminders, at most once a day each; everything sent is logged.

The day's place in the log is taken first, then the mail goes out, and a failure is written down after it: no lock is
held while the mail server is spoken to, and of two people who remind at once, one does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from actionplan.mail import Attached, Post, Words, goes_out
from actionplan.models import OPEN_STATES, AnnualReport, LetterKind, Person, Reminder, Succession, YearlyStatus
from actionplan.round.responses import REPORT_ORDER, Addressees, Response, addressees, tallies
from actionplan.seen import fingerprint
from actionplan.words import day_words, days_late

SHOWN_ITEMS = 20


def answers_address(report: AnnualReport, response: Response, site: str = "") -> str:
    """The whole address of the department's answers. site: where the person's browser found the portal.

    SITE_URL goes first; empty when neither is known, as for a mail that cron sends.
    """
    return site_address(reverse("admin:answer_sheet", args=[report.key, response.key]), site)


def site_address(path: str, site: str = "") -> str:
    """The whole address of a page; site as above."""
    root = (settings.SITE_URL or site).rstrip("/")
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


def opening_words(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, day: date, site: str = ""
) -> Words:
    """The letter that opens the year for the department; its workbook goes with it. rows: as for a reminder."""
    due = report.answers_due
    body = [
        f"{response.name}　御中",
        f"{report.plan}の{report.label}の実施状況について、回答をお願いします。項目は{response.open}件です。\n"
        f"{_due_sentence(due, day)}",
        f"回答をお願いする項目\n{item_lines(rows, response.open)}",
        link_line(answers_address(report, response, site), "回答を書き、すべて書けたら提出してください。"),
        "添付の照会票（Excel）に書いて、「照会票を取り込む」から取り込むこともできます。どちらか一方で結構です。",
        signature(report),
    ]
    limit = f"（締切：{due.month}月{due.day}日）" if due else ""
    return Words(f"【照会】{report}の実施状況の回答{limit}", "\n\n".join(body) + "\n")


WORDS = {LetterKind.REMINDER: reminder_words, LetterKind.OPENING: opening_words}


def no_workbook(report: AnnualReport, response: Response) -> Attached | None:
    """For a portal without workbooks."""


# Gives the department's workbook: a room above makes it, so the staff wing puts the two together.
workbook_of: Callable[[AnnualReport, Response], Attached | None] = no_workbook


def sends_workbooks() -> bool:
    """Whether letters that open the year or return answers carry workbooks: WORKBOOK_MAILS, and a mail server."""
    return settings.WORKBOOK_MAILS and goes_out()


def attached_to(report: AnnualReport, response: Response) -> list[Attached]:
    """The department's workbook, where letters carry it."""
    found = workbook_of(report, response) if sends_workbooks() else None
    return [found] if found else []


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
    kind: LetterKind = LetterKind.REMINDER
    outcome: str = ""
    failure: str = ""

    @property
    def seal(self) -> str:
        """The same for two letters that say the same to the same people."""
        return fingerprint(self.to, self.words)


def letters(
    report: AnnualReport,
    departments: Iterable[int] | None = None,
    *,
    site: str = "",
    day: date | None = None,
    kind: LetterKind = LetterKind.REMINDER,
) -> list[Letter]:
    """A letter to each department that has not handed everything in; six queries, however many departments.

    departments: primary keys of the departments of today to be reminded; all when None.
    Raises RemindersRefused for a sample year.
    """
    if report.sample:
        raise RemindersRefused(f"{report}は見本データなので、{kind.label}のメールは送りません。")
    day = day or timezone.localdate()
    succession = Succession()
    chosen = None if departments is None else set(departments)
    asked = [each for each in tallies(report, succession, day) if each.department and each.open]
    asked = [each for each in asked if chosen is None or each.key in chosen]
    rows, to, done = _open_rows(report), addressees(asked), _written_to(report, kind, day)
    found = []
    for each in asked:
        own = [row for row in rows if row.department_id in each.forms][:SHOWN_ITEMS]
        outcome = ALREADY if done & each.forms else "" if to[each.key].addresses else NO_ADDRESS
        found.append(Letter(each, to[each.key], WORDS[kind](report, each, own, day=day, site=site), kind, outcome))
    return found


def _open_rows(report: AnnualReport) -> list[YearlyStatus]:
    """The answers that letters name, in report order: the first of each department, however many there are."""
    place = Window(RowNumber(), partition_by="department", order_by=REPORT_ORDER)
    rows = YearlyStatus.objects.filter(report=report, state__in=OPEN_STATES).exclude(department=None)
    named = rows.annotate(place=place).filter(place__lte=SHOWN_ITEMS)
    return list(named.select_related("item__measure__policy").order_by(*REPORT_ORDER))


def _written_to(report: AnnualReport, kind: LetterKind, day: date) -> set[int]:
    """The departments that got such a letter: a reminder on the day, the opening of the year at any time."""
    sent = report.reminders.filter(kind=kind, failure="")
    sent = sent.filter(day=day) if kind == LetterKind.REMINDER else sent
    return set(sent.values_list("department", flat=True))


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
    # Before its place in the log: what cannot be made has not been sent.
    attached = attached_to(report, letter.response) if letter.kind == LetterKind.OPENING else ()
    place = _take_place(report, letter, by)
    if isinstance(place, str):
        return replace(letter, outcome=place)
    failure = post.send(letter.words.subject, letter.words.body, letter.to.addresses, attached)
    if failure:
        place.failure = failure
        place.save(update_fields=["failure"])
    return replace(letter, outcome=FAILED if failure else SENT, failure=failure)


@transaction.atomic
def _take_place(report: AnnualReport, letter: Letter, by: Person | None) -> Reminder | str:
    """The log's row for today, or why there is none: reminded already, or answers that moved meanwhile."""
    AnnualReport.objects.select_for_update().get(pk=report.pk)
    response, day = letter.response, timezone.localdate()
    if _written_to(report, letter.kind, day) & response.forms:
        return ALREADY
    left = report.statuses.filter(department__in=response.forms - {None}, state__in=OPEN_STATES).count()
    if left != response.open:
        return CHANGED
    return Reminder.objects.create(
        report=report,
        department_id=response.key,
        kind=letter.kind,
        day=day,
        sent_by=cast(User | None, by),  # a stranger may not remind anybody
        addresses=list(letter.to.addresses),
        open_items=left,
    )
