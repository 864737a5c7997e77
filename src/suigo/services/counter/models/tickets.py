"""Numbers that people take, and the machines that give them. Nothing here says who somebody is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from suigo.kernel.ids import new_id


class TicketState(models.TextChoices):
    WAITING = "waiting"
    CALLED = "called"
    ABSENT = "absent"
    DONE = "done"


class Series(models.Model):
    """The last number of a desk on a day. Without gaps: taken in the ticket's transaction."""

    day = models.DateField()
    desk = models.CharField(max_length=60)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "counter_series"
        constraints = [
            models.UniqueConstraint(fields=["day", "desk"], name="counter_series_once"),
            models.CheckConstraint(name="counter_series_positive", condition=Q(last__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.desk}: {self.last}"


class Ticket(models.Model):
    """A number. ``desk`` gave it, ``at_desk`` is where it waits now."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    day = models.DateField()
    desk = models.CharField(max_length=60)
    letter = models.CharField(max_length=1)
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="ja")
    state = models.CharField(
        max_length=10, choices=TicketState.choices, default=TicketState.WAITING
    )
    at_desk = models.CharField(max_length=60)
    window = models.PositiveSmallIntegerField(null=True)
    issued_at = models.DateTimeField()
    first_called_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_ticket"
        indexes = [
            models.Index(fields=["day", "at_desk", "state", "issued_at"], name="counter_queue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["day", "desk", "number"], name="counter_ticket_once"),
            models.CheckConstraint(name="counter_ticket_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="counter_ticket_known_state", condition=Q(state__in=TicketState.values)
            ),
            models.CheckConstraint(
                name="counter_ticket_window",
                condition=Q(state="called", window__isnull=False, called_at__isnull=False)
                | (~Q(state="called") & Q(window__isnull=True)),
            ),
            models.CheckConstraint(
                name="counter_ticket_finished",
                condition=Q(state="done", finished_at__isnull=False)
                | (~Q(state="done") & Q(finished_at__isnull=True)),
            ),
            # a window serves one person at a time
            models.UniqueConstraint(
                fields=["day", "window"], condition=Q(state="called"), name="counter_window_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}{self.number}"


class Kiosk(models.Model):
    """A machine that gives numbers. It proves itself by a secret that only it holds."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    title = models.CharField(max_length=60)
    token_digest = models.CharField(max_length=64, unique=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    registered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_kiosk"

    def __str__(self) -> str:
        return self.title
