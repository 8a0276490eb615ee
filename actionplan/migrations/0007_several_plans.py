"""Several plans: each its slug, each report a key; plan and year are unique together, no longer the year alone."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.db import migrations, models
from django.db.models.functions import Cast

import actionplan.models.base


def give_slugs_and_keys(apps, schema_editor):
    """Every report of before keeps the addresses it has: those of its year alone, whichever plan it belongs to."""
    alias = schema_editor.connection.alias
    for model, key in (("Plan", "pk"), ("HistoricalPlan", "id")):
        plans = list(apps.get_model("actionplan", "Plan").objects.using(alias).order_by("pk"))
        for number, plan in enumerate(plans, 1):
            rows = apps.get_model("actionplan", model).objects.using(alias)
            rows.filter(**{key: plan.pk}).update(slug=str(number))
    for model in ("AnnualReport", "HistoricalAnnualReport"):
        rows = apps.get_model("actionplan", model).objects.using(alias)
        rows.update(key=Cast("fiscal_year", models.CharField(max_length=45)))


class Migration(migrations.Migration):
    dependencies = [
        ("actionplan", "0006_public_ids_unique"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalActionItem_origins",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "HistoricalActionItem_origins",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AlterModelOptions(
            name="annualreport",
            options={
                "ordering": ["-fiscal_year", "plan"],
                "verbose_name": "年次報告",
                "verbose_name_plural": "年次報告",
            },
        ),
        migrations.AddField(
            model_name="actionitem",
            name="origins",
            field=models.ManyToManyField(
                blank=True,
                help_text="前の計画のどの項目を引き継いだか。分けた項目は、それぞれに同じもとの項目を選びます。",
                related_name="heirs",
                to="actionplan.actionitem",
                verbose_name="前の計画のもとの項目",
            ),
        ),
        migrations.AddField(
            model_name="annualreport",
            name="key",
            field=models.CharField(default="", editable=False, max_length=45, verbose_name="報告の鍵"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="editionrow",
            name="origins",
            field=models.JSONField(default=list, verbose_name="前の計画のもとの項目"),
        ),
        migrations.AddField(
            model_name="historicalannualreport",
            name="key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=45, verbose_name="報告の鍵"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="end_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="終わりの年度（西暦）",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="predecessor",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="この計画が引き継いだ計画です。最初の年度は、前の計画の年度と比べて公表します。",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="actionplan.plan",
                verbose_name="前の計画",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="short_name",
            field=actionplan.models.base.RecordLineField(
                blank=True,
                help_text="計画がいくつかあるとき、年度の名前に添えます。例：第2次計画",
                max_length=30,
                verbose_name="短い名前",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="slug",
            field=models.CharField(
                error_messages={"unique": "このアドレスの名前は、ほかの計画で使われています。"},
                blank=True,
                db_index=True,
                help_text="公開ページのアドレスの一部になる名前です（例：dai2）。半角の英小文字・数字・ハイフンで付けてください。空欄なら番号を付けます。あとから変えることはできません。",
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[a-z0-9]+(?:-[a-z0-9]+)*\\Z", "半角の英小文字・数字・ハイフンで入力してください。"
                    )
                ],
                verbose_name="アドレスの名前",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="start_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="始まりの年度（西暦）",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="end_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="終わりの年度（西暦）",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="predecessor",
            field=models.ForeignKey(
                blank=True,
                help_text="この計画が引き継いだ計画です。最初の年度は、前の計画の年度と比べて公表します。",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="actionplan.plan",
                verbose_name="前の計画",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="short_name",
            field=actionplan.models.base.RecordLineField(
                blank=True,
                help_text="計画がいくつかあるとき、年度の名前に添えます。例：第2次計画",
                max_length=30,
                verbose_name="短い名前",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="slug",
            field=models.CharField(
                blank=True,
                help_text="公開ページのアドレスの一部になる名前です（例：dai2）。半角の英小文字・数字・ハイフンで付けてください。空欄なら番号を付けます。あとから変えることはできません。",
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[a-z0-9]+(?:-[a-z0-9]+)*\\Z", "半角の英小文字・数字・ハイフンで入力してください。"
                    )
                ],
                verbose_name="アドレスの名前",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="start_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="始まりの年度（西暦）",
            ),
        ),
        migrations.AlterField(
            model_name="annualreport",
            name="fiscal_year",
            field=models.PositiveSmallIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="年度（西暦）",
            ),
        ),
        migrations.AlterField(
            model_name="historicalannualreport",
            name="fiscal_year",
            field=models.PositiveSmallIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(1926),
                    django.core.validators.MaxValueValidator(2099),
                ],
                verbose_name="年度（西暦）",
            ),
        ),
        migrations.AddConstraint(
            model_name="annualreport",
            constraint=models.UniqueConstraint(
                fields=("plan", "fiscal_year"),
                name="report_once_per_plan_and_year",
                violation_error_message="この計画の、この年度の年次報告は、すでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("start_year__isnull", True),
                    ("end_year__isnull", True),
                    ("end_year__gte", models.F("start_year")),
                    _connector="OR",
                ),
                name="plan_end_not_before_start",
                violation_error_message="終わりの年度は、始まりの年度より前にできません。",
            ),
        ),
        migrations.AddField(
            model_name="historicalactionitem_origins",
            name="from_actionitem",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_tablespace="",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="actionplan.actionitem",
            ),
        ),
        migrations.AddField(
            model_name="historicalactionitem_origins",
            name="history",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to="actionplan.historicalactionitem",
            ),
        ),
        migrations.AddField(
            model_name="historicalactionitem_origins",
            name="to_actionitem",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_tablespace="",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="actionplan.actionitem",
            ),
        ),
        migrations.RunPython(give_slugs_and_keys, migrations.RunPython.noop),
    ]
