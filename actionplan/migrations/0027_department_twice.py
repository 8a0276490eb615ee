"""What is said of a department that is there already, in words. The database's tables stay as they are."""

from django.db import migrations, models

TWICE = "同じ課名・係名の担当課が、すでにあります。一覧で確かめてください。"


class Migration(migrations.Migration):
    dependencies = [("actionplan", "0026_blank_content_and_marks")]
    operations = [
        migrations.AlterConstraint(
            model_name="department",
            name="department_unique",
            constraint=models.UniqueConstraint(
                fields=("name", "unit", "in_force_from"), name="department_unique", violation_error_message=TWICE
            ),
        ),
        migrations.AlterConstraint(
            model_name="department",
            name="department_unique_undated",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_force_from__isnull", True)),
                fields=("name", "unit"),
                name="department_unique_undated",
                violation_error_message=TWICE,
            ),
        ),
    ]
