import django.db.models.deletion
import suigo.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_passkeys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=suigo.kernel.ids.new_id, editable=False, unique=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('done', 'Done'), ('refused', 'Refused'), ('objected', 'Objected'), ('expired', 'Expired')], default='asked', max_length=10)),
                ('new_address', models.EmailField(blank=True, max_length=254)),
                ('in_person', models.BooleanField(default=False)),
                ('document', models.CharField(blank=True, max_length=30)),
                ('note', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField()),
                ('waits_until_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recoveries', to=settings.AUTH_USER_MODEL)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'identity_recovery',
                'indexes': [models.Index(fields=['state', 'waits_until_at'], name='identity_recovery_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='identity_recovery_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('approved_by', models.F('account')), _negated=True), models.Q(('asked_by', models.F('account')), _negated=True)), name='identity_recovery_not_oneself'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', False), models.Q(('state__in', ['approved', 'done']), _negated=True), _connector='OR'), name='identity_recovery_approved'), models.CheckConstraint(condition=models.Q(('in_person', False), models.Q(('document', ''), _negated=True), _connector='OR'), name='identity_recovery_document'), models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'approved'])), fields=('account',), name='identity_recovery_one_open')],
            },
        ),
    ]
