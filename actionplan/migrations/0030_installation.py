
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('actionplan', '0029_security_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('folder', models.CharField(max_length=32)),
            ],
            options={
                'verbose_name': '設置',
                'verbose_name_plural': '設置',
                'default_permissions': (),
            },
        ),
    ]
