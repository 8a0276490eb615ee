"""The one policy: who may see, edit, answer, submit, return, confirm and publish what. Every staff door asks here.

Rights are Django's model permissions plus the portal's own few; a migration ships the groups (ROLES) that hold them.
Editions are never changed or deleted; a confirmed answer is changed by nobody until it is taken back.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.utils import timezone

from actionplan.models import (
    OPEN_STATES,
    ActionItem,
    AnnualReport,
    Department,
    Edition,
    EditionFile,
    EditionRow,
    EditionWithdrawal,
    HeadLink,
    PartnerLink,
    Person,
    Reminder,
    State,
    Succession,
    Voice,
    YearlyStatus,
    likeness,
)
from actionplan.words import own_name

FROZEN = (Edition, EditionFile, EditionRow, EditionWithdrawal, Reminder)
COORDINATOR, CLERK, HEAD, PUBLISHER, READER = ROLES = ("事務局", "担当者", "課長", "公表権者", "閲覧者")
# What the coordinator's office may hand out; its own rights and the publisher's come from a superuser.
GRANTED_BY_COORDINATOR = (CLERK, HEAD, READER)


def _is_staff(user: Person) -> bool:
    return user.is_active and user.is_staff


def _has(user: Person, right: str) -> bool:
    return _is_staff(user) and user.has_perm(f"actionplan.{right}")


def _holds(user: Person, action: str, model: type[Model]) -> bool:
    return _is_staff(user) and user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")


def may_view(user: Person, model: type[Model]) -> bool:
    """Whether the user may read rows of the model in the staff wing; who may change may also read."""
    return _holds(user, "view", model) or _holds(user, "change", model)


def may_add(user: Person, model: type[Model]) -> bool:
    """Whether the user may add rows; editions come only from publishing, reminders only from sending."""
    return model not in FROZEN and _holds(user, "add", model)


def may_change(user: Person, model: type[Model], obj: Model | None = None) -> bool:
    """Whether the user may change rows of the model, or this one; what is published or confirmed does not change."""
    return model not in FROZEN and _holds(user, "change", model) and _is_open_to(user, obj)


def may_delete(user: Person, model: type[Model], obj: Model | None = None) -> bool:
    """Whether the user may delete rows of the model, or this one."""
    return model not in FROZEN and _holds(user, "delete", model) and _is_open_to(user, obj)


def _is_open_to(user: Person, obj: Model | None) -> bool:
    if isinstance(obj, YearlyStatus):
        return obj.state != State.CONFIRMED
    if isinstance(obj, User):
        return may_manage(user, obj)
    return True


def may_import(user: Person, model: type[Model]) -> bool:
    """Whether the user may bring rows in from a file: the right to add and to change."""
    return may_add(user, model) and may_change(user, model)


def may_export(user: Person, model: type[Model]) -> bool:
    """Whether the user may take rows out as a file: the right to read them."""
    return may_view(user, model)


def may_publish(user: Person) -> bool:
    """Whether the user may publish, correct and withdraw editions."""
    return _has(user, "publish_edition")


def four_eyes() -> bool:
    """Whether a publication needs a second person (FOUR_EYES)."""
    return settings.FOUR_EYES


def may_ask_publication(user: Person) -> bool:
    """Whether the user may ask for a publication that somebody else grants: the publisher, and the office."""
    return may_publish(user) or may_coordinate(user)


NAMELESS = (
    "氏名のない利用者は、だれであるかを確かめられないため、起案も決裁もできません。利用者の画面で氏名を入れてください。"
)
OWN_REQUEST = "自分が起案したもの、取り下げたものは、自分では決裁・確認できません。ほかの公表権者に頼んでください。"
SAME_PERSON = (
    "起案した人・取り下げた人と同じ人の利用者とみなされるため（同じ氏名か、管理者の同じメールアドレス）、"
    "決裁・確認できません。ほかの公表権者に頼んでください。"
)


def why_not_decide(user: Person, asker: User | None) -> str:
    """Why the user may not decide on what the asker asked for or did, or nothing: four eyes are two people.

    Neither by the account that asked nor by another one of the same person, a superuser's included.
    """
    if not isinstance(user, User) or asker is None or user.pk == asker.pk:
        return OWN_REQUEST
    if not (own_name(user) and own_name(asker)):
        return NAMELESS
    return SAME_PERSON if is_same_person(user, asker) else ""


def is_same_person(one: User, other: User) -> bool:
    """Whether two accounts are taken for one person's: by the name; a superuser's also by the e-mail address.

    An address alone does not tell clerks apart: departments share one.
    """
    if one.pk == other.pk or (own_name(one) and _name(one) == _name(other)):
        return True
    sealed = one.is_superuser or other.is_superuser
    return sealed and bool(one.email) and likeness(one.email) == likeness(other.email)


def _name(user: User) -> str:
    return "".join(likeness(own_name(user)).split())


def may_coordinate(user: Person) -> bool:
    """Whether the user runs the round: opens the year, asks and reminds every department, returns and confirms."""
    return _has(user, "coordinate_yearlystatus")


def may_bring_past(user: Person) -> bool:
    """Whether the user may bring past years in from a file: the coordinator, who may write all that comes with them."""
    return may_coordinate(user) and all(may_import(user, model) for model in (AnnualReport, ActionItem, Department))


def may_audit(user: Person) -> bool:
    """Whether the user may read and take out the record of every change."""
    return _has(user, "audit_yearlystatus")


def needs_second_factor(user: Person) -> bool:
    """Whether the user's rights are such that a password alone should not open them: office, publisher, superuser."""
    return user.is_superuser or may_publish(user) or may_coordinate(user) or _holds(user, "change", User)


def may_lift_locks(user: Person) -> bool:
    """Whether the user sees who is kept out of the log-in, and may let them in again."""
    return _holds(user, "change", User)


def grantable_groups(user: Person) -> QuerySet[Group]:
    """The groups that the user may put people into and take them out of."""
    if user.is_superuser and _is_staff(user):
        return Group.objects.all()
    names = GRANTED_BY_COORDINATOR if may_coordinate(user) and _holds(user, "change", User) else ()
    return Group.objects.filter(name__in=names)


def manageable_accounts(user: Person) -> QuerySet[User]:
    """The accounts that the user may change, their passwords too: nobody reaches above their own rights that way."""
    if user.is_superuser and _is_staff(user):
        return User.objects.all()
    if not _holds(user, "change", User):
        return User.objects.none()
    higher = User.objects.filter(groups__in=Group.objects.exclude(name__in=GRANTED_BY_COORDINATOR))
    plain = User.objects.filter(is_superuser=False, user_permissions__isnull=True)
    return plain.exclude(pk__in=higher.values("pk"))


def may_manage(user: Person, account: User) -> bool:
    """Whether the user may change this account; an account that is not yet stored is anybody's who may add one."""
    return not account.pk or manageable_accounts(user).filter(pk=account.pk).exists()


@dataclass(frozen=True)
class Standing:
    """What a person may do in the year's round, read once a request.

    departments: primary keys of every department that the person stands for today, its ended forms included.
    """

    reads: bool
    answers: bool
    submits: bool
    coordinates: bool
    departments: frozenset[int]

    def is_own(self, department_id: int | None) -> bool:
        """Whether the department is one of the person's own."""
        return department_id in self.departments

    def may_read(self, department_id: int | None) -> bool:
        """Whether the person may read the department's answers of the year."""
        return self.reads or self.coordinates or ((self.answers or self.submits) and self.is_own(department_id))

    def may_answer_for(self, department_id: int | None) -> bool:
        """Whether the person may write answers for the department, in the browser or by workbook."""
        return self.coordinates or (self.answers and self.is_own(department_id))

    def may_answer(self, status: YearlyStatus | Voice) -> bool:
        """Whether the person may write this answer now: a clerk until it is submitted, nobody once it is confirmed.

        The text of a related department goes by that department, a partner's is the office's.
        """
        if not self.may_answer_for(status.department_id):
            return False
        return status.state in OPEN_STATES or (self.coordinates and status.state == State.SUBMITTED)

    def may_submit_for(self, department_id: int | None) -> bool:
        """Whether the person may submit the department's answers: its head; the office in its place (see stands_in)."""
        return self.coordinates or self._is_head_of(department_id)

    def may_call_right(self, department_id: int | None, *, plan: bool = False) -> bool:
        """Whether the person may tell the check that it is right: who writes or hands in; of the plan the office."""
        own = self.may_answer_for(department_id) or self.may_submit_for(department_id)
        return self.coordinates or (own and not plan)

    def may_take_back_for(self, department_id: int | None) -> bool:
        """Whether the person may take submitted answers back: the head; the office returns them with a reason."""
        return self._is_head_of(department_id) or (self.coordinates and department_id is None)

    def stands_in(self, department_id: int | None) -> bool:
        """Whether the office submits in place of a department, for which the record of changes has words of its own."""
        return self.coordinates and department_id is not None and not self._is_head_of(department_id)

    def _is_head_of(self, department_id: int | None) -> bool:
        return self.submits and self.is_own(department_id)


def standing_of(user: Person, day: date | None = None, succession: Succession | None = None) -> Standing:
    """What the user may do in the round on the day (today unless told); two queries besides the user's rights, one
    when told the succession.
    """
    answers, submits = _has(user, "answer_yearlystatus"), _has(user, "submit_yearlystatus")
    own: frozenset[int] = frozenset()
    if isinstance(user, User) and (answers or submits):
        members_of = user.departments.values_list("pk", flat=True)
        own = (succession or Succession()).standing_for(list(members_of), day or timezone.localdate())
    return Standing(may_view(user, YearlyStatus), answers, submits, may_coordinate(user), own)


def may_answer_by_link(link: PartnerLink, voice: Voice) -> bool:
    """Whether who holds the link may write this text now: their own of the link's year, until it is handed in."""
    own = (voice.partner_id, voice.report_id) == (link.partner_id, link.report_id)
    return own and voice.state in OPEN_STATES and link.used_at is None and link.opens_on(timezone.localdate())


def may_answer_somewhere(user: Person) -> bool:
    """Whether the user writes answers for the departments that they belong to, whichever these are."""
    return _has(user, "answer_yearlystatus")


def head_links() -> bool:
    """Whether heads may hand in by a link in a mail (HEAD_LINKS)."""
    return settings.HEAD_LINKS


def may_ask_head(standing: Standing, department_id: int | None) -> bool:
    """Whether the person may ask the department's head for it: who may write its answers."""
    return department_id is not None and standing.may_answer_for(department_id)


def may_use_head_link(link: HeadLink) -> bool:
    """Whether the link's head may hand in by it now: still its department's head, with an open account."""
    if not (head_links() and link.head):
        return False
    standing = standing_of(link.head)
    return standing.submits and standing.is_own(link.department_id)


def may_link(user: Person) -> bool:
    """Whether the user may make and revoke the links by which partners report."""
    return may_coordinate(user)


NOT_ALLOWED = "この操作をする権限がありません。事務局に確認してください。"


def require(allowed: bool, sentence: str = NOT_ALLOWED) -> None:
    """Returns when allowed; raises PermissionDenied with the sentence otherwise."""
    if not allowed:
        raise PermissionDenied(sentence)
