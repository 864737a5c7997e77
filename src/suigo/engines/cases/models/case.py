"""An application while it is being written, and the case it becomes."""

import json
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from suigo.engines.cases.rules.mirroring import ELSEWHERE_DIGEST
from suigo.kernel.ids import new_id
from suigo.kernel.sealed import SealedPartsField

OPEN = ~Q(phase="done")


class Phase(models.TextChoices):
    WAITING = "waiting"
    CHECKING = "checking"
    WITH_APPLICANT = "with_applicant"
    DONE = "done"


class Outcome(models.TextChoices):
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    REJECTED = "rejected"
    ISSUED = "issued"
    CLOSED = "closed"


class Channel(models.TextChoices):
    WEB = "web"
    COUNTER = "counter"
    PAPER = "paper"
    PHONE = "phone"
    API = "api"
    IMPORT = "import"


# What a bank account is known by in answers; it is sealed at rest, also while half filled in.
ACCOUNT_MARKS = ("bank_code", "bank_name", "branch_code", "branch_name", "holder_kana")
ACCOUNT_PURPOSE = "cases.account"


def answers_field(**options: Any) -> SealedPartsField:
    """Answers to a form: bank accounts in them are sealed in the table."""
    return SealedPartsField(marks=ACCOUNT_MARKS, purpose=ACCOUNT_PURPOSE, **options)


def answers_stored(answers: dict[str, Any]) -> str:
    """Answers as the table has them, for statements that are written out."""
    return json.dumps(answers_field().close(answers), ensure_ascii=False)


def answers_read(stored: str) -> dict[str, Any]:
    """What ``answers_stored`` wrote."""
    opened: dict[str, Any] = answers_field().open(json.loads(stored))
    return opened


def _arrival_field() -> models.JSONField:
    """How an application reached the city, where that was not the web (``rules.arrival``)."""
    return models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))


class Draft(models.Model):
    """An application that nobody has sent yet. It belongs to an account or to one browser.

    The row is gone once the application is a case: then ``Case.submit_key`` remembers it, so
    that a second sending finds the case and no answer is stored twice.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    procedure_id = models.CharField(max_length=80)
    definition = models.ForeignKey(
        "content.FrozenDefinition", on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    owner_token = models.CharField(max_length=64, blank=True, default="")
    # by which right its owner writes it for somebody else
    grant = models.ForeignKey(
        "delegation.Grant", null=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    arrival = _arrival_field()
    answers = answers_field(default=dict)
    page = models.CharField(max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    # sealed: the facts about its writer that the form may start from
    known = models.TextField(blank=True, default="", db_default="")
    # how far it came in the form's order of pages, and how long its writer was at it
    furthest = models.PositiveSmallIntegerField(default=0, db_default=0)
    active_seconds = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "cases_draft"
        indexes = [
            models.Index(fields=["owner", "procedure_id"], name="cases_draft_owner"),
            models.Index(fields=["expires_at"], name="cases_draft_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                name="cases_draft_one_owner",
                condition=Q(owner__isnull=False, owner_token="")
                | (Q(owner__isnull=True) & ~Q(owner_token="")),
            ),
            models.CheckConstraint(
                name="cases_draft_grant_of_account",
                condition=Q(grant__isnull=True) | Q(owner__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_draft_expires_later",
                condition=Q(expires_at__gt=models.F("created_at")),
            ),
            models.CheckConstraint(name="cases_draft_version", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.public_id}"


class CaseCounter(models.Model):
    """The last number given per procedure and fiscal year. Numbers have no gaps: a number is
    taken in the transaction that makes the case, and given back when that fails."""

    procedure_id = models.CharField(max_length=80)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "cases_counter"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_id", "fiscal_year"], name="cases_counter_once"
            ),
            models.CheckConstraint(name="cases_counter_positive", condition=Q(last__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.fiscal_year}: {self.last}"


def _in_order(name: str, *fields: str, condition: Q | None = None) -> models.Index:
    """An index that also breaks ties as the list does."""
    return models.Index(fields=[*fields, "public_id"], name=name, condition=condition)


class Case(models.Model):
    """An application the city has received. ``definition`` is the one it was made with."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    procedure_id = models.CharField(max_length=80)
    fiscal_year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    definition = models.ForeignKey(
        "content.FrozenDefinition", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=60)
    phase = models.CharField(max_length=16, choices=Phase.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True, default="")
    department = models.CharField(max_length=60)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner_token = models.CharField(max_length=64, blank=True, default="")
    # by which right an agent sent it; who that was stands in ``arrival``
    grant = models.ForeignKey(
        "delegation.Grant", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    applicant_name = models.CharField(max_length=200)
    applicant_kana = models.CharField(max_length=200, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    contact_email = models.CharField(max_length=254, blank=True, default="")
    language = models.CharField(max_length=10, default="ja")
    answers = answers_field()
    origins = models.JSONField(  # path: where a prefilled answer came from, and when
        default=dict, db_default=models.Value({}, output_field=models.JSONField())
    )
    decision = answers_field(default=dict)
    # what was entered with other actions, by the action: a survey's day, a report on the works
    entries = answers_field(default=dict)
    active_seconds = models.PositiveIntegerField(null=True)  # what it took to fill in, on the web
    channel = models.CharField(max_length=10, choices=Channel.choices)
    arrival = _arrival_field()
    received_at = models.DateTimeField()
    due_date = models.DateField()
    paused_date = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until_date = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    submit_key = models.CharField(max_length=200, unique=True)
    submit_digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "cases_case"
        indexes = [
            # the inbox: one index per way of narrowing it, each in an order of the list
            _in_order("cases_inbox_dept", "department", "due_date", condition=OPEN),
            _in_order("cases_inbox_all", "due_date", condition=OPEN),
            _in_order("cases_inbox_mine", "assignee", "due_date", condition=OPEN),
            models.Index(  # with the phase, so that counting never visits the table
                fields=["department", "state", "due_date", "public_id"],
                name="cases_inbox_state",
                include=["phase"],
            ),
            _in_order("cases_inbox_procedure", "procedure_id", "due_date"),
            _in_order("cases_received_dept", "department", "received_at"),
            _in_order("cases_received_all", "received_at"),
            models.Index(fields=["applicant", "received_at"], name="cases_applicant"),
            models.Index(
                fields=["keep_until_date"],
                name="cases_keep_until",
                condition=Q(erased_at__isnull=True, keep_until_date__isnull=False),
            ),
            GinIndex(fields=["search_text"], name="cases_search", opclasses=["gin_trgm_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_id", "fiscal_year", "sequence"], name="cases_case_sequence"
            ),
            models.CheckConstraint(
                name="cases_case_positive", condition=Q(sequence__gte=1, version__gte=1)
            ),
            models.CheckConstraint(
                name="cases_case_known_words",
                condition=Q(phase__in=Phase.values)
                & Q(channel__in=Channel.values)
                & Q(outcome__in=["", *Outcome.values]),
            ),
            models.CheckConstraint(
                name="cases_case_decided",
                condition=Q(decided_at__isnull=True, outcome="")
                | (Q(decided_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="cases_case_closed",
                condition=Q(closed_at__isnull=False, keep_until_date__isnull=False, phase="done")
                | (Q(closed_at__isnull=True, keep_until_date__isnull=True) & ~Q(phase="done")),
            ),
            models.CheckConstraint(
                name="cases_case_paused",
                condition=Q(paused_date__isnull=False, phase="with_applicant")
                | (Q(paused_date__isnull=True) & ~Q(phase="with_applicant")),
            ),
            models.CheckConstraint(
                name="cases_case_origins_erased",
                condition=Q(erased_at__isnull=True) | Q(origins={}),
            ),
            models.CheckConstraint(
                name="cases_case_erased",
                condition=Q(erased_at__isnull=True)
                | Q(
                    erased_at__isnull=False,
                    phase="done",
                    answers={},
                    decision={},
                    entries={},
                    applicant__isnull=True,
                    applicant_name="",
                    applicant_kana="",
                    search_text="",
                    contact_email="",
                ),
            ),
            models.CheckConstraint(
                name="cases_case_erased_arrival",
                condition=Q(erased_at__isnull=True) | Q(arrival={}),
            ),
            models.CheckConstraint(
                name="cases_case_erased_grant",
                condition=Q(erased_at__isnull=True) | Q(grant__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def applicant_elsewhere(self) -> bool:
        """Whether the applicant has the case on another node: what they do arrives from there."""
        return self.owner_token == ELSEWHERE_DIGEST
