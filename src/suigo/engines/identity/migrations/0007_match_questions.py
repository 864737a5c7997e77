from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import django.contrib.postgres.fields
import suigo.kernel.ids


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_external_proofs'),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=suigo.kernel.ids.new_id, editable=False, unique=True)),
                ('issuer', models.CharField(max_length=255)),
                ('subject', models.CharField(max_length=255)),
                ('sealed', models.TextField(blank=True)),
                ('differs_in', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('asked_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, default='', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'identity_match_question',
            },
        ),
        migrations.AddField(
            model_name='matchquestion',
            name='candidate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matchquestion',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='matchquestion',
            index=models.Index(condition=models.Q(('decision', '')), fields=['asked_at', 'id'], name='identity_match_open'),
        ),
        migrations.AddConstraint(
            model_name='matchquestion',
            constraint=models.UniqueConstraint(fields=('issuer', 'subject', 'candidate'), name='identity_match_question_once'),
        ),
        migrations.AddConstraint(
            model_name='matchquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', ''), ('reason', ''), models.Q(('sealed', ''), _negated=True)), models.Q(('decided_at__isnull', False), ('decision__in', ('same', 'other')), ('sealed', ''), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='identity_match_question_decided'),
        ),
    ]
