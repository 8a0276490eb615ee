"""What may not be deleted, and the sentence that says why.

A published year rests on the plan's rows that it was composed from; deleting one would cut an item from its own past.
"""

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError

from actionplan.models import account, immutable

# How each model is found from a published row (EditionRow), by the name of the model.
PATHS = {
    "plan": "edition__report__plan",
    "policy": "item__measure__policy",
    "measure": "item__measure",
    "actionitem": "item",
    "department": "department",
    "annualreport": "edition__report",
}


REMEMBERED = "回答の変更の記録か組織改正に出てくるため、削除できません。なくなった課は、廃止日を入れて残します。"


def published_rows(obj: models.Model) -> models.QuerySet:
    """The published rows that rest on the object; none for models that no edition rests on."""
    # Asked for by name: editions are built on the models that this module guards.
    EditionRow = apps.get_model("actionplan", "EditionRow")
    if obj._meta.model_name == "actortype":
        return EditionRow.objects.filter(actor_symbols__contains=obj.symbol)
    if obj._meta.model_name == "yearlystatus":
        return EditionRow.objects.filter(edition__report=obj.report_id, item=obj.item_id)
    path = PATHS.get(obj._meta.model_name)
    return EditionRow.objects.filter(**{path: obj}) if path else EditionRow.objects.none()


def why_not_delete(obj: models.Model) -> str:
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
    if obj._meta.model_name == "actortype" and obj.items.exists():
        return f"この{name}は項目で使われているため、削除できません。"
    if obj._meta.model_name == "department" and _is_remembered(obj):
        return f"この{name}は、{REMEMBERED}"
    if isinstance(obj, account.User) and account.has_acted(obj):
        return account.KEPT
    return ""


def _is_remembered(department: models.Model) -> bool:
    """Whether records of change or a successor would lead to nowhere without the department."""
    answers = apps.get_model("actionplan", "YearlyStatus").history
    return department.successor_id is not None or answers.filter(department_id=department.pk).exists()


def refuse_delete(obj: models.Model) -> None:
    """Raises ProtectedError with the reason when the object has to stay."""
    if sentence := why_not_delete(obj):
        raise ProtectedError(sentence, {obj})


class RecordQuerySet(models.QuerySet):
    """Live rows that refuse to be deleted like a single one: with the sentence, before Django's own English one."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes the rows; raises ProtectedError with the reason when a published year rests on one of them."""
        for obj in self.all():
            refuse_delete(obj)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


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


def connect() -> None:
    """Guards every RecordModel and every published row; called once when the application is ready."""
    immutable.connect()
    for subclass in RecordModel.__subclasses__():
        models.signals.pre_delete.connect(before_delete, sender=subclass, dispatch_uid=f"keep {subclass}")
