"""Records of changes as people read them: when, who, what, where, old and new in words, why and from which file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.auth.models import User

from actionplan.models import ActionItem, AnnualReport, Department, Partner
from actionplan.models.security import EVENTS
from actionplan.trail.kinds import ACTIONS, ANSWERS, CHANGED, KINDS, SECURITY, VOICES, Key
from actionplan.trail.names import GONE, Names
from actionplan.trail.stored import Stored, items_of, stored_records
from actionplan.trail.words import CellRecord, changes_of
from actionplan.words import own_name

SYSTEM, NOBODY_YET = "システム（コマンド）", "（ログインの前）"
NO_EARLIER = "これより前の記録がないため、どの欄が変わったかは分かりません。"
NO_CELL = "記録する欄に変わったところはありません（パスワードの変更など）。"


@dataclass(frozen=True)
class Record:
    """One change in words.

    target: what changed; year, code, department: where it stands, each empty where it has none.
    """

    stored: Stored
    names: Names

    @property
    def when(self) -> datetime:
        """The moment of the change."""
        return self.stored.when

    @property
    def who(self) -> str:
        """山田 太郎（yamada）, or the words for a change without a person."""
        return self.names.of(User, self.stored.who) or self.nobody

    @property
    def nobody(self) -> str:
        """What stands in a person's place where there is none."""
        return NOBODY_YET if self.stored.kind is SECURITY else SYSTEM

    @property
    def username(self) -> str:
        """The log-in name; empty for a change without a person."""
        user = self.names.find(User, self.stored.who)
        return user.username if user else ""

    @property
    def full_name(self) -> str:
        """The person's own name; empty when the account has none."""
        user = self.names.find(User, self.stored.who)
        return own_name(user) if user else ""

    @property
    def action(self) -> str:
        """追加, 変更, 削除, 公表 or 取下げ."""
        return ACTIONS[self.stored.action]

    @property
    def is_change(self) -> bool:
        """Whether something that was there already changed."""
        return self.stored.action == CHANGED

    @property
    def kind(self) -> str:
        """実施状況."""
        return str(self.stored.kind)

    @property
    def reason(self) -> str:
        """Why, in the words of the door that it came by."""
        return self.stored.reason

    @property
    def source(self) -> str:
        """The name of the file that it came from, or nothing."""
        return self.stored.source

    @property
    def number(self) -> str:
        """The record's own number: yearlystatus-123."""
        return f"{self.stored.kind.key}-{self.stored.number}"

    @cached_property
    def changes(self) -> tuple[CellRecord, ...]:
        """The cells that changed, old beside new."""
        return changes_of(self.stored, self.names)

    @property
    def remark(self) -> str:
        """Why no cell is shown, when none is."""
        if self.changes or not self.is_change:
            return ""
        return NO_CELL if self.stored.before is not None else NO_EARLIER

    @cached_property
    def item(self) -> ActionItem | None:
        """The item that it is about."""
        if self.stored.kind.model is ActionItem:
            return self.names.find(ActionItem, self.stored.object)
        return self.names.find(ActionItem, self.stored.cells.get("item_id"))

    @property
    def code(self) -> str:
        """3-2-1, as the item is numbered today; empty when it is about no item."""
        return self.item.code if self.item else ""

    @property
    def year(self) -> str:
        """平成21年度（2009年度）, or nothing."""
        kind = self.stored.kind
        pk = self.stored.object if kind.model is AnnualReport else self.stored.cells.get("report_id")
        return self.names.of(AnnualReport, pk)

    @property
    def department(self) -> str:
        """The department whose matter it was at the time."""
        cells = self.stored.cells
        return self.names.of(Department, cells.get("department_id", cells.get("lead_department_id")))

    @property
    def target(self) -> str:
        """What changed, by its name: of an answer the item's, which the code stands before."""
        kind = self.stored.kind
        if kind is SECURITY:
            return "：".join(filter(None, (EVENTS[self.stored.cells["event"]], self.about)))
        if kind is ANSWERS or kind is VOICES:
            name = self.item.name if self.item else GONE
            return f"{name}（{self.partner}）" if self.partner else name
        if kind.model is ActionItem and self.item:
            return self.item.name
        if kind.model in self.names.rows:
            return self.names.of(kind.model, self.stored.object)
        return self._own_name()

    @property
    def partner(self) -> str:
        """The partner whose text or link it was; empty where it was none's."""
        return self.names.of(Partner, self.stored.cells.get("partner_id"))

    @property
    def about(self) -> str:
        """Whose account an event of security was about; empty where it was nobody else's."""
        return self.names.of(User, self.stored.cells.get("account_id"))

    def _own_name(self) -> str:
        """The name as the record itself tells it, for parts that nothing else points to."""
        if self.partner:
            return self.partner
        cells = self.stored.cells
        if "number" in cells and not self.stored.kind.follows:
            return f"第{cells['number']}版"
        told = [
            str(cells[name])
            for name in ("mark", "label", "name", "keyword", "text", "caption", "url")
            if cells.get(name)
        ]
        return " ".join(told) or self.kind


def records(keys: Sequence[Key], names: Names) -> list[Record]:
    """The records of the keys, in their order; three queries, however many."""
    found = stored_records(keys)
    names.learn_items(items_of(found))
    return [Record(stored, names) for stored in found]


def kind_label(key: str) -> str:
    """The kind's name, or nothing for a key that no kind has."""
    return str(KINDS[key]) if key in KINDS else ""
