"""The plan's name stands beside its years where there are several plans: kept on the year's row."""

from django.db import migrations, models


def name_plans(apps, schema_editor):
    """What models/reporting.py writes whenever a plan comes, goes or is renamed."""
    alias = schema_editor.connection.alias
    plans = list(apps.get_model("actionplan", "Plan").objects.using(alias).all())
    reports = apps.get_model("actionplan", "AnnualReport").objects.using(alias)
    for plan in plans if len(plans) > 1 else ():
        reports.filter(plan=plan).update(plan_name=plan.short_name or plan.title)


class Migration(migrations.Migration):
    dependencies = [
        ("actionplan", "0018_related_texts_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name="annualreport",
            name="plan_name",
            field=models.CharField(blank=True, default="", editable=False, max_length=200, verbose_name="添える計画名"),
        ),
        migrations.RunPython(name_plans, migrations.RunPython.noop),
    ]
