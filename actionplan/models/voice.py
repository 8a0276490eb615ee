"""What related departments (関係課) and partners (相手方) write about an item's year, beside the lead's answer."""

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.utils import timezone

from actionplan.cells import State
from actionplan.models.base import RecordLineField, RecordModel, RecordTextField, person, records
from actionplan.models.department import Department, place_of
from actionplan.models.partner import Partner
from actionplan.models.reporting import AnnualReport, RevisedModel
from actionplan.models.tree import ActionItem
from actionplan.text import as_stored

RELATED, PARTNER = "related", "partner"
KIND_LABELS = {RELATED: "関係課", PARTNER: "相手方"}
HANDED_IN = frozenset({State.SUBMITTED, State.CONFIRMED})


class Voice(RevisedModel, RecordModel):
    """The text of one related department, or one partner, on an item's year; it belongs beside the YearlyStatus.

    name: under which it is published, kept from the moment that the office confirmed it.
    """

    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="voices")
    item = models.ForeignKey(ActionItem, models.PROTECT, verbose_name="項目", related_name="voices")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="関係課", related_name="voices", null=True, blank=True
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name="相手方", related_name="voices", null=True, blank=True
    )
    name = RecordLineField("公表する名前", max_length=201, blank=True)
    text = RecordTextField("実施状況", blank=True)
    state = models.CharField("状態", max_length=20, choices=State.choices, default=State.NOT_STARTED)
    answered_by = person("記入した人")
    answered_at = models.DateTimeField("記入日時", null=True, blank=True)
    submitted_by = person("提出した人")
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    confirmed_by = person("確定した人")
    confirmed_at = models.DateTimeField("確定日時", null=True, blank=True)
    returned_by = person("差し戻した人")
    returned_at = models.DateTimeField("差戻し日時", null=True, blank=True)
    return_reason = RecordTextField("差戻しの理由", blank=True)
    revision = models.PositiveIntegerField("改訂番号", default=1, editable=False)
    history = records()

    class Meta:
        verbose_name = verbose_name_plural = "関係課・相手方の文"
        ordering = ["report", "item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "item", "department"], name="voice_once_per_department"),
            models.UniqueConstraint(fields=["report", "item", "partner"], name="voice_once_per_partner"),
            models.CheckConstraint(
                condition=models.Q(department__isnull=True) ^ models.Q(partner__isnull=True),
                name="voice_of_a_department_or_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}（{self.source}）"

    @property
    def kind(self) -> str:
        """RELATED or PARTNER."""
        return PARTNER if self.partner_id else RELATED

    @property
    def kind_label(self) -> str:
        """関係課 or 相手方."""
        return KIND_LABELS[self.kind]

    @property
    def source(self) -> str:
        """Who writes it, by the name of now."""
        return str(self.partner or self.department)

    @property
    def place(self) -> tuple:
        """Where it stands among those of its item: departments in their order, then partners by name."""
        return (1, self.source) if self.partner_id else (0, *place_of(self.department))

    @property
    def says_something(self) -> bool:
        """Whether anything is written."""
        return bool(self.text.strip())

    def tidied(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells as they are stored."""
        return {name: as_stored(words) for name, words in cells.items()}

    @property
    def is_handed_in(self) -> bool:
        """Whether others than its writer and the office may read it."""
        return self.state in HANDED_IN

    @property
    def block(self) -> str:
        """How the lead joins it into its own text: 【○○課】 and the words. Joined, it is published there alone."""
        return f"【{self.name or self.source}】{self.text}"


class PartnerLink(RecordModel):
    """A link by which a partner reports on a year without an account; used once for handing in.

    secret_hash: the SHA-256 of the secret in the address, which nobody can read back from here.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name="相手方", related_name="links")
    report = models.ForeignKey(AnnualReport, models.PROTECT, verbose_name="年次報告", related_name="partner_links")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_day = models.DateField("使える最後の日")
    made_by = person("作った人")
    made_at = models.DateTimeField("作った日時", default=timezone.now)
    used_at = models.DateTimeField("提出に使われた日時", null=True, blank=True)
    revoked_at = models.DateTimeField("取り消した日時", null=True, blank=True)
    history = records(excluded_fields=["secret_hash"])

    class Meta:
        verbose_name = verbose_name_plural = "相手方の回答用リンク"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "report"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_link_per_partner_and_report",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.partner}"

    def opens_on(self, day: date) -> bool:
        """Whether who holds it is let in on the day; used or not."""
        return self.revoked_at is None and day <= self.last_day and self.partner.active
