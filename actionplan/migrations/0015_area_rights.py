"""The roles may read and keep areas and tags as they may the rest of the plan."""

from importlib import import_module

from django.db import migrations

roles = import_module("actionplan.migrations.0003_roles")
scale = import_module("actionplan.migrations.0010_default_scale")
MODELS = ["area", "tag"]
RIGHTS = {
    "事務局": list(roles._rights("view add change delete", MODELS)),
    "公表権者": list(roles._rights("view", MODELS)),
    "閲覧者": list(roles._rights("view", MODELS)),
}


def give_rights(apps, schema_editor):
    scale.give(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):

    dependencies = [
        ("actionplan", "0014_areas_and_tags"),
    ]

    # Undone, the rights go with their tables.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
