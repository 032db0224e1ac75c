from django.db import migrations, models

import remotes.zones


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0004_who_has_chosen'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='time_zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, validators=[remotes.zones.check_zone]),
        ),
    ]
