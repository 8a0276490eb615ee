"""The links by which partners report without an account: made, found again, revoked.

The address carries a random secret and its signature. A wrong one is told by the signature, without asking the
database; the database keeps the secret's hash only, so that nobody who reads it can open a page.
"""

from datetime import date, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from actionplan import permissions
from actionplan.models import AnnualReport, Partner, PartnerLink, Person, Voice, note_source

SIGNER = Signer(salt="actionplan.voices.links", sep=".")
LONGEST = timedelta(days=366)
NOTHING_ASKED = "この相手方には、この年度に書いてもらう項目がありません。項目の画面で相手方を選んでください。"


class LinkRefused(ValueError):
    """Raised when a link cannot be made; the message is for the person."""


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def find_link(token: str, *, locked: bool = False) -> PartnerLink | None:
    """The link of an address that lets in today, used or not; None in every other case.

    locked: until the transaction ends.
    """
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    links = PartnerLink.objects.select_related("partner", "report__plan__office").filter(secret_hash=_hash(secret))
    link = (links.select_for_update(of=("self",)) if locked else links).first()
    return link if link is not None and link.opens_on(timezone.localdate()) else None


@transaction.atomic
def make_link(partner: Partner, report: AnnualReport, last_day: date, *, by: Person) -> str:
    """The token of a new link, which is told once and stored nowhere; links of before stop working.

    last_day: the last one on which it works. Raises PermissionDenied, LinkRefused.
    """
    permissions.require(permissions.may_link(by))
    today = timezone.localdate()
    if not partner.active:
        raise LinkRefused(f"「{partner}」は、回答を頼まない相手方になっています。")
    if last_day < today:
        raise LinkRefused("リンクの期限が過ぎた日になっています。今日からあとの日にしてください。")
    if last_day > today + LONGEST:
        raise LinkRefused("リンクの期限は、1年以内の日にしてください。")
    if not Voice.objects.filter(partner=partner, report=report).exists():
        raise LinkRefused(NOTHING_ASKED)
    revoke_links(partner, report, by=by, reason="新しいリンクを作る")
    secret = token_urlsafe(24)
    link = PartnerLink(partner=partner, report=report, secret_hash=_hash(secret), last_day=last_day)
    link.made_by = by
    note_source(link, reason="相手方の回答用リンクを作る").save()
    return SIGNER.sign(secret)


@transaction.atomic
def revoke_links(partner: Partner, report: AnnualReport, *, by: Person, reason: str = "リンクの取消し") -> int:
    """How many links of the partner and the year stopped working. Raises PermissionDenied."""
    permissions.require(permissions.may_link(by))
    # The partner's row is the lock: of two who make a link at once, the second revokes the first one's.
    Partner.objects.select_for_update().get(pk=partner.pk)
    links = list(PartnerLink.objects.filter(partner=partner, report=report, revoked_at=None, used_at=None))
    for link in links:
        link.revoked_at = timezone.now()
        note_source(link, reason=reason).save()
    return len(links)


def use_up(link: PartnerLink) -> None:
    """Notes that the link has served for handing in. link: locked."""
    link.used_at = timezone.now()
    note_source(link, reason=f"相手方のリンクから提出（{link.partner}）").save()
