"""Every plan gets the categories that all plans had, as rows of its own; the roles that edit plans edit them too.

Apart from the tables, which PostgreSQL would have wait for the end of the filling.
"""

from importlib import import_module

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

roles = import_module("actionplan.migrations.0003_roles")
REASON = "いままでの進捗区分を用意"
# As they stood in the code on the day of this migration: code, label, meaning, pattern, definition.
CATEGORIES = (
    ("done", "実施済", "done", "solid", "計画した内容を、その年度のうちに終えたもの。"),
    ("in_progress", "実施中", "under_way", "diagonal", "取組を続けているもの。"),
    ("partly_done", "一部実施", "under_way", "lines", "計画した内容の一部を実施したもの。"),
    ("under_consideration", "検討中", "under_way", "dots", "実施に向けて検討しているもの。"),
    ("not_done", "未実施", "not_done", "blank", "その年度に実施しなかったもの。"),
    (
        "unset",
        "未設定",
        "unset",
        "faint",
        "担当課がまだ区分を決めていないもの。文章から推し量って決めることはしません。",
    ),
)
MODELS = ["plancategory"]
RIGHTS = {
    "事務局": list(roles._rights("view add change delete", MODELS)),
    "公表権者": list(roles._rights("view", MODELS)),
    "閲覧者": list(roles._rights("view", MODELS)),
}


def give_scales(apps, schema_editor):
    alias = schema_editor.connection.alias
    Category = apps.get_model("actionplan", "PlanCategory")
    Record = apps.get_model("actionplan", "HistoricalPlanCategory")
    for plan in apps.get_model("actionplan", "Plan").objects.using(alias).order_by("pk"):
        for order, (code, label, meaning, pattern, definition) in enumerate(CATEGORIES, 1):
            facts = {"order": order, "code": code, "label": label, "meaning": meaning, "pattern": pattern}
            row = Category.objects.using(alias).create(plan=plan, definition=definition, **facts)
            Record.objects.using(alias).create(
                id=row.pk,
                plan=plan,
                definition=definition,
                history_date=timezone.now(),
                history_type="+",
                history_change_reason=REASON,
                **facts,
            )


def give_rights(apps, schema_editor):
    give(apps, schema_editor, RIGHTS)


def give(apps, schema_editor, wanted):
    """The rights of a new table for the groups that have those of the tables around it."""
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
    for name, rights in wanted.items():
        # A group that somebody took away stays away.
        for group in Group.objects.using(alias).filter(name=name):
            group.permissions.add(*(stored[right] for right in rights))
            roles._record(apps, alias, group, "~")


class Migration(migrations.Migration):

    dependencies = [
        ("actionplan", "0009_scales"),
    ]

    operations = [
        migrations.RunPython(give_scales, migrations.RunPython.noop),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
