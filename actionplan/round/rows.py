"""An answer as the coordinator reads it: this year's words, last year's, who did what when, and its tick box."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django import forms
from django.http import QueryDict

from actionplan.admin.locking import RecordField
from actionplan.answers.facts import STEPS
from actionplan.answers.sheet import SheetRow
from actionplan.cells import BY_NAME, CELLS
from actionplan.checks.questions import Concern
from actionplan.fiscal_year import LATEST, parse_fiscal_year
from actionplan.models import Plan, State, YearlyStatus, refuse_control_characters

# The portal holds no report of a year before.
FIRST_YEAR = 2000
CONFIRM, RETURN, REOPEN = "confirm", "return", "reopen"


def refuse_far_day(day: date) -> None:
    """Raises ValidationError for a year that nobody meant: 0026 or 2206 written for 2026."""
    if not FIRST_YEAR <= day.year <= LATEST:
        raise forms.ValidationError(f"締切の年（{day.year}年）を確かめてください。")


def due_field(*, required: bool, help_text: str) -> forms.DateField:
    """The box for the due date of answers."""
    return forms.DateField(
        label="回答の締切",
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[refuse_far_day],
        help_text=help_text,
        error_messages={
            "invalid": "締切が読めません。2026-05-20 のように入力してください。",
            "required": "締切の日を入力してください。",
        },
    )


class OpenYearForm(forms.Form):
    """Which year to open, and until when departments answer."""

    plan = forms.ModelChoiceField(Plan.objects.all(), label="計画", empty_label=None)
    year = forms.CharField(
        label="年度",
        max_length=20,
        help_text="例：令和8年度、R8、2026",
        error_messages={"required": "年度を入力してください。例：令和8年度"},
    )
    answers_due = due_field(required=False, help_text="空欄なら、いまの締切のままにします。")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        plans = list(Plan.objects.all()[:2])
        self.only_plan = plans[0] if len(plans) == 1 else None
        if self.only_plan:
            self.fields["plan"].widget, self.fields["plan"].required = forms.HiddenInput(), False
            self.initial["plan"] = self.only_plan

    def clean_plan(self) -> Plan:
        """The plan that was chosen; where there is one alone, an address need not name it."""
        return cast(Plan, self.cleaned_data["plan"] or self.only_plan)

    def clean_year(self) -> int:
        """The fiscal year that was meant; raises ValidationError that says how to write it."""
        try:
            return parse_fiscal_year(self.cleaned_data["year"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class StepForm(forms.Form):
    """What to do with the ticked answers; the reason goes with returning and with taking a confirmation back."""

    step = forms.ChoiceField(choices=[(CONFIRM, "確定"), (RETURN, "差戻し"), (REOPEN, "確定の取消し")])
    reason = RecordField(
        required=False,
        max_length=2000,
        validators=[refuse_control_characters],
        error_messages={"max_length": "理由は2000字までにしてください。いまは%(show_value)d字です。"},
    )


def tick(status: YearlyStatus) -> str:
    """What a tick box of the answer sends: its primary key and the revision that the page shows."""
    return f"{status.pk}-{status.revision}"


def seen_revisions(sent: QueryDict) -> dict[int, int]:
    """Revision by primary key of the ticked answers; what no page of ours sent is left out."""
    pairs = (value.partition("-") for value in sent.getlist("status"))
    return {int(pk): int(revision) for pk, _, revision in pairs if _is_number(pk) and _is_number(revision)}


def seen_letters(sent: QueryDict) -> Mapping[int, str]:
    """Fingerprint of the letter by primary key of the department, as the confirmation page showed them."""
    pairs = (value.partition("-") for value in sent.getlist("letter"))
    return {int(pk): seal for pk, _, seal in pairs if _is_number(pk)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


ALWAYS = tuple(cell.name for cell in CELLS if cell.needed)
TICKABLE = frozenset({State.SUBMITTED, State.CONFIRMED})


@dataclass(frozen=True)
class ReadCell:
    """A cell's name and words."""

    label: str
    words: str


@dataclass(frozen=True)
class Trace:
    """A step that was taken: its name, by whom, when."""

    label: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ReadRow:
    """One answer on the page.

    tick: what its box sends, empty where there is no box. changed: what somebody changed since the page was read.
    asked: what the check asks about it.
    """

    sheet: SheetRow
    cells: tuple[ReadCell, ...]
    last: tuple[ReadCell, ...]
    traces: tuple[Trace, ...]
    tick: str
    ticked: bool
    changed: str = ""
    asked: Sequence[Concern] = ()

    @property
    def status(self) -> YearlyStatus:
        """The answer itself."""
        return self.sheet.status


def read_row(
    row: SheetRow,
    names: Mapping[int, str],
    *,
    boxes: bool,
    ticks: frozenset[int] | None,
    changed: str = "",
    asked: Sequence[Concern] = (),
) -> ReadRow:
    """The row. boxes: whether the person may take steps. ticks: which boxes are ticked; None: what waits for a look and
    is not asked about.
    """
    status = row.status
    box = boxes and status.state in TICKABLE
    ticked = box and (status.state == State.SUBMITTED and not asked if ticks is None else status.pk in ticks)
    cells = tuple(_cells({cell.name: status.words_of(cell) for cell in BY_NAME.values()}, ALWAYS))
    last = tuple(_cells({name: row.last_of(name) for name in BY_NAME}, ()))
    traces = tuple(_traces(status, names))
    return ReadRow(row, cells, last, traces, tick(status) if box else "", ticked, changed, asked)


def _cells(words: Mapping[str, str], always: tuple[str, ...]) -> Iterable[ReadCell]:
    for name, value in words.items():
        if value.strip() or name in always:
            yield ReadCell(BY_NAME[name].label, value)


def _traces(status: YearlyStatus, names: Mapping[int, str]) -> Iterable[Trace]:
    for step, label in zip(STEPS, ("記入", "提出", "差戻し", "確定"), strict=True):
        if at := getattr(status, f"{step}_at"):
            yield Trace(label, names.get(getattr(status, f"{step}_by_id"), ""), at)
