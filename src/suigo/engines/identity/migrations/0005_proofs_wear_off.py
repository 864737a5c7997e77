from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_accounts_without_address'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='assurance_until_at',
            field=models.DateTimeField(null=True),
        ),
    ]
