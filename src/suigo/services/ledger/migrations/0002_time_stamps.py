from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for a time stamp (RFC 3161) beside each daily proof."""

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.AddField('dailyproof', 'stamp', models.BinaryField(null=True)),
        migrations.AddField('dailyproof', 'stamped_at', models.DateTimeField(null=True)),
        migrations.AddField('dailyproof', 'stamp_exported_at', models.DateTimeField(null=True)),
        migrations.AddConstraint(
            'dailyproof',
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(('stamp__isnull', True), ('stamped_at__isnull', True)),
                    models.Q(('stamp__isnull', False), ('stamped_at__isnull', False)),
                    _connector='OR',
                ),
                name='ledger_daily_proof_stamped',
            ),
        ),
    ]
