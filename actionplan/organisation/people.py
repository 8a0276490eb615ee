"""A list of staff laid over the accounts: what would change, and the change itself, all of it or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction

from actionplan import permissions
from actionplan.organisation.accounts import AccountChange, store_accounts
from actionplan.organisation.locks import lock_people
from actionplan.organisation.passwords import StartPassword
from actionplan.organisation.people_lines import COLUMNS, PART, Fault, Line, Wanted, read_lines
from actionplan.organisation.reorganise import GroundMoved
from actionplan.organisation.roster import Facts, Roster

NEW, CLOSED, REOPENED, CHANGED = "new", "closed", "reopened", "changed"
KINDS = {NEW: "追加", CLOSED: "閉じる", REOPENED: "もう一度使う", CHANGED: "変更"}
REASON = "利用者の取り込み"


@dataclass(frozen=True)
class Change:
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
        old = self.before.cells if self.before else self.after.cells
        return list(zip(COLUMNS[1:], old, self.after.cells, strict=True))


@dataclass(frozen=True)
class Outcome:
    """What a list of staff would change; with faults nothing can be stored.

    absent: accounts in use that the reader may manage and the list does not name; they stay as they are.
    cautions: what may be meant so, and may be a slip.
    """

    changes: list[Change]
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
        """A digest of every change, which is another one when somebody changed one of these people meanwhile."""
        return sha256(repr(self.changes).encode()).hexdigest()


def look(lines: Sequence[Line], *, by: AbstractBaseUser) -> Outcome:
    """What the lines would change; the number of queries does not grow with them. Raises PermissionDenied."""
    permissions.require(permissions.may_import(by, User))
    return _look(lines, Roster(by))


def _look(lines: Sequence[Line], roster: Roster) -> Outcome:
    wanted = read_lines(lines, roster)
    faults = [fault for each in wanted for fault in each.faults]
    changes = [change for each in wanted if not each.faults and (change := _change(each, roster))]
    named = {each.username for each in wanted}
    absent = [person for person in roster.mine() if person.is_active and person.username not in named]
    others = [each for each in absent if each != roster.reader]
    return Outcome(changes, faults, len(wanted) - len(changes), others, list(_cautions(changes, roster)))


def _cautions(changes: Sequence[Change], roster: Roster) -> Iterator[str]:
    for change in changes:
        if change.kind == NEW and not change.after.roles:
            yield f"{change.number}行目「{PART}」：空です。役割がないと、{change.username}さんは回答を書けません。"
    after = {change.username: change.after for change in changes}
    for name in sorted(roster.headed({}) - roster.headed(after)):
        yield f"{name}に課長がいなくなります。"


def _change(wanted: Wanted, roster: Roster) -> Change | None:
    account = roster.accounts.get(wanted.username)
    before = roster.facts(account) if account else None
    return None if before == wanted.facts else Change(wanted.number, wanted.username, before, wanted.facts)


@transaction.atomic
def import_people(
    lines: Sequence[Line], *, by: AbstractBaseUser, seen: str, source: str = ""
) -> tuple[Outcome, list[StartPassword]]:
    """What was changed, and the first passwords of new people.

    seen: the seal of the outcome that the person was shown. source: the file's name.
    Raises GroundMoved (nothing is stored) when it is another one now, or when cells cannot be taken any more.
    """
    permissions.require(permissions.may_import(by, User))
    lock_people()
    roster = Roster(by)
    outcome = _look(lines, roster)
    if outcome.faults or outcome.seal != seen:
        raise GroundMoved
    changes = [AccountChange(roster.accounts.get(each.username), each.username, each.after) for each in outcome.changes]
    return outcome, store_accounts(changes, roster, reason=REASON, source=source)
