"""A visit: one resident, one clerk, every form at once. What is personal goes after the day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from suigo.kernel.ids import new_id
from suigo.kernel.sealed import SealedPartsField
from suigo.services.counter.models.tickets import Ticket

# a bank account that somebody named at the counter is sealed at rest
ACCOUNT_MARKS = ("bank_code", "bank_name", "branch_code", "branch_name", "holder_kana")
ACCOUNT_PURPOSE = "counter.account"


class VisitState(models.TextChoices):
    OPEN = "open"
    DONE = "done"
    ENDED = "ended"  # without an application: only a question, or the resident left


class Signature(models.TextChoices):
    NONE = ""
    PAPER = "paper"
    DRAWN = "drawn"
    TYPED = "typed"


class Visit(models.Model):
    """Everything that a clerk and a resident do together.

    ``person`` are the four items, ``known`` what was said once for all forms; ``guides`` are codes
    of the guide, which hold answers and no names. ``shown_digest`` is what the resident was shown,
    ``agreed_digest`` what they said is right, ``signed_digest`` what they signed.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    day = models.DateField()
    desk = models.CharField(max_length=60)
    window = models.PositiveSmallIntegerField(null=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="visits")
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.OPEN)
    language = models.CharField(max_length=10, default="ja")
    person = SealedPartsField(marks=ACCOUNT_MARKS, purpose=ACCOUNT_PURPOSE, default=dict)
    person_source = models.CharField(max_length=10, blank=True, default="")
    identity = models.CharField(max_length=20, blank=True, default="")
    came = models.CharField(max_length=200, blank=True, default="")  # somebody else, for them
    relation = models.CharField(max_length=200, blank=True, default="")
    mandate = models.CharField(max_length=20, blank=True, default="")  # by what right
    known = SealedPartsField(marks=ACCOUNT_MARKS, purpose=ACCOUNT_PURPOSE, default=dict)
    common_asked = models.BooleanField(default=False)
    guides = models.JSONField(default=list)
    events = models.JSONField(default=list)  # which events of life; kept for the figures
    first_desk = models.CharField(max_length=60)
    wish = models.CharField(max_length=500, blank=True, default="")
    agreed_digest = models.CharField(max_length=64, blank=True, default="")
    agreed_at = models.DateTimeField(null=True)
    signature = models.CharField(
        max_length=10, choices=Signature.choices, blank=True, default=Signature.NONE
    )
    signed_digest = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    signature_file = models.UUIDField(null=True)
    began_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_visit"
        indexes = [
            models.Index(fields=["day", "desk", "state"], name="counter_visit_day"),
            models.Index(
                fields=["day"], name="counter_visit_erase", condition=Q(erased_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="counter_visit_known_words",
                condition=Q(state__in=VisitState.values, signature__in=Signature.values),
            ),
            models.CheckConstraint(
                name="counter_visit_ended",
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="counter_visit_signed",
                condition=Q(signature="", signed_at__isnull=True, signed_digest="")
                | (~Q(signature="") & Q(signed_at__isnull=False) & ~Q(signed_digest="")),
            ),
            models.CheckConstraint(
                name="counter_visit_agreed",
                condition=Q(agreed_digest="", agreed_at__isnull=True)
                | (~Q(agreed_digest="") & Q(agreed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="counter_visit_erased",
                condition=Q(erased_at__isnull=True)
                | (~Q(state="open") & Q(person={}, known={}, guides=[], wish="")),
            ),
            models.CheckConstraint(
                name="counter_visit_erased_came",
                condition=Q(erased_at__isnull=True) | Q(came="", relation=""),
            ),
            # a number is one visit, whatever desks it goes to
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ticket__isnull=False),
                name="counter_visit_ticket",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Item(models.Model):
    """Something that the guide listed, and whether it is done today.

    ``title`` is how the city called it that day; ``number`` the application it became.
    """

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    guide = models.CharField(max_length=60)
    entry = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    department = models.CharField(max_length=60, blank=True, default="")
    procedure_id = models.CharField(max_length=80, blank=True, default="")
    certain = models.BooleanField(default=True)
    today = models.BooleanField(default=False)
    draft_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    number = models.CharField(max_length=40, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_item"
        constraints = [
            models.UniqueConstraint(fields=["visit", "entry"], name="counter_item_once"),
            models.UniqueConstraint(
                fields=["visit", "procedure_id"],
                condition=~Q(procedure_id="") & Q(draft_id__isnull=False),
                name="counter_item_one_draft",
            ),
            models.CheckConstraint(
                name="counter_item_case",
                condition=Q(case_id__isnull=True, number="")
                | (Q(case_id__isnull=False) & ~Q(number="") & ~Q(procedure_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.entry}"


class Phase(models.Model):
    """A stretch of a visit's time. No personal data: it stays for the figures."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="phases")
    phase = models.CharField(max_length=10)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_phase"
        constraints = [
            models.CheckConstraint(
                name="counter_phase_known",
                condition=Q(phase__in=["guide", "entry", "check", "end"]),
            ),
            models.CheckConstraint(
                name="counter_phase_forward",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=Q(ended_at__isnull=True), name="counter_phase_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.phase}"


class Memo(models.Model):
    """What one desk tells the next: what was done, what comes next."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="memos")
    from_desk = models.CharField(max_length=60)
    to_desk = models.CharField(max_length=60)
    text = models.CharField(max_length=1000, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        db_table = "counter_memo"

    def __str__(self) -> str:
        return f"{self.visit_id} {self.from_desk} > {self.to_desk}"


class Screen(models.Model):
    """The resident's screen of a visit: opened by a code that soon ends."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="screen")
    code_digest = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=300)  # sealed, so that the clerk's page can show it again
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "counter_screen"
        constraints = [
            models.CheckConstraint(
                name="counter_screen_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.visit_id)
