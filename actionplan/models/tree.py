"""The plan's tree: policies (施策), measures (■) and action items (項目)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from actionplan.figures import EQUALS, Declared, FigureFault, FigureKind, raw_values, read_number
from actionplan.fiscal_year import era_label, parse_fiscal_year
from actionplan.models.base import (
    LONGEST_NAME,
    GivenField,
    NaturalManager,
    PlainColumn,
    RecordLineField,
    RecordModel,
    RecordTextField,
    TitleField,
    label_of,
    records,
)
from actionplan.models.named import Area, Tag
from actionplan.models.plan import ActorType, Plan
from actionplan.public_id import make_public_id
from actionplan.text import invisible_characters
from actionplan.words import shown_number, shown_policy

FROM_ONE = [MinValueValidator(1, "1以上の番号を入力してください。")]
STATUS_HEADING = "実施状況"


def refuse_unprintable(text: str) -> None:
    """Raises ValidationError for a number that is not one line of visible characters from its first to its last."""
    if found := invisible_characters(text):
        names = "、".join(dict.fromkeys(found))
        raise ValidationError(
            f"番号の表記に、改行か目に見えない文字（{names}）が入っています。取り除いてください。", code="unprintable"
        )
    if text != text.strip():
        raise ValidationError("番号の表記の前か後に空白があります。取り除いてください。", code="unprintable")


# Whoever says more than a number says a name.
LONGEST_NUMBER = 30


def unique_number(parent: str) -> models.UniqueConstraint:
    """The constraint that numbers are unique within their parent."""
    return models.UniqueConstraint(
        fields=[parent, "number"],
        name=f"{parent}_number_unique",
        violation_error_message="この番号は、同じ親の中ですでに使われています。",
    )


def printed_number_field(help_text: str) -> RecordLineField:
    """The column for a number to the letter of the plan; blank while it is shown by its figures."""
    checks = [refuse_unprintable]
    return RecordLineField(
        "番号の表記", max_length=LONGEST_NUMBER, blank=True, default="", validators=checks, help_text=help_text
    )


class Policy(RecordModel):
    """A policy (施策１–５)."""

    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name="計画", related_name="policies")
    number = models.PositiveSmallIntegerField("施策番号", validators=FROM_ONE)
    printed_number = printed_number_field(
        "計画が付けている番号を、書かれたとおりに。例：基本目標Ⅰ。空欄なら、施策１のように表示します。"
    )
    title = TitleField("施策名")
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("plan__title", "number")

    class Meta:
        verbose_name = verbose_name_plural = "施策"
        ordering = ["plan", "number"]
        constraints = [unique_number("plan")]

    def __str__(self) -> str:
        return f"{shown_policy(self.printed_number, self.number)} {self.title}"

    def natural_key(self) -> tuple:
        """The plan's title and the number."""
        return (self.plan.title, self.number)


class Measure(RecordModel):
    """A measure (■) of a policy: one table of the report."""

    policy = models.ForeignKey(Policy, models.PROTECT, verbose_name="施策", related_name="measures")
    number = models.PositiveSmallIntegerField("取組番号", validators=FROM_ONE)
    printed_number = printed_number_field(
        "計画が付けている番号を、書かれたとおりに。例：（１）。空欄なら、■だけを付けて表示します。"
    )
    title = TitleField("取組名")
    status_heading = RecordLineField(
        "実施状況の欄の見出し", max_length=50, default=STATUS_HEADING, help_text="原本の見出しのまま表示します。"
    )
    relisted = models.BooleanField("再掲の取組", default=False)
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager("policy__plan__title", "policy__number", "number")

    class Meta:
        verbose_name = verbose_name_plural = "取組（■）"
        ordering = ["policy", "number"]
        constraints = [unique_number("policy")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """The number as the staff read it: as it is printed, else by the numbers of policy and measure, 3-2."""
        return shown_number(self.printed_number, self.policy.number, self.number)

    def natural_key(self) -> tuple:
        """The policy's key and the number."""
        return (*self.policy.natural_key(), self.number)


def new_public_id(item: "ActionItem") -> str:
    """What the item will be called, from what it is now."""
    return make_public_id(item.measure.policy.plan.title, item.plain_code, item.name, taken=was_given)


class ActionItem(RecordModel):
    """An action item. Its public id is given once; its numbers, and how they are printed, may be others next year."""

    measure = models.ForeignKey(Measure, models.PROTECT, verbose_name="取組", related_name="items")
    number = models.PositiveSmallIntegerField("項目番号", validators=FROM_ONE)
    printed_number = printed_number_field(
        "計画が付けている番号を、書かれたとおりに。例：2-(1)-①。空欄なら、3-2-1のように表示します。"
    )
    public_id = GivenField("公開ID", give=new_public_id, max_length=16, unique=True, blank=True, editable=False)
    name = TitleField("項目", most=LONGEST_NAME)
    content = RecordTextField("アクションプランの内容", blank=True)
    actors = models.ManyToManyField(ActorType, verbose_name="主体", related_name="items", blank=True)
    areas = models.ManyToManyField(Area, verbose_name="地域", related_name="items", blank=True)
    tags = models.ManyToManyField(Tag, verbose_name="タグ", related_name="items", blank=True)
    lead_department = models.ForeignKey(
        "actionplan.Department", models.PROTECT, verbose_name="担当課", related_name="items", null=True, blank=True
    )
    ended = models.BooleanField("終了した項目", default=False)
    successor = models.ForeignKey(
        "self", models.PROTECT, verbose_name="引き継いだ項目", related_name="predecessors", null=True, blank=True
    )
    origins = models.ManyToManyField(
        "self",
        verbose_name="前の計画のもとの項目",
        related_name="heirs",
        symmetrical=False,
        blank=True,
        help_text="前の計画のどの項目を引き継いだか。分けた項目は、それぞれに同じもとの項目を選びます。",
    )
    related_departments = models.ManyToManyField(
        "actionplan.Department",
        verbose_name="関係課",
        related_name="related_items",
        blank=True,
        help_text="担当課のほかに、自分の文を書く課。担当課の文と並べて公表します。",
    )
    partners = models.ManyToManyField(
        "actionplan.Partner",
        verbose_name="相手方",
        related_name="items",
        blank=True,
        help_text="★の項目を市と一緒に担う、市役所の外の団体。回答用のリンクから文を書きます。",
    )
    history = records(m2m_fields=[actors, areas, tags, origins, related_departments, partners])
    objects: ClassVar[NaturalManager] = NaturalManager(
        "measure__policy__plan__title", "measure__policy__number", "measure__number", "number"
    )

    class Meta:
        verbose_name = verbose_name_plural = "項目"
        ordering = ["measure__policy__number", "measure__number", "number"]
        constraints = [
            unique_number("measure"),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | ~models.Q(successor=models.F("pk")),
                name="actionitem_not_its_own_successor",
                violation_error_message="自分自身を引き継ぎ先にすることはできません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def code(self) -> str:
        """The number as people read it: 2-(1)-① where it is printed so, else 3-2-1."""
        return shown_number(self.printed_number, *self.numbers)

    @property
    def plain_code(self) -> str:
        """Policy, measure and item number, however they are printed: 3-2-1."""
        return shown_number("", *self.numbers)

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The numbers of the policy, the measure and the item."""
        return self.measure.policy.number, self.measure.number, self.number

    @property
    def as_source(self) -> dict[str, str]:
        """What an edition keeps of an item from which another one comes: what names it in every installation."""
        return {"public_id": self.public_id, "code": self.code, "name": self.name}

    def clean(self) -> None:
        """Raises ValidationError when the item would be followed, over whatever others, by itself."""
        seen, next_pk = {self.pk}, self.successor_id
        # Directly by itself: the constraint says so.
        while next_pk is not None and self.successor_id != self.pk:
            if next_pk in seen:
                raise ValidationError({"successor": "引き継ぎ先をたどると、この項目に戻ってしまいます。"})
            seen.add(next_pk)
            next_pk = ActionItem.objects.filter(pk=next_pk).values_list("successor", flat=True).first()

    def natural_key(self) -> tuple:
        """The measure's key and the number."""
        return (*self.measure.natural_key(), self.number)


def asks_for_marks(plan_id: int | None, *, apart_from: int | None = None) -> bool:
    """Whether an item of the plan, that one apart, bears a mark: then each has to. A plan without any has no marks."""
    marked = ActionItem.actors.through.objects.filter(actionitem__measure__policy__plan=plan_id)
    return marked.exclude(actionitem=apart_from).exists()


def items_by_number(items: Iterable[ActionItem]) -> dict[str, ActionItem]:
    """The items by what people may call them: the number that is shown, and 3-2-1 unless another item is shown so.

    A number that two items are shown with names neither.
    """
    items = list(items)
    shown = Counter(item.code for item in items)
    plain = {item.plain_code: item for item in items if item.plain_code not in shown}
    return plain | {item.code: item for item in items if shown[item.code] == 1}


def was_given(public_id: str) -> bool:
    """Whether an item ever had the id, one that was deleted included."""
    return (
        ActionItem.objects.filter(public_id=public_id).exists()
        or ActionItem.history.filter(public_id=public_id).exists()
    )


class NumberField(PlainColumn):
    """A number as its digits, to the letter of its precision; read as people write it."""

    def to_python(self, value: Any) -> Any:
        """The digits. Raises ValidationError for what is no number."""
        try:
            return read_number(value) if isinstance(value, str) else value
        except FigureFault as fault:
            raise ValidationError(str(fault), code="number") from fault


def read_targets(text: str) -> dict[int, str]:
    """The target of each year. text: 令和7年度＝1,200 a line. Raises ValidationError with a sentence a line."""
    found: dict[int, str] = {}
    faults = []
    for number, line in enumerate(text.split("\n"), 1):
        left, _, value = line.replace("=", EQUALS).partition(EQUALS)
        try:
            if line.strip():
                year = parse_fiscal_year(left)
                if year in found:
                    raise ValueError(f"{year}年度の目標が2つあります。")
                found[year] = read_number(value)
                if not found[year]:
                    raise ValueError("目標の数がありません。「令和7年度＝1,200」のように書いてください。")
        except ValueError as fault:
            faults.append(f"{number}行目：{fault}")
    if faults:
        raise ValidationError(faults, code="targets")
    return found


def refuse_unreadable_targets(text: str) -> None:
    """Raises ValidationError for a line that does not say a year and a number."""
    read_targets(text)


def refuse_equals(name: str) -> None:
    """Raises ValidationError for a name that a line of numbers could not be told by."""
    if "=" in name or EQUALS in name or not name.strip():
        raise ValidationError("名前は、空白だけや、「＝」の入ったものにはできません。", code="equals")


NEW_ONE = "変わるときは、この指標に「最後に聞く年度」を入れて終わらせ、別の名前で新しく加えてください。"


class Figure(RecordModel):
    """A figure that an item declares: a result with its targets, or money by its source. Asked for every year."""

    item = models.ForeignKey(ActionItem, models.CASCADE, verbose_name="項目", related_name="figures")
    order = models.PositiveSmallIntegerField("並び順", default=1)
    kind = models.CharField("種類", max_length=20, choices=FigureKind.choices, default=FigureKind.INDICATOR)
    name = RecordLineField(
        "指標の名前・財源",
        max_length=60,
        validators=[refuse_equals],
        help_text="例：参加者数。事業費は財源（市費など）。",
    )
    unit = RecordLineField("単位", max_length=20, help_text="例：人、千円")
    baseline = NumberField("基準値", max_length=30, blank=True)
    targets = RecordTextField(
        "年度ごとの目標",
        blank=True,
        validators=[refuse_unreadable_targets],
        help_text="1行に1年度。例：令和7年度＝1,200",
    )
    last_year = models.PositiveSmallIntegerField(
        "最後に聞く年度",
        null=True,
        blank=True,
        help_text="この年度のあとは聞きません。単位や測り方が変わるときは、終わらせて別の名前で加えます。",
    )
    history = records()
    objects: ClassVar[NaturalManager] = NaturalManager(
        "item__measure__policy__plan__title",
        "item__measure__policy__number",
        "item__measure__number",
        "item__number",
        "name",
    )

    class Meta:
        verbose_name = verbose_name_plural = "指標・事業費"
        ordering = ["item", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "name"],
                name="figure_name_unique",
                violation_error_message="この名前の指標・事業費は、この項目にすでにあります。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）"

    @property
    def declared(self) -> Declared:
        """The figure as a value."""
        return Declared(self.kind, self.name, self.unit, self.baseline, read_targets(self.targets))

    def is_asked_in(self, year: int) -> bool:
        """Whether the year's answer has a box for it."""
        return self.last_year is None or year <= self.last_year

    @property
    def years_used(self) -> set[int]:
        """The years whose answer says something under its name, or of which an edition has printed it."""
        keys = {self.declared.key(column) for column in self.declared.asked}
        said = self.item.statuses.exclude(figures="").values_list("report__fiscal_year", "figures")
        rows = self.item.edition_rows.exclude(figures=[])
        printed = rows.values_list("edition__report__fiscal_year", "figures")
        return {year for year, text in said if keys & raw_values(text).keys()} | {
            year for year, facts in printed if any(each["name"] == self.name for each in facts)
        }

    @property
    def is_used(self) -> bool:
        """Whether an answer of the item says something under its name, or an edition has printed it."""
        return bool(self.years_used)

    def clean(self) -> None:
        """Raises ValidationError when a used figure would be called, measured or asked for otherwise."""
        stored = Figure.objects.filter(pk=self.pk).first()
        if stored is None or not (years := stored.years_used):
            return
        for name in ("name", "unit", "kind"):
            if getattr(stored, name) != getattr(self, name):
                field = label_of(Figure, name)
                raise ValidationError(
                    {name: f"「{stored}」は回答か公表した版で使われているため、{field}を変えられません。{NEW_ONE}"}
                )
        if not self.is_asked_in(max(years)):
            used = era_label(max(years))
            raise ValidationError(
                {"last_year": f"「{stored}」は{used}の回答か版で使われています。{used}からあとの年度にしてください。"}
            )

    def save(self, *args, **kwargs) -> None:
        """Saves the figure; the same refusal for every door."""
        Figure.clean(self)
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple:
        """The item's key and the name."""
        return (*self.item.natural_key(), self.name)
