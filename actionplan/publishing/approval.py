"""起案 → 決裁: somebody asks for an edition, somebody else grants it or sends it back; withdrawals are confirmed.

What is granted is the very content that was asked for: what has moved since, or is late, lapses unpublished.
"""

import logging
from collections.abc import Iterable
from typing import Unpack, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.mail import Post, Words, goes_out
from actionplan.models import AnnualReport, Approval, ApprovalKind, ApprovalState, Edition, EditionWithdrawal, Person
from actionplan.publishing.compose import Wording
from actionplan.publishing.publish import PublicationChoice, lock, publish, ready_draft
from actionplan.publishing.unconfirmed import PublishRefused, as_facts
from actionplan.seen import Moved
from actionplan.words import own_name, plain_moment

logger = logging.getLogger(__name__)

MAY_NOT_ASK = "公表を起案する権限がありません。"
MAY_NOT_DECIDE = "公表を決裁する権限がありません。"


class ApprovalRefused(PublishRefused):
    """Raised when a step of 起案 and 決裁 cannot be taken."""


@transaction.atomic
def ask(report: AnnualReport, *, by: Person, **choice: Unpack[PublicationChoice]) -> Approval:
    """The request, stored; an older one of the year gives way to it. Every part of the choice is told.

    Raises what publish() would raise now, so that nothing is asked for that could not be granted; ApprovalRefused for
    an account without a name, PermissionDenied.
    """
    permissions.require(permissions.may_ask_publication(by), MAY_NOT_ASK)
    asker = cast(User, by)  # a stranger may not ask
    if not own_name(asker):
        raise ApprovalRefused(permissions.NAMELESS)
    lock(report)
    draft, still_open = ready_draft(report, timezone.now(), **choice)
    for older in Approval.objects.requests().filter(report=report):
        older.close(ApprovalState.REPLACED, by=asker)
    return Approval(
        report=report,
        content_sha256=draft.content_sha256,
        public_from=choice["public_from"],
        note=choice["note"].strip(),
        said_again=choice.get("said_again", "").strip(),
        wording=choice["wording"],
        headings=choice["headings"] or "",
        unconfirmed=as_facts(still_open),
        named=[row.pk for row in still_open],
        asked_by=asker,
    ).record()


def deciders(approval: Approval) -> list[User]:
    """Everybody who may decide on it now: those with the publisher's right and superusers, but who asked."""
    return [user for user in publishers() if not permissions.why_not_decide(user, approval.asked_by)]


def publishers() -> list[User]:
    """Everybody who may publish: those with the right, and superusers."""
    holders = User.objects.with_perm("actionplan.publish_edition", backend=BACKEND).order_by("pk")
    return [user for user in holders if permissions.may_publish(user)]


# The one that keeps rights, whichever others let people in.
BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def grant(report: AnnualReport, number: int, *, by: Person) -> Approval:
    """The request, granted and its edition published, or lapsed (its `reason` says why) and nothing published.

    number: of the request that the person looked at. Raises ApprovalRefused when it is decided already or is the
    person's own, PermissionDenied. Two at once make one edition.
    """
    approval = _held(report, number, by)
    try:
        # Undone as a whole when it is refused; that it lapsed is stored.
        with transaction.atomic():
            edition = _publish(approval, by)
    except (PublishRefused, Moved) as refusal:
        return approval.close(ApprovalState.LAPSED, by=by, reason=_why_lapsed(refusal))
    approval.edition = edition
    return approval.close(ApprovalState.GRANTED, by=by)


LATE = "公表する日時を過ぎました。"
REMOVED_SINCE = "起案のあとに、ことばを指定した取下げがありました。"
MOVED = "起案のあとに、公表する内容が変わりました。"


def _publish(approval: Approval, by: Person) -> Edition:
    if approval.is_late:
        raise ApprovalRefused(LATE)
    if EditionWithdrawal.objects.exclude(places=[]).filter(withdrawn_at__gt=approval.asked_at).exists():
        raise ApprovalRefused(REMOVED_SINCE)
    return publish(
        approval.report,
        by=by,
        public_from=approval.public_from,
        note=approval.note,
        said_again=approval.said_again,
        wording=cast(Wording, approval.wording),
        headings=cast(Wording | None, approval.headings or None),
        expected_sha256=approval.content_sha256,
        named=approval.named,
        granting=approval,
    )


def _why_lapsed(refusal: Exception) -> str:
    return MOVED if isinstance(refusal, Moved) else str(refusal)


@transaction.atomic
def refuse(report: AnnualReport, number: int, *, by: Person, reason: str) -> Approval:
    """The request, sent back for the reason. Raises ApprovalRefused, also without a reason, and PermissionDenied."""
    approval = _held(report, number, by)
    if not reason.strip():
        raise ApprovalRefused("差し戻す理由を書いてください。")
    return approval.close(ApprovalState.REFUSED, by=by, reason=reason)


@transaction.atomic
def take_back(report: AnnualReport, number: int, *, by: Person) -> Approval:
    """The request, taken back by who made it. Raises ApprovalRefused when it is not theirs or decided already."""
    permissions.require(permissions.may_ask_publication(by), MAY_NOT_ASK)
    approval = _open(report, number, ApprovalKind.PUBLICATION)
    if approval.asked_by_id != by.pk:
        raise ApprovalRefused("起案を取り消せるのは、起案した人だけです。公表権者は、理由を付けて差し戻せます。")
    return approval.close(ApprovalState.TAKEN_BACK, by=by)


@transaction.atomic
def confirm_withdrawal(report: AnnualReport, number: int, *, by: Person, remark: str = "") -> Approval:
    """The withdrawal, confirmed by a second person. Raises ApprovalRefused, PermissionDenied."""
    approval = _held(report, number, by, ApprovalKind.WITHDRAWAL)
    return approval.close(ApprovalState.GRANTED, by=by, reason=remark)


@transaction.atomic
def publish_alone(report: AnnualReport, *, reason: str, **choice) -> Edition:
    """The edition that the machine's command publishes although FOUR_EYES is on; why is kept in the record."""
    edition = publish(report, by=None, **choice)
    facts = {"content_sha256": edition.content_sha256, "note": edition.correction_note, "edition": edition}
    told = {"unconfirmed": edition.unconfirmed, "wording": choice.get("wording", "published")}
    Approval(report=report, public_from=edition.public_from, **facts, **told).close(ApprovalState.ALONE, reason=reason)
    return edition


def _held(report: AnnualReport, number: int, by: Person, kind: ApprovalKind = ApprovalKind.PUBLICATION) -> Approval:
    """What waits, the year locked, for somebody who may decide on it."""
    permissions.require(permissions.may_publish(by), MAY_NOT_DECIDE)
    approval = _open(report, number, kind)
    if why := permissions.why_not_decide(by, approval.asked_by):
        raise ApprovalRefused(why)
    return approval


ENDED = {
    ApprovalState.GRANTED: "すでに決裁されています。",
    ApprovalState.REFUSED: "すでに差し戻されています。",
    ApprovalState.TAKEN_BACK: "起案した人が取り消しました。",
    ApprovalState.REPLACED: "新しい起案に差し替えられました。内容を確かめてください。",
    ApprovalState.LAPSED: "失効しています。",
    ApprovalState.ALONE: "決裁を経ずに公表されています。",
}


def _open(report: AnnualReport, number: int, kind: ApprovalKind) -> Approval:
    lock(report)
    rows = Approval.objects.select_related("report__plan", "asked_by", "edition")
    approval = rows.filter(report=report, pk=number, kind=kind).first()
    if approval is None:
        raise ApprovalRefused("この起案・取下げは、この年度にはありません。画面を開き直してください。")
    if not approval.is_open:
        what = "この起案は、" if approval.asks else "この取下げは、"
        ended = ENDED[ApprovalState(approval.state)] if approval.asks else "すでに確認されています。"
        raise ApprovalRefused(f"{what}{ended}")
    return approval


# ---- told by e-mail --------------------------------------------------------------------------------------------------

UNSENT = "お知らせのメールは送れませんでした（{}）。口頭などで知らせてください。"


def tell(approval: Approval, address: str) -> str:
    """An empty string when nobody had to be told or everybody was, else the sentence that says why not.

    address: of the page, in full. A request and a withdrawal are told to who may decide, an end to who asked.
    """
    people = deciders(approval) if approval.is_open else [approval.asked_by]
    return _send(people, approval_words(approval, address))


def tell_publishers(done: str, report: AnnualReport, address: str) -> str:
    """The same of what waits to be published by them. done: what was done, as a sentence."""
    body = f"{done}\n\n次のページを開いて、変わるところを確かめてから公表してください。\n{address}\n"
    return _send(publishers(), Words(f"【訂正】{report}の訂正版の公表", body))


def _send(people: Iterable[User], words: Words) -> str:
    if not (to := sorted({each.email for each in people if each.email})) or not goes_out():
        return ""
    with Post() as post:
        failures = [failure for each in to if (failure := post.send(words.subject, words.body, [each]))]
    if not failures:
        return ""
    logger.warning("notices to publishers or who asked did not arrive: %s", failures[0])
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
