"""The resident's own screen: paired by a code, it shows what was entered, and takes the yes, the
wish for a change, and the signature."""

import base64
import binascii
import io
import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents.actions import store_file
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.crypto import seal
from suigo.kernel.errors import Conflict, NotFound, Refused
from suigo.kernel.limits.actions import hit
from suigo.services.counter.actions.visits import locked, note
from suigo.services.counter.models import Screen, Visit
from suigo.services.counter.queries.screens import PURPOSE, code_digest, code_digests
from suigo.services.counter.queries.visits import digest_of, entered, owner_of, view_of

# no vowels and nothing that looks like something else: no words come about, nothing is misread
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
CODE_LENGTH = 8  # 27^8: about 2.8e11 codes, of which a handful is alive for half an hour
GOOD_FOR = timedelta(minutes=30)
TRIES_PER_QUARTER = 40  # codes that devices of one network try, right ones included
LARGEST_PICTURE = 300_000  # characters of a data address
PNG = "data:image/png;base64,"


@transaction.atomic
def pair_screen(public_id: UUID, *, actor: Actor, now: datetime) -> str:
    """A new code for the resident's screen of a visit; the code before it ends at once."""
    visit = locked(actor, public_id)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    Screen.objects.filter(visit=visit).delete()
    Screen.objects.create(
        visit=visit,
        code_digest=code_digest(code),
        code=seal(code, purpose=PURPOSE),
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    note("counter.screen-paired", actor, visit, now)
    return code


def count_try(network: str, *, now: datetime) -> None:
    """Count a device that tries a code. Raises ``TooMany``. Call it outside a transaction."""
    key = f"counter.screen:{network}"
    hit(key, limit=TRIES_PER_QUARTER, per=timedelta(minutes=15), now=now)


def _visit_of(code: str, *, now: datetime) -> Visit:
    """The visit that a living code opens, locked. Raises ``NotFound``."""
    screen = (
        Screen.objects.select_related("visit")
        .filter(code_digest__in=code_digests(code), expires_at__gt=now, visit__state="open")
        .first()
    )
    if screen is None:
        raise NotFound(ENDED)
    if screen.opened_at is None:
        screen.opened_at = now
    screen.expires_at = now + GOOD_FOR
    screen.save(update_fields=["opened_at", "expires_at"])
    return Visit.objects.select_for_update().get(pk=screen.visit_id)


ENDED = _("この画面は終わりました。窓口の職員に、新しいコードをお尋ねください。")


def _digest_now(visit: Visit, shown: str, *, now: datetime) -> str:
    """What the resident saw, when it is still what is there. Raises ``Conflict``."""
    view = view_of(visit)
    applications = entered(view, owner_of(view), now=now)
    digest = digest_of(view, applications)
    if not applications or digest != shown:
        raise Conflict(_("見ている間に内容が変わりました。もう一度、確かめてください。"))
    if any(application.errors for application in applications):
        raise Refused(_("まだ入力の途中です。職員が終えるまで、お待ちください。"))
    return digest


@transaction.atomic
def agree(code: str, *, shown: str, now: datetime) -> None:
    """The resident says that what is shown is right. Raises ``NotFound``, ``Conflict``,
    ``Refused`` while something is missing."""
    visit = _visit_of(code, now=now)
    visit.agreed_digest, visit.agreed_at = _digest_now(visit, shown, now=now), now
    visit.wish = ""
    visit.save(update_fields=["agreed_digest", "agreed_at", "wish"])
    _note_resident("counter.agreed", visit, now, visit.agreed_digest)


@transaction.atomic
def wish_change(code: str, wish: str, *, now: datetime) -> None:
    """The resident asks to change something; what they agreed to or signed before falls."""
    visit = _visit_of(code, now=now)
    visit.wish = wish.strip()[:500] or str(_("直してほしいところがあります。"))
    visit.agreed_digest, visit.agreed_at = "", None
    visit.signature, visit.signed_digest, visit.signed_at = "", "", None
    visit.signature_file = None
    visit.save(
        update_fields=[
            "wish",
            "agreed_digest",
            "agreed_at",
            "signature",
            "signed_digest",
            "signed_at",
            "signature_file",
        ]
    )
    _note_resident("counter.change-wished", visit, now, "")


def sign(
    code: str,
    *,
    shown: str,
    way: Literal["drawn", "typed"],
    name: str,
    picture: str,
    now: datetime,
) -> None:
    """Keep the resident's signature on what they agreed to: drawn, or their name typed.

    A drawn one is kept as a picture, which goes into the cases. Raises ``NotFound``, ``Conflict``
    when something changed, ``Refused`` for an empty or another person's name, or no picture.
    """
    content = _picture(picture) if way == "drawn" else b""
    with transaction.atomic():
        visit = _visit_of(code, now=now)
        digest = _digest_now(visit, shown, now=now)
        if visit.agreed_digest != digest:
            raise Refused(_("先に「まちがいありません」を押してください。"))
        if way == "typed" and _letters(name) != _letters(view_of(visit).name):
            raise Refused(_("お名前を、上に出ているとおりに入力してください。"))
        number = visit.public_id
    file = None
    if content:
        # outside the transaction: it looks inside the picture and may ask a scanner
        file = store_file(
            SYSTEM,
            name=f"signature-{digest[:16]}.png",
            content_type_claimed="image/png",
            stream=io.BytesIO(content),
            accept=("image",),
            owner_token=f"counter:{number}",
            now=now,
        ).public_id
    with transaction.atomic():
        visit = _visit_of(code, now=now)
        if _digest_now(visit, shown, now=now) != visit.agreed_digest:
            raise Conflict(_("見ている間に内容が変わりました。もう一度、確かめてください。"))
        visit.signature, visit.signed_digest, visit.signed_at = way, digest, now
        visit.signature_file = file
        visit.save(update_fields=["signature", "signed_digest", "signed_at", "signature_file"])
        _note_resident("counter.signed", visit, now, digest, way)


def _letters(name: str) -> str:
    return "".join(name.split())


def _picture(data: str) -> bytes:
    """The picture in a data address. Raises ``Refused``."""
    if not data.startswith(PNG) or len(data) > LARGEST_PICTURE:
        raise Refused(_("署名を書いてから押してください。"))
    try:
        return base64.b64decode(data.removeprefix(PNG), validate=True)
    except binascii.Error as broken:
        raise Refused(_("署名を受け取れませんでした。もう一度書いてください。")) from broken


def _note_resident(kind: str, visit: Visit, now: datetime, digest: str, way: str = "") -> None:
    record(
        kind,
        actor=ANONYMOUS,
        subject_kind="visit",
        subject_id=str(visit.public_id),
        facts={"way": way, "digest": digest},
        now=now,
    )
