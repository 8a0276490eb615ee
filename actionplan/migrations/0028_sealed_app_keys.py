"""Seals the keys of the second factor's apps, which lay in clear; opens them again on the way back."""

from binascii import hexlify, unhexlify

from django.db import migrations

from actionplan.models.app_key import opened, sealed


def seal(apps, schema_editor):
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        device.key = sealed(unhexlify(device.key), device.user_id)
        device.save(update_fields=["key"])


def lay_open(apps, schema_editor):
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        device.key = hexlify(opened(device.key, device.user_id)).decode()
        device.save(update_fields=["key"])


class Migration(migrations.Migration):

    dependencies = [
        ("actionplan", "0027_department_twice"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.RunPython(seal, lay_open),
        migrations.CreateModel(
            name="AppDevice",
            fields=[],
            options={
                "verbose_name": "二段階の確認のアプリ",
                "verbose_name_plural": "二段階の確認のアプリ",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
    ]
