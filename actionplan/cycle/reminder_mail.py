"""The words of the mails to departments: a reminder of what is still to be answered, and a notice of what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from actionplan.cycle.deadline import day_words, days_late
from actionplan.cycle.responses import Response
from actionplan.models import AnnualReport, YearlyStatus

SHOWN_ITEMS = 20


@dataclass(frozen=True)
class Words:
    """What a mail says."""

    subject: str
    body: str


def answers_address(report: AnnualReport, response: Response, site: str = "") -> str:
    """The whole address of the department's answers. site: where the person's browser found the portal.

    SITE_URL goes first; empty when neither is known, as for a mail that cron sends.
    """
    root = (settings.SITE_URL or site).rstrip("/")
    path = reverse("admin:answer_sheet", args=[report.fiscal_year, response.key])
    return f"{root}{path}" if root else ""


def reminder_words(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, day: date, site: str = ""
) -> Words:
    """The reminder. rows: the first of the department's answers that are not handed in, in report order."""
    due = report.answers_due
    late = (days_late(due, day) or 0) > 0
    subject = f"【{'督促' if late else 'お願い'}】{report.label}の実施状況の回答"
    if due:
        subject += f"（締切：{due.month}月{due.day}日）"
    body = [
        f"{response.name}　御中",
        f"{report.plan}の{report.label}の実施状況について、まだ提出されていない項目が{response.open}件あります。\n"
        f"{_due_sentence(due, day)}",
        f"まだ提出されていない項目\n{item_lines(rows, response.open)}",
        _way(answers_address(report, response, site), "回答を書き、すべて書けたら提出してください。"),
        "このメールと行き違いに提出されたときは、ご容赦ください。",
        signature(report),
    ]
    return Words(subject, "\n\n".join(body) + "\n")


def return_words(
    report: AnnualReport, response: Response, rows: Sequence[YearlyStatus], *, reason: str, site: str = ""
) -> Words:
    """The notice that the coordinator's office handed answers back. rows: those answers, in report order."""
    body = [
        f"{response.name}　御中",
        f"{report.plan}の{report.label}の実施状況のうち、次の{len(rows)}件を差し戻しました。",
        f"差し戻した理由\n{reason.strip()}",
        f"差し戻した項目\n{item_lines(rows, len(rows))}",
        _way(answers_address(report, response, site), "回答を直して、もう一度提出してください。"),
        signature(report),
    ]
    return Words(f"【差戻し】{report.label}の実施状況の回答（{len(rows)}件）", "\n\n".join(body) + "\n")


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
    late = days_late(due, day)
    rest = (
        f"締切を{late}日過ぎています。" if late > 0 else f"締切まであと{-late}日です。" if late else "今日が締切です。"
    )
    return f"締切は{day_words(due)}です。{rest}"


def _way(address: str, then: str) -> str:
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
