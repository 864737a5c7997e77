"""People who act, the posts they hold, and how they proved who they are."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower

from suigo.kernel.ids import new_id


class Account(AbstractBaseUser):
    """A resident or a member of staff. Residents have no password: they prove their address, or
    who they are by a card, or the business they act for by GビズID.

    The same address may belong to one resident and one member of staff: a clerk is a resident
    too, and the two never share a session.
    """

    class Kind(models.TextChoices):
        RESIDENT = "resident"
        STAFF = "staff"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # what a resident or clerk signs in with; empty for who signs in with a card or GビズID only
    email = models.EmailField(max_length=254, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True, default="")  # mail only
    name = models.CharField(max_length=200, blank=True)  # verbatim, never normalised
    name_kana = models.CharField(max_length=200, blank=True)
    search_key = models.CharField(max_length=700, blank=True)
    sort_key = models.CharField(max_length=450, blank=True)
    language = models.CharField(max_length=10, default="ja")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    # staff only
    temporary_password_until_at = models.DateTimeField(null=True)
    must_enrol_totp = models.BooleanField(default=True)
    totp_secret = models.TextField(blank=True)  # sealed
    totp_last_step = models.BigIntegerField(default=0)  # a code is never accepted twice
    totp_enrolled_at = models.DateTimeField(null=True)

    last_login = None  # the ledger and the sessions tell

    USERNAME_FIELD = "public_id"

    class Meta:
        db_table = "identity_account"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "kind", Lower("email"), name="identity_account_email", condition=~Q(email="")
            ),
            models.CheckConstraint(
                condition=Q(kind="resident") | ~Q(email=""), name="identity_account_staff_email"
            ),
            models.CheckConstraint(
                condition=Q(kind="staff") | Q(password="", totp_secret=""),
                name="identity_account_secrets",
            ),
        ]
        indexes: ClassVar = [
            models.Index("kind", "sort_key", "id", name="identity_account_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class RecoveryCode(models.Model):
    """A second factor for the day the telephone is lost; works once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_recovery_code"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "code_hash"], name="identity_recovery_code_once"
            )
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class PostHolding(models.Model):
    """Somebody holds a post (職) of ``org.yaml`` from a day until, not including, another.

    With ``substitute_for`` the holder acts in place of another holding's holder (代理). Whoever
    helps (応援) does so until a day.
    """

    class Kind(models.TextChoices):
        OWN = "own"  # 本務
        CONCURRENT = "concurrent"  # 兼務: another post of the same employer
        JOINT = "joint"  # 併任: a post of another one, such as the board of education
        SUPPORT = "support"  # 応援
        ACTING = "acting"  # 代理

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OWN)
    valid_from_date = models.DateField()
    valid_to_date = models.DateField(null=True)
    substitute_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="substitutes"
    )

    class Meta:
        db_table = "identity_post_holding"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to_date=None) | Q(valid_to_date__gt=F("valid_from_date")),
                name="identity_post_holding_period",
            ),
            models.CheckConstraint(
                condition=Q(substitute_for=None) | Q(valid_to_date__isnull=False),
                name="identity_post_holding_substitute_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind="acting", substitute_for__isnull=False)
                | (Q(substitute_for=None) & ~Q(kind="acting")),
                name="identity_post_holding_acting_for",
            ),
            models.CheckConstraint(
                condition=~Q(kind="support") | Q(valid_to_date__isnull=False),
                name="identity_post_holding_support_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["own", "concurrent", "joint", "support", "acting"]),
                name="identity_post_holding_kind",
            ),
            ExclusionConstraint(
                name="identity_post_holding_once",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from_date",
                            "valid_to_date",
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["post"], name="identity_post_holding_post")]

    def __str__(self) -> str:
        return f"{self.post} from {self.valid_from_date}"


class SignInCode(models.Model):
    """Six digits sent to an address. Only a keyed digest is compared; the digits themselves are
    kept sealed until the message is out, because the message is written after the commit."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    purpose = models.CharField(max_length=20, default="sign-in")
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=10, default="ja")
    code_hash = models.CharField(max_length=64)
    sealed_code = models.TextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_sign_in_code"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="identity_code_expiry")]

    def __str__(self) -> str:
        return f"code {self.public_id}"


class Session(AbstractBaseSession):
    """A browser that is known to us. ``session_key`` holds a digest: whoever reads the table
    (or a backup of it) can't take a session over."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    assurance = models.PositiveSmallIntegerField(default=0)
    # until when more than CONTACT counts: a card proves who holds the telephone now, not for weeks
    assurance_until_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()  # to within a few minutes
    proved_at = models.DateTimeField(null=True)  # when somebody last proved who they are
    device = models.CharField(max_length=80, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "identity_session"

    def __str__(self) -> str:
        return f"session {self.public_id}"


class ApiToken(models.Model):
    """A key for a program that acts for a member of staff, within ``scopes``."""

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    title = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)  # shown, to tell tokens apart
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=80))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_api_token"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="identity_api_token_period"
            )
        ]

    def __str__(self) -> str:
        return f"token {self.prefix}"
