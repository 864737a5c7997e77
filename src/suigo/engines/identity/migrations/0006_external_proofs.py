from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_proofs_wear_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='Business',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='business', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('account_type', models.PositiveSmallIntegerField()),
                ('corporate_number', models.CharField(blank=True, default='', max_length=13)),
                ('name', models.CharField(max_length=300)),
                ('sealed', models.TextField()),
                ('told_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_business',
            },
        ),
        migrations.CreateModel(
            name='ConfirmedItems',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='confirmed_items', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('sealed', models.TextField()),
                ('birth_key', models.CharField(max_length=64)),
                ('place_key', models.CharField(max_length=64)),
                ('confirmed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_confirmed_items',
            },
        ),
        migrations.CreateModel(
            name='ExternalIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('issuer', models.CharField(max_length=255)),
                ('subject', models.CharField(max_length=255)),
                ('linked_at', models.DateTimeField()),
                ('linked_by', models.CharField(max_length=20)),
                ('last_used_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_external_identity',
            },
        ),
        migrations.AddConstraint(
            model_name='business',
            constraint=models.CheckConstraint(condition=models.Q(('account_type__in', (1, 2, 3))), name='identity_business_type'),
        ),
        migrations.AddConstraint(
            model_name='business',
            constraint=models.CheckConstraint(condition=models.Q(('corporate_number', ''), ('corporate_number__regex', '^[1-9][0-9]{12}$'), _connector='OR'), name='identity_business_number'),
        ),
        migrations.AddIndex(
            model_name='confirmeditems',
            index=models.Index(fields=['birth_key'], name='identity_items_birth'),
        ),
        migrations.AddIndex(
            model_name='confirmeditems',
            index=models.Index(fields=['place_key'], name='identity_items_place'),
        ),
        migrations.AddConstraint(
            model_name='confirmeditems',
            constraint=models.CheckConstraint(condition=models.Q(('sealed', ''), _negated=True), name='identity_items_sealed'),
        ),
        migrations.AddField(
            model_name='externalidentity',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='externalidentity',
            constraint=models.UniqueConstraint(fields=('issuer', 'subject'), name='identity_external_identity_once'),
        ),
        migrations.AddConstraint(
            model_name='externalidentity',
            constraint=models.CheckConstraint(condition=models.Q(('linked_by__in', ('first', 'owner', 'items', 'clerk', 'address')), ('provider__in', ('card', 'business', 'staff')), models.Q(('subject', ''), _negated=True), models.Q(('issuer', ''), _negated=True)), name='identity_external_identity_known'),
        ),
    ]
