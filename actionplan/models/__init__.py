"""The ground: every model, handed on by name."""

from actionplan.models import account  # noqa: F401 — its records of change are models too
from actionplan.models.department import Department, place_of
from actionplan.models.edition import Edition, EditionRow, EditionWithdrawal
from actionplan.models.guideline import Aim, Stage, StoryRemark, StoryStep
from actionplan.models.immutable import ImmutableError
from actionplan.models.plan import ActorType, Plan
from actionplan.models.reminder import Reminder
from actionplan.models.reporting import AnnualReport, State, YearlyStatus
from actionplan.models.succession import Succession
from actionplan.models.tree import ActionItem, Measure, Policy

__all__ = [
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
    "Plan",
    "Policy",
    "Reminder",
    "Stage",
    "State",
    "StoryRemark",
    "StoryStep",
    "Succession",
    "YearlyStatus",
    "place_of",
]
