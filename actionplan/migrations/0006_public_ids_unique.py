"""No two items share a public id. Apart from the filling, which PostgreSQL would have wait for the end of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("actionplan", "0005_public_ids"),
    ]

    operations = [
        migrations.AlterField(
            model_name="actionitem",
            name="public_id",
            field=models.CharField(blank=True, editable=False, max_length=16, unique=True, verbose_name="公開ID"),
        ),
    ]
