"""Tables: what waits to be told, packets as they were made, how far both streams are."""

from django.db import models
from django.db.models import Q

from suigo.services.bridge.rules.contents import PIECE

DIGEST = r"^[0-9a-f]{64}$"


class Standing(models.Model):
    """The one row that says how far this node's two streams are. Whoever makes or takes a packet
    locks it: so a stream has one order, however many processes send and receive."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    out_stream = models.UUIDField()
    out_made = models.BigIntegerField(default=0)
    out_digest = models.CharField(max_length=64, blank=True, default="")
    out_acknowledged = models.BigIntegerField(default=0)
    in_stream = models.CharField(max_length=36, blank=True, default="")
    in_number = models.BigIntegerField(default=0)
    in_digest = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(null=True)  # when packets were last written into the folder
    heard_at = models.DateTimeField(null=True)  # when the other node last signed something
    missing = models.BigIntegerField(null=True)  # the number that later packets wait for
    # what the other node says of itself
    peer_waiting = models.PositiveIntegerField(default=0)
    peer_oldest_at = models.DateTimeField(null=True)
    peer_held = models.PositiveIntegerField(default=0)
    peer_set_aside = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "bridge_standing"
        constraints = [
            models.CheckConstraint(name="bridge_standing_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="bridge_standing_numbers",
                condition=Q(out_acknowledged__gte=0, in_number__gte=0)
                & Q(out_made__gte=models.F("out_acknowledged")),
            ),
            models.CheckConstraint(
                name="bridge_standing_in",
                condition=Q(in_number=0, in_digest="")
                | Q(in_number__gt=0, in_digest__regex=DIGEST),
            ),
            models.CheckConstraint(
                name="bridge_standing_out",
                condition=Q(out_made=0, out_digest="")
                | Q(out_made__gt=0, out_digest__regex=DIGEST),
            ),
        ]

    def __str__(self) -> str:
        return f"out {self.out_acknowledged}/{self.out_made}, in {self.in_number}"


class OutItem(models.Model):
    """Something to tell the other node, written by the transaction that it tells of.

    ``key`` makes telling it twice impossible; ``sealed`` is its body until the other node has it.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=60)
    sealed = models.TextField(blank=True)
    files = models.JSONField(default=list)
    created_at = models.DateTimeField()
    number = models.BigIntegerField(null=True)  # of the packet it is in

    class Meta:
        db_table = "bridge_out_item"
        indexes = [
            models.Index(fields=["id"], name="bridge_out_item_new", condition=Q(number=None)),
            models.Index(fields=["number"], name="bridge_out_item_number"),
        ]
        constraints = [
            models.CheckConstraint(
                name="bridge_out_item_packed",
                condition=~Q(sealed="") | Q(number__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OutPacket(models.Model):
    """A packet as it was made. The bytes never change, and go when the other node has them."""

    number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bridge_out_packet"
        constraints = [
            models.CheckConstraint(
                name="bridge_out_packet_kept",
                condition=Q(content__isnull=False, acknowledged_at=None)
                | Q(content=None, acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bridge_out_packet_digest", condition=Q(digest__regex=DIGEST, number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"out {self.number}"


class SentFile(models.Model):
    """A file whose content is in the stream already: no second item sends it again."""

    file_id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField()  # of the packet with its last piece

    class Meta:
        db_table = "bridge_sent_file"

    def __str__(self) -> str:
        return f"{self.file_id}"


class InPacket(models.Model):
    """A packet that was received; ``key`` is that of the item in it."""

    stream = models.CharField(max_length=36)
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=200, null=True, unique=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "bridge_in_packet"
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="bridge_in_packet_once"),
            models.CheckConstraint(
                name="bridge_in_packet_digest", condition=Q(digest__regex=DIGEST, number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"in {self.number}"


class InPiece(models.Model):
    """A piece of a file that is not complete yet, sealed."""

    file_id = models.UUIDField()
    offset = models.BigIntegerField()
    size = models.PositiveIntegerField()
    key_id = models.CharField(max_length=60)
    sealed = models.BinaryField()

    class Meta:
        db_table = "bridge_in_piece"
        constraints = [
            models.UniqueConstraint(fields=["file_id", "offset"], name="bridge_in_piece_once"),
            models.CheckConstraint(
                name="bridge_in_piece_size",
                condition=Q(offset__gte=0, size__gte=1, size__lte=PIECE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} at {self.offset}"


class HeldItem(models.Model):
    """An item that could not be carried out yet, such as a case of a procedure whose definition
    is not installed here. Later items about the same subject wait behind it."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=60)
    sealed = models.TextField()
    reason = models.CharField(max_length=500)
    held_at = models.DateTimeField()
    tried_at = models.DateTimeField()

    class Meta:
        db_table = "bridge_held_item"
        indexes = [models.Index(fields=["subject"], name="bridge_held_item_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.reason}"


class SetAside(models.Model):
    """A packet that was not taken. Only what it was is kept; a good copy is still welcome."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    number = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)
    size = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # a member of staff has looked into it

    class Meta:
        db_table = "bridge_set_aside"
        indexes = [models.Index(fields=["-last_at"], name="bridge_set_aside_newest")]

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class Link(models.Model):
    """A case that both nodes have. ``steps`` were sent to the inner node (on the outer one), or
    done or refused by it (on the inner one): an answer that knows fewer is out of date."""

    case_id = models.UUIDField(primary_key=True)
    steps = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=64, blank=True, default="")  # digest of the last standing

    class Meta:
        db_table = "bridge_link"

    def __str__(self) -> str:
        return f"{self.case_id} {self.steps}"
