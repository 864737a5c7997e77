"""People who act: residents and staff, and how they proved who they are."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower

from suigo.kernel.ids import new_id


class Account(AbstractBaseUser):
    """A resident or a member of staff. Residents have no password: they prove their address."""

    class Kind(models.TextChoices):
        RESIDENT = "resident"
        STAFF = "staff"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    name_kana = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="ja")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "public_id"

    class Meta:
        db_table = "identity_account"
        constraints = [
            models.UniqueConstraint("kind", Lower("email"), name="identity_account_email"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
