"""What may not be deleted, and the sentence that says why.

A published year rests on the plan's rows that it was composed from; deleting one would cut an item from its own past.
"""

from django.db import models
from django.db.models import ProtectedError

# How each model is found from a published row (EditionRow), by the name of the model.
PATHS = {
    "plan": "edition__report__plan",
    "policy": "item__measure__policy",
    "measure": "item__measure",
    "actionitem": "item",
    "actortype": "item__actors",
    "department": "department",
    "annualreport": "edition__report",
}


def published_rows(obj: models.Model) -> models.QuerySet:
    """The published rows that rest on the object; none for models that no edition rests on."""
    from actionplan.models.edition import EditionRow

    if obj._meta.model_name == "yearlystatus":
        return EditionRow.objects.filter(edition__report=obj.report_id, item=obj.item_id)
    path = PATHS.get(obj._meta.model_name)
    return EditionRow.objects.filter(**{path: obj}) if path else EditionRow.objects.none()


def why_not_delete(obj: models.Model) -> str:
    """The Japanese sentence that says why the object stays, or an empty string when it may go."""
    row = published_rows(obj).select_related("edition__report").order_by("-edition").first()
    if row is None:
        return ""
    name = obj._meta.verbose_name
    return f"この{name}は、公表済みの「{row.edition}」のもとになっているため、削除できません。"


class RecordModel(models.Model):
    """A live row that refuses to be deleted while a published year rests on it."""

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        """Deletes the row; raises ProtectedError with the reason when a published year rests on it."""
        if sentence := why_not_delete(self):
            raise ProtectedError(sentence, {self})
        return super().delete(*args, **kwargs)


def refuse_bulk_delete(sender: type[models.Model], instance: models.Model, **kwargs) -> None:
    """The same refusal for querysets, and for marks that items use (a many-to-many row would just vanish)."""
    if sentence := why_not_delete(instance):
        raise ProtectedError(sentence, {instance})
    if instance._meta.model_name == "actortype" and instance.items.exists():
        raise ProtectedError("この主体は項目で使われているため、削除できません。", {instance})


def connect() -> None:
    """Guards every model of PATHS and the yearly status; called once when the application is ready."""
    for subclass in RecordModel.__subclasses__():
        models.signals.pre_delete.connect(refuse_bulk_delete, sender=subclass, dispatch_uid=f"keep {subclass}")
