from django.db import migrations, models


class Migration(migrations.Migration):
    """Signatures of other files (.p7s) are files, too."""

    dependencies = [
        ('documents', '0002_guard'),
    ]

    operations = [
        migrations.AlterField(
            'storedfile',
            'kind',
            models.CharField(
                choices=[
                    ('pdf', 'Pdf'), ('image', 'Image'), ('office', 'Office'), ('text', 'Text'),
                    ('signature', 'Signature'),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint('storedfile', 'documents_file_kind'),
        migrations.AddConstraint(
            'storedfile',
            models.CheckConstraint(
                condition=models.Q(('kind__in', ('pdf', 'image', 'office', 'text', 'signature'))),
                name='documents_file_kind',
            ),
        ),
    ]
