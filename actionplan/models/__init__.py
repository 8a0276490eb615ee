"""The record as the database holds it: every model, and the words that rooms write it by, handed on by name."""

from actionplan.cells import OPEN_STATES
from actionplan.models.account import Person
from actionplan.models.base import (
    ImmutableError,
    RecordTextField,
    codes_in_use,
    label_of,
    note_source,
    refuse_control_characters,
    why_not_delete,
)
from actionplan.models.department import Department, Succession, place_of
from actionplan.models.edition import Edition, EditionRow, EditionWithdrawal
from actionplan.models.one_record import one_change
from actionplan.models.past import TableMapping
from actionplan.models.plan import ActorType, Aim, Plan, PlanCategory, Stage, StoryRemark, StoryStep, scale_of
from actionplan.models.reporting import AnnualReport, CategoryField, Reminder, State, YearlyStatus, sharing_reports
from actionplan.models.tree import STATUS_HEADING, ActionItem, Figure, Measure, Policy, was_given

__all__ = [
    "OPEN_STATES",
    "STATUS_HEADING",
    "ActionItem",
    "ActorType",
    "Aim",
    "AnnualReport",
    "CategoryField",
    "Department",
    "Edition",
    "EditionRow",
    "EditionWithdrawal",
    "Figure",
    "ImmutableError",
    "Measure",
    "Person",
    "Plan",
    "PlanCategory",
    "Policy",
    "RecordTextField",
    "Reminder",
    "Stage",
    "State",
    "StoryRemark",
    "StoryStep",
    "Succession",
    "TableMapping",
    "YearlyStatus",
    "codes_in_use",
    "label_of",
    "note_source",
    "one_change",
    "place_of",
    "refuse_control_characters",
    "scale_of",
    "sharing_reports",
    "was_given",
    "why_not_delete",
]
