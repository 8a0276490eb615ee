"""Editions: what was published, frozen. The only thing that passes from staff to citizens."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import datetime
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from actionplan.cells import CELLS, CHOICE, CHOICES, PUBLISHED, Cell
from actionplan.figures import Frozen, read_frozen
from actionplan.models.base import ImmutableError, ImmutableModel, ImmutableQuerySet, RecordLineField, RecordTextField
from actionplan.scale import Scale, read_scale
from actionplan.shadow import SEPARATOR
from actionplan.words import shown_number

# Editions that citizens have seen although this machine's clock says that their time has not come: what has become
# public stays public. selectors/standing.py keeps it; empty wherever the clock is right.
ALREADY_PUBLIC: set[int] = set()

# The editions that the request of a citizen goes by, as they were public when it came: its page then shows these and
# no other, whatever is published or withdrawn meanwhile, and whichever copy of the database is asked.
SEEN: ContextVar[frozenset[int] | None] = ContextVar("SEEN", default=None)

# A row's fields by name.
Cells = dict[str, Any]
# How the numbers are printed, a level each; empty where in figures.
PRINTED = ("policy_printed", "measure_printed", "item_printed")
# What the plan words, and what the year adds: a correction keeps the first as published unless asked otherwise.
WORDING = (
    "policy_number",
    "policy_title",
    "measure_number",
    "measure_title",
    "measure_relisted",
    "status_heading",
    "item_number",
    "item_name",
    "content",
    "actor_symbols",
    "merged_from",
)
YEAR = PUBLISHED
DEPARTMENT = ("department_name", "department_contact")
CONTENT = WORDING + YEAR + DEPARTMENT
# Content that most rows lack: what a row says nothing of is not hashed, so that editions of before keep their hash.
WHERE_TOLD = (*PRINTED, "origins", "figures", "areas", "tags")
YEAR_WHERE_TOLD = ("evidence", "voices")


def content_of(cells: Cells) -> Cells:
    """The row's public content by field name, in one order: what is hashed and compared."""
    told = {name: cells[name] for name in WHERE_TOLD + YEAR_WHERE_TOLD if cells.get(name)}
    return {name: cells[name] for name in CONTENT} | told


def content_sha256(front_matter: dict, rows: Iterable[Cells]) -> str:
    """The SHA-256, as hex, of the public content."""
    return hashlib.sha256(content_json(front_matter, rows)).hexdigest()


def content_json(front_matter: dict, rows: Iterable[Cells]) -> bytes:
    """The public content as it is hashed, and as it is handed to who wants to hash it: front matter and rows in order.

    Canonical JSON: UTF-8, keys sorted, no blanks.
    """
    content = {"front_matter": front_matter, "rows": [content_of(cells) for cells in rows]}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chain_sha256(previous: str, name: str, content_sha256: str) -> str:
    """What binds an edition to the one published before it: anybody can compute it from three lines of text.

    previous: the same of the edition before, empty for the first. name: of this one, see Edition.chain_name.
    """
    return hashlib.sha256(f"{previous}\n{name}\n{content_sha256}\n".encode()).hexdigest()


class EditionQuerySet(ImmutableQuerySet):
    """Questions about editions, read as English after the model."""

    def standing(self) -> "EditionQuerySet":
        """Editions that have not been withdrawn, scheduled ones included."""
        return self.filter(withdrawal__isnull=True)

    def numbered(self) -> "EditionQuerySet":
        """Editions that hold their number for good: all but reservations that were cancelled unseen."""
        return self.exclude(withdrawal__before_public=True)

    def public(self, at: datetime | None = None) -> "EditionQuerySet":
        """Editions that citizens may see at a time (now unless told; a citizen's page goes by what it began with)."""
        if at is None and (seen := SEEN.get()) is not None:
            return self.filter(pk__in=seen)
        begun = models.Q(public_from__lte=at or timezone.now())
        if at is None and ALREADY_PUBLIC:
            begun |= models.Q(pk__in=ALREADY_PUBLIC)
        return self.standing().filter(begun)

    def of_report(self, key: str) -> "EditionQuerySet":
        """Editions of the report with the key, highest number first; each with its report and plan."""
        return self.filter(report__key=key).select_related("report__plan").order_by("-number")

    def chain_head(self) -> str:
        """The chain's hash of the edition published last, whichever report's; sample editions stand outside."""
        heads = self.exclude(chain_sha256="").order_by("-pk").values_list("chain_sha256", flat=True)
        return heads.first() or ""

    def latest_per_year(self) -> "EditionQuerySet":
        """The highest-numbered edition of each report among these, latest year first."""
        highest = self.filter(report=models.OuterRef("report")).order_by("-number").values("pk")[:1]
        return self.filter(pk=models.Subquery(highest)).order_by("-report__fiscal_year")


class Edition(ImmutableModel):
    """One published state of a year's report.

    number: under which citizens find it. attempt: which of several this is, where reservations of the number were
    cancelled before citizens saw it; of all that bear it one at most was ever public. Empty for the first.
    """

    report = models.ForeignKey(
        "actionplan.AnnualReport", models.PROTECT, verbose_name="年次報告", related_name="editions"
    )
    number = models.PositiveSmallIntegerField("版")
    # In letters: what is empty changes no seal of an edition of before.
    attempt = models.CharField("何度目の予約か", max_length=5, blank=True, editable=False, default="")
    public_from = models.DateTimeField("公表日時")
    published_at = models.DateTimeField("公表の操作をした日時", default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="公表した人", related_name="+", null=True
    )
    correction_note = RecordTextField("訂正の説明", blank=True)
    front_matter = models.JSONField("前文")
    content_sha256 = models.CharField("内容のSHA-256", max_length=64)
    unconfirmed = models.JSONField("確定しないまま公表した項目", default=list)
    said_again = RecordTextField("消したことばを再び公表した理由", blank=True, editable=False, default="")
    chain_sha256 = models.CharField("連鎖のSHA-256", max_length=64, blank=True, editable=False, default="")

    objects: ClassVar[Any] = EditionQuerySet.as_manager()

    class Meta(ImmutableModel.Meta):
        verbose_name = verbose_name_plural = "公表した版"
        ordering = ["-report__fiscal_year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number", "attempt"], name="edition_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="edition_number_from_one"),
        ]
        permissions = [("publish_edition", "公表・訂正・取下げができる")]

    def __str__(self) -> str:
        return f"{self.report} 第{self.number}版"

    @property
    def fiscal_year(self) -> int:
        """The fiscal year, as frozen."""
        return self.front_matter["fiscal_year"]

    @property
    def key(self) -> str:
        """What its report is found by, for good; ask for the report with the edition."""
        return self.report.key

    @property
    def chain_name(self) -> str:
        """What the chain calls it: reports/2009 v1."""
        return f"{self.key} v{self.number}"

    @property
    def in_search(self) -> str:
        """How an address of the search names the year; without a plan it is the first one's."""
        plan = self.report.plan
        return f"year={self.fiscal_year}" if plan.is_first else f"plan={plan.slug}&year={self.fiscal_year}"

    @property
    def scale(self) -> Scale:
        """The scale that the year went by, as frozen."""
        return read_scale(self.front_matter["progress"])


class EditionWithdrawal(ImmutableModel):
    """An edition taken back: a row of its own, so that the edition itself never changes.

    before_public: whether it is certain that citizens had not seen it: a reservation cancelled in time.
    public_words: what citizens read at its address, and at the year's while nothing of it is public; empty for nothing.
    places: where in the edition each of the words stands for which it was taken down, see removed_words().
    """

    edition = models.OneToOneField(Edition, models.PROTECT, verbose_name="版", related_name="withdrawal")
    withdrawn_at = models.DateTimeField("取下げ日時", default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="取り下げた人", related_name="+", null=True
    )
    reason = RecordTextField("取下げの理由")
    public_words = RecordTextField("市民に表示する文", blank=True, default="")
    before_public = models.BooleanField("公表の前の取消し", default=False)
    places = models.JSONField("消すことばの箇所", default=list, blank=True, editable=False)

    class Meta(ImmutableModel.Meta):
        verbose_name = verbose_name_plural = "版の取下げ"

    def __str__(self) -> str:
        return f"{self.edition}の取下げ"


def removed_words() -> list[str]:
    """The words for which editions were taken down, read where they stand; they are kept nowhere else. One query
    where there are none, one more for each place.

    A place: item (0 outside the rows), field, way to the text in what is kept as JSON, where the words begin and end.
    """
    rows = EditionWithdrawal.objects.exclude(places=[]).values_list("edition", "places")
    return list(dict.fromkeys(_word_at(edition, place) for edition, places in rows for place in places))


def _word_at(edition: int, place: dict) -> str:
    rows = EditionRow.objects.filter(edition=edition, item=place["item"])
    kept = rows if place["item"] else Edition.objects.filter(pk=edition)
    text = reduce(getitem, place["way"], kept.values_list(place["field"], flat=True).get())
    return str(text)[slice(*place["span"])]


class EditionRowQuerySet(ImmutableQuerySet):
    """Rows that come all at once: an edition that has rows gets no more."""

    def bulk_create(self, objs, *args, **kwargs):
        """Inserts the rows of new editions; raises ImmutableError for an edition that has rows already."""
        rows = list(objs)
        if EditionRow.objects.filter(edition__in={row.edition_id for row in rows}).exists():
            raise ImmutableError
        return super().bulk_create(rows, *args, **kwargs)

    def folded_otherwise(self) -> "EditionRowQuerySet":
        """Those whose shadow another version of folding made."""
        return self.exclude(search_text__contains=SEPARATOR)


def published_fields(cell: Cell) -> Iterator[tuple[str, models.Field]]:
    """Name and column of each field of a published row that holds the cell: a choice is kept with its label."""
    if cell.kind == CHOICE:
        yield cell.published, models.CharField(f"{cell.label}コード", max_length=20)
        yield cell.published_words, models.CharField(cell.label, max_length=20)
    else:
        yield cell.published, RecordTextField(cell.label, blank=True)


class EditionFile(ImmutableModel):
    """A kept file that a row of the edition names: what decides whether citizens may have it, and whether it stays."""

    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="版", related_name="files")
    name = models.CharField("ファイル", max_length=70, db_index=True)

    class Meta(ImmutableModel.Meta):
        verbose_name = verbose_name_plural = "公表した資料"
        constraints = [models.UniqueConstraint(fields=["edition", "name"], name="edition_file_once")]

    def __str__(self) -> str:
        return self.name


class PublishedCells(models.Model):
    """What an answer says, as published.

    cells_in_words: the fields that people read, in the order of the list. cell_fields: all that hold a cell.
    categories_in_words: the words that are a category's, whose codes stand in category_codes.
    """

    cells_in_words: ClassVar = tuple(cell.published_words for cell in CELLS)
    cell_fields: ClassVar = PUBLISHED
    category_codes: ClassVar = tuple(cell.published for cell in CHOICES)
    categories_in_words: ClassVar = tuple(cell.published_words for cell in CHOICES)

    if TYPE_CHECKING:
        status: str
        progress: str
        progress_label: str

    class Meta:
        abstract = True


for _cell in CELLS:
    for _name, _field in published_fields(_cell):
        PublishedCells.add_to_class(_name, _field)


class EditionRow(PublishedCells, ImmutableModel):
    """One item of an edition: flat, self-contained, in page order."""

    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name="版", related_name="rows")
    position = models.PositiveIntegerField("順番")
    item = models.ForeignKey("actionplan.ActionItem", models.PROTECT, related_name="edition_rows")
    public_id = models.CharField("公開ID", max_length=16, blank=True, db_index=True)
    policy_number = models.PositiveSmallIntegerField("施策番号")
    policy_printed = RecordLineField("施策番号の表記", max_length=30, blank=True, default="")
    policy_title = RecordTextField("施策名")
    measure_number = models.PositiveSmallIntegerField("取組番号")
    measure_printed = RecordLineField("取組番号の表記", max_length=30, blank=True, default="")
    measure_title = RecordTextField("取組名")
    measure_relisted = models.BooleanField("再掲の取組", default=False)
    status_heading = RecordLineField("実施状況の欄の見出し", max_length=50)
    item_number = models.PositiveSmallIntegerField("項目番号")
    item_printed = RecordLineField("項目番号の表記", max_length=30, blank=True, default="")
    item_name = RecordTextField("項目名")
    content = RecordTextField("アクションプランの内容")
    actor_symbols = models.CharField("主体（記号）", max_length=20)
    department = models.ForeignKey("actionplan.Department", models.PROTECT, related_name="+", null=True)
    department_name = models.CharField("担当課", max_length=201, blank=True)
    department_contact = models.JSONField("担当課の連絡先", default=dict)
    correction_note = RecordTextField("訂正の説明", blank=True)
    merged_from = models.JSONField("統合した項目", default=list)
    figures = models.JSONField("数値", default=list)
    origins = models.JSONField("前の計画のもとの項目", default=list)
    areas = models.JSONField("地域", default=list)
    tags = models.JSONField("タグ", default=list)
    evidence = models.JSONField("資料", default=list)
    voices = models.JSONField("関係課・相手方の文", default=list)
    search_text = models.TextField("検索用の文")

    objects: ClassVar[Any] = EditionRowQuerySet.as_manager()

    class Meta(ImmutableModel.Meta):
        verbose_name = verbose_name_plural = "公表した項目"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="row_position_unique"),
            models.UniqueConstraint(fields=["edition", "item"], name="row_item_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.item_name}"

    def save(self, *args, **kwargs) -> None:
        """Inserts the only row of an edition; raises ImmutableError when the edition has rows already."""
        if type(self).objects.filter(edition=self.edition_id).exists():
            raise ImmutableError
        super().save(*args, **kwargs)

    @property
    def code(self) -> str:
        """The item's number as this edition prints it: 2-(1)-① where it says so, else 3-2-1."""
        return shown_number(self.item_printed, self.policy_number, self.measure_number, self.item_number)

    @property
    def plain_code(self) -> str:
        """The item's numbers in this edition, however they are printed: 3-2-1. Addresses and anchors go by it."""
        return shown_number("", self.policy_number, self.measure_number, self.item_number)

    @property
    def figures_in_words(self) -> str:
        """A line for each of its figures."""
        return "\n".join(f"{figure.name}：{figure.words}" for figure in self.read_figures)

    @property
    def read_figures(self) -> list[Frozen]:
        """Its figures as values."""
        return read_frozen(self.figures)
