"""The record as the database holds it: every model, and the words that rooms write it by, handed on by name."""

from actionplan.cells import OPEN_STATES
from actionplan.models.account import Person
from actionplan.models.base import (
    ImmutableError,
    RecordTextField,
    label_of,
    note_source,
    refuse_control_characters,
    why_not_delete,
)
from actionplan.models.department import Department, Succession, place_of
from actionplan.models.edition import Edition, EditionRow, EditionWithdrawal
from actionplan.models.one_record import one_change
from actionplan.models.plan import ActorType, Aim, Plan, Stage, StoryRemark, StoryStep
from actionplan.models.reporting import AnnualReport, Reminder, State, YearlyStatus
from actionplan.models.tree import STATUS_HEADING, ActionItem, Measure, Policy, was_given

__all__ = [
    "OPEN_STATES",
    "STATUS_HEADING",
    "ActionItem",
    "ActorType",
    "Aim",
    "AnnualReport",
    "Department",
    "Edition",
    "EditionRow",
    "EditionWithdrawal",
    "ImmutableError",
    "Measure",
    "Person",
    "Plan",
    "Policy",
    "RecordTextField",
    "Reminder",
    "Stage",
    "State",
    "StoryRemark",
    "StoryStep",
    "Succession",
    "YearlyStatus",
    "label_of",
    "note_source",
    "one_change",
    "place_of",
    "refuse_control_characters",
    "was_given",
    "why_not_delete",
]
