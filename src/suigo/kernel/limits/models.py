from django.db import models


class LimitCounter(models.Model):
    """How often something was tried in the current window."""

    key = models.CharField(max_length=200, primary_key=True)
    window_start_at = models.DateTimeField()
    hits = models.PositiveIntegerField()

    class Meta:
        db_table = "limits_counter"

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"
