"""Definitions as they were when somebody used them."""

from django.db import models


class FrozenDefinition(models.Model):
    """The exact definition (its copy and its content hash) that running work was made with.

    Written once, when the first draft needs it, and never changed: editing a live form leaves
    every case with the form it was made with.
    """

    hash = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    document = models.JSONField()
    first_used_at = models.DateTimeField()

    class Meta:
        db_table = "content_frozen_definition"

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.hash[:8]}"
