"""What every table of the record is built from: its texts, its natural keys, its history, and its guards.

A published year rests on the plan's rows that it was composed from; deleting one would cut an item from its own past.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from simple_history.models import HistoricalChanges

from actionplan.models.one_record import OneRecord
from actionplan.models.sealing import TrailModel, note
from actionplan.text import as_stored, refusal, tidy_line_breaks


def refuse_control_characters(text: str) -> None:
    """Raises ValidationError when the text holds characters that no page, CSV or workbook can carry."""
    if sentence := refusal(text):
        raise ValidationError(sentence, code="control")


# A cell of Excel holds 32,767 units of UTF-16; what no workbook can carry would be missing from one.
LONGEST_TEXT = 32_000


def refuse_endless_text(text: str) -> None:
    """Raises ValidationError when the text is longer than a workbook's cell can be."""
    length = len(text.encode("utf-16-le")) // 2
    if length > LONGEST_TEXT:
        raise ValidationError(
            f"{LONGEST_TEXT:,}字までにしてください（いまは{length:,}字）。Excelのセルに入らなくなります。",
            code="endless",
        )


def label_of(model: type[models.Model], field: str) -> str:
    """The Japanese name of the model's field, as forms, lists and records show it."""
    return str(model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]  # asked of columns only


def person(verbose_name: str) -> models.ForeignKey:
    """Who did a step; their account cannot be deleted while the record names them."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=verbose_name, related_name="+", null=True, blank=True
    )


class RecordMixin:
    """Keeps text to the letter, by the one reading of text (text.py): what comes in is read, what is stored stays."""

    default_validators: list[Callable[[Any], None]] = [refuse_control_characters, refuse_endless_text]

    def to_python(self, value):
        """The value with single line breaks."""
        value = super().to_python(value)  # type: ignore[misc]  # a Field's
        return tidy_line_breaks(value) if isinstance(value, str) else value

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it is stored. Raises ValidationError."""
        value = as_stored(value) if isinstance(value, str) else value
        return super().clean(value, model_instance)  # type: ignore[misc]  # a Field's

    def formfield(self, **kwargs):
        """A form field that does not strip: a blank at the edge of a record is part of it."""
        return super().formfield(**{"strip": False, **kwargs})  # type: ignore[misc]  # a Field's


class RecordTextField(RecordMixin, models.TextField):
    """Running text of the record."""


LONGEST_TITLE, LONGEST_NAME = 300, 1_000


class TitleField(RecordTextField):
    """A title or a name, no longer than one can be; what is stored already stays as it is, whatever its length."""

    def __init__(self, *args: Any, most: int = LONGEST_TITLE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def deconstruct(self) -> Any:
        """As the column that it is: how long a text may be is asked of what comes in, not of the table."""
        name, _, args, kwargs = super().deconstruct()
        return name, "actionplan.models.base.RecordTextField", args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value. Raises ValidationError for one that is too long and was not there before."""
        value = super().clean(value, model_instance)
        if value and len(value) > self.most and not self._is_stored(value, model_instance):
            raise ValidationError(too_long(value, self.most), code="long")
        return value

    def _is_stored(self, value: str, row: models.Model | None) -> bool:
        if row is None or row.pk is None:
            return False
        return type(row)._base_manager.filter(pk=row.pk, **{self.attname: value}).exists()


def too_long(text: str, most: int) -> str:
    """The sentence about a title or a name that is longer than one can be."""
    return f"{most:,}字までにしてください（いまは{len(text):,}字）。"


class RecordLineField(RecordMixin, models.CharField):
    """A title or a name of the record."""


class PlainColumn(models.CharField):
    """A column of text that does something of its own, which migrations need not know."""

    def deconstruct(self) -> Any:
        """As the column that it is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class GivenField(PlainColumn):
    """Filled the first time that its row is stored, by whichever door, unless the row brings a value.

    give: what a row of the model gets. A record of history has the value of its row.
    """

    def __init__(self, *args: Any, give: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give = give

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The value, made if there is none yet. Django asks for it in each way of storing a row but a raw one."""
        if self.give and not self.value_from_object(model_instance):
            setattr(model_instance, self.attname, self.give(model_instance))
        return super().pre_save(model_instance, add)


class SourcedHistory(TrailModel):
    """What every record of a change carries besides who, when and why."""

    source_file = models.CharField("もとのファイル", max_length=255, blank=True, default="")

    class Meta:
        abstract = True


def records(**options: Any) -> OneRecord:
    """The history of a model, with the file each change came from; options as HistoricalRecords takes them."""
    return OneRecord(bases=[SourcedHistory], **options)


def note_source(instance: models.Model, *, reason: str = "", source_file: str = "") -> Any:
    """The instance, its next record of change told why it happens and from which file."""
    vars(instance).update(_change_reason=reason or None, _source_file=source_file[:255])
    return instance


# How each model is found from a published row (EditionRow), by the name of the model.
PATHS = {
    "plan": "edition__report__plan",
    "policy": "item__measure__policy",
    "measure": "item__measure",
    "actionitem": "item",
    "department": "department",
    "annualreport": "edition__report",
}

REMEMBERED = (
    "回答の変更の記録か組織改正、項目の関係課に出てくるため、削除できません。なくなった課は、廃止日を入れて残します。"
)
ACTED = "この利用者は変更の記録に名前が残っているため、削除できません。使わなくなった利用者は、閉じてください。"


def published_rows(obj: Any) -> models.QuerySet:
    """The published rows that rest on the object; none for models that no edition rests on."""
    # Asked for by name: editions are built on the models that this module guards.
    EditionRow = apps.get_model("actionplan", "EditionRow")
    if obj._meta.model_name == "actortype":
        return EditionRow.objects.filter(actor_symbols__contains=obj.symbol)
    if obj._meta.model_name == "yearlystatus":
        return EditionRow.objects.filter(edition__report=obj.report_id, item=obj.item_id)
    if obj._meta.model_name == "plancategory":
        bears = [models.Q((field, obj.code)) for field in EditionRow.category_codes]
        return EditionRow.objects.filter(reduce(or_, bears), edition__report__plan=obj.plan_id)
    path = PATHS.get(obj._meta.model_name)
    return EditionRow.objects.filter(**{path: obj}) if path else EditionRow.objects.none()


def codes_in_use(plan_id: int) -> set[str]:
    """The code of every category that an answer or a published row of the plan bears."""
    found: set[str] = set()
    for name, plan in (("YearlyStatus", "report__plan"), ("EditionRow", "edition__report__plan")):
        model: Any = apps.get_model("actionplan", name)
        rows = model.objects.filter(**{plan: plan_id}).order_by()
        for field in model.category_codes:
            found |= set(rows.values_list(field, flat=True).distinct())
    return found


def why_not_delete(obj: Any) -> str:
    """The Japanese sentence that says why the object stays, or an empty string when it may go."""
    name = obj._meta.verbose_name
    row = (
        published_rows(obj)
        .select_related("edition__report")
        .order_by("-edition__report__fiscal_year", "-edition__number")
        .first()
    )
    if row is not None:
        return f"この{name}は、公表済みの「{row.edition}」のもとになっているため、削除できません。"
    # Django would not refuse: rows of a many-to-many relation just vanish.
    if obj._meta.model_name == "yearlystatus" and obj.evidence.exists():
        return f"この{name}には資料が付いているため、削除できません。先に資料を外してください。"
    if obj._meta.model_name in ("actortype", "area", "tag", "partner") and obj.items.exists():
        return f"この{name}は項目で使われているため、削除できません。"
    if obj._meta.model_name == "partner" and (obj.voices.exists() or obj.links.exists()):
        return (
            f"この{name}には文か回答用リンクの記録があるため、削除できません。頼まないときは「回答を頼む」を外します。"
        )
    if obj._meta.model_name == "plancategory" and obj.is_used:
        return f"この{name}は回答で使われているため、削除できません。使わないときは「もう使わない」に印を付けます。"
    if obj._meta.model_name == "figure" and obj.is_used:
        return f"「{obj}」は回答か公表した版で使われているため、削除できません。"
    if obj._meta.model_name == "yearlystatus" and _has_voices(obj):
        return f"この{name}の横に、関係課か相手方の文が書かれているため、削除できません。"
    if obj._meta.model_name == "department" and _is_remembered(obj):
        return f"この{name}は、{REMEMBERED}"
    if isinstance(obj, User) and has_acted(obj):
        return ACTED
    return ""


def _has_voices(status: Any) -> bool:
    """Whether a related department or a partner has written about the item's year."""
    voices = apps.get_model("actionplan", "Voice").objects
    return voices.filter(report=status.report_id, item=status.item_id).exclude(text="").exists()


def _is_remembered(department: Any) -> bool:
    """Whether records of change or a successor would lead to nowhere without the department."""
    answers, voices = (apps.get_model("actionplan", name).history for name in ("YearlyStatus", "Voice"))
    if department.successor_id is not None or department.related_items.exists():
        return True
    return any(records.filter(department_id=department.pk).exists() for records in (answers, voices))


def has_acted(user: User) -> bool:
    """Whether a record of change names the user as the one who made it."""
    kinds: list[Any] = [model for model in apps.get_models() if issubclass(model, HistoricalChanges)]
    named = [model for model in kinds if any(field.name == "history_user" for field in model._meta.fields)]
    return any(model.objects.filter(history_user=user).exists() for model in named)


def refuse_delete(obj: models.Model) -> None:
    """Raises ProtectedError with the reason when the object has to stay."""
    if sentence := why_not_delete(obj):
        raise ProtectedError(sentence, {obj})


class RecordQuerySet(models.QuerySet[Any]):
    """Live rows that refuse to be deleted like a single one: with the sentence, before Django's own English one."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes the rows; raises ProtectedError with the reason when a published year rests on one of them."""
        for obj in self.all():
            refuse_delete(obj)
        return super().delete()

    vars(delete).update(alters_data=True, queryset_only=True)


class RecordModel(models.Model):
    """A live row that refuses to be deleted while a published year rests on it."""

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        """Deletes the row; raises ProtectedError with the reason when a published year rests on it."""
        refuse_delete(self)
        return super().delete(*args, **kwargs)


def before_delete(sender: type[models.Model], instance: models.Model, **kwargs) -> None:
    """The same refusal for deletes that start elsewhere."""
    refuse_delete(instance)


_RecordManager = models.Manager.from_queryset(RecordQuerySet)


class NaturalManager(_RecordManager):
    """A manager that finds a row by the named look-ups, in the order that natural_key() gives them."""

    use_in_migrations = False

    def __init__(self, *lookups: str) -> None:
        super().__init__()
        self.lookups = lookups

    def get_by_natural_key(self, *values):
        """The row with these values; raises the model's DoesNotExist."""
        return self.get(**dict(zip(self.lookups, values, strict=True)))


class ImmutableError(RuntimeError):
    """Raised when code tries to change or delete a published record."""

    def __init__(self) -> None:
        super().__init__(
            "公表した版は、書き換えることも削除することもできません。訂正は新しい版として公表してください。"
        )


def _refuse(*args, **kwargs) -> NoReturn:
    raise ImmutableError


class ImmutableQuerySet(models.QuerySet):
    """A queryset that reads and inserts only."""

    update = _refuse
    delete = _refuse
    bulk_update = _refuse
    update_or_create = _refuse
    _raw_delete = _refuse

    def _update(self, values) -> int:
        """What save_base() and loaddata try before they insert: nothing, unless the row is stored already."""
        if self.exists():
            raise ImmutableError
        return 0

    def bulk_create(
        self,
        objs: Iterable,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> list:
        """Inserts; refuses the variant that overwrites."""
        if update_conflicts:
            raise ImmutableError
        with transaction.atomic(savepoint=False):
            rows = super().bulk_create(objs, batch_size, ignore_conflicts, False, *args, **kwargs)
            note(rows)
        return rows


class ImmutableModel(models.Model):
    """A model whose rows are inserted once."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs) -> None:
        """Inserts; raises ImmutableError for a row that is already stored."""
        if not self._state.adding or kwargs.get("force_update") or kwargs.get("update_fields"):
            raise ImmutableError
        with transaction.atomic(savepoint=False):
            super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs) -> NoReturn:
        """Refuses: raises ImmutableError."""
        raise ImmutableError


def connect() -> None:
    """Guards every RecordModel and every published row; called once when the application is ready."""
    for published in ImmutableModel.__subclasses__():
        models.signals.pre_delete.connect(_refuse, sender=published, dispatch_uid=f"immutable {published}")
    for live in RecordModel.__subclasses__():
        models.signals.pre_delete.connect(before_delete, sender=live, dispatch_uid=f"keep {live}")
