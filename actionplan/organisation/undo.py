"""Taking a registered reorganisation back before its day: first what would be put back, then all of it, once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from actionplan import permissions
from actionplan.models import ActionItem, Department, EditionRow, Person, Plan, Reminder, YearlyStatus, note_source
from actionplan.organisation.membership import join, lock_departments, members_of, record
from actionplan.organisation.people import Registered, registered
from actionplan.organisation.reorganise import ReorganisationRefused, move_items
from actionplan.seen import Moved, fingerprint, refuse_moved


@dataclass(frozen=True)
class Undoing:
    """What taking the reorganisation back would do, and the sentences that say why it cannot be.

    items: those that go back to change.home. people: those of the new departments who would be in none of the old
    ones; they go there too. leaving: everybody in the new departments.
    """

    change: Registered
    items: list[ActionItem]
    people: list[User]
    leaving: set[int]
    faults: list[str]

    @property
    def reason(self) -> str:
        """組織改正の取消：○○課→△△課（2026年4月1日から）, as the history tells it."""
        return f"組織改正の取消：{self.change}"

    @property
    def seal(self) -> str:
        """The fingerprint of all this, which is another one when something of it has changed."""
        facts = [
            [(each.pk, str(each)) for each in (*self.change.olds, *self.change.parts, *self.change.new)],
            [row.pk for row in (*self.items, *self.people)],
            sorted(self.leaving),
            self.change.day,
            self.faults,
        ]
        return fingerprint(*facts)


def undoing(pk: int, known: Mapping[int, Department]) -> Undoing | None:
    """What taking back the reorganisation by which the department ends would do; None when it ends by none.

    known: every department by primary key. Eight queries or fewer.
    """
    change = registered(pk, known)
    if change is None or change.due:
        return Undoing(change, [], [], set(), [too_late(change)]) if change else None
    items = ActionItem.objects.filter(lead_department__in=change.new).select_related("measure__policy").order_by("pk")
    leaving = set().union(*members_of([part.pk for part in change.new]).values())
    people = User.objects.filter(pk__in=leaving, is_active=True).exclude(departments__in=change.olds)
    moving = list(items), list(people.order_by("username"))
    return Undoing(change, *moving, leaving, refusals(change, known, *moving))


def undo(pk: int, *, by: Person, seen: str) -> Undoing:
    """What was put back: everything or nothing, each row with its record of change.

    seen: the seal of what the person was shown. Raises ReorganisationRefused, Moved, PermissionDenied.
    """
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    try:
        with transaction.atomic():
            return _undo(pk, by, seen)
    except (ProtectedError, IntegrityError) as error:
        # Somebody gave a new department something between the look and the deletion.
        raise Moved from error


def _undo(pk: int, by: Person, seen: str) -> Undoing:
    known = lock_departments()
    plan = undoing(pk, known) if pk in known else None
    if plan is None:
        raise Moved
    if plan.faults:
        raise ReorganisationRefused(plan.faults)
    refuse_moved(seen, plan.seal)
    _put_back(plan, by)
    return plan


def _put_back(plan: Undoing, by: Person) -> None:
    change, reason = plan.change, plan.reason
    if home := change.home:  # without one there is nothing to move, see refusals()
        move_items({item.pk: home.pk for item in plan.items}, by=by, reason=reason)
        join((home.pk, person.pk) for person in plan.people)
    for old in change.olds:
        old.in_force_until = old.successor = None
    Department.objects.bulk_update(change.olds, ["in_force_until", "successor"])
    record(change.olds, by=by, reason=reason)
    for part in change.new:
        noted = note_source(part, reason=reason)
        noted._history_user = by
        noted.delete()


# What a department cannot be taken away from: where it stands, what it is called, and what to do about it.
KEEPS = (
    (YearlyStatus, "department", "回答", "実施状況の画面で、担当課を元の課に変えてください。"),
    (Plan, "office", "計画の問い合わせ先", "計画の画面で、問い合わせ先の課を元の課に変えてください。"),
    (Reminder, "department", "督促の記録", "記録は消せないので、施行日のあとにもう一度組織改正を行ってください。"),
    (EditionRow, "department", "公表した版", "版は消せないので、施行日のあとにもう一度組織改正を行ってください。"),
)


def refusals(
    change: Registered, known: Mapping[int, Department], items: Sequence[ActionItem], people: Sequence[User]
) -> list[str]:
    """The sentences; none when all can be put back. Four queries.

    known: every department by primary key. items, people: what has to go back to a department that comes back.
    """
    found = [*_later_changes(change, known), *_same_names(change, known), *_kept(change)]
    return found if change.home else [*found, *_homeless(change, items, people)]


def too_late(change: Registered) -> str:
    """The sentence for a change whose day has come."""
    return f"この組織改正（{change}）は、施行日を迎えたため取り消せません。"


def _later_changes(change: Registered, known: Mapping[int, Department]) -> Iterator[str]:
    for new in change.new:
        if new.in_force_until:
            yield f"{new}には、次の組織改正か廃止が登録されています。先にそちらを取り消してください。"
        for other in known.values():
            if other.successor_id == new.pk and other not in change.olds:
                yield f"{other}が、{new}に引き継がれることになっています。先にその組織改正を取り消してください。"


def _same_names(change: Registered, known: Mapping[int, Department]) -> Iterator[str]:
    names = {(old.name, old.unit) for old in change.olds}
    for other in known.values():
        if (other.name, other.unit) not in names or other in (*change.olds, *change.new):
            continue
        if other.in_force_until is None or other.in_force_until >= change.day:
            yield f"「{other}」という別の課が、施行日からあとにもあります。先にその課の組織改正か名前を直してください。"


def _kept(change: Registered) -> Iterator[str]:
    for model, field, words, advice in KEEPS:
        if model.objects.filter(**{f"{field}__in": change.new}).exists():
            yield f"{_names(change)}の{words}がすでにあるため、取り消せません。{advice}"


def _homeless(change: Registered, items: Sequence[ActionItem], people: Sequence[User]) -> Iterator[str]:
    if items:
        codes = "、".join(item.code for item in items)
        yield f"{_names(change)}が担当する項目があります（{codes}）。先に、項目の画面で担当課を元の課に変えてください。"
    if people:
        named = "、".join(person.username for person in people)
        yield (f"{_names(change)}だけに所属する職員がいます（{named}）。先に、利用者の画面で元の課にも入れてください。")


def _names(change: Registered) -> str:
    return "・".join(map(str, change.new))
