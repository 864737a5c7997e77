from django.db import migrations, models
import django.db.models.functions.text


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_recoveries'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='account',
            name='identity_account_email',
        ),
        migrations.AddField(
            model_name='account',
            name='contact_email',
            field=models.EmailField(blank=True, default='', max_length=254),
        ),
        migrations.AlterField(
            model_name='account',
            name='email',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('kind'), django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='identity_account_email'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'resident'), models.Q(('email', ''), _negated=True), _connector='OR'), name='identity_account_staff_email'),
        ),
    ]
