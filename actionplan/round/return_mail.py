"""Telling a department by e-mail that answers came back to it; the step itself never depends on the mail."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from actionplan.models import AnnualReport, YearlyStatus
from actionplan.round.mail import Addressees, Post, addressees
from actionplan.round.reminders import return_words
from actionplan.round.responses import Response

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
        failure = post.send(words.subject, words.body, to.addresses)
    if failure:
        logger.warning("the notice of returned answers did not reach %s: %s", response.key, failure)
    return Notice(to, failure)
