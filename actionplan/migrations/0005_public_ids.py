"""Every item gets its public id, made of what it was first printed as; its history and its published rows bear it too."""

from django.db import migrations, models

from actionplan.public_id import make_public_id


def give_ids(apps, schema_editor):
    alias = schema_editor.connection.alias
    Item, Row = apps.get_model("actionplan", "ActionItem"), apps.get_model("actionplan", "EditionRow")
    Record = apps.get_model("actionplan", "HistoricalActionItem")
    printed = {}
    for row in Row.objects.using(alias).order_by("edition", "position").only(
        "item", "policy_number", "measure_number", "item_number", "item_name"
    ):
        code = f"{row.policy_number}-{row.measure_number}-{row.item_number}"
        printed.setdefault(row.item_id, (code, row.item_name))
    given = set()
    for item in Item.objects.using(alias).select_related("measure__policy__plan").order_by("pk"):
        code = f"{item.measure.policy.number}-{item.measure.number}-{item.number}"
        facts = printed.get(item.pk, (code, item.name))
        found = make_public_id(item.measure.policy.plan.title, *facts, taken=given.__contains__)
        given.add(found)
        Item.objects.using(alias).filter(pk=item.pk).update(public_id=found)
        Record.objects.using(alias).filter(id=item.pk).update(public_id=found)
        Row.objects.using(alias).filter(item=item.pk).update(public_id=found)


class Migration(migrations.Migration):

    dependencies = [
        ("actionplan", "0004_department_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="actionitem",
            name="public_id",
            field=models.CharField(blank=True, default="", editable=False, max_length=16, verbose_name="公開ID"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="editionrow",
            name="public_id",
            field=models.CharField(blank=True, db_index=True, default="", max_length=16, verbose_name="公開ID"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="historicalactionitem",
            name="public_id",
            field=models.CharField(
                blank=True, db_index=True, default="", editable=False, max_length=16, verbose_name="公開ID"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
    ]
