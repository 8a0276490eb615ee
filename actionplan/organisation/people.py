"""A list of staff laid over the accounts: what would change, and the change itself, all of it or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department, Person
from actionplan.organisation.accounts import AccountChange, StartPassword, store_accounts
from actionplan.organisation.membership import Facts, Roster, lock_people
from actionplan.organisation.people_lines import COLUMNS, PART, Fault, PersonLine, WantedAccount, cells_of, read_lines
from actionplan.organisation.reorganisation import REASON, in_words
from actionplan.seen import fingerprint, refuse_moved

NEW, CLOSED, REOPENED, CHANGED = "new", "closed", "reopened", "changed"
KINDS = {NEW: "追加", CLOSED: "閉じる", REOPENED: "もう一度使う", CHANGED: "変更"}
IMPORT_REASON = "利用者の取り込み"


@dataclass(frozen=True)
class LineChange:
    """What one line changes; before is None for a new person."""

    number: int
    username: str
    before: Facts | None
    after: Facts

    @property
    def kind(self) -> str:
        """NEW, CLOSED, REOPENED or CHANGED."""
        if self.before is None:
            return NEW
        if self.before.active == self.after.active:
            return CHANGED
        return REOPENED if self.after.active else CLOSED

    @property
    def label(self) -> str:
        """追加, 閉じる, もう一度使う or 変更."""
        return KINDS[self.kind]

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Each column after the name to log in with: its name, the old and the new words; new people have no old."""
        new = cells_of(self.after)
        old = cells_of(self.before) if self.before else new
        return list(zip(COLUMNS[1:], old, new, strict=True))


@dataclass(frozen=True)
class Outcome:
    """What a list of staff would change; with faults nothing can be stored.

    absent: accounts in use that the reader may manage and the list does not name; they stay as they are.
    cautions: what may be meant so, and may be a slip.
    """

    changes: list[LineChange]
    faults: list[Fault]
    same: int
    absent: list[User]
    cautions: list[str]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many changes there are of each kind, in words."""
        kinds = [change.kind for change in self.changes]
        return [(label, kinds.count(kind)) for kind, label in KINDS.items() if kind in kinds]

    @cached_property
    def seal(self) -> str:
        """The fingerprint of every change, which is another one when somebody changed one of these people meanwhile."""
        return fingerprint(*self.changes)


def look(lines: Sequence[PersonLine], *, by: Person) -> Outcome:
    """What the lines would change; the number of queries does not grow with them. Raises PermissionDenied."""
    permissions.require(permissions.may_import(by, User))
    return _look(lines, Roster(by))


def _look(lines: Sequence[PersonLine], roster: Roster) -> Outcome:
    wanted = read_lines(lines, roster)
    faults = [fault for each in wanted for fault in each.faults]
    changes = [change for each in wanted if not each.faults and (change := _change(each, roster))]
    named = {each.username for each in wanted}
    absent = [person for person in roster.mine() if person.is_active and person.username not in named]
    others = [each for each in absent if each != roster.reader]
    return Outcome(changes, faults, len(wanted) - len(changes), others, list(_cautions(changes, roster)))


def _cautions(changes: Sequence[LineChange], roster: Roster) -> Iterator[str]:
    for change in changes:
        if change.kind == NEW and not change.after.roles:
            yield f"{change.number}行目「{PART}」：空です。役割がないと、{change.username}さんは回答を書けません。"
    after = {change.username: change.after for change in changes}
    for name in sorted(roster.headed({}) - roster.headed(after)):
        yield f"{name}に課長がいなくなります。"


def _change(wanted: WantedAccount, roster: Roster) -> LineChange | None:
    account = roster.accounts.get(wanted.username)
    before = roster.facts(account) if account else None
    return None if before == wanted.facts else LineChange(wanted.number, wanted.username, before, wanted.facts)


@transaction.atomic
def import_people(
    lines: Sequence[PersonLine], *, by: Person, seen: str, source: str = ""
) -> tuple[Outcome, list[StartPassword]]:
    """What was changed, and the first passwords of new people.

    seen: the seal of the outcome that the person was shown. source: the file's name.
    Raises Moved (nothing is stored) when it is another one now, or when cells cannot be taken any more.
    """
    permissions.require(permissions.may_import(by, User))
    lock_people()
    roster = Roster(by)
    outcome = _look(lines, roster)
    refuse_moved(seen, "" if outcome.faults else outcome.seal)
    changes = [AccountChange(roster.accounts.get(each.username), each.username, each.after) for each in outcome.changes]
    return outcome, store_accounts(changes, roster, reason=IMPORT_REASON, source=source)


@dataclass(frozen=True)
class Registered:
    """Departments that end together, what stands in their place from the day on (the main part first), and which of
    that is made for it."""

    olds: list[Department]
    parts: list[Department]
    new: list[Department]
    day: date

    @property
    def due(self) -> bool:
        """Whether the day has come."""
        return self.day <= timezone.localdate()

    @property
    def home(self) -> Department | None:
        """Where what was given to the new departments goes back to; None when several could be it."""
        split = {part.split_from_id for part in self.parts}
        found = [old for old in self.olds if old.pk in split] or self.olds
        return found[0] if len(found) == 1 else None

    def __str__(self) -> str:
        return in_words(self.olds, self.parts, self.day)


def registered(pk: int, known: Mapping[int, Department]) -> Registered | None:
    """The reorganisation by which the department ends, None when it ends by none; one query at most.

    known: every department by primary key.
    """
    old = known[pk]
    if not (old.in_force_until and old.successor_id):
        return None
    same, day = (old.successor_id, old.in_force_until), old.in_force_until + timedelta(days=1)
    rows = [known[key] for key in sorted(known)]
    olds = [row for row in rows if (row.successor_id, row.in_force_until) == same]
    split = [row for row in rows if row.split_from_id in {old.pk for old in olds}]
    main = known[old.successor_id]
    parts = [main, *(part for part in split if part != main)]
    return Registered(olds, parts, split or ([main] if _was_made_for(main, day) else []), day)


def is_to_come(old: Department) -> bool:
    """Whether the department ends by a reorganisation whose day has not come."""
    return bool(old.successor_id and old.in_force_until and old.in_force_until >= timezone.localdate())


def _was_made_for(main: Department, day: date) -> bool:
    """Whether a reorganisation of that day made the department; one that was added by hand is not its own."""
    made = Department.history.filter(id=main.pk, history_type="+", history_change_reason__startswith=REASON)
    return main.in_force_from == day and made.exists()


def undoable(department: Department) -> list[Department]:
    """One ending department for each reorganisation to come that the department has a part in; one query."""
    part = Q(pk=department.pk) | Q(successor=department.pk) | Q(pk=department.split_from_id)
    ending = Department.objects.filter(part, successor__isnull=False, in_force_until__gte=timezone.localdate())
    rows = ending.select_related("successor")
    return list({(row.successor_id, row.in_force_until): row for row in rows}.values())
