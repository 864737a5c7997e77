from django.db import migrations, models


class Migration(migrations.Migration):
    """How a post is held. Whoever stands in for somebody is acting; all others hold it as theirs."""

    dependencies = [
        ('identity', '0007_match_questions'),
    ]

    operations = [
        migrations.AddField(
            model_name='postholding',
            name='kind',
            field=models.CharField(choices=[('own', 'Own'), ('concurrent', 'Concurrent'), ('joint', 'Joint'), ('support', 'Support'), ('acting', 'Acting')], default='own', max_length=20),
        ),
        migrations.RunSQL(
            "UPDATE identity_post_holding SET kind = 'acting' WHERE substitute_for_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
