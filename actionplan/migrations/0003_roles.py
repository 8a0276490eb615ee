"""The five groups of the year's round, each with its rights; a group that is there already only gains what it lacks."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

REASON = "最初の役割を用意"

TREE = ["plan", "policy", "measure", "actionitem", "actortype", "storystep", "storyremark", "aim", "stage"]
ROUND = ["department", "annualreport", "yearlystatus"]
EDITIONS = ["edition", "editionrow", "editionwithdrawal", "reminder"]
ACCOUNTS = ["auth.user", "auth.group"]


def _rights(verbs, models):
    for name in models:
        app, _, model = name.rpartition(".")
        yield from ((app or "actionplan", f"{verb}_{model}") for verb in verbs.split())


def _own(*codenames):
    return [("actionplan", codename) for codename in codenames]


READ_EVERYTHING = list(_rights("view", [*TREE, *ROUND, *EDITIONS]))
GROUPS = {
    "事務局": [
        *_rights("view add change delete", [*TREE, *ROUND]),
        *_rights("view", EDITIONS),
        *_rights("view add change", ["auth.user"]),
        *_rights("view", ["auth.group"]),
        *_own("coordinate_yearlystatus", "audit_yearlystatus"),
    ],
    "担当者": _own("answer_yearlystatus"),
    "課長": _own("answer_yearlystatus", "submit_yearlystatus"),
    "公表権者": [*READ_EVERYTHING, *_own("publish_edition")],
    "閲覧者": [*READ_EVERYTHING, *_rights("view", ACCOUNTS), *_own("audit_yearlystatus")],
}


def make_groups(apps, schema_editor):
    """Makes the groups. Rights are made here first, since Django makes them only after the last migration."""
    alias = schema_editor.connection.alias
    for label in ("auth", "actionplan"):
        config = apps.get_app_config(label)
        config.models_module = installed.get_app_config(label).models_module
        create_permissions(config, verbosity=0, using=alias, apps=apps)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    stored = {
        (right.content_type.app_label, right.codename): right
        for right in Permission.objects.using(alias).select_related("content_type")
    }
    for name, rights in GROUPS.items():
        group, made = Group.objects.using(alias).get_or_create(name=name)
        group.permissions.add(*(stored[right] for right in rights))
        _record(apps, alias, group, "+" if made else "~")


def _record(apps, alias, group, kind):
    """The record of the group as it stands now: historical models know nothing of the signals that write one."""
    Record = apps.get_model("actionplan", "HistoricalGroup")
    Right = apps.get_model("actionplan", "HistoricalGroup_permissions")
    facts = {"history_date": timezone.now(), "history_type": kind, "history_change_reason": REASON}
    record = Record.objects.using(alias).create(id=group.pk, name=group.name, **facts)
    through = apps.get_model("auth", "Group").permissions.through.objects.using(alias).filter(group=group)
    Right.objects.using(alias).bulk_create(
        Right(id=row.pk, history=record, group_id=row.group_id, permission_id=row.permission_id) for row in through
    )


class Migration(migrations.Migration):
    dependencies = [
        ("actionplan", "0002_staff_round"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Undone, the groups stay: people are in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
