"""What was published and recorded so far is chained and sealed; from now on the database refuses to change it."""

from django.db import migrations, models
from django.utils import timezone

from actionplan.models.edition import chain_sha256
from actionplan.models.seal import drop_triggers, set_triggers
from actionplan.models.sealing import seal_everything


def chain_editions(apps):
    """Binds each edition to the one published before it; samples, which are taken out again, stay outside."""
    Edition, previous = apps.get_model("actionplan", "Edition"), ""
    for edition in Edition.objects.select_related("report").order_by("pk").iterator(100):
        if edition.front_matter.get("sample") is True:
            continue
        name = f"{edition.report.key} v{edition.number}"
        previous = chain_sha256(previous, name, edition.content_sha256)
        Edition.objects.filter(pk=edition.pk).update(chain_sha256=previous)


def seal_record(apps, schema_editor):
    """Chains the editions, seals every row of the record and guards their tables."""
    chain_editions(apps)
    seal_everything(apps)
    set_triggers(apps)


def open_record(apps, schema_editor):
    """Takes the guards away."""
    drop_triggers(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('actionplan', '0022_figure_last_year'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unsealing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='理由')),
                ('opened_at', models.DateTimeField(default=timezone.now, verbose_name='始まり')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='終わり')),
            ],
            options={
                'verbose_name': '封を開けた記録',
                'verbose_name_plural': '封を開けた記録',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='edition',
            name='chain_sha256',
            field=models.CharField(blank=True, default='', editable=False, max_length=64, verbose_name='連鎖のSHA-256'),
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='通し番号')),
                ('sealed_at', models.DateTimeField(verbose_name='日時')),
                ('kind', models.CharField(max_length=100, verbose_name='種類')),
                ('number', models.BigIntegerField(verbose_name='番号')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='内容のSHA-256')),
                ('chain_sha256', models.CharField(max_length=64, verbose_name='連鎖のSHA-256')),
            ],
            options={
                'verbose_name': '封',
                'verbose_name_plural': '封',
                'ordering': ['sequence'],
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['kind', 'number'], name='seal_of_row')],
            },
        ),
        migrations.RunPython(seal_record, open_record),
    ]
