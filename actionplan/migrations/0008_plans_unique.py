"""No two plans share a slug, no two reports a key. Apart from the filling, which PostgreSQL would have wait for."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('actionplan', '0007_several_plans'),
    ]

    operations = [
        migrations.AlterField(
            model_name='annualreport',
            name='key',
            field=models.CharField(editable=False, max_length=45, unique=True, verbose_name='報告の鍵'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='slug',
            field=models.CharField(error_messages={'unique': 'このアドレスの名前は、ほかの計画で使われています。'}, blank=True, help_text='公開ページのアドレスの一部になる名前です（例：dai2）。半角の英小文字・数字・ハイフンで付けてください。空欄なら番号を付けます。あとから変えることはできません。', max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', '半角の英小文字・数字・ハイフンで入力してください。')], verbose_name='アドレスの名前'),
        ),
    ]
