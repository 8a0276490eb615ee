"""The kinds of records: one for each table that staff write, and those of what happened: published, reminded, refused.

A kind says in which columns of its table a record's facts stand, so that all kinds can be asked by one query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import CharField, F, Value

from actionplan import permissions
from actionplan.models import (
    Acknowledgement,
    ActionItem,
    ActorType,
    Aim,
    AlikeWords,
    AnnualReport,
    Approval,
    Area,
    Department,
    DroppedFile,
    Edition,
    EditionWithdrawal,
    Evidence,
    Figure,
    HeadLink,
    LoginLock,
    Measure,
    Partner,
    PartnerLink,
    Person,
    Plan,
    PlanCategory,
    Policy,
    Reminder,
    SecurityEvent,
    Stage,
    StoryRemark,
    StoryStep,
    TableMapping,
    Tag,
    Voice,
    YearlyStatus,
)

ADDED, CHANGED, DELETED, PUBLISHED, WITHDRAWN, REMINDED, HAPPENED = "+", "~", "-", "p", "w", "r", "s"
ACTIONS = {ADDED: "追加", CHANGED: "変更", DELETED: "削除"}
ACTIONS |= {PUBLISHED: "公表", WITHDRAWN: "取下げ", REMINDED: "メール", HAPPENED: "安全"}
# Who took a step and when is the record's own who and when; the revision only counts, a public id and a digest
# never change.
SILENT = {"revision", "left_as_is", "public_id", "printed", "status_id", "digest", "said_by_id", "said_at"} | {
    f"{step}_{fact}" for step in ("answered", "submitted", "confirmed", "returned") for fact in ("by_id", "at")
}

# A record: its kind, and its number among the kind's.
Key = tuple[str, int]


@dataclass(frozen=True)
class Kind:
    """Where the records of one kind stand.

    model: what changed. table: whose rows are the records. cells: the columns that a change is told by.
    facts: what is read besides, only to name the record, by the path to it.
    marks: many-to-many relations of the model by name, with the tables of their recorded rows.
    paths: by which column the records belong to an item, a department (of answers), a year.
    """

    key: str
    model: type[models.Model]
    table: Any
    cells: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Any] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    when: str = "history_date"
    number: str = "history_id"
    object: str = "id"
    who: str = "history_user_id"
    reason: str = "history_change_reason"
    source: str = "source_file"
    action: F | Value = field(default_factory=lambda: F("history_type"))
    follows: bool = True

    def __str__(self) -> str:
        return self.label or str(self.model._meta.verbose_name)


def _kept(model: Any, **paths: str) -> Kind:
    """The kind of a model with a history."""
    table = model.history.model
    names = [each.attname for each in table.tracked_fields if not each.primary_key]
    marks = {relation.name: getattr(table, relation.name).model for relation in table._history_m2m_fields}
    cells = tuple(name for name in names if name not in SILENT)
    return Kind(model._meta.model_name, model, table, cells, marks=marks, paths=paths)


def _event(action: str) -> Value:
    return Value(action, output_field=CharField())


PUBLISHING = Kind(
    key="edition",
    model=Edition,
    table=Edition,
    cells=("public_from", "content_sha256", "unconfirmed"),
    facts={"number": "number", "report_id": "report_id"},
    paths={"item": "rows__item", "year": "report_id"},
    when="published_at",
    number="id",
    who="published_by_id",
    reason="correction_note",
    source="",
    action=_event(PUBLISHED),
    follows=False,
)
WITHDRAWING = Kind(
    key="editionwithdrawal",
    model=Edition,
    table=EditionWithdrawal,
    cells=(),
    facts={"number": "edition__number", "report_id": "edition__report_id"},
    paths={"item": "edition__rows__item", "year": "edition__report_id"},
    label=str(EditionWithdrawal._meta.verbose_name),
    when="withdrawn_at",
    number="id",
    object="edition_id",
    who="withdrawn_by_id",
    source="",
    reason="reason",
    action=_event(WITHDRAWN),
    follows=False,
)
REMINDING = Kind(
    key="reminder",
    model=Reminder,
    table=Reminder,
    cells=("kind", "addresses", "open_items", "failure"),
    facts={"report_id": "report_id", "department_id": "department_id"},
    paths={"department": "department_id", "year": "report_id"},
    label="課へのメール",
    when="sent_at",
    number="id",
    who="sent_by_id",
    source="",
    reason="failure",
    action=_event(REMINDED),
    follows=False,
)
DROPPING = Kind(
    key="droppedfile",
    model=DroppedFile,
    table=DroppedFile,
    cells=("label", "plan_id", "sent_by_id", "sent_at", "reached"),
    when="dropped_at",
    number="id",
    who="dropped_by_id",
    source="label",
    reason="reason",
    action=_event(DELETED),
    follows=False,
)
SECURITY = Kind(
    key="securityevent",
    model=SecurityEvent,
    table=SecurityEvent,
    cells=("address", "times"),
    facts={"event": "event", "account_id": "account_id"},
    when="happened_at",
    number="id",
    who="done_by_id",
    source="",
    reason="what",
    action=_event(HAPPENED),
    follows=False,
)
# What a machine goes by stands in words beside it.
MAPPINGS = replace(_kept(TableMapping), cells=("name", "told"))
# Who asked and who decided is each record's own who.
APPROVING = replace(
    _kept(Approval, year="report_id"),
    cells=(
        "kind",
        "report_id",
        "state",
        "content_sha256",
        "wording",
        "headings",
        "note",
        "public_from",
        "unconfirmed",
        "reason",
    ),
)
ANSWERS = _kept(YearlyStatus, item="item_id", department="department_id", year="report_id")
VOICES = _kept(Voice, item="item_id", department="department_id", year="report_id")
OF_ANSWER = {"item": "item_id", "department": "department_id", "year": "report_id"}
# An answer's evidence stands where its answer stands.
EVIDENCE = replace(
    _kept(Evidence, **{place: f"status__{column}" for place, column in OF_ANSWER.items()}),
    facts={column: f"status__{column}" for column in OF_ANSWER.values()},
)
ACCOUNTS = (_kept(User), _kept(Group), _kept(LoginLock), SECURITY)
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        ANSWERS,
        EVIDENCE,
        VOICES,
        _kept(AnnualReport, year="id"),
        PUBLISHING,
        WITHDRAWING,
        APPROVING,
        REMINDING,
        _kept(Acknowledgement, item="item_id", year="report_id"),
        _kept(ActionItem, item="id", department="lead_department_id"),
        *map(_kept, (Measure, Policy, Plan, ActorType, Area, Tag, StoryStep, StoryRemark, Aim, Stage, PlanCategory)),
        _kept(AlikeWords),
        _kept(Figure, item="item_id"),
        _kept(Department, department="id"),
        _kept(Partner),
        _kept(PartnerLink, year="report_id"),
        _kept(HeadLink, department="department_id", year="report_id"),
        MAPPINGS,
        DROPPING,
        *ACCOUNTS,
    )
}


@dataclass(frozen=True)
class Reach:
    """The kinds that a person may read, and the departments whose answers; departments is None for all of them."""

    kinds: tuple[Kind, ...]
    departments: frozenset[int] | None = None


def reach_of(user: Person) -> Reach:
    """How far the user may look back. Raises PermissionDenied for who may not look back at all."""
    if permissions.may_audit(user):
        seen = all(permissions.may_view(user, model) for model in (User, Group))
        return Reach(tuple(kind for kind in KINDS.values() if seen or kind not in ACCOUNTS))
    standing = permissions.standing_of(user)
    permissions.require(standing.answers or standing.submits)
    return Reach((ANSWERS, EVIDENCE, VOICES), standing.departments)
