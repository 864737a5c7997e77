import django.db.models.deletion
import suigo.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='proved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='PasskeyChallenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.UUIDField()),
                ('purpose', models.CharField(choices=[('create', 'create'), ('get', 'get')], max_length=10)),
                ('challenge', models.BinaryField(max_length=64)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_passkey_challenge',
                'indexes': [models.Index(fields=['expires_at'], name='identity_challenge_expiry')],
                'constraints': [models.UniqueConstraint(fields=('session', 'purpose'), name='identity_passkey_challenge_one')],
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=suigo.kernel.ids.new_id, editable=False, unique=True)),
                ('credential_id', models.BinaryField(max_length=1023, unique=True)),
                ('public_key', models.BinaryField()),
                ('sign_count', models.BigIntegerField(default=0)),
                ('backed_up', models.BooleanField(default=False)),
                ('name', models.CharField(max_length=40)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'identity_passkey',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='identity_passkey_name'), models.CheckConstraint(condition=models.Q(('sign_count__gte', 0)), name='identity_passkey_count')],
            },
        ),
    ]
