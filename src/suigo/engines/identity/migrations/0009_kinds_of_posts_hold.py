from django.db import migrations, models


class Migration(migrations.Migration):
    """What must always hold of the kinds of posts; after the rows were told apart."""

    dependencies = [
        ('identity', '0008_kinds_of_posts'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='postholding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'acting'), ('substitute_for__isnull', False)), models.Q(('substitute_for', None), models.Q(('kind', 'acting'), _negated=True)), _connector='OR'), name='identity_post_holding_acting_for'),
        ),
        migrations.AddConstraint(
            model_name='postholding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'support'), _negated=True), ('valid_to_date__isnull', False), _connector='OR'), name='identity_post_holding_support_ends'),
        ),
        migrations.AddConstraint(
            model_name='postholding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['own', 'concurrent', 'joint', 'support', 'acting'])), name='identity_post_holding_kind'),
        ),
    ]
