"""Who may do what with partners and their texts: the office keeps partners, readers read; each group gains a record."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

REASON = "関係課・相手方の文のための権利"
READ = [("actionplan", f"view_{model}") for model in ("partner", "voice", "partnerlink")]
RIGHTS = {
    "事務局": [*READ, *(("actionplan", f"{verb}_partner") for verb in ("add", "change", "delete"))],
    "公表権者": READ,
    "閲覧者": READ,
}


def give_rights(apps, schema_editor):
    """Gives the rights, which are made here first, since Django makes them only after the last migration."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("actionplan")
    config.models_module = installed.get_app_config("actionplan").models_module
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, rights in RIGHTS.items():
        # A group that an installation has taken away stays away.
        for group in Group.objects.using(alias).filter(name=name):
            codes = [code for _, code in rights]
            found = Permission.objects.using(alias).filter(content_type__app_label="actionplan", codename__in=codes)
            group.permissions.add(*found)
            _record(apps, alias, group)


def _record(apps, alias, group):
    Record = apps.get_model("actionplan", "HistoricalGroup")
    Right = apps.get_model("actionplan", "HistoricalGroup_permissions")
    facts = {"history_date": timezone.now(), "history_type": "~", "history_change_reason": REASON}
    record = Record.objects.using(alias).create(id=group.pk, name=group.name, **facts)
    through = apps.get_model("auth", "Group").permissions.through.objects.using(alias).filter(group=group)
    Right.objects.using(alias).bulk_create(
        Right(id=row.pk, history=record, group_id=row.group_id, permission_id=row.permission_id) for row in through
    )


class Migration(migrations.Migration):
    dependencies = [
        ("actionplan", "0017_related_texts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Undone, the groups keep what they have: the rights vanish with their models.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
