"""Three tables: applications being written, applications sent, and rows for the inbox."""

import uuid

from django.db import models


class Draft(models.Model):
    """An application while it is being written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)


class Submission(models.Model):
    """An application that was sent."""

    reference = models.CharField(max_length=40, unique=True)
    answers = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


class Item(models.Model):
    """A row of the inbox."""

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    department = models.CharField(max_length=60)
    state = models.CharField(max_length=60)
    due_date = models.DateField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["department", "state", "due_date", "id"], name="bare_item_inbox")
        ]
