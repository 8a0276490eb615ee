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
from actionplan.models.edition import Edition, EditionFile, EditionRow, EditionWithdrawal
from actionplan.models.evidence import Evidence, EvidenceKind, remove_with_year
from actionplan.models.named import Area, Tag, likeness
from actionplan.models.one_record import one_change
from actionplan.models.partner import Partner
from actionplan.models.past import DroppedFile, TableMapping
from actionplan.models.plan import (
    CITY_SETTINGS,
    ActorType,
    Aim,
    Plan,
    PlanCategory,
    Stage,
    StoryRemark,
    StoryStep,
    scale_of,
)
from actionplan.models.reporting import AnnualReport, CategoryField, Reminder, State, YearlyStatus, sharing_reports
from actionplan.models.tree import (
    LONGEST_NUMBER,
    STATUS_HEADING,
    ActionItem,
    Figure,
    Measure,
    Policy,
    items_by_number,
    read_targets,
    was_given,
)
from actionplan.models.voice import PARTNER, RELATED, PartnerLink, Voice

__all__ = [
    "CITY_SETTINGS",
    "LONGEST_NUMBER",
    "OPEN_STATES",
    "PARTNER",
    "RELATED",
    "STATUS_HEADING",
    "ActionItem",
    "ActorType",
    "Aim",
    "AnnualReport",
    "Area",
    "CategoryField",
    "Department",
    "DroppedFile",
    "Edition",
    "EditionFile",
    "EditionRow",
    "EditionWithdrawal",
    "Evidence",
    "EvidenceKind",
    "Figure",
    "ImmutableError",
    "Measure",
    "Partner",
    "PartnerLink",
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
    "Tag",
    "Voice",
    "YearlyStatus",
    "codes_in_use",
    "items_by_number",
    "label_of",
    "likeness",
    "note_source",
    "one_change",
    "place_of",
    "read_targets",
    "refuse_control_characters",
    "remove_with_year",
    "scale_of",
    "sharing_reports",
    "was_given",
    "why_not_delete",
]
