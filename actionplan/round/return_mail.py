"""Telling a department by e-mail that answers came back to it; the step itself never depends on the mail."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from actionplan.mail import Post, Words
from actionplan.models import AnnualReport, YearlyStatus
from actionplan.round.reminders import answers_address, attached_to, item_lines, link_line, signature
from actionplan.round.responses import Addressees, Response, addressees

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
