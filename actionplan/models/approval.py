"""Four eyes: what somebody asked to be published, or withdrew in haste, and what a second person decided on it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from actionplan.models.base import NaturalManager, RecordModel, RecordTextField, note_source, person, records
from actionplan.words import person_name


class ApprovalKind(models.TextChoices):
    """What a second person looks at: a publication before it happens, a withdrawal after it."""

    PUBLICATION = "publication", "公表"
    WITHDRAWAL = "withdrawal", "取下げ"


class ApprovalState(models.TextChoices):
    """How far it has come; everything but `open` is an end."""

    OPEN = "open", "決裁待ち"
    GRANTED = "granted", "決裁済み"
    REFUSED = "refused", "差戻し"
    TAKEN_BACK = "taken_back", "起案者が取消し"
    REPLACED = "replaced", "新しい起案に差替え"
    LAPSED = "lapsed", "失効"
    ALONE = "alone", "決裁を経ずに公表"


# What the record of changes calls each step.
STEPS = {
    (ApprovalKind.PUBLICATION, ApprovalState.OPEN): "公表を起案",
    (ApprovalKind.PUBLICATION, ApprovalState.GRANTED): "決裁して公表",
    (ApprovalKind.PUBLICATION, ApprovalState.REFUSED): "起案を差し戻す",
    (ApprovalKind.PUBLICATION, ApprovalState.TAKEN_BACK): "起案を取り消す",
    (ApprovalKind.PUBLICATION, ApprovalState.REPLACED): "新しい起案に差し替える",
    (ApprovalKind.PUBLICATION, ApprovalState.LAPSED): "起案が失効",
    (ApprovalKind.PUBLICATION, ApprovalState.ALONE): "決裁を経ずに公表",
    (ApprovalKind.WITHDRAWAL, ApprovalState.OPEN): "取下げ（確認待ち）",
    (ApprovalKind.WITHDRAWAL, ApprovalState.GRANTED): "取下げを確認",
}


class ApprovalManager(NaturalManager):
    """Questions about approvals, read as English after the model."""

    def open(self) -> models.QuerySet:
        """Those that wait for a second person, oldest first, with what their sentences name."""
        return self.filter(state=ApprovalState.OPEN).select_related("report", "asked_by", "edition").order_by("pk")

    def requests(self) -> models.QuerySet:
        """The open ones that ask for a publication."""
        return self.open().filter(kind=ApprovalKind.PUBLICATION)


class Approval(RecordModel):
    """起案と決裁: the very edition that somebody asks for, by its content's hash, and the decision of somebody else.

    note, said_again, wording, headings, public_from: as publish() takes them; public_from is None for "as soon as it is
    granted".
    unconfirmed: the answers that were named although nobody has confirmed them, in words; named: their keys.
    edition: what was published, or of a withdrawal what was withdrawn. reason: why it was refused or came to nothing.
    """

    kind = models.CharField("種類", max_length=20, choices=ApprovalKind.choices, default=ApprovalKind.PUBLICATION)
    report = models.ForeignKey(
        "actionplan.AnnualReport", models.CASCADE, verbose_name="年次報告", related_name="approvals"
    )
    state = models.CharField("状態", max_length=20, choices=ApprovalState.choices, default=ApprovalState.OPEN)
    content_sha256 = models.CharField("内容のSHA-256", max_length=64)
    wording = models.CharField(
        "計画の文",
        max_length=10,
        choices=[("published", "公表したときのまま"), ("current", "いまの計画の文")],
        blank=True,
    )
    headings = models.CharField(
        "施策・取組の名前",
        max_length=10,
        choices=[("published", "公表した版の名前"), ("current", "いまの計画の名前")],
        blank=True,
    )
    note = RecordTextField("訂正の説明", blank=True)
    said_again = RecordTextField("消したことばを再び公表する理由", blank=True, default="")
    public_from = models.DateTimeField("公表する日時", null=True, blank=True)
    unconfirmed = models.JSONField("確定しないまま公表する項目", default=list, blank=True)
    named = models.JSONField("その番号", default=list, blank=True, editable=False)
    edition = models.ForeignKey(
        "actionplan.Edition", models.PROTECT, verbose_name="版", related_name="approvals", null=True, blank=True
    )
    asked_by = person("起案した人")
    asked_at = models.DateTimeField("起案日時", default=timezone.now)
    decided_by = person("決裁した人")
    decided_at = models.DateTimeField("決裁日時", null=True, blank=True)
    reason = RecordTextField("理由", blank=True)
    history = records()
    objects: ClassVar[Any] = ApprovalManager("pk")

    class Meta:
        verbose_name = verbose_name_plural = "公表の決裁"
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=models.Q(kind="publication", state="open"),
                name="one_open_request_per_report",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report}の{self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == ApprovalState.OPEN

    @property
    def asks(self) -> bool:
        """Whether it asks for a publication."""
        return self.kind == ApprovalKind.PUBLICATION

    @property
    def state_words(self) -> str:
        """Its state in words; a withdrawal is confirmed, not granted."""
        words = {} if self.asks else {ApprovalState.OPEN: "確認待ち", ApprovalState.GRANTED: "確認済み"}
        return words.get(ApprovalState(self.state)) or self.get_state_display()

    @property
    def asked_name(self) -> str:
        """Who asked; empty for the machine."""
        return person_name(self.asked_by)

    @property
    def decided_name(self) -> str:
        """Whose step ended it; empty for nobody's."""
        return person_name(self.decided_by)

    @property
    def is_late(self) -> bool:
        """Whether the time at which it was to become public has passed while nobody decided."""
        return self.is_open and self.public_from is not None and self.public_from <= timezone.now()

    def record(self) -> "Approval":
        """Itself, stored, with a record that says in words which step it was."""
        note_source(self, reason=STEPS[ApprovalKind(self.kind), ApprovalState(self.state)])
        self.save()
        return self

    def close(self, state: ApprovalState, *, by: Any = None, reason: str = "") -> "Approval":
        """Itself, stored with its end; by: whose step ended it, None for nobody's."""
        self.state, self.reason, self.decided_by, self.decided_at = state, reason.strip(), by, timezone.now()
        return self.record()
