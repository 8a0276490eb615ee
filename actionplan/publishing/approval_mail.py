"""Telling the others by e-mail what waits for a second person, and what became of it; no step depends on the mail."""

import logging

from django.utils import timezone

from actionplan.mail import Post, Words, goes_out
from actionplan.models import Approval, ApprovalState
from actionplan.publishing.approval import deciders
from actionplan.words import plain_moment

logger = logging.getLogger(__name__)
UNSENT = "お知らせのメールは送れませんでした（{}）。口頭などで知らせてください。"


def tell(approval: Approval, address: str) -> str:
    """An empty string when nobody had to be told or everybody was, else the sentence that says why not.

    address: of the page, in full. A request and a withdrawal are told to who may decide, an end to who asked.
    """
    people = deciders(approval) if approval.is_open else [approval.asked_by]
    if not (to := sorted({each.email for each in people if each.email})) or not goes_out():
        return ""
    words = approval_words(approval, address)
    with Post() as post:
        failures = [failure for each in to if (failure := post.send(words.subject, words.body, [each]))]
    if not failures:
        return ""
    logger.warning("notices of an approval did not arrive: %s", failures[0])
    return UNSENT.format(failures[0])


ENDS = {
    ApprovalState.GRANTED: "が決裁しました。",
    ApprovalState.REFUSED: "が差し戻しました。",
    ApprovalState.LAPSED: "が決裁しようとしましたが、失効していたため、公表していません。",
}


def approval_words(approval: Approval, address: str) -> Words:
    """The mail: who did what, when it is to become public, what was written, and where to look."""
    lines = [
        f"{approval}について、{_step(approval)}",
        *([f"公表する日時：{plain_moment(timezone.localtime(approval.public_from))}"] if approval.public_from else []),
        *([f"訂正の説明：{approval.note}"] if approval.note else []),
        *([f"理由：{approval.reason}"] if approval.reason else []),
        f"次のページを開いて、内容を確かめてください。\n{address}",
    ]
    return Words(f"【{approval.state_words}】{approval}", "\n\n".join(lines) + "\n")


def _step(approval: Approval) -> str:
    """Who did what."""
    if approval.is_open:
        done = "起案しました。決裁を待っています。" if approval.asks else "取り下げました。確認を待っています。"
        return f"{approval.asked_name}さんが{done}"
    done = ENDS[ApprovalState(approval.state)] if approval.asks else "が確認しました。"
    return f"{approval.decided_name}さん{done}"
