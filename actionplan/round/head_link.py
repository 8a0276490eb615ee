"""The link in a mail by which a head hands the department's answers in (HEAD_LINKS): for the head alone, used once.

The address carries a random secret and its signature, as a partner's does; the database keeps the secret's hash only.
What is handed in is what stood when the mail went out, to the revision: whatever moved since asks for a new mail.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.answers.saving import is_untouched, missing_parts, submit_rows
from actionplan.answers.sheet import Sheet, find_sheet
from actionplan.models import OPEN_STATES, HeadLink, YearlyStatus, likeness, note_source
from actionplan.seen import fingerprint, refuse_moved
from tsushima_portal.logs import told

SIGNER = Signer(salt="actionplan.round.head_link", sep=".")
LASTS = timedelta(days=7)
HOW = "課長がメールのリンクで承認"
MADE = "承認のメールを課長に送る"
SHARED = "課やほかの職員と同じメールアドレスなので、本人だけに送れません"
NO_ADDRESS = "メールアドレスが登録されていません"
CHANGED = (
    "メールを送ったあとに回答が変わったため、提出していません。担当者に、もう一度承認のメールを送るよう頼んでください。"
)


class HeadLinkRefused(ValueError):
    """Raised when a link cannot be made or used; the message is for the person."""


def heads_of(sheet: Sheet) -> list[User]:
    """The department's people who may hand its answers in, in order."""
    backend = "django.contrib.auth.backends.ModelBackend"
    able = User.objects.with_perm("actionplan.submit_yearlystatus", include_superusers=False, backend=backend)
    return list(able.filter(departments__in=sheet.forms - {None}, is_staff=True).distinct().order_by("username"))


def why_no_mail(head: User, sheet: Sheet) -> str:
    """Why no link goes to the head, or nothing: who reads another's mail must not be able to hand in."""
    if not head.email:
        return NO_ADDRESS
    others = User.objects.filter(is_active=True).exclude(pk=head.pk).exclude(email="").values_list("email", flat=True)
    own = sheet.department.email if sheet.department else ""
    return SHARED if likeness(head.email) in set(map(likeness, [own, *others])) else ""


def open_rows(rows: Iterable[YearlyStatus]) -> list[YearlyStatus]:
    """Those that would be handed in."""
    return [row for row in rows if row.state in OPEN_STATES]


def seal_of(rows: Iterable[YearlyStatus]) -> str:
    """What the page that asks remembers of the answers."""
    return fingerprint(sorted(_revisions(rows).items()), length=16)


def _revisions(rows: Iterable[YearlyStatus]) -> Mapping[int, int]:
    return {row.pk: row.revision for row in rows}


def _codes(rows: Iterable[YearlyStatus]) -> str:
    return "、".join(row.item.code for row in rows)


def why_not_ask(sheet: Sheet, rows: Sequence[YearlyStatus]) -> str:
    """Why no mail can be sent about the open answers, or nothing."""
    if sheet.report.sample:
        return "見本データの年度なので、メールは送りません。"
    if not rows:
        return "提出していない項目はありません。"
    if gaps := [row for row in rows if missing_parts(row)]:
        return f"まだ書かれていないところがあります：{_codes(gaps)}。書き終えてから送ってください。"
    if untouched := [row for row in rows if is_untouched(row)]:
        return f"差し戻されて、まだ直していない項目があります：{_codes(untouched)}。"
    return ""


@transaction.atomic
def make_link(sheet: Sheet, head: User, *, seen: str) -> tuple[HeadLink, str]:
    """The link and its token, which stands in the mail and is stored nowhere; the head's links of before end.

    seen: the seal of the answers that the person looked at. Raises PermissionDenied, HeadLinkRefused, Moved.
    """
    permissions.require(permissions.head_links() and permissions.may_ask_head(sheet.standing, sheet.pk))
    rows = open_rows(sheet.lock())
    refuse_moved(seen, seal_of(rows))
    if why := why_not_ask(sheet, rows) or why_no_mail(head, sheet):
        raise HeadLinkRefused(why)
    revoke(HeadLink.objects.filter(report=sheet.report, department=sheet.department, head=head))
    secret, now = token_urlsafe(24), timezone.now()
    link = HeadLink(report=sheet.report, department=sheet.department, head=head, address=head.email)
    link.secret_hash, link.revisions, link.ends_at = _hash(secret), _revisions(rows), now + LASTS
    link.asked_by = sheet.user
    note_source(link, reason=MADE).save()
    return link, SIGNER.sign(secret)


def revoke(links: Iterable[HeadLink], *, reason: str = "承認のリンクの取消し") -> None:
    """Ends those that nobody has used."""
    for link in links:
        if link.used_at is None and link.revoked_at is None:
            link.revoked_at = timezone.now()
            note_source(link, reason=reason).save()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def find_link(token: str, *, locked: bool = False) -> HeadLink | None:
    """The link of an address that lets its head in now, used or not; None in every other case."""
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    links = HeadLink.objects.select_related("report__plan", "department", "head").filter(secret_hash=_hash(secret))
    link = (links.select_for_update(of=("self",)) if locked else links).first()
    return link if link and link.opens_at(timezone.now()) and permissions.may_use_head_link(link) else None


def sheet_of(link: HeadLink) -> Sheet:
    """The department's answers as its head meets them."""
    return find_sheet(link.head, link.report.key, link.department_id)


def is_as_sent(link: HeadLink, rows: Iterable[YearlyStatus]) -> bool:
    """Whether the open answers are those that the mail was about, to the revision."""
    return _revisions(open_rows(rows)) == link.seen


@transaction.atomic
def hand_in(token: str) -> HeadLink:
    """The link, used up: the answers that it was sent for are handed in, recorded as its head's, by the link.

    Raises HeadLinkRefused, and StepRefused or PermissionDenied as submit() does.
    """
    link = find_link(token, locked=True)
    if link is None or link.used_at:
        raise HeadLinkRefused("このリンクは、もう使えません。")
    sheet = sheet_of(link)
    rows = sheet.lock()
    if not is_as_sent(link, rows):
        raise HeadLinkRefused(CHANGED)
    submit_rows(open_rows(rows), by=sheet.user, standing=sheet.standing, how=HOW)
    link.used_at = timezone.now()
    note_source(link, reason=HOW)._history_user = link.head
    link.save()
    revoke(HeadLink.objects.filter(report=link.report, department=link.department), reason=HOW)
    told("head_link_used", account=link.head_id, step=str(link))
    return link
